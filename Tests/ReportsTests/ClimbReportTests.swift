import BenchmarkModel
import Foundation
import Testing

@testable import Reports

/// Ladders and ramps in the accounting and in every rendering.
@Suite struct ClimbReportTests {
    /// 2 x 2 cells of 20 samples, 4 cells of 3 ladders, 2 ramps.
    @Test func theAccountingIsOverAllExperiments() throws {
        var run = SyntheticClimbs.run()
        let whole = ReportModel(run: run, resamples: 50).accounting
        #expect((whole.planned, whole.ok, whole.failed, whole.invalid) == (94, 94, 0, 0))
        #expect(whole.holds && whole.stray == 0)
        run.ladders[1].outcome = .failed
        run.ramps[0].outcome = .invalid
        let judged = ReportModel(run: run, resamples: 50).accounting
        #expect((judged.planned, judged.ok, judged.failed, judged.invalid) == (94, 92, 1, 1) && judged.holds)
    }

    @Test func aMissingLadderBreaksItAndIsTold() throws {
        var run = SyntheticClimbs.run()
        let key = run.ladders.removeFirst().cell
        let model = ReportModel(run: run, resamples: 50)
        #expect(!model.accounting.holds && model.accounting.ok == 93)
        let banner = try #require(model.banners.first { $0.kind == .accounting })
        #expect(banner.text.contains("94 planned, 93 ok") && banner.text.hasSuffix("No verdict is given for \(key)."))
        run = SyntheticClimbs.run()
        let ramp = run.ramps.removeFirst().cell
        let other = ReportModel(run: run, resamples: 50)
        #expect(other.banners.contains { $0.text.hasSuffix("No verdict is given for \(ramp).") })
        #expect(!other.densityAnswers.contains { $0.text.contains("under runc") && ramp.contains("/runc/") })
    }

    /// One that is too much breaks it as well: more than planned is no better than less.
    @Test func aClimbOfNoCellIsStray() throws {
        var run = SyntheticClimbs.run()
        run.ladders[0].cell = "footprint/nginx/nowhere/idle"
        run.ramps.append(SyntheticClimbs.ramp(9, "density/nowhere", instances: 1, cause: .ceiling))
        let accounting = ReportModel(run: run, resamples: 50).accounting
        #expect(accounting.stray == 2 && !accounting.holds)
        var double = SyntheticClimbs.run()
        double.ladders.append(double.ladders[0])
        #expect(!ReportModel(run: double, resamples: 50).accounting.holds)
    }

    @Test func jsonHoldsLaddersAndRampsAsTheyWereRecorded() throws {
        let run = SyntheticClimbs.run()
        let text = try JSONExport.encode(ReportModel(run: run, resamples: 50))
        struct Raw: Decodable {
            var ladders: [Ladder]
            var ramps: [Ramp]
        }
        let raw = try JSONDecoder().decode(Raw.self, from: Data(text.utf8))
        #expect(raw.ladders == run.ladders && raw.ladders.count == 12)
        #expect(raw.ramps == run.ramps && raw.ramps.count == 2)
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
        let answers = try #require(document["answers"] as? [[String: Any]])
        #expect(answers.count { $0["mode"] as? String == "footprint" } == 2)
        #expect(answers.count { $0["mode"] as? String == "density" } == 1)
    }

    /// A run of startup alone has no such keys: an empty list would say that something was looked for and not found.
    @Test func jsonOfARunWithoutClimbsHasNone() throws {
        let text = try JSONExport.encode(ReportModel(run: SyntheticRun.full(), resamples: 50))
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        for key in ["footprints", "densities", "ladders", "ramps"] { #expect(document[key] == nil) }
    }

    @Test func theTerminalShowsBothTables() {
        let model = ReportModel(run: SyntheticClimbs.run(), resamples: 50)
        for width in [80, 120, 200] {
            let text = TerminalSummary.render(model, width: width, color: false)
            #expect(text.contains("Footprint: what one more idle instance costs"))
            #expect(text.contains("Density: how many fit in 1 GiB"))
            #expect(text.contains("In 1 GiB of memory: 1,010 nginx"))
            for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        }
        let bare = TerminalSummary.render(ReportModel(run: SyntheticRun.full(), resamples: 50), width: 80, color: false)
        #expect(!bare.contains("Footprint") && !bare.contains("Density"))
    }

    @Test func thePartsOfTheIsolationAreSetAgainstNone() throws {
        let parts: [(String, [IsolationPart])] = [("part-none", []), ("part-net", [.network])]
        let platforms = parts.map { PlatformSpec(name: $0.0, kind: .isolation($0.1)) }
        var run = SyntheticClimbs.run(platforms: platforms)
        // The port of nginx is shared where the network is; noop has none.
        let cells = try #require(run.plan.footprint?.cells)
        #expect(cells.filter { $0.impossible != nil }.map(\.key) == ["footprint/nginx/part-none/idle"])
        for index in run.ladders.indices {
            let slope = run.ladders[index].cell.hasSuffix("part-net/idle") ? 0.75 : 0.5
            run.ladders[index] = SyntheticClimbs.ladder(index + 1, run.ladders[index].cell, slope: slope, fixed: 0)
        }
        let markdown = Renderer.markdown(ReportModel(run: run, resamples: 50))
        let row = try #require(markdown.split(separator: "\n").first { $0.hasPrefix("| noop | net |") })
        #expect(row.contains("| 768 KiB | 256 KiB |"), "\(row)")
        #expect(markdown.contains("cannot be measured: on this platform all instances share one network"))
        // All are ready after 8 ms; those with a network of their own shall be 3 ms later.
        for index in run.samples.indices where run.samples[index].cell.contains("part-net") {
            for mark in run.samples[index].marks.indices where run.samples[index].marks[mark].name == .ready {
                run.samples[index].marks[mark].nanoseconds += 3_000_000
            }
        }
        let answer = try #require(ReportModel(run: run, resamples: 50).answers.first { $0.workload == "noop" })
        #expect(
            answer.text
                == "On this host noop, started warm, is ready without any isolation in 8.00 ms; each part of the kernel's "
                + "isolation adds by itself: net +3.00 ms (n = 20 each).")
    }
}
