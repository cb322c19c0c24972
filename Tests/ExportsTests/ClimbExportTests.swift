import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Exports

@Suite struct ClimbExportTests {
    @Test func jsonHoldsLaddersAndRampsAsTheyWereRecorded() throws {
        let run = SyntheticClimbs.run()
        let text = try JSONExport.encode(RunAnalysis(run: run, resamples: 50), .init())
        struct Raw: Decodable {
            var ladders: [Ladder]
            var ramps: [Ramp]
        }
        let raw = try JSONDecoder().decode(Raw.self, from: Data(text.utf8))
        #expect(raw.ladders == run.observations.compactMap(\.ladder) && raw.ladders.count == 12)
        #expect(raw.ramps == run.observations.compactMap(\.ramp) && raw.ramps.count == 2)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let footprints = try #require(document["footprints"] as? [[String: Any]])
        let runc = try #require(footprints.first { $0["key"] as? String == "footprint/nginx/runc/idle" })
        let ledger = try #require(runc["ledger"] as? [String: Any])
        #expect(ledger["slopeBytes"] as? Double == SyntheticClimbs.mebibyte)
        #expect((ledger["slopeInterval"] as? [Double])?.count == 2 && ledger["isLinear"] as? Bool == true)
        #expect((runc["slopes"] as? [String: Double])?["anonymous"] == SyntheticClimbs.mebibyte)
        let densities = try #require(document["densities"] as? [[String: Any]])
        #expect(densities.map { $0["instances"] as? Int } == [1_010, 15])
        #expect(densities.map { $0["cause"] as? String } == ["memory budget", "memory budget"])
        #expect(densities.map { $0["emulated"] as? Bool } == [false, true])
    }

    /// The names that `tare-run/1` had before observations had one shape: whoever reads them must go on finding them, and numbers
    /// and blocks that do not depend on what else the suite measures.
    @Test func laddersAndRampsKeepTheirNamesAndNumbers() throws {
        var run = SyntheticClimbs.run()
        let last = run.observations.indices.last
        try run.observations[#require(last)].changeRamp { $0.cause = .died("x") }
        let document = try Exported.json(run)
        let ladders = try #require(document["ladders"] as? [[String: Any]])
        #expect(ladders.map { $0["number"] as? Int } == Array(1...12))
        #expect(ladders.map { $0["block"] as? Int } == [0, 1, 2].flatMap { [Int](repeating: $0, count: 4) })
        #expect(
            Set(ladders[0].keys) == [
                "number", "cell", "block", "outcome", "reasons", "warnings", "ending", "noise", "ledgerNoise", "rungs",
                "idleCPUNanoseconds", "idleNanoseconds", "climbNanoseconds", "drift", "limits",
            ])
        let rung = try #require((ladders[0]["rungs"] as? [[String: Any]])?.last)
        #expect(Set(rung.keys) == ["instances", "settleSeconds", "settled", "reading"])
        let reading = try #require((rung["reading"] as? [String: Any])?["figures"] as? [String: Any])
        #expect(reading["anonymous"] is Int)
        let ramps = try #require(document["ramps"] as? [[String: Any]])
        #expect(ramps.map { $0["number"] as? Int } == [1, 2])
        #expect(
            Set(ramps[0].keys) == [
                "number", "cell", "block", "outcome", "reasons", "warnings", "instances", "cause", "enforcedBy",
                "heldNanoseconds", "liveness", "teardownNanoseconds", "points",
            ])
        let point = try #require((ramps[0]["points"] as? [[String: Any]])?.last)
        #expect(
            Set(point.keys) == [
                "instances", "elapsedNanoseconds", "startupsNanoseconds", "reading", "memoryPressurePercent",
            ])
        #expect((ramps[0]["cause"] as? [String: Any])?.keys.map { $0 } == ["memoryBudget"])
        #expect(((ramps[1]["cause"] as? [String: Any])?["died"] as? [String: Any])?["_0"] as? String == "x")
        let blocks = try #require((document["plan"] as? [String: Any])?["blocks"] as? [[String: Any]])
        #expect(blocks.count == 21)
        #expect(blocks.allSatisfy { ($0["order"] as? [String])?.allSatisfy { $0.hasPrefix("startup/") } ?? false })
    }

    /// What was read of limited resources stands in JSON and CSV under the names of the resources.
    @Test func limitsAreExported() throws {
        var run = SyntheticClimbs.run()
        let first = try #require(run.observations.firstIndex { $0.ladder != nil })
        run.observations[first].changeLadder { ladder in
            ladder.limits = [.processIDs: KernelLimit(32_768, source: "kernel.pid_max")]
            ladder.rungs[1].limits = LimitsReading([.processIDs: 311, .groupTasks: 12])
        }
        let ladders = try #require(try Exported.json(run)["ladders"] as? [[String: Any]])
        let limit = try #require((ladders[0]["limits"] as? [String: [String: Any]])?["pid_max"])
        #expect(limit["value"] as? Int == 32_768 && limit["source"] as? String == "kernel.pid_max")
        let rungs = try #require(ladders[0]["rungs"] as? [[String: Any]])
        let used = (rungs[1]["limits"] as? [String: [String: Int]])?["used"]
        #expect(used == ["pid_max": 311, "pids.max": 12])
        #expect(rungs[2]["limits"] == nil && (ladders[1]["limits"] as? [String: Any])?.isEmpty == true)
        let lines = CSVExport.encode(RunAnalysis(run: run, resamples: 10), table: .ladders).components(
            separatedBy: "\r\n")
        let header = lines[0].components(separatedBy: ",")
        let row = lines[2].components(separatedBy: ",")
        #expect(header.count == Set(header).count)
        #expect(row[try #require(header.firstIndex(of: "pid_max_used"))] == "311")
        #expect(row[try #require(header.firstIndex(of: "pids_max_used"))] == "12")
        #expect(row[try #require(header.firstIndex(of: "threads_max_used"))] == "")
    }

    /// A run of startup alone has no such keys: an empty list would say that something was looked for and not found.
    @Test func jsonOfARunWithoutClimbsHasNone() throws {
        let document = try Exported.json(SyntheticRun.full())
        for key in ["footprints", "densities", "ladders", "ramps", "tasks", "taskSamples"] {
            #expect(document[key] == nil)
        }
    }

    @Test(.enabled(if: Exported.mayRunPython, "needs python3, to read CSV independently"))
    func csvHasARowForEveryRung() throws {
        var run = SyntheticClimbs.run()
        let first = try #require(run.observations.firstIndex { $0.ladder != nil })
        run.observations[first].outcome = .failed
        run.observations[first].reasons = ["nothing could be read"]
        run.observations[first].changeLadder { $0.rungs = [] }
        run.observations[first + 1].cell = "not in the plan"
        let analysis = RunAnalysis(run: run, resamples: 10)
        let rows = try Exported.rows(CSVExport.encode(analysis, table: .ladders))
        // Eleven of eight rungs, and one row that says that there is none.
        #expect(rows.count == 11 * 8 + 1)
        #expect(rows.allSatisfy { $0.count == CSVExport.ladderColumns.count })
        #expect(rows[0]["outcome"] == "failed" && rows[0]["reasons"] == "nothing could be read")
        #expect(rows[0]["rung"] == "" && rows[0]["instances"] == "")
        #expect(rows[1]["cell"] == "not in the plan" && rows[1]["platform"] == "" && rows[1]["emulated"] == "")
        let ladders = run.observations.compactMap(\.ladder)
        for number in 2...12 {
            let mine = rows.filter { $0["number"] == "\(number)" }
            let ladder = ladders[number - 1]
            #expect(mine.map { $0["rung"] } == (0..<8).map { "\($0)" })
            #expect(mine.map { $0["instances"] } == ladder.rungs.map { "\($0.instances)" })
            #expect(mine.map { $0["anonymous_bytes"] } == ladder.rungs.map { $0.reading[.anonymous].map { "\($0)" } })
            let base = ladder.rungs[0].reading.ledger ?? 0
            #expect(mine.map { $0["cost_bytes"] } == ladder.rungs.map { "\(($0.reading.ledger ?? 0) - base)" })
            #expect(mine[0]["block"] == "\((number - 1) / 4)")
        }
        let large = rows.filter { $0["platform"] == "runc" && $0["instances"] == "8" }
        #expect(!large.isEmpty && large.allSatisfy { $0["fitted"] == "false" })
        #expect(rows.filter { $0["instances"] == "64" }.allSatisfy { $0["fitted"] == "true" })
    }

    @Test(.enabled(if: Exported.mayRunPython, "needs python3, to read CSV independently"))
    func csvHasARowForEveryPoint() throws {
        var run = SyntheticClimbs.run()
        let last = try #require(run.observations.indices.last)
        run.observations[last].changeRamp {
            $0.cause = .died("with, a comma")
            $0.points = []
        }
        let analysis = RunAnalysis(run: run, resamples: 10)
        let rows = try Exported.rows(CSVExport.encode(analysis, table: .ramps))
        #expect(rows.count == 3)
        #expect(rows.map { $0["number"] } == ["1", "1", "2"])
        #expect(rows.map { $0["point"] } == ["0", "1", ""])
        #expect(rows[2]["cause"] == "died: with, a comma")
        #expect(rows[1]["startups_ns"] == "20000000; 30000000; 40000000")
        #expect(rows[1]["startup_median_ns"] == "30000000.0")
        #expect(rows[1]["used_bytes"] == "\(100 << 20)" && rows[0]["used_bytes"] == "0")
        #expect(rows[1]["memory_pressure_percent"] == "0.25" && rows[1]["cpu_pressure_percent"] == "")
    }
}
