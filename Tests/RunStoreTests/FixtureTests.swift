import BenchmarkModel
import Foundation
import GRDB
import TestSupport
import Testing

@testable import RunStore

/// A database that tare 0.1 made with the schema `3-rest`: a run of startup (warm, cold, two at once; a workload that fails),
/// footprint and density. What is expected was read from it by itself, such as by:
///
///     python3 -c "import sqlite3; print(sqlite3.connect('tare-0.1-3-rest.db').execute('''
///       SELECT s.cell, AVG(r.nanoseconds - q.nanoseconds) FROM sample s
///       JOIN mark q ON q.sample = s.number AND q.name = 'requested'
///       JOIN mark r ON r.sample = s.number AND r.name = 'ready'
///       WHERE counted = 1 AND outcome = 'ok' GROUP BY s.cell''').fetchall())"
@Suite struct FixtureTests {
    let scratch: TemporaryDirectory
    let path: String

    init() throws {
        scratch = try TemporaryDirectory()
        path = scratch.path + "/tare.db"
        let fixture = try #require(Bundle.module.path(forResource: "Fixtures/tare-0.1-3-rest", ofType: "db"))
        try FileManager.default.copyItem(atPath: fixture, toPath: path)
    }

    /// Both ways to open it: to write to it, and in a copy in memory.
    @Test(arguments: [true, false]) func lists(_ reading: Bool) throws {
        let store = try reading ? RunStore.reading(path) : RunStore(path: path)
        #expect(
            try store.runs() == [
                RunSummary(
                    id: "20261126-085344-5031", startedAt: 1795683224.0794883, status: .complete, suite: "fixture",
                    planned: 40, ok: 22, failed: 18, invalid: 0, platforms: ["process", "namespaces", "runc"],
                    emulated: false)
            ])
    }

    @Test(arguments: [true, false]) func keepsEveryStart(_ reading: Bool) throws {
        let run = try (reading ? RunStore.reading(path) : RunStore(path: path)).run("latest")
        #expect(run.unreadable == [])
        let starts = run.observations.filter { $0.startup != nil }
        #expect(starts.map(\.number) == Array(1...60) && starts.count { $0.counted } == 36)
        #expect(starts.count { $0.outcome == .failed } == 30 && starts.count { $0.outcome == .ok } == 30)
        let marks = starts.flatMap { $0.startup?.marks ?? [] }
        #expect(marks.count == 379 && marks.reduce(0) { $0 + $1.nanoseconds } == 226_670_025_130_266)
        #expect(starts.reduce(0) { $0 + ($1.startup?.cpuNanoseconds ?? 0) } == 647_985_871)
        #expect(starts.reduce(0) { $0 + ($1.startup?.restNanoseconds ?? 0) } == 12_009_796_837)
        func mean(_ cell: String) -> Double {
            let times = starts.filter { $0.cell == "startup/noop/\(cell)" && $0.counted && $0.outcome == .ok }
                .compactMap { $0.startup?.startupNanoseconds }
            return Double(times.reduce(0, +)) / Double(times.count)
        }
        #expect(mean("process/warm") == 1_459_492.5 && mean("namespaces/cold") == 30_031_993.5)
        #expect(mean("runc/concurrent-2") == 37_738_180.5 && mean("runc/warm") == 29_685_042.5)
        let fourth = starts[3]
        #expect(fourth.cell == "startup/fails/runc/concurrent-2" && fourth.block == 0 && !fourth.counted)
        #expect(fourth.startup?.instance == "tare-20261126-085344-5031-i7")
        #expect(fourth.reasons.first?.hasPrefix("the instance ended before it was ready (last mark: entered)") == true)
        #expect(starts[59].block == 5 && starts[59].startup?.cpuNanoseconds == 4_242_097)
    }

    @Test func keepsTheClimbs() throws {
        let run = try RunStore.reading(path).run("latest")
        let climbs = run.observations.suffix(4)
        #expect(climbs.map(\.number) == [61, 62, 63, 64] && climbs.map(\.block) == [6, 7, 8, 9])
        #expect(climbs.allSatisfy { $0.counted && $0.outcome == .ok && $0.reasons.isEmpty })
        #expect(climbs.map(\.cell).prefix(3) == Array(repeating: "footprint/noop/runc/idle", count: 3)[...])
        let ladders = climbs.compactMap(\.ladder)
        #expect(ladders.map(\.ledgerNoise) == [140_400, 171_616, 167_184])
        #expect(ladders.map(\.climbNanoseconds) == [2_465_103_425, 2_214_226_287, 2_464_245_116])
        #expect(ladders.map { $0.rungs[2].reading[.unreclaimableSlab] } == [20_905_480, 20_954_680, 21_017_008])
        #expect(ladders.map(\.ending) == [.cap, .cap, .cap] && ladders.map(\.rungs.count) == [4, 4, 4])
        let ramp = try #require(climbs.last?.ramp)
        #expect(climbs.last?.cell == "density/noop/runc/64MiB")
        #expect(ramp.instances == 4 && ramp.cause == .ceiling && ramp.heldNanoseconds == 601_694_380)
        #expect(ramp.points.count == 5 && ramp.points[2].startupsNanoseconds == [33_673_263, 34_506_085])
    }

    @Test func keepsWhatStandsBeside() throws {
        let run = try RunStore.reading(path).run("latest")
        #expect(run.command == "tare run fixture.yaml" && run.preparations.count == 12)
        #expect(run.channelEchoes.map(\.roundTripsNanoseconds).last == [23_333, 12_894, 12_003, 10_760, 11_562])
        #expect(run.platforms.map(\.platform) == ["process", "namespaces", "runc"])
        #expect(run.platforms.last?.details.first == Fact("runtime", "runc version 1.1.5+ds1", mustAgree: true))
        // It says which definition its starts follow; that of the ledger is told by what it read.
        #expect(run.facts.version(of: .startup) == 2 && run.facts.version(of: .ledger) == 2)
        #expect(run.facts.facts.last == Definition.secondLedger.fact)
    }

    /// The order that was drawn then, as a plan of today: the one that this tare draws has the same cells.
    @Test func keepsThePlan() throws {
        let run = try RunStore.reading(path).run("latest")
        let drawn = Plan(suite: run.suite, seed: 7)
        #expect(run.plan.seed == 7 && run.plan.cells == drawn.cells)
        #expect(run.plan.stages.map(\.experiment) == drawn.stages.map(\.experiment))
        #expect(run.plan.stages.map { $0.blocks.map(\.index) } == drawn.stages.map { $0.blocks.map(\.index) })
        #expect(run.plan.blocks[1].order == [17, 0, 15, 3, 12, 2, 11, 5, 8, 6, 9, 14])
        #expect(run.plan.blocks[7].order == [18] && run.plan.blocks[9].order == [19])
        // Each observation is of a cell that its block measures.
        let keys = Dictionary(
            uniqueKeysWithValues: run.plan.blocks.map { block in
                (block.index, Set(block.order.map { run.plan.cells[$0].key }))
            })
        for observation in run.observations { #expect(keys[observation.block]?.contains(observation.cell) == true) }
    }

    /// What reading it in memory gives is what the file gives once it is migrated for good.
    @Test func isTheSameOnceItIsMigrated() throws {
        let before = try RunStore.reading(path).run("latest")
        do { _ = try RunStore(path: path) }
        #expect(try RunStore.reading(path).run("latest") == before)
        #expect(try RunStore(path: path).run("latest") == before)
    }
}
