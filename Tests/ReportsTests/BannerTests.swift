import Analysis
import BenchmarkModel
import TestSupport
import Testing

@testable import Reports

/// What is said above all figures.
@Suite struct BannerTests {
    private func banners(_ run: Run, _ kind: Banner.Kind) -> [String] {
        Report(run: run).banners.filter { $0.kind == kind }.map(\.text)
    }

    /// Its figures are marked nowhere, so the banner must not say that they are.
    @Test func aThreatToAWarmUpBlockTouchesNoFigure() {
        var run = SyntheticRun.full()
        run.threats = [Threat(detector: "steal", severity: .warning, text: "0.9 % was taken", block: 0)]
        #expect(
            banners(run, .threat)
                == ["steal: 0.9 % was taken. It touched warm-up alone, whose samples are not counted."])
        run.threats[0].severity = .invalid
        #expect(
            banners(run, .threat)
                == ["steal: 0.9 % was taken. It touched warm-up alone, whose samples are not counted."])
    }

    @Test func theCellsThatAreMarkedAreNamed() throws {
        var run = SyntheticRun.full()
        let runc = SyntheticRun.cell(run, "runc").key
        run.threats = [
            Threat(detector: "foreign work", severity: .warning, text: "12 % of a CPU", block: 0),
            Threat(detector: "foreign work", severity: .warning, text: "7 % of a CPU", block: 4, cell: runc),
        ]
        #expect(
            banners(run, .threat) == [
                "foreign work, 2 times; for one: 12 % of a CPU. The figures it touched are marked noisy: nginx on runc (warm)."
            ])
        run.threats = [Threat(detector: "steal", severity: .warning, text: "1 %", block: 4)]
        #expect(banners(run, .threat) == ["steal: 1 %. The figures it touched are marked noisy: all cells."])
        // Without a block it touches the whole run; ladders are told apart from starts.
        var climbs = SyntheticClimbs.run()
        let block = try #require(climbs.plan.blocks(of: "density").first)
        climbs.threats = [Threat(detector: "steal", severity: .warning, text: "1 %", block: block.index)]
        let text = try #require(banners(climbs, .threat).first)
        #expect(text.hasSuffix("marked noisy: all cells of density."))
        climbs.threats[0].cell = "density/nginx/runc/1024MiB"
        #expect(banners(climbs, .threat).first?.hasSuffix("marked noisy: density/nginx/runc/1024MiB.") == true)
        climbs.threats[0].cell = nil
        climbs.threats[0].block = nil
        #expect(banners(climbs, .threat) == ["steal: 1 %. The figures it touched are marked noisy: all cells."])
    }

    @Test func whatIsInvalidIsNamed() {
        var run = SyntheticRun.full()
        let runc = SyntheticRun.cell(run, "runc").key
        run.threats = [Threat(detector: "swap", severity: .invalid, text: "7 pages", block: 4)]
        for index in run.observations.indices
        where run.observations[index].cell == runc && run.observations[index].block == 4 {
            run.observations[index].outcome = .invalid
        }
        #expect(banners(run, .threat) == ["swap: 7 pages. The samples it touched are invalid: nginx on runc (warm)."])
    }

    @Test func whatCannotBeReadIsNamedAndInNoFigure() throws {
        var run = SyntheticRun.full()
        let lost = try #require(run.observations.firstIndex { $0.cell == "startup/nginx/runc/warm" && $0.counted })
        run.observations.remove(at: lost)
        run.unreadable = ["observation 7 of startup/nginx/runc/warm: its marks are no marks"]
        let texts = banners(run, .accounting)
        #expect(texts.contains { $0.hasSuffix("No verdict is given for nginx on runc (warm).") })
        #expect(
            texts.last
                == "1 record of this run cannot be read and is in no figure: observation 7 of startup/nginx/runc/warm: its "
                + "marks are no marks. No verdict is given for what it belongs to.")
        let report = Report(run: run)
        #expect(report.markdown().contains("- observation 7 of startup/nginx/runc/warm: its marks are no marks"))
        #expect(report.answers.last?.text.contains("64.0 ms") == false)
        run.unreadable.append("observation 8: nothing")
        #expect(banners(run, .accounting).last?.contains("marks; and 1 other, listed under Failures.") == true)
    }

    @Test func aMissingLadderBreaksTheAccountingAndIsTold() throws {
        for isLadder in [true, false] {
            var run = SyntheticClimbs.run()
            let first = try #require(run.observations.firstIndex { isLadder ? $0.ladder != nil : $0.ramp != nil })
            let key = run.observations.remove(at: first).cell
            let text = try #require(banners(run, .accounting).first)
            #expect(text.contains("94 planned, 93 ok") && text.hasSuffix("No verdict is given for \(key)."))
        }
    }

    @Test func aDelayAfterOneKindOfCellIsTold() throws {
        var run = SyntheticRun.empty(workloads: [SyntheticRun.workload("noop", readiness: .started)], samples: 60)
        var random = SplitMix64(seed: 3)
        var before = ""
        for block in run.plan.blocks {
            for position in block.order {
                let cell = run.plan.cells[position]
                let noise = 0.9 + Double(random.next() >> 40) / Double(1 << 24) / 5
                let isLate = cell.platform == "namespaces" && before == "q35"
                run.observations.append(
                    SyntheticRun.sample(
                        run.observations.count + 1, cell, block: block.index, milliseconds: noise * (isLate ? 50 : 10),
                        counted: block.counted))
                before = cell.platform
            }
        }
        let text = try #require(banners(run, .carryOver).first)
        #expect(text.hasPrefix("The figures of noop on namespaces (warm) depend on what was measured right before"))
        #expect(text.contains("after noop on q35 (warm) (n = "))
        #expect(Report(run: run).markdown().contains("*(carry-over)*"))
    }
}
