package import BenchmarkModel
package import Harness

/// A whole run on scripted platforms: the plan of a suite, executed by the real bench.
package struct ScriptedRun {
    package let suite: Suite
    package let plan: Plan
    package let host: ScriptedHost
    package let sink = MemorySink()
    package let interruption: Interruption
    private let platforms: [ScriptedPlatform]

    /// - Parameters:
    ///   - directory: where instances get their directories.
    ///   - more: platforms beside the first, whose instances the host does not count.
    package init(
        _ suite: Suite, on platform: ScriptedPlatform, more: [ScriptedPlatform] = [], directory: String,
        script: ScriptedHost.Script = ScriptedHost.Script(), interruption: Interruption = Interruption()
    ) {
        var suite = suite
        platforms = [platform] + more
        suite.platforms = platforms.map(\.spec)
        self.suite = suite
        self.interruption = interruption
        plan = Plan(suite: suite, seed: 1)
        host = ScriptedHost(directory: directory, platform: platform, script: script)
    }

    /// - Returns: how the run ended.
    @discardableResult
    package func execute(echoes: Int = 0, progress: @escaping (Progress) -> Void = { _ in }) throws -> Run.Status {
        var prepared: [Plan.Pair: PreparedWorkload] = [:]
        for pair in plan.pairs {
            guard let platform = platforms.first(where: { $0.spec.name == pair.platform }),
                let workload = suite.workloads.first(where: { $0.name == pair.workload })
            else { continue }
            prepared[pair] = platform.prepared(workload)
        }
        let bench = try Bench(
            suite: suite, platforms: Dictionary(uniqueKeysWithValues: platforms.map { ($0.spec.name, $0) }),
            prepared: prepared, host: host, sink: sink, interruption: interruption)
        return try PlanExecutor(
            plan: plan, bench: bench, experiments: suite.makeExperiments(), progress: progress
        ).execute(echoes: echoes)
    }
}

extension Workload {
    /// A workload of which only the name and the deadline matter.
    package static func scripted(
        _ name: String = "noop", readiness: Readiness = .started, deadlineSeconds: Double = 5
    ) -> Workload {
        Workload(
            name: name, image: .rootfs(path: "/nowhere"), command: ["true"], readiness: readiness,
            readinessDeadlineSeconds: deadlineSeconds)
    }
}
