/// One launched workload on one platform.
package protocol Instance: Sendable {
    /// The name from the request.
    var name: String { get }

    /// Host processes that exist because of this instance, each with its role.
    func processes() throws -> [HostProcess]

    /// Why the instance is not alive any more, in words; nil while it is. Cheap enough to be asked of a thousand.
    func death() -> String?

    /// How its command ended, where the host can know; nil while it runs. Asked once it is known that it ended, so that what is
    /// between may take a moment.
    func ending(deadlineMilliseconds: Int32) -> CommandEnding?

    /// Ends the instance and removes all that the platform made for it. Idempotent.
    ///
    /// - Throws: when something is left after the deadline; the message names it.
    func stop(deadline: Duration) throws
}

extension Instance {
    /// Only the instance itself can tell.
    package func ending(deadlineMilliseconds: Int32) -> CommandEnding? { nil }
}

/// A process of the host that belongs to an instance.
package struct HostProcess: Sendable, Equatable, Codable {
    /// What the process does for the instance.
    package enum Role: String, Sendable, Codable {
        /// The workload's own processes.
        case workload
        /// The container runtime.
        case runtime
        /// The virtual machine monitor.
        case vmm
    }

    /// The process id on the host.
    package var pid: Int32
    /// What it does.
    package var role: Role

    package init(pid: Int32, role: Role) {
        self.pid = pid
        self.role = role
    }
}
