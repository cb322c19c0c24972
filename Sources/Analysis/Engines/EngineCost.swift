package import BenchmarkModel

/// What an engine adds to a container of the runtime that it calls: the same workload under the engine and under the bare runtime, in one
/// run.
package struct EngineCost: Sendable, Equatable {
    package var workload: String
    /// The engine's platform, and the one that it is set against.
    package var platform: String
    package var reference: String
    package var engine: EngineSettings.Engine
    /// Of warm starts, in nanoseconds; nil where one of the two has no sound figure.
    package var startup: CellDifference?
    /// Of the ledger's slopes, in bytes an instance.
    package var memory: CellDifference?
    /// The proportional set size of what the engine keeps for each instance (a shim, a monitor), in bytes.
    package var keeperBytes: Double?
    /// The proportional set size of the daemon with no instance running, in bytes, and what it grows by with each.
    package var onceBytes: Double?
    package var growthBytes: Double?
    /// What stands beside the figures of both sides.
    package var caveats: [Caveat]

    /// One for each workload and engine's platform for which there is anything to say, in the order of the suite.
    package static func all(of analysis: RunAnalysis) -> [EngineCost] {
        let specs = analysis.run.suite.platforms
        return analysis.run.suite.workloads.flatMap { workload in
            specs.compactMap { spec in
                guard case .engine(let settings) = spec.kind,
                    let reference = EngineCost.reference(of: spec.name, settings, among: specs, analysis.run)
                else { return nil }
                return EngineCost(workload.name, spec.name, settings, against: reference, analysis)
            }
        }
    }

    /// The bare runtime that the engine calls, as far as the suite has it; else the first bare runtime.
    private static func reference(
        of platform: String, _ settings: EngineSettings, among specs: [PlatformSpec], _ run: Run
    ) -> String? {
        let bare = specs.compactMap { spec -> (name: String, runtime: Substring)? in
            guard case .oci(let own) = spec.kind else { return nil }
            return (spec.name, own.runtime.split(separator: "/").last ?? "")
        }
        let details = run.platforms.first { $0.platform == platform }?.details ?? []
        let told = settings.runtime ?? details.first { $0.name == "runtime" }?.value
        // containerd's shim for command-line runtimes calls runc where it is told nothing.
        let wanted = told.map { $0.hasPrefix("io.containerd.runc") ? "runc" : $0 }?.split(separator: "/").last ?? "runc"
        return (bare.first { $0.runtime == wanted } ?? bare.first)?.name
    }

    private init?(
        _ workload: String, _ platform: String, _ settings: EngineSettings, against reference: String,
        _ analysis: RunAnalysis
    ) {
        self.workload = workload
        self.platform = platform
        self.reference = reference
        engine = settings.engine
        let pair = CostDifference(
            of: (workload, platform), minus: (workload, reference), analysis)
        startup = pair.startup
        memory = pair.memory
        var caveats = pair.caveats
        let mine = analysis.footprints.first {
            $0.cell.workload == workload && $0.cell.platform == platform && $0.isSound
        }
        if let mine {
            keeperBytes = mine.slopes[.pssRuntime]
            onceBytes = mine.daemonBytes
            growthBytes = mine.daemonBytes == nil ? nil : mine.slopes[.pssDaemons]
            caveats += mine.caveats
        }
        self.caveats = caveats.onceEach
        guard startup != nil || memory != nil || onceBytes != nil else { return nil }
    }
}
