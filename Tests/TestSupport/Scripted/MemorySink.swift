package import BenchmarkModel
import Synchronization

/// Keeps in memory what a run would commit.
package final class MemorySink: RunSink {
    private struct State {
        var observations: [Int: Observation] = [:]
        var saves = 0
        var threats: [Threat] = []
        var echoes: [ChannelEcho] = []
        var worlds: [ObservedWorld] = []
        var intents: [Int64: Intent] = [:]
        var nextRow: Int64 = 1
    }
    private let state = Mutex(State())

    package init() {}

    /// By number.
    package var observations: [Observation] {
        state.withLock { $0.observations.values.sorted { $0.number < $1.number } }
    }
    /// How often an observation was committed, replaced ones included.
    package var saves: Int { state.withLock { $0.saves } }
    package var threats: [Threat] { state.withLock { $0.threats } }
    package var echoes: [ChannelEcho] { state.withLock { $0.echoes } }
    package var worlds: [ObservedWorld] { state.withLock { $0.worlds } }

    package func open(_ intent: Intent) throws -> Int64 {
        state.withLock { state in
            defer { state.nextRow += 1 }
            state.intents[state.nextRow] = intent
            return state.nextRow
        }
    }

    package func close(_ row: Int64) throws { state.withLock { $0.intents[row] = nil } }

    package func save(_ observation: Observation) throws {
        state.withLock { state in
            state.observations[observation.number] = observation
            state.saves += 1
        }
    }

    package func save(_ threat: Threat) throws { state.withLock { $0.threats.append(threat) } }
    package func save(_ echo: ChannelEcho) throws { state.withLock { $0.echoes.append(echo) } }
    package func save(_ preparations: [Preparation]) throws {}
    package func save(_ world: ObservedWorld) throws { state.withLock { $0.worlds.append(world) } }
    package func save(_ record: PlatformRecord) throws {}
}
