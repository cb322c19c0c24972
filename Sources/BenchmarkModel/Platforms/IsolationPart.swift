/// A part of the kernel's isolation that can be switched on by itself.
package enum IsolationPart: String, Sendable, Codable, CaseIterable {
    /// A mount namespace, with the mounts of a container's root in it.
    case mount
    /// A PID namespace.
    case pid
    /// A network namespace with a loopback interface.
    case network = "net"
    /// A UTS namespace.
    case uts
    /// An IPC namespace.
    case ipc
    /// A directory in each control group hierarchy, with the allowances as limits.
    case cgroup
}
