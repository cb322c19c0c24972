import BenchmarkModel
import Glibc
import LinuxSystem

/// Finds out which limit of a limited resource an instance ran into that could not be started.
struct LimitSearch {
    /// What was found.
    struct Hit: Equatable {
        var resource: LimitedResource
        /// How much of it is in use, in words.
        var found: String
    }

    /// What was in use before the first instance.
    let base: LimitsReading
    let limits: [LimitedResource: KernelLimit]
    /// How often a control group had refused a process, when it was last asked.
    private var refusedForks: UInt64?

    init(_ host: any BenchHost) {
        self.init(base: host.limits(), limits: host.kernelLimits(), refusedForks: host.refusedForks())
    }

    init(base: LimitsReading, limits: [LimitedResource: KernelLimit], refusedForks: UInt64?) {
        self.base = base
        self.limits = limits
        self.refusedForks = refusedForks
    }

    /// To be called before a batch: what groups refused until then explains no failure in it.
    mutating func begin(_ host: any BenchHost) { refusedForks = host.refusedForks() }

    /// To be called right after a failure, before those that run are ended.
    ///
    /// - Parameters:
    ///   - reason: why an instance failed, in the platform's words.
    ///   - instances: how many run.
    ///   - atOnce: how many were started at the same time.
    /// - Returns: nil where no limit is known to be hit.
    func hit(_ host: any BenchHost, reason: String, instances: Int, atOnce: Int) -> Hit? {
        hit(
            used: host.limits(), refusedForks: host.refusedForks(), reason: reason, instances: instances,
            atOnce: atOnce)
    }

    /// A group that refused a process settles it. Else it is a resource of which instances take something, and of which there is
    /// not enough for one more. Where the reason is the error that the kernel gives when just that is exhausted, what starts took
    /// for a moment counts too: it is given back by the time that anybody looks.
    func hit(used: LimitsReading, refusedForks now: UInt64?, reason: String, instances: Int, atOnce: Int) -> Hit? {
        if let before = refusedForks, let now, now > before, limits[.groupTasks] != nil {
            let refused = "\(now - before) time\(now - before == 1 ? "" : "s")"
            let words = self.words(.groupTasks, used: used[.groupTasks])
            return Hit(resource: .groupTasks, found: "\(words), which refused a process \(refused); \(quoted(reason))")
        }
        // Runtimes in Go write the same words small.
        let said = reason.lowercased()
        var tightest: (resource: LimitedResource, starts: Double)?
        for resource in LimitedResource.allCases {
            guard let limit = limits[resource], let inUse = used[resource] else { continue }
            let isNamed = LimitSearch.errors(of: resource).contains { said.contains($0) }
            let grown = Double(inUse - (base[resource] ?? inUse))
            // Below this others' coming and going looks the same. The first instance has shown nothing yet.
            let isTaken = instances > 0 && grown / Double(instances) >= LimitSearch.leastEach
            guard isTaken || isNamed else { continue }
            let each = max(1, instances > 0 ? grown / Double(instances) : 0)
            let starts = (Double(limit.value) - Double(resource.reserved) - Double(inUse)) / each
            guard starts < (isNamed ? Double(1 + atOnce) : 1), starts < tightest?.starts ?? .infinity else { continue }
            tightest = (resource, starts)
        }
        return tightest.map { tightest in
            let words = words(tightest.resource, used: used[tightest.resource])
            return Hit(resource: tightest.resource, found: "\(words); \(quoted(reason))")
        }
    }

    /// `400 of 400 processes and threads in use (pids.max of /user.slice)`.
    func words(_ resource: LimitedResource, used: Int64?) -> String {
        guard let limit = limits[resource] else { return "\(used ?? 0) \(resource.noun) in use" }
        return "\(used.map { "\($0)" } ?? "?") of \(limit.value) \(resource.noun) in use (\(limit.source))"
    }

    private func quoted(_ reason: String) -> String { "\(Ramp.StopCause.platformSaid) \(reason)" }

    /// An instance that takes less of a resource than one in so many instances is not known to take any.
    private static let leastEach = 1.0 / 64

    /// What the kernel says where a resource is exhausted, in the words of the C library.
    private static func errors(of resource: LimitedResource) -> [String] {
        let numbers: [Int32] =
            switch resource {
            // fork(2), cgroups: cgroup.max.descendants in mkdir(2).
            case .processIDs, .threads, .groupTasks, .descendantGroups, .asynchronousRequests: [EAGAIN]
            case .memoryGroups, .mounts, .networkNamespaces, .mountNamespaces, .processNamespaces, .ipcNamespaces,
                .hostNameNamespaces, .groupNamespaces, .pseudoterminals, .diskBytes, .diskInodes:
                [ENOSPC]
            case .openFiles: [ENFILE]
            case .ownOpenFiles, .inotifyInstances: [EMFILE]
            case .keys, .keyBytes: [EDQUOT]
            case .bridgePorts: [EXFULL]
            case .interfaces, .loopDevices, .tapDevices: []
            }
        return numbers.map { String(cString: strerror($0)).lowercased() }
    }
}
