import BenchmarkModel
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
    @discardableResult
    static func reapDeadRuns(_ store: RunStore, say: (String) -> Void) throws -> Outcome {
        var outcome = Outcome()
        try store.markDeadRuns()
        for entry in try store.openIntents() {
            if try store.isAlive(entry.runID) {
                if !outcome.alive.contains(entry.runID) { outcome.alive.append(entry.runID) }
                continue
            }
            let what = "\(entry.intent.kind.rawValue) \(entry.intent.subject)"
            do {
                if entry.intent.kind == .domain { try LibvirtReaper.reap(intent: entry.intent.subject) }
                try Reaper.reap(entry.intent)
                try store.close(entry.row)
                outcome.removed.append(what)
                say("Reaped of the dead run \(entry.runID): \(what)")
            } catch {
                outcome.stays.append("\(what): \(error)")
                say("tare: could not reap \(what) of the dead run \(entry.runID): \(error)")
            }
        }
        return outcome
    }
}
