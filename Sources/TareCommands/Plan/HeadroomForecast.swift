import Analysis
import BenchmarkModel
import Glibc
import HostReadings
import LinuxSystem
import Reports
import RunStore

/// `tare doctor --for N`: what ends a ramp to so many instances on this host as it is now.
struct HeadroomForecast {
    static let mostInstances = 1_000_000_000

    var instances: Int
    var workloads: [String]
    var platforms: [String]
    var format: OutputFormat
    var store: StoreOptions
    /// The suite whose platforms are spoken of where nothing was measured.
    var suite: String?

    /// Prints it.
    ///
    /// - Throws: ``TareError`` with code `hostLacks` where not all of them run, and with code `usage` where nothing was measured that
    ///   is asked for.
    func run() throws {
        let host = try ThisHost.host()
        let analyses = try store.exists() ? StoredFootprints.analyses(in: try store.openExisting()) : []
        guard let latest = analyses.first?.run else { return try runUnmeasured(host) }
        let headroom = try Headroom(
            instances, on: host, from: analyses, workloads: workloads, platforms: platforms)
        try output(headroom, notes: ThisHost.notes() + HeadroomForecast.changes(since: latest))
        guard let fits = headroom.fits else {
            throw TareError(
                .failed, "nothing can be said of \(instances) instances on this host",
                remedy: "Do what is said beside each platform.")
        }
        guard fits else {
            throw TareError(
                .hostLacks, "not all of \(instances) instances run on this host",
                remedy: "Raise the limit that is named beside each platform, or start fewer.")
        }
    }

    /// Says what is known without a footprint.
    private func runUnmeasured(_ host: Headroom.Host) throws {
        let named = try SuiteSource.read(suite).suite.platforms
        for name in platforms where !named.contains(where: { $0.name == name }) {
            throw TareError(
                .usage, "there is no platform '\(name)'",
                remedy: "Known are: \(named.map(\.name).joined(separator: ", ")).")
        }
        let headroom = Headroom(
            instances, on: host, unmeasured: named.filter { platforms.isEmpty || platforms.contains($0.name) })
        try output(
            headroom,
            notes: ThisHost.notes() + [
                "No footprint is stored in \(store.path), so that nothing is known of what an instance takes of memory, process "
                    + "ids and other limited resources."
            ])
        throw TareError(
            .failed, "it was not measured what an instance takes of this host",
            remedy: "Run 'tare run Benchmarks/suites/footprint.yaml', or name the database of such a run with --db.")
    }

    private func output(_ headroom: Headroom, notes: [String]) throws {
        switch format {
        case .text:
            Console.output(
                headroom.text(
                    width: Console.width, color: Console.usesEscapes(STDOUT_FILENO), notes: notes))
        case .json: Console.output(try headroom.json(notes: notes))
        }
    }

    /// In what this host differs from the one of a run, where that decides what an instance takes.
    static func changes(since run: Run) -> [String] {
        guard let groups = try? Confinement.hostGroups() else { return [] }
        return differences(run.facts, HostProbe.facts(groups: groups)).map { name, then, now in
            "The footprint of run \(run.id) is of a host that differs in '\(name)': \(then), and \(now) here. Measure it again."
        }
    }

    static func differences(_ facts: HostFacts, _ others: HostFacts) -> [(name: String, then: String, now: String)] {
        ["machine", "CPUs online", "memory", "kernel"].compactMap { name in
            guard let then = facts[name], let now = others[name], then != now else { return nil }
            return (name, then, now)
        }
    }
}
