import Analysis
import BenchmarkModel
import LinuxSystem
import TestSupport
import Testing
import Yams

@testable import TareCommands

/// Baselines as files.
@Suite struct BaselineFileTests {
    /// A baseline with each kind of figure: ratios and differences, shares, such as carry no verdict.
    static func made() throws -> Baseline {
        let compared = CompareFixture.compared(SyntheticClimbs.run())
        return try Baseline(of: [compared], learnt: CompareFixture.calm(compared))
    }

    /// A small one, made by hand.
    static func small() -> Baseline {
        let metric = Metric("startup.median", "median", .nanoseconds, .lowerIsBetter, definitionVersion: 3)
        let figure = Figure(
            metric: metric, scale: .ratio, isHeadline: true, cell: "startup/noop/runc/warm", workload: "noop",
            platform: "runc", estimate: 21_400_000, standardError: 0.0213, degreesOfFreedom: 19, blocks: 20, n: 20)
        let share = Figure(
            metric: Metric("startup.failures", "share failed", .share, .lowerIsBetter, definitionVersion: 3),
            scale: .difference(resolution: 0.01), isHeadline: true, cell: "startup/noop/runc/warm", workload: "noop",
            platform: "runc", estimate: 0.05, standardError: nil, blocks: 20, n: 20,
            counts: Figure.Counts(events: 1, trials: 20))
        let noise = LearntNoise(
            id: figure.id, runs: 8, totalVariance: 0.0031, errorVariance: 0.0012, errorDegreesOfFreedom: 152,
            blocks: 20,
            pairedVariancePerBlock: 0.021)
        return Baseline(
            suite: "quick", suiteDigest: String(repeating: "ab", count: 32), tareVersion: "0.1.0",
            sources: [.init(id: "20261126-204004-13d3", startedAt: 1_795_725_604)],
            facts: HostFacts(facts: [Fact("CPU model", "Synthetic 9000", mustAgree: true), Fact("swap", "none")]),
            platforms: [
                PlatformRecord(
                    platform: "runc", details: [Fact("runtime", "runc 1.1.5", mustAgree: true)], emulated: false)
            ],
            cells: ["startup/noop/runc/warm"], figures: [share, figure], learnt: [noise])
    }

    static let text = """
        # Written by 'tare baseline update'; read by 'tare gate'. Review changes of it as those of code.
        format: tare-baseline/1
        suite: {name: quick, sha256: \(String(repeating: "ab", count: 32))}
        tare: "0.1.0"
        runs:
          - {id: "20261126-204004-13d3", started: "2026-11-26T20:40:04Z"}
        host:
          CPU model: {value: Synthetic 9000, must-agree: true}
          swap: {value: none}
        platforms:
          runc:
            emulated: false
            details:
              runtime: {value: runc 1.1.5, must-agree: true}
        count: {figures: 2, noise: 1}
        cells:
          - startup/noop/runc/warm
        figures:
          - {cell: startup/noop/runc/warm, metric: startup.failures, title: share failed, unit: share, better: lower, \
        definition: 3, scale: difference, resolution: 0.01, headline: true, estimate: 0.05, blocks: 20, n: 20, runs: 1, \
        events: 1, trials: 20}
          - {cell: startup/noop/runc/warm, metric: startup.median, title: median, unit: nanoseconds, better: lower, \
        definition: 3, scale: ratio, headline: true, estimate: 21400000, error: 0.0213, freedom: 19, blocks: 20, n: 20, runs: 1}
        noise:
          - {cell: startup/noop/runc/warm, metric: startup.median, runs: 8, total: 0.0031, error: 0.0012, freedom: 152, \
        blocks: 20, paired: 0.021}

        """

    private func parse(_ text: String) throws -> Baseline { try BaselineFile.parse(text, file: "b.yaml") }

    private func refusal(_ text: String) throws -> [TareError] {
        let errors = try #require(#expect(throws: SuiteErrors.self) { try parse(text) })
        #expect(errors.exitCode == 64 && !errors.errors.isEmpty)
        for error in errors.errors {
            #expect(error.location?.file == "b.yaml" && error.code == .usage, "\(error)")
            #expect(error.remedy?.isEmpty == false, "\(error)")
        }
        return errors.errors
    }

    @Test func isAsItStandsInTheManual() {
        #expect(BaselineFile.text(BaselineFileTests.small()) == BaselineFileTests.text)
    }

    @Test func isReadBack() throws {
        let read = try parse(BaselineFileTests.text)
        var expected = BaselineFileTests.small()
        expected.figures.sort { $0.id < $1.id }
        #expect(read == expected)
    }

    @Test func everyKindOfFigureIsReadBack() throws {
        let made = try BaselineFileTests.made()
        let text = BaselineFile.text(made)
        let read = try parse(text)
        #expect(BaselineFile.text(read) == text)
        #expect(read.figures.map(\.id) == made.figures.map(\.id).sorted())
        let originals = Dictionary(uniqueKeysWithValues: made.figures.map { ($0.id, $0) })
        for figure in read.figures {
            var original = try #require(originals[figure.id])
            // Six digits.
            #expect(abs(figure.estimate - original.estimate) <= 1e-5 * abs(original.estimate))
            if let error = original.standardError {
                #expect(abs((figure.standardError ?? 0) - error) <= 1e-5 * error)
                #expect(abs(figure.degreesOfFreedom - original.degreesOfFreedom) <= 1e-5 * original.degreesOfFreedom)
            } else {
                #expect(figure.standardError == nil)
            }
            original.estimate = figure.estimate
            original.standardError = figure.standardError
            original.degreesOfFreedom = figure.degreesOfFreedom
            #expect(figure == original)
        }
        #expect(read.learnt.count == made.learnt.count && read.cells == made.cells.sorted())
        #expect(read.platforms.map(\.platform) == made.platforms.map(\.platform).sorted())
    }

    /// Also figures that only the suite knows, in units of tools.
    @Test func figuresOfToolsAreReadBack() throws {
        let compared = CompareFixture.compared(SyntheticTasks.run(platforms: [SyntheticRun.runc]))
        let text = BaselineFile.text(try Baseline(of: [compared], learnt: []))
        let rate = try #require(try parse(text).figures.first { $0.metric.id == "task.figure.rate" })
        #expect(rate.metric == Metric("task.figure.rate", "rate", .other("events/s"), .higherIsBetter))
        #expect(rate.standardError != nil && rate.refusal == nil)
        for unit in ["\"\"", "\" s\"", "\"a\\tb\"", String(repeating: "x", count: 33)] {
            let errors = try #require(
                #expect(throws: SuiteErrors.self) { try parse(text.replacing("unit: events/s", with: "unit: \(unit)")) }
            )
            #expect(errors.errors.first?.message.hasPrefix("unit: '") == true, "\(errors)")
        }
    }

    /// However figures, facts and cells come, the file is the same, so that git shows only what changed.
    @Test func theOrderOfMakingDoesNotMatter() throws {
        let made = try BaselineFileTests.made()
        var other = made
        other.figures.reverse()
        other.learnt.reverse()
        other.cells.reverse()
        other.platforms.reverse()
        other.facts.facts.reverse()
        #expect(BaselineFile.text(other) == BaselineFile.text(made))
    }

    static let names = [
        "a: b # c", "true", "No", "1.0", "-", "~", "", " x ", "two  spaces", "it's", "\"quoted\"", "back\\slash", "{}",
        "[1]",
        "a,b", "*x", "&x", "!x", "%x", "@x", "`x`", "? x", "- x", "x:", "#x", "line\nend", "tab\there", "\u{1b}[2K",
        "\u{0}",
        "\u{85}\u{2028}\u{2029}", "a\u{feff}b", "größe", "日本語", "🚀", "e\u{301}", "\u{200b}", "\u{fffe}", "0x10",
        "1_000",
        "1e5",
        ".nan", ".inf", "2026-01-31", "null", "=", "<<", "a: {b: c}", "\u{7f}",
    ]

    /// Names may hold anything.
    @Test func everyTextIsReadBackAsItWas() throws {
        var baseline = BaselineFileTests.small()
        baseline.facts.facts = BaselineFileTests.names.enumerated().map { Fact("fact \($0.offset)", $0.element) }
        baseline.facts.facts += BaselineFileTests.names.filter { !$0.isEmpty }.map {
            Fact("name \($0)", "x", mustAgree: true)
        }
        baseline.cells = BaselineFileTests.names.sorted()
        baseline.figures = BaselineFileTests.names.filter { !$0.isEmpty }.map { name in
            var figure = baseline.figures[1]
            figure.cell = name
            figure.metric.title = name
            figure.caveats = [name, "emulated"]
            figure.refusal = name
            return figure
        }
        baseline.suite = "a: b # c"
        let text = BaselineFile.text(baseline)
        let read = try parse(text)
        #expect(BaselineFile.text(read) == text)
        #expect(read.suite == "a: b # c" && read.cells == baseline.cells)
        #expect(
            read.facts.facts.sorted { $0.name < $1.name } == baseline.facts.facts.sorted { $0.name < $1.name })
        #expect(Set(read.figures.map(\.metric.title)) == Set(baseline.figures.map(\.metric.title)))
        #expect(read.figures.allSatisfy { $0.refusal == $0.cell && $0.caveats == [$0.cell, "emulated"] })
        // What others read in it is a text too.
        let loaded = try #require(try Yams.load(yaml: text) as? [String: Any])
        let host = try #require(loaded["host"] as? [String: [String: Any]])
        for (index, name) in BaselineFileTests.names.enumerated() {
            #expect(host["fact \(index)"]?["value"] as? String == name, "\(name.debugDescription)")
        }
        #expect(text.utf8.allSatisfy { $0 >= 32 || $0 == 10 })
    }

    @Test(
        arguments: [
            (21_400_000, "21400000"), (0.021_312_349, "0.0213123"), (1_234_567_891, "1234570000"), (0, "0"),
            (-0.0, "0"),
            (1.5, "1.5"), (-2, "-2"), (1e-7, "1e-07"), (1e22, "1e+22"), (0.1 + 0.2, "0.3"),
        ] as [(Double, String)])
    func numbersHaveSixDigits(value: Double, text: String) { #expect(YAMLText.number(value) == text) }

    /// A file that was cut short, anywhere, is refused: it is no smaller baseline.
    @Test func everyPrefixOfLinesIsRefused() throws {
        for text in [BaselineFileTests.text, BaselineFile.text(try BaselineFileTests.made())] {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            for count in 0..<lines.count {
                let prefix = lines.prefix(count).map { $0 + "\n" }.joined()
                #expect(throws: SuiteErrors.self, "\(count) of \(lines.count) lines") { try parse(prefix) }
            }
        }
        #expect(try refusal("").first?.message == "the baseline is empty")
        let missing = try refusal(BaselineFileTests.text.split(separator: "\n").dropLast().joined(separator: "\n"))
        #expect(missing.contains { $0.message.contains("noise: expected a list") })
    }

    @Test func everyPrefixOfBytesIsRefused() {
        let bytes = Array(BaselineFileTests.text.utf8)
        // Without the last line end it is whole.
        for count in stride(from: 0, to: bytes.count - 1, by: 3) {
            let prefix = String(decoding: bytes.prefix(count), as: UTF8.self)
            #expect(throws: SuiteErrors.self, "\(count)") { try parse(prefix) }
        }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var old, new, message: String
        var line: Int
        var testDescription: String { "\(old) -> \(new)" }
        init(_ old: String, _ new: String, _ message: String, line: Int) {
            (self.old, self.new, self.message, self.line) = (old, new, message, line)
        }
    }

    static let bad: [Bad] = [
        Bad("tare-baseline/1", "tare-baseline/2", "the format is 'tare-baseline/2', made by a newer tare", line: 2),
        Bad("tare-baseline/1", "tare-baseline/x", "the format is 'tare-baseline/x'; this tare", line: 2),
        Bad("format: tare-baseline/1\n", "", "this is no baseline", line: 2),
        Bad("format: tare-baseline/1", "format: [1]", "this is no baseline", line: 2),
        Bad("host:", "hosts:", "baseline: unknown key 'hosts'", line: 7),
        Bad("tare: \"0.1.0\"\n", "", "baseline: 'tare' is missing", line: 2),
        Bad("sha256", "sha", "suite: unknown key 'sha'", line: 3),
        Bad("2026-11-26T20:40:04Z", "yesterday", "runs: 'yesterday' is no moment", line: 6),
        Bad("must-agree: true}\n  swap", "must-agree: yes}\n  swap", "must-agree: expected true or false", line: 8),
        Bad("emulated: false", "emulated: 0", "emulated: expected true or false", line: 12),
        Bad("figures: 2", "figures: 3", "the file says that it holds 3 entries of 'figures' and holds 2", line: 15),
        Bad("noise: 1}", "noise: 0}", "the file says that it holds 0 entries of 'noise' and holds 1", line: 15),
        Bad("figures: 2", "figures: -2", "count: figures: -2 is out of range", line: 15),
        Bad("estimate: 21400000", "estimate: nan", "estimate: expected a finite number, found 'nan'", line: 20),
        Bad("estimate: 21400000", "estimate: .nan", "estimate: expected a finite number", line: 20),
        Bad("estimate: 21400000", "estimate: 1e999", "estimate: expected a finite number", line: 20),
        Bad("estimate: 21400000", "estimate: 0x10", "estimate: expected a finite number", line: 20),
        Bad("estimate: 21400000, ", "", "figure: 'estimate' is missing", line: 20),
        Bad("error: 0.0213", "error: -0.1", "error: -0.1 is no error", line: 20),
        Bad("error: 0.0213", "error: inf", "error: expected a finite number", line: 20),
        Bad("freedom: 19", "freedom: 0", "freedom: 0.0 is no number of degrees of freedom", line: 20),
        Bad("unit: nanoseconds", "unit: furlongs", "unit: 'furlongs' is not known", line: 20),
        Bad(
            "better: lower, definition: 3, scale: ratio", "better: odd, definition: 3, scale: ratio",
            "better: 'odd' is not", line: 20),
        Bad("scale: ratio", "scale: log", "scale: 'log' is not known", line: 20),
        Bad("resolution: 0.01", "resolution: -1", "resolution: -1.0 is no resolution", line: 19),
        Bad("events: 1, ", "", "events go with trials", line: 19),
        Bad("events: 1", "events: 21", "events: 21 cannot be of 20 trials", line: 19),
        Bad("trials: 20", "trials: 0", "trials: 0 is no number of trials", line: 19),
        Bad("runs: 1}\nnoise", "runs: 0}\nnoise", "runs: 0 is no number of runs", line: 20),
        Bad("n: 20, runs: 1}\nnoise", "n: -1, runs: 1}\nnoise", "n: -1 is out of range", line: 20),
        Bad(
            "metric: startup.failures", "metric: startup.median",
            "startup.median of startup/noop/runc/warm is there twice", line: 20),
        Bad("runs: 8", "runs: 1", "runs: 1 is out of range", line: 22),
        Bad("total: 0.0031", "total: -1", "total: -1.0 is no variance", line: 22),
        Bad("freedom: 152", "freedom: 0", "freedom: 0.0 is not above 0", line: 22),
        Bad("paired: 0.021", "paired: nan", "paired: expected a finite number", line: 22),
        Bad(
            "headline: true, estimate: 0.05", "headlin: true, estimate: 0.05", "figure: unknown key 'headlin'", line: 19
        ),
        Bad("value: none", "value: *none", "anchors and aliases are not taken in baselines", line: 9),
    ]

    @Test(arguments: bad) func isRefusedWithItsPlace(_ bad: Bad) throws {
        #expect(BaselineFileTests.text.contains(bad.old))
        let errors = try refusal(BaselineFileTests.text.replacing(bad.old, with: bad.new, maxReplacements: 1))
        let found = try #require(errors.first { $0.message.hasPrefix(bad.message) }, "\(errors)")
        #expect(found.location?.line == bad.line, "\(found)")
    }

    @Test func oneWithoutFiguresIsRefused() throws {
        var baseline = BaselineFileTests.small()
        baseline.figures = []
        #expect(
            try refusal(BaselineFile.text(baseline)).contains {
                $0.message == "figures: there is none, so nothing could be judged"
            })
    }

    /// What is no number in the making is not silently another one.
    @Test func whatIsNotFiniteIsNotWrittenAsANumber() throws {
        var baseline = BaselineFileTests.small()
        baseline.figures[1].estimate = .nan
        #expect(
            try refusal(BaselineFile.text(baseline)).first?.message.hasPrefix("estimate: expected a finite") == true)
    }

    @Test func whatIsNotThereIsToldByItsName() throws {
        let error = try #require(#expect(throws: TareError.self) { try BaselineFile.read("/nonexistent/b.yaml") })
        #expect(error.message == "the baseline file /nonexistent/b.yaml is not there" && error.exitCode == 64)
        #expect(error.remedy?.contains("tare baseline update") == true)
    }

    /// More values than a suite may have are an ordinary fleet of cells, and no mistake.
    @Test func manyFiguresAreTaken() throws {
        var baseline = BaselineFileTests.small()
        let figure = baseline.figures[1]
        baseline.figures = (0..<2_000).map { number in
            var copy = figure
            copy.cell = "startup/noop/runc/warm-\(number)"
            return copy
        }
        #expect(try parse(BaselineFile.text(baseline)).figures.count == 2_000)
    }
}
