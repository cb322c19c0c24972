package import BenchmarkModel
import Statistics

/// What an engine adds to a container of the runtime that it calls: the same workload under the engine and under the bare runtime, in one
/// run.
package struct EngineCost: Sendable, Equatable {
    /// A difference of two figures, with its 95 % interval; nil where one of them has none.
    package struct Difference: Sendable, Equatable {
        package var value: Double
        /// On how many measurements it rests: the smaller number of the two sides.
        package var n: Int
        package var lower: Double?
        package var upper: Double?

        /// The interval is made of those of both sides, by the method of variance estimates recovery (Zou and Donner 2008, Construction
        /// of confidence limits about effect measures, Statistics in Medicine 27: 1693-1702).
        init(_ mine: Double, _ interval: Interval?, minus theirs: Double, _ other: Interval?, n: Int) {
            value = mine - theirs
            self.n = n
            guard let interval, let other else { return }
            func root(_ one: Double, _ two: Double) -> Double { (one * one + two * two).squareRoot() }
            lower = value - root(mine - interval.lower, other.upper - theirs)
            upper = value + root(interval.upper - mine, theirs - other.lower)
        }
    }

    package var workload: String
    /// The engine's platform, and the one that it is set against.
    package var platform: String
    package var reference: String
    package var engine: EngineSettings.Engine
    /// Of warm starts, in nanoseconds; nil where one of the two has no sound figure.
    package var startup: Difference?
    /// Of the ledger's slopes, in bytes an instance.
    package var memory: Difference?
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
        let starts = analysis.startups(of: .warm).filter { $0.cell.workload == workload && $0.isSound }
        func start(_ name: String) -> StartupCell? { starts.first { $0.cell.platform == name } }
        func footprint(_ name: String) -> FootprintCell? {
            analysis.footprints.first { $0.cell.workload == workload && $0.cell.platform == name && $0.isSound }
        }
        var caveats: [Caveat] = []
        if let mine = start(platform), let theirs = start(reference), let one = mine.startup, let two = theirs.startup {
            startup = Difference(
                one.median, one.interval, minus: two.median, two.interval, n: min(one.count, two.count))
            caveats += mine.caveats + theirs.caveats
        }
        if let mine = footprint(platform) {
            if let theirs = footprint(reference), let one = mine.ledger, let two = theirs.ledger {
                memory = Difference(
                    one.slope, one.slopeInterval, minus: two.slope, two.slopeInterval,
                    n: min(mine.accounting.ok, theirs.accounting.ok))
                caveats += theirs.caveats
            }
            keeperBytes = mine.slopes[.pssRuntime]
            onceBytes = mine.daemonBytes
            growthBytes = mine.daemonBytes == nil ? nil : mine.slopes[.pssDaemons]
            caveats += mine.caveats
        }
        // Of the four cells that may say the same for reasons of their own, one word stands for all.
        self.caveats = caveats.words.uniqued().compactMap { word in caveats.first { $0.word == word } }
        guard startup != nil || memory != nil || onceBytes != nil else { return nil }
    }
}
