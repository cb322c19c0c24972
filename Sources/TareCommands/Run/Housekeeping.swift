import BenchmarkModel
import Engines
import Harness
import RunStore
import VirtualMachines

/// Reaps what dead runs left on the host.
enum Housekeeping {
    /// What a sweep did.
    struct Outcome: Codable {
        /// Each thing that was removed or was gone already.
        var removed: [String] = []
        /// Each thing that stays, with the reason.
        var stays: [String] = []
        /// Runs that are still being measured and were left alone.
        var alive: [String] = []
    }

    /// Removes everything that runs whose process is dead have journalled and not closed.
    ///
    /// - Parameter unjournalled: whether to look for what bears tare's prefix besides, of which no journal tells.
    @discardableResult
    static func reapDeadRuns(_ store: RunStore, unjournalled: Bool = false, say: (String) -> Void) throws -> Outcome {
        var outcome = Outcome()
        try store.markDeadRuns()
        for entry in try store.openIntents() {
            if try store.isAlive(entry.runID) || Run.isID(entry.runID) && Reaper.isAlive(entry.runID) {
                if !outcome.alive.contains(entry.runID) { outcome.alive.append(entry.runID) }
                continue
            }
            guard let intent = entry.intent else {
                // What this tare does not know it cannot remove: the row stays open for one that does.
                let what = "\(entry.kind) \(entry.subject): this tare knows no such kind of thing"
                outcome.stays.append(what)
                say("tare: could not reap of the dead run \(entry.runID): \(what)")
                continue
            }
            reap(intent, of: entry.runID, &outcome, say) { try store.close(entry.row) }
        }
        guard unjournalled else { return outcome }
        for (runID, intent) in try Reaper.findUnjournalled() {
            reap(intent, of: runID, &outcome, say, note: " (no journal tells of it)") {}
        }
        let engines = EngineReaper.removeUnjournalled { id in
            (try? store.isAlive(id)) == true || Reaper.isAlive(id)
        }
        outcome.removed += engines.removed
        outcome.stays += engines.stays
        let scratch = ScratchDirectory.sweep()
        outcome.removed += scratch.removed.map { "directory \($0) of a dead trial" }
        outcome.stays += scratch.stays
        return outcome
    }

    private static func reap(
        _ intent: Intent, of runID: String, _ outcome: inout Outcome, _ say: (String) -> Void, note: String = "",
        close: () throws -> Void
    ) {
        let what = "\(intent.kind.rawValue) \(intent.subject)\(note)"
        do {
            try Reaper.check(intent, of: runID)
            switch intent.kind {
            case .domain: try LibvirtReaper.reap(intent: intent.subject)
            case .directory, .volumes: try LibvirtReaper.endEmulators(of: runID)
            case .engine: try EngineReaper.reap(intent: intent.subject, of: runID)
            case .cgroup: break
            }
            try Reaper.reap(intent, of: runID)
            try close()
            outcome.removed.append(what)
            say("Reaped of the dead run \(runID): \(what)")
        } catch {
            outcome.stays.append("\(what): \(error)")
            say("tare: could not reap \(what) of the dead run \(runID): \(error)")
        }
    }
}
