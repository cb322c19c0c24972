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

    /// Open files that tare itself needs, besides those of each instance.
    private static let ownFiles = 128

    /// Looks whether the limit of open files lets the suite run. A ramp is there to find out which limit comes first, and stops before
    /// it has none left: of it only the instances that it starts at once must have theirs.
    ///
    /// - Throws: ``TareError`` with the figures.
    static func checkOpenFiles(_ suite: Suite) throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let bridged = suite.workloads.contains { $0.network == .bridge } ? 1 : 0
        let atOnce = suite.density?.parallel ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var worst = (experiment: "startup", count: 1, each: 1)
        for experiment in suite.experiments {
            for traits in suite.platforms.map(\.traits) {
                let isRamp = experiment.name == suite.density?.name
                let most = isRamp ? min(experiment.mostInstances, atOnce) : experiment.mostInstances
                let each = traits.openFilesPerInstance + bridged
                if most * each > worst.count * worst.each { worst = (experiment.name, most, each) }
            }
        }
        let (experiment, most, each) = worst
        let needed = ownFiles + each * most
        guard limit.rlim_cur < UInt(needed) else { return }
        let fitting = max(0, (Int(limit.rlim_cur) - ownFiles) / each)
        throw TareError(
            .hostLacks,
            "this process may open \(limit.rlim_cur) files, and \(most) instances at once (in '\(experiment)') need "
                + "\(needed)",
            remedy: fitting > 0
                ? "Raise the limit (ulimit -n, as root also ulimit -Hn), or let the suite run at most \(fitting) at once."
                : "Raise the limit (ulimit -n, as root also ulimit -Hn).")
    }

    /// Raises the soft limit of open files to the hard one: a run needs a few for every instance.
    static func raiseOpenFiles() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
