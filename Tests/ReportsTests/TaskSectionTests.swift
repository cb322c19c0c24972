import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Reports

/// What a report says of tasks.
@Suite struct TaskSectionTests {
    /// By how much a platform is dearer than bare namespaces: factors of halves, easy to check by hand.
    private static let shares = ["process": 0.5, "namespaces": 1, "runc": 2, "q35": 16]

    /// All of a block drift alike, so that the ratios have no width.
    static func sample(_ workload: String, _ platform: String, _ block: Int) -> TaskRuns.Sample {
        let share = shares[platform] ?? 1
        let drift = 1 + (Double(block) - 5.5) / 100
        return TaskRuns.Sample(
            own: 8 * share * drift, figures: ["rate": 1_600 / share * drift, "latency": 3 * share * drift])
    }

    private static func run(_ workloads: [Workload] = [TaskRuns.workload("sysbench")]) -> Run {
        TaskRuns.run(workloads, sample)
    }

    private func rows(_ report: Report, _ head: String) -> [String] {
        report.markdown().split(separator: "\n").map(String.init).filter { $0.hasPrefix(head) }
    }

    @Test func theSentenceSaysWhatTheBoundaryCosts() {
        let answers = Report(run: Self.run()).answers(of: "task")
        #expect(
            answers.map(\.text) == [
                "sysbench, by rate (own clock): costs 2.00 times [95 % interval 2.00 to 2.00] under runc and 16.0 times [16.0 to "
                    + "16.0] (emulated) in the VM q35 what it costs in bare namespaces (n = 10 each)."
            ])
        let plain = Report(run: Self.run([TaskRuns.workload("python", [])])).answers(of: "task").first?.text ?? ""
        #expect(plain.hasPrefix("python, by own time: costs 2.00 times ["), "\(plain)")
        #expect(plain.contains("; by duration: costs 1.9") && !plain.contains("own clock"), "\(plain)")
    }

    /// A row for each workload and what it is judged by, a column for each platform; the floor's own value first.
    @Test func theTableIsToolByPlatform() throws {
        let report = Report(
            run: Self.run([
                TaskRuns.workload("sysbench"), TaskRuns.workload("fio", [TaskRuns.rate, TaskRuns.latency]),
                TaskRuns.workload("python", []),
            ]))
        let section = try #require(report.document.sections.first { $0.id == "tasks" })
        let table = try #require(section.summary?.table)
        #expect(
            table.columns.map(\.title) == [
                "workload", "by", "in namespaces", "times, process", "times, runc", "times, q35 (emulated)",
            ])
        #expect(
            table.rows.map { $0.prefix(2).map(\.plain).joined(separator: "/") } == [
                "sysbench/rate (own clock)", "fio/rate (own clock)", "fio/latency (own clock)", "python/own time",
                "python/duration",
            ])
        // 1,600 a second in namespaces; half the rate under runc is a cost of 2.
        let row = table.rows[0].map(\.plain)
        #expect(row[2].hasPrefix("1,600 events/s (n = 10) ["), "\(row)")
        #expect(
            row[3...].map { $0 } == ["0.500 [0.500 to 0.500]", "2.00 [2.00 to 2.00]", "16.0 [16.0 to 16.0]"])
        // 3 us, and twice as many under runc.
        #expect(table.rows[2][2].plain.hasPrefix("3.00 us (n = 10) [") && table.rows[2][4].plain.hasPrefix("2.00 ["))
        #expect(table.rows[3][2].plain.hasPrefix("8.00 ms (n = 10) ["))
    }

    @Test func theRawFiguresStandBelow() throws {
        let report = Report(run: Self.run())
        // 1600 / 2 = 800; np.quantile(800 * (1 + (np.arange(1, 11) - 5.5) / 100), .1) = 771.2
        let figure = try #require(rows(report, "| sysbench | rate *(own clock)* | runc |").first)
        #expect(
            figure.contains("| 10 of 10 | 0 | 0 | **800 events/s** |")
                && figure.contains("| 771 events/s | – | higher |"))
        #expect(figure.contains("| 2.00 \\[2.00 to 2.00\\] | 4.00 \\[4.00 to 4.00\\] |"), "\(figure)")
        let floor = try #require(rows(report, "| sysbench | rate *(own clock)* | namespaces |").first)
        #expect(floor.contains("| floor | 2.00 \\["))
        // 8 ms * 2 and a quarter of a millisecond before it.
        let time = try #require(rows(report, "| sysbench | runc | 10 of 10 |").first)
        #expect(time.hasPrefix("| sysbench | runc | 10 of 10 | 0 | 0 | **16.3 ms** |"), "\(time)")
        #expect(time.contains("| 16.0 ms \\[") && time.contains("| 3.00 ms \\[") && time.contains("| 2.00 MiB \\["))
    }

    @Test func noClaimIsMadeOfTooFew() throws {
        let run = TaskRuns.run { workload, platform, block in
            var one = Self.sample(workload, platform, block)
            if platform == "runc", block > 4 { one.outcome = .failed }
            return one
        }
        let report = Report(run: run)
        let text = try #require(report.answers(of: "task").first?.text)
        #expect(!text.contains("2.00 times") && text.contains("16.0 times"), "\(text)")
        #expect(text.contains("No claim is made under runc (4 of 10 planned samples ok, 6 failed, 0 invalid)"))
        let row = try #require(rows(report, "| sysbench | rate").first)
        #expect(row.contains("| – | 16.0 "), "\(row)")
        #expect(rows(report, "| workload | by | in namespaces ").first?.contains("| times, runc (too few) ") == true)
        #expect(rows(report, "| sysbench on runc (task) | failed | the command ended with status 3 | 6 |").count == 1)
    }

    private static func failing(
        _ workloads: [Workload] = [TaskRuns.workload("sysbench")], where fails: (String, String, Int) -> Bool
    ) -> Report {
        Report(
            run: TaskRuns.run(workloads) { workload, platform, block in
                var one = sample(workload, platform, block)
                if fails(workload, platform, block) { one.outcome = .failed }
                return one
            })
    }

    /// The first floor that is sound, for each workload by itself.
    @Test func theNextFloorStandsInForOneThatIsNotSound() throws {
        let report = Self.failing([TaskRuns.workload("sysbench"), TaskRuns.workload("fio")]) { workload, platform, _ in
            workload == "fio" && platform == "namespaces"
        }
        // Of rates 3,200, 1,600, 800 and 100 a second.
        let texts = report.answers(of: "task").map(\.text)
        #expect(texts[0].contains("2.00 times") && texts[0].contains("what it costs in bare namespaces"))
        #expect(
            texts[1].hasPrefix(
                "fio, by rate (own clock): costs 4.00 times [95 % interval 4.00 to 4.00] under runc and 32.0 times ")
                && texts[1].contains(
                    "what it costs with no isolation (n = 10 each). No claim is made in bare namespaces"),
            "\(texts[1])")
        let table = try #require(report.document.sections.first { $0.id == "tasks" }?.summary?.table)
        #expect(
            table.columns.map(\.title)[2...] == [
                "in the floor", "times, process", "times, namespaces (too few)", "times, runc", "times, q35 (emulated)",
            ])
        let cells = table.rows.map { row in row.dropFirst(2).map { $0.filter { !$0.isAside }.plain } }
        #expect(cells[0] == ["namespaces: 1,600 events/s (n = 10)", "0.500", "floor", "2.00", "16.0"])
        #expect(cells[1] == ["process: 3,200 events/s (n = 10)", "floor", "–", "4.00", "32.0"])
        // With no sound floor at all nothing has a ratio, and the figures stand alone.
        let alone = try #require(
            Self.failing { _, platform, _ in platform == "namespaces" || platform == "process" }
                .answers(of: "task").first?.text)
        #expect(
            alone.hasPrefix(
                "sysbench, by rate (own clock): 800 events/s under runc and 100 events/s (emulated) in the VM q35, with no "
                    + "ratio between them (n = 10 each). No claim is made "), "\(alone)")
    }

    @Test func whereNothingCanBeClaimedOneShortSentenceSaysSo() throws {
        func text(_ fails: (String, String, Int) -> Bool) throws -> String {
            try #require(Self.failing(where: fails).answers(of: "task").first?.text)
        }
        #expect(
            try text { _, _, block in block > 4 } == "sysbench: no claim, fewer than 5 good samples on every platform.")
        // 5 samples are good, of which nobody can tell the median: this is another reason.
        var run = TaskRuns.run(samples: 12) { _, _, block in
            TaskRuns.Sample(own: 1, figures: ["rate": 1], outcome: block > 5 ? .failed : .ok)
        }
        let median = try #require(Report(run: run).answers(of: "task").first?.text)
        #expect(median.hasPrefix("There is no figure of the task sysbench to state on this host. No claim is made"))
        #expect(median.contains("5 of 12 planned samples ok, 7 failed"), "\(median)")
        run.observations.removeAll { $0.cell.contains("/runc/") }
        #expect(Report(run: run).answers(of: "task").first?.text.contains("No verdict is given under runc") == true)
    }

    /// What all figures, or all of a platform, have in common is said once.
    @Test func whatIsTheSameForManyIsSaidOnce() throws {
        let names = ["sysbench", "fio", "python"]
        var run = TaskRuns.run(names.map { TaskRuns.workload($0, $0 == "python" ? [] : [TaskRuns.rate]) }, samples: 5) {
            Self.sample($0, $1, $2)
        }
        run.worlds = names.flatMap { workload in
            SyntheticRun.all.map { spec in
                let cpus = spec.name == "q35" ? "1" : "2"
                let limit = spec.name == "runc" ? "none" : "1"
                var facts = [Fact("CPUs online", cpus), Fact("CPUs by affinity", cpus), Fact("open files", limit)]
                if workload == "fio", spec.name == "runc" { facts.append(Fact("umask", "0077")) }
                return ObservedWorld(workload: workload, platform: spec.name, facts: facts)
            }
        }
        let report = Report(run: run)
        let table = try #require(report.document.sections.first { $0.id == "tasks" }?.summary?.table)
        #expect(table.caption.hasSuffix("(2: half the rate, twice the time); all figures: few blocks"))
        #expect(
            table.columns.map(\.title)[2...] == [
                "in namespaces (sees 2 CPUs)", "times, process (sees 2 CPUs)",
                "times, runc (sees 2 CPUs, unequal)", "times, q35 (emulated, sees 1 CPU)",
            ])
        #expect(table.rows.allSatisfy { row in row.dropFirst(2).allSatisfy { $0.allSatisfy { !$0.isMark } } })
        let markdown = report.markdown()
        for caption in ["intervals are of the median", "by the host's clock"] {
            #expect(markdown.contains("\(caption); all figures: few blocks:"))
        }
        #expect(rows(report, "| python | q35 *(emulated)* *(sees 1 CPU)* | 5 of 5 |").count == 1)
        #expect(rows(report, "| fio | runc *(sees 2 CPUs)* *(unequal)* | 5 of 5 |").count == 1)
        // In what is said once for each platform and whatever it is.
        #expect(
            markdown.contains(
                "- **On runc for sysbench and python**: *(unequal)* open files: none, elsewhere 1."), "\(markdown)")
        #expect(
            markdown.contains(
                "- **On runc for fio**: *(unequal)* open files: none, elsewhere 1; umask 0077, elsewhere none."))
        let python = try #require(report.answers(of: "task").last?.text)
        // Two measures: the words stand beside the first, but that q35 is emulated beside each.
        #expect(python.components(separatedBy: "(emulated)").count == 3, "\(python)")
        #expect(python.components(separatedBy: "(sees 1 CPU)").count == 2 && !python.contains("open files"))
        #expect(python.components(separatedBy: "(unequal)").count == 2)
        #expect(python.hasSuffix(" (n = 5 each), all figures (few blocks)."))
    }

    @Test func withoutAFloorThereIsNoTableOfCosts() throws {
        let run = TaskRuns.run(platforms: [SyntheticRun.runc, SyntheticRun.vm], Self.sample)
        let report = Report(run: run)
        let section = try #require(report.document.sections.first { $0.id == "tasks" })
        #expect(section.summary?.table?.columns.map(\.title).contains("median") == true)
        #expect(report.markdown().contains("No floor was measured"))
        #expect(report.answers(of: "task").first?.text.contains("800 events/s under runc") == true)
    }

    /// A terminal is not flooded; the page has all.
    @Test func aTerminalShowsTheFirstTwelveSentences() throws {
        let report = Report(run: Self.run((1...14).map { TaskRuns.workload("w\($0)") }))
        #expect(report.answers(of: "task").count == 14)
        let text = report.terminal(width: 100, color: false)
        #expect(text.contains("w12, by rate") && !text.contains("w13, by rate"))
        #expect(text.contains("2 more sentences of this kind in the report."))
        let html = try report.html()
        #expect(report.markdown().contains("**w13**, by rate") && html.contains("<strong>w14</strong>, by rate"))
        for line in report.terminal(width: 80, color: false).split(separator: "\n") {
            #expect(line.count <= 80, "\(line)")
        }
    }

    @Test func manyFiguresDoNotMakeALongSentence() throws {
        let figures = (1...5).map { place in
            var figure = TaskRuns.rate
            figure.name = "rate-\(place)"
            return figure
        }
        let run = TaskRuns.run([TaskRuns.workload("stress", figures)]) { _, platform, block in
            .init(own: 1, figures: Dictionary(figures.map { ($0.name, Double(block)) }) { first, _ in first })
        }
        let text = try #require(Report(run: run).answers(of: "task").first?.text)
        #expect(
            text.contains("by rate-3") && !text.contains("rate-4") && text.contains("; 2 more figures in the table"))
    }

    @Test func itIsSaidHowItWasMeasuredAndWhereFiguresAreRead() throws {
        var workload = TaskRuns.workload("fio", [TaskRuns.rate, TaskRuns.latency])
        workload.volumes = [VolumeSpec(path: "/data", directory: "/srv/disk", bytes: 1 << 30)]
        var run = Self.run([workload])
        let report = Report(run: run)
        let markdown = report.markdown()
        #expect(
            markdown.contains("over each task; where they are more than 1.00 % plus 5 ms apart, the sample is invalid.")
        )
        #expect(markdown.contains("cache=writeback") && markdown.contains("save what commands print of themselves"))
        #expect(!markdown.contains("and so not checked"))
        let figures = rows(report, "| fio | rate | events/s | higher | its output | the one line that matches ")
        #expect(figures.count == 1 && figures[0].contains("events per second"))
        #expect(
            rows(report, "| fio | latency | us | lower | `/tmp/result` | the JSON document, `$.latency` |").count == 1)
        #expect(rows(report, "| fio | `/data` | `/srv/disk` | 1 GiB |").count == 1)
        // A clock that was not told is not checked, and that is said.
        guard case .task(var record) = run.observations[0].record else { return }
        record.instanceNanoseconds = nil
        run.observations[0].record = .task(record)
        #expect(Report(run: run).markdown().contains("In 1 of 40 samples it was not told, and so not checked."))
        #expect(!Report(run: SyntheticRun.full()).markdown().contains("own clock"))
        #expect(!Report(run: SyntheticRun.full()).document.sections.contains { $0.id == "tasks" })
    }

    /// Units and names come from outside.
    @Test func aUnitIsEscaped() throws {
        var figure = TaskRuns.rate
        figure.unit = "<b>|`x`"
        let report = Report(run: Self.run([TaskRuns.workload("sysbench", [figure])]))
        let html = try report.html()
        #expect(!html.contains("<b>") && html.contains("&lt;b&gt;"))
        #expect(!report.markdown().contains("<b>|`x`"))
    }

    @Test(arguments: [
        (1_234.56, "1,235 events/s"), (123_456, "123,500 events/s"), (999.6, "1,000 events/s"),
        (999.4, "999 events/s"), (31.249, "31.2 events/s"), (0.04125, "0.0413 events/s"), (0, "0 events/s"),
        (-1_234_567, "-1,235,000 events/s"), (-2.5, "-2.50 events/s"), (1.5e18, "1.5e+18 events/s"),
        (2.5e-9, "2.5e-09 events/s"), (.infinity, "not a number events/s"),
    ])
    func aFigureInAUnitOfItsOwn(value: Double, text: String) {
        #expect(Format.figure(value, .other("events/s")) == text)
        #expect(Format.interval(1_234.56, 123_456, of: 5, .other("x")) == "1,235 to 123,500")
    }
}

extension Inline {
    fileprivate var isAside: Bool { if case .aside = self { true } else { false } }
    fileprivate var isMark: Bool { if case .mark = self { true } else { false } }
}
