import Analysis
import BenchmarkModel
import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import Reports

/// The table of all samples, and which of them it has where there are too many.
@Suite struct SamplesSectionTests {
    private struct Parts {
        var words = ""
        var html = ""

        /// The cells of each row, as they are written.
        var rows: [[String]] {
            html.components(separatedBy: "<tr><td>").dropFirst().map { row in
                row.components(separatedBy: "</td></tr>")[0].components(separatedBy: "</td><td>")
            }
        }

        var numbers: [Int] { rows.compactMap { Int($0[0]) } }
        /// The cells that have a row, in words.
        var cells: Set<String> { Set(rows.map { $0[1] }) }
    }

    private func made(_ run: Run, most: Int = Background.mostSamples) throws -> Parts {
        let section = try #require(Background.samplesSection(RunAnalysis(run: run, resamples: 10), most: most))
        var parts = Parts()
        for block in section.blocks {
            switch block {
            case .paragraph(let pieces): parts.words += pieces.plain + " "
            case .list(let items): parts.words += items.map(\.plain).joined(separator: " ")
            case .embedded(let html, _): parts.html += html
            default: Issue.record("neither words nor the table")
            }
        }
        return parts
    }

    /// A run in which the first counted samples of nginx under runc failed, and their numbers.
    private func failing(_ count: Int) -> (run: Run, numbers: [Int]) {
        var run = SyntheticRun.full()
        let key = SyntheticRun.cell(run, "runc").key
        var numbers: [Int] = []
        for index in run.observations.indices where numbers.count < count {
            guard run.observations[index].cell == key, run.observations[index].counted else { continue }
            run.observations[index].outcome = .failed
            run.observations[index].reasons = ["gone"]
            numbers.append(run.observations[index].number)
        }
        return (run, numbers)
    }

    @Test func everySampleIsARow() throws {
        let run = SyntheticRun.full()
        let parts = try made(run)
        let rows = parts.rows
        #expect(parts.numbers == run.observations.map(\.number))
        #expect(rows.allSatisfy { $0.count == 7 })
        // Two workloads on four platforms, 20 blocks and one of warm-up.
        #expect(rows.filter { $0[3] == "warm-up" }.count == 8)
        #expect(rows.filter { $0[3] == "ok" }.count == 160)
        // The word stands beside each figure of an emulated guest, and beside no other.
        #expect(rows.allSatisfy { $0[1].contains(" on q35 ") == $0[1].contains("(warm, emulated)") })
        #expect(parts.cells.count == 8)
        #expect(parts.html.contains("<summary>168 samples</summary>"))
        let words = "168 starts are on record, warm-up included. The HTML report has a table of all of them. A time in "
        #expect(parts.words.hasPrefix(words + "it is that from the request to ready. All of it as CSV: tare export "))
    }

    @Test func aRowSaysWhatWasMeasured() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc, SyntheticRun.vm], samples: 3)
        let (runc, guest) = (SyntheticRun.cell(run, "runc"), SyntheticRun.cell(run, "q35"))
        run.observations = [
            SyntheticRun.sample(1, runc, block: 0, milliseconds: 31.25, counted: false),
            SyntheticRun.sample(
                2, runc, block: 1, milliseconds: 12.3456, warnings: ["slow <disk>"], cpuMilliseconds: 0.0625),
            SyntheticRun.failure(3, runc, block: 2, reason: "connection refused"),
            SyntheticRun.sample(
                4, guest, block: 1, milliseconds: 2_560, outcome: .invalid, reasons: ["a", "b"], warnings: ["c"],
                guest: true, cpuMilliseconds: nil),
            SyntheticRun.failure(5, runc, block: 0, reason: "gone"),
            SyntheticRun.sample(6, runc, block: 3, milliseconds: 1),
        ]
        run.observations[0].changeStartup { $0.peakMemoryBytes = 1_572_864 }
        run.observations[4].counted = false
        run.observations[5].changeStartup { start in start.marks.removeAll { $0.name == .ready } }
        let (name, contradiction) = ("nginx on runc (warm)", "recorded as ok, but its marks give no startup")
        let expected = [
            ["1", name, "0", "warm-up", "31.250", "2.000", "1.50"],
            ["2", name, "1", "ok <small>slow &lt;disk&gt;</small>", "12.346", "0.063", ""],
            ["3", name, "2", "failed <small>connection refused</small>", "", "", ""],
            ["4", "nginx on q35 (warm, emulated)", "1", "invalid <small>a; b; c</small>", "2560.000", "", ""],
            ["5", name, "0", "failed (warm-up) <small>gone</small>", "", "", ""],
            ["6", name, "3", "invalid <small>\(contradiction)</small>", "", "2.000", ""],
        ]
        #expect(try made(run).rows == expected)
        // Whatever order they are on record in, they stand in that of their numbers.
        run.observations.reverse()
        #expect(try made(run).rows == expected)
    }

    @Test func tasksAreRows() throws {
        let run = SyntheticTasks.run()
        let parts = try made(run)
        #expect(parts.numbers == run.observations.map(\.number))
        #expect(parts.cells.contains("tool on runc (task)") && parts.cells.contains("job on q35 (task, emulated)"))
        #expect(parts.rows.allSatisfy { !$0[4].isEmpty })
        #expect(parts.words.hasPrefix("\(run.observations.count) tasks are on record, "))
        #expect(parts.words.contains("to the end of the task's command. All of it as CSV: tare export "))
        #expect(parts.words.hasSuffix("--format csv --table tasks writes every task with what it printed of itself."))
    }

    /// A sample of a cell that is not in the plan is in no figure, but it is a row.
    @Test func aStraySampleIsARow() throws {
        var run = SyntheticRun.full()
        run.observations[0].cell = "startup/nginx/q35/<odd>"
        #expect(try made(run).rows[0][1] == "startup/nginx/q35/&lt;odd&gt; (emulated)")
    }

    @Test func whatStrangersWroteIsText() throws {
        let html = try made(HostileRun.run()).html
        #expect(XMLParser(data: Data(html.utf8)).parse())
        #expect(html.contains("&lt;/td&gt;&lt;script&gt;alert(") && !html.contains("<script"))
        #expect(!html.contains("\u{1B}") && !html.contains("\u{202E}"))
    }

    @Test func longNotesAreCutAndThatIsSaid() throws {
        let (broken, numbers) = failing(1)
        var run = broken
        let index = try #require(run.observations.firstIndex { $0.number == numbers.first })
        run.observations[index].reasons = [String(repeating: "é", count: 200)]
        #expect(try !made(run).words.contains("are cut"))
        #expect(try made(run).html.contains("é</small>"))
        run.observations[index].reasons = [String(repeating: "é", count: 201)]
        let parts = try made(run)
        #expect(parts.words.contains("Notes of more than 200 letters are cut; they stand in full under 'Failures and"))
        #expect(parts.html.contains("<small>\(String(repeating: "é", count: 200))…</small>"))
        // There they really are.
        #expect(Report(run: run).markdown().contains(String(repeating: "é", count: 201)))
    }

    @Test func aSelectionSaysWhatItIs() throws {
        let (run, failed) = failing(5)
        let parts = try made(run, most: 50)
        // Seven cells of 21 and one of 16: of a fifth of each, rounded up, there are 7 * 5 + 4; of a fourth 46.
        #expect(parts.rows.count == 44)
        let choice = "all 5 that failed or are invalid, and of the rest every 5th of each cell, counted from its last"
        #expect(parts.html.contains("<summary>44 of 168 samples: \(choice)</summary>"))
        #expect(parts.words.contains(" The HTML report has a table of 44 of them: \(choice). "))
        #expect(Set(failed).isSubset(of: parts.numbers) && failed.count == 5)
        #expect(parts.cells.count == 8 && parts.numbers == parts.numbers.sorted())
        for cell in run.plan.cells {
            let mine = run.observations.filter { $0.cell == cell.key && $0.outcome == .ok }.map(\.number)
            let fifths = mine.indices.filter { (mine.count - 1 - $0) % 5 == 0 }.map { mine[$0] }
            #expect(mine.filter { parts.numbers.contains($0) } == fifths)
        }
        #expect(try made(run, most: 50).html == parts.html)
        #expect(try made(run, most: 168).html.contains("<summary>168 samples</summary>"))
        let one = try made(failing(1).run, most: 50)
        #expect(one.html.contains(" samples: the one that failed or is invalid, and of the rest every "))
    }

    /// They get half of the room, or what the others leave of it.
    @Test func manyFailuresAreThinnedToo() throws {
        var run = SyntheticRun.full()
        for index in run.observations.indices where run.observations[index].counted {
            if run.observations[index].cell.contains("/nginx/") { run.observations[index].outcome = .failed }
        }
        let half = try made(run, most: 40)
        // 4 cells of 20, and 4 of 21 beside 4 with nothing but warm-up.
        let first = "of the 80 that failed or are invalid every 4th of each cell, counted from its last"
        let second = "of the rest every 6th of each cell, counted from its last"
        #expect(half.html.contains("<summary>40 of 168 samples: \(first), and \(second)</summary>"))
        #expect(half.rows.filter { $0[3].hasPrefix("failed <small>no reason was recorded<") }.count == 20)
        #expect(half.cells.count == 8)
        for index in run.observations.indices where run.observations[index].counted {
            run.observations[index].outcome = .invalid
        }
        let most = try made(run, most: 100)
        #expect(most.html.contains("<summary>88 of 168 samples: of the 160 that failed or are invalid every 2nd of "))
        #expect(most.html.contains(" and of the rest all</summary>"))
    }

    @Test(arguments: [2, 3, 7, 8, 9, 50, 100, 167, 168]) func noMoreAreShownThanThereIsRoom(_ most: Int) throws {
        for run in [SyntheticRun.full(), failing(1).run, failing(5).run, failing(20).run] {
            let count = try made(run, most: most).rows.count
            #expect(count <= most && count > 0)
        }
        let parts = try made(SyntheticRun.full(), most: most)
        #expect(parts.cells.count == 8 || most < 8)
        #expect(parts.html.contains("th from the last on</summary>") == (most < 8))
    }

    @Test func everySoManyth() {
        var five = Thinning([5], most: 3)
        #expect(five.step == 2 && five.kept == 3 && five.total == 5 && five.isByCell)
        let kept = (1...5).map { _ in five.keeps(of: 0) }
        #expect(kept == [true, false, true, false, true])
        let none = Thinning([0, 0], most: 1)
        #expect(none.kept == 0 && none.step == 1)
        let (one, many) = (Thinning([1_000_000], most: 9_999), Thinning([900, 100, 1], most: 4))
        #expect(one.step == 101 && one.kept == 9_901)
        // 900 / 450 + 1 + 1
        #expect(many.step == 450 && many.kept == 4)
    }

    @Test(arguments: [
        (1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"),
        (101, "101st"), (111, "111th"), (1_023, "1,023rd"),
    ])
    func ordinalsAreWords(number: Int, text: String) {
        #expect(Thinning.ordinal(number) == text)
    }

    @Test func nothingIsShownWhereNothingWasMeasured() {
        #expect(Background.samplesSection(RunAnalysis(run: SyntheticRun.empty(), resamples: 10)) == nil)
        var climbs = SyntheticClimbs.run()
        climbs.observations.removeAll { $0.startup != nil }
        #expect(Background.samplesSection(RunAnalysis(run: climbs, resamples: 10)) == nil)
    }

    @Test func everyRenderingHasTheCommand() throws {
        let report = Report(run: SyntheticClimbs.run())
        let markdown = report.markdown()
        let command = "tare export 20260131-093000-abcd --format csv"
        #expect(markdown.contains("## Every sample\n\n"))
        #expect(markdown.contains("All of it as CSV:\n\n- `\(command)` writes every start with all its marks.\n"))
        #expect(markdown.contains("- `\(command) --table ladders` writes every rung of the ladders.\n"))
        #expect(markdown.contains("- `\(command) --table ramps` writes every point of the ramps.\n"))
        #expect(!markdown.contains("<table"))
        let html = try report.html()
        #expect(html.contains("<code>\(command)</code>") && html.contains("id=\"every-sample\""))
    }

    @Test(
        arguments: [
            (0, "0.000"), (499, "0.000"), (500, "0.001"), (31_004_499, "31.004"), (31_049_500, "31.050"),
            (999_999_500, "1000.000"), (UInt64.max, "18446744073709.552"),
        ] as [(UInt64, String)])
    func nanosecondsBecomeMilliseconds(nanoseconds: UInt64, text: String) {
        var out = ""
        out.append(milliseconds: nanoseconds)
        #expect(out == text)
    }

    @Test(
        arguments: [
            (0, "0.00"), (1_048_576, "1.00"), (1_048_575, "1.00"), (1_153_434, "1.10"), (5_300, "0.01"),
            (132_120_576, "126.00"), (UInt64.max, "17592186044416.00"),
        ] as [(UInt64, String)])
    func bytesBecomeMebibytes(bytes: UInt64, text: String) {
        var out = ""
        out.append(mebibytes: bytes)
        #expect(out == text)
    }
}
