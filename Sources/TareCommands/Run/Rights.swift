import BenchmarkModel
import Glibc
import LinuxSystem

/// What the host must allow.
enum Rights {
    /// Throws where the user is not root.
    static func needRoot() throws {
        guard geteuid() == 0 else {
            throw TareError(
                .hostLacks, "this needs root: tare makes cgroups, mounts, namespaces and virtual machines",
                remedy: "Run it as root, for example with sudo.")
        }
    }

    /// Gives the process a mount namespace of its own. To be called before any thread is started.
    static func enterMountNamespace() throws {
        do {
            try Mounts.enterPrivateNamespace()
        } catch {
            throw TareError(
                .hostLacks, "tare cannot have a mount namespace of its own",
                remedy: "It needs CAP_SYS_ADMIN; inside a container, run that container privileged.", cause: "\(error)")
        }
    }

    /// Raises the soft limit of open files to the hard one: a run needs a few for every instance.
    static func raiseOpenFiles() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
