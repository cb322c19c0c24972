internal import CLinuxShims
import Glibc

/// Something that a child does between its birth and its exec, in order.
package enum SpawnStep: Sendable {
    /// mount(2).
    case mount(source: String, target: String, type: String, flags: UInt64, data: String?)
    /// mkdir(2); a directory that exists is no error.
    case makeDirectory(String, mode: UInt32)
    /// mknod(2) of a character device.
    case makeDevice(String, mode: UInt32, major: UInt64, minor: UInt64)
    /// symlink(2).
    case symlink(to: String, at: String)
    /// chdir(2): relative paths of later steps start there, and are shorter to walk.
    case changeDirectory(String)
    /// setns(2) into the mount namespace of a process.
    case enterMounts(of: Int32)
}

extension SpawnStep {
    /// Does it in the calling process.
    ///
    /// - Throws: ``SystemError``.
    package func perform() throws {
        switch self {
        case .mount(let source, let target, let type, let flags, let data):
            try Mounts.mount(source: source, target: target, type: type, flags: flags, data: data)
        case .makeDirectory(let path, let mode):
            // Only what is made gets the mode, whatever the process's mask.
            guard mkdir(path, mode) == 0 ? chmod(path, mode) == 0 : errno == EEXIST else {
                throw SystemError("making the directory \(path)")
            }
        case .makeDevice(let path, let mode, let major, let minor):
            // The mode as it stands, whatever the process's mask.
            guard mknod(path, S_IFCHR | mode, dev_t(major << 8 | minor)) == 0, chmod(path, mode) == 0 else {
                throw SystemError("making the device \(path)")
            }
        case .symlink(let target, let path):
            guard Glibc.symlink(target, path) == 0 else { throw SystemError("making the link \(path)") }
        case .changeDirectory, .enterMounts:
            // It would move all threads of this process.
            throw SystemError("moving outside of a child", number: EPERM)
        }
    }
}

/// A program to be started, with everything that happens before it runs.
package struct SpawnRequest: Sendable {
    /// Kinds of namespace that are made new.
    package struct Namespaces: OptionSet, Sendable {
        /// The CLONE_NEW* flags.
        package let rawValue: UInt64
        package init(rawValue: UInt64) { self.rawValue = rawValue }
        /// Mounts.
        package static let mount = Namespaces(rawValue: TARE_CLONE_NEWNS)
        /// Process ids.
        package static let pid = Namespaces(rawValue: TARE_CLONE_NEWPID)
        /// Network.
        package static let network = Namespaces(rawValue: TARE_CLONE_NEWNET)
        /// Host name.
        package static let uts = Namespaces(rawValue: TARE_CLONE_NEWUTS)
        /// System V IPC and POSIX message queues.
        package static let ipc = Namespaces(rawValue: TARE_CLONE_NEWIPC)
    }

    /// What the root directory of the child becomes.
    package enum Root: Sendable {
        /// The parent's.
        case inherited
        /// By chroot(2).
        case chroot(String)
        /// By pivot_root(2); needs a new mount namespace and a mount point.
        case pivot(String)
    }

    /// The program's path, after the root changed.
    package var path: String
    /// All arguments, the zeroth included.
    package var arguments: [String]
    /// The whole environment, `KEY=VALUE`.
    package var environment: [String]
    /// New namespaces.
    package var namespaces: Namespaces = []
    /// Whether it gets a control group namespace, so that it sees the groups that it joins as the roots of their hierarchies.
    package var seesOwnGroupsAsRoot = false
    /// Descriptors that become 0, 1 and 2; every other one but ``further`` is closed.
    package var descriptors: (input: Int32, output: Int32, error: Int32)
    /// Becomes descriptor 3.
    package var further: Int32?
    /// `cgroup.procs` files into which the child writes itself first.
    package var cgroupFiles: [String] = []
    /// Done in order before the root changes.
    package var steps: [SpawnStep] = []
    /// The root directory.
    package var root: Root = .inherited
    /// The host name in a new UTS namespace.
    package var hostname: String?
    /// The working directory after the root changed.
    package var directory: String?

    /// A request with the parent's root and no new namespace.
    package init(
        path: String, arguments: [String], environment: [String],
        descriptors: (input: Int32, output: Int32, error: Int32)
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
    }
}

/// Why a program could not be started; nothing of it is left.
package struct SpawnError: Error, Sendable, CustomStringConvertible {
    /// The errno.
    package var number: Int32
    /// In words what failed, with the step or the program.
    package var description: String
}
