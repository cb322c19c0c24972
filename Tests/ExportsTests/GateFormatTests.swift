import Analysis
import BenchmarkModel
import Testing

@testable import Exports

@Suite struct GateFormatTests {
    @Test func gitHubShowsEveryFate() throws {
        #expect(GitHubAnnotations.encode(try GateFixture.everyFate()) == GateFormatTests.github)
    }

    @Test func azureShowsEveryFate() throws {
        #expect(AzureLogging.encode(try GateFixture.everyFate()) == GateFormatTests.azure)
    }

    @Test func gitLabGetsEveryFigure() throws {
        #expect(GitLabMetrics.encode(try GateFixture.everyFate()) == GateFormatTests.gitlab)
    }

    /// No form has more or less than the result, and none of them looks like a pass where the exit code is none.
    @Test func allFormsCountTheSame() throws {
        let result = try GateFixture.everyFate()
        let fates = result.checks.map(\.fate) + result.bounds.map(\.fate)
        let fatal = fates.count { $0 != .passes && $0 != .passesUndecided }
        let undecided = fates.count { $0 == .passesUndecided }
        let github = GitHubAnnotations.encode(result).split(separator: "\n")
        #expect(github.count { $0.hasPrefix("::error ") } == fatal)
        #expect(github.count { $0.hasPrefix("::warning ") } == undecided)
        let azure = AzureLogging.encode(result).split(separator: "\n")
        #expect(azure.count { $0.hasPrefix("##vso[task.logissue type=error;") } == fatal)
        #expect(azure.count { $0.hasPrefix("##vso[task.logissue type=warning;") } == undecided)
        #expect(result.statements.count { $0.isFatal } == fatal)
        #expect(result.statements.count == fates.count)
    }

    @Test(arguments: GateResult.Outcome.allCases)
    func noFormPassesWhereTheGateDoesNot(_ outcome: GateResult.Outcome) {
        let result = GateFixture.result([], outcome: outcome, sentence: "So it is: \(GateFixture.odd)")
        let passes = outcome == .pass
        #expect(GitHubAnnotations.encode(result).contains("::error ") != passes)
        #expect(AzureLogging.encode(result).contains("result=Succeeded;") == passes)
        #expect(JUnitExport.encode(result).contains("<error ") != passes)
        #expect(GitLabMetrics.encode(result).contains("tare_gate_exit_code \(outcome.exitCode)\n"))
        #expect(GitLabMetrics.encode(result).contains("{fate=\"missing\"} \(passes ? 0 : 1)\n"))
    }

    /// One line a command, whatever the text: nothing of it is taken for a command of its own.
    @Test func nothingBreaksOutOfACommand() throws {
        let text = "a\r\n::error::b\n##vso[task.complete result=Succeeded;]c"
        let cell = "startup/x/y/warm"
        let row = try GateFixture.row(
            .regressed, nil, GateFixture.figure(GateFixture.median, cell, 1e6), reasons: [text])
        var odd = row
        odd.label = "a:b,c\nd]e;f%g"
        let result = GateFixture.result([(odd, .fails)], outcome: .regression, sentence: text)
        let github = GitHubAnnotations.encode(result).split(separator: "\n")
        #expect(github.count == 1)
        #expect(github.first?.hasPrefix("::error title=tare%3A median%2C a%3Ab%2Cc%0Ad]e;f%25g::regressed: ") == true)
        #expect(github.first?.contains("a%0D%0A::error::b%0A##vso[") == true)
        let azure = AzureLogging.encode(result).split(separator: "\n")
        #expect(azure.count == 2 && azure.allSatisfy { $0.hasPrefix("##vso[task.") })
        #expect(azure.first?.contains("]median, a:b,c%0Ad]e;f%AZP25g: regressed: ") == true)
        #expect(azure.last?.hasPrefix("##vso[task.complete result=Failed;]a%0D%0A::error::b%0A##vso[") == true)
    }

    @Test func moreThanAPipelineShowsAreCounted() throws {
        let rows = try (1...13).map { index in
            (
                try GateFixture.row(
                    .regressed, nil, GateFixture.figure(GateFixture.median, "startup/w\(index)/runc/warm", 1e6)),
                GateResult.Fate.fails
            )
        }
        let result = GateFixture.result(rows, outcome: .regression, sentence: "Regression.")
        let more = "4 more of this kind; the summary of the gate tells all"
        let github = GitHubAnnotations.encode(result).split(separator: "\n")
        #expect(github.count == 10 && github.last == "::error title=tare%3A more::\(more)")
        let azure = AzureLogging.encode(result).split(separator: "\n")
        #expect(azure.count == 11 && azure[9] == "##vso[task.logissue type=error;code=gate]\(more)")
        #expect(JUnitExport.encode(result).contains("tests=\"13\" failures=\"13\""))
        let ten = GateFixture.result(Array(rows.prefix(10)), outcome: .regression, sentence: "Regression.")
        #expect(!GitHubAnnotations.encode(ten).contains("more"))
    }

    @Test func whatPassesUndecidedSucceedsWithIssues() throws {
        let figure = GateFixture.figure(GateFixture.median, "startup/x/y/warm", 1e6)
        let row = try GateFixture.row(.inconclusive, figure, figure)
        var result = GateFixture.result([(row, .passesUndecided)], outcome: .pass, sentence: "Pass.")
        result.comparison.insisted = [.init(subject: .suite, name: "suite", value: "a", other: "b")]
        let insisted = "The two sides differ and were compared all the same: suite: a and b"
        #expect(
            AzureLogging.encode(result).hasSuffix(
                "##vso[task.complete result=SucceededWithIssues;]Pass. \(insisted)\n"))
        #expect(
            GitHubAnnotations.encode(result).hasSuffix(
                "::notice title=tare%3A compared all the same::\(insisted)\n"))
    }

    /// The cells of both sides are told where one of each is compared; what ends a line or begins a comment is not in a label.
    @Test func labelsOfGitLab() throws {
        let base = GateFixture.figure(GateFixture.peak, "startup/n/base/warm", 1e6)
        let head = GateFixture.figure(GateFixture.peak, "startup/n/h#\"\\\n/warm", 2e6)
        let row = try GateFixture.row(.regressed, base, head, effect: (1, 0.5, 1.5))
        let text = GitLabMetrics.encode(
            GateFixture.result([(row, .fails)], outcome: .regression, sentence: "Regression."))
        let labels = #"{cell="startup/n/h%23\"\\\n/warm",base="startup/n/base/warm"}"#
        #expect(text.contains("\ntare_startup_peak_bytes\(labels) 2000000\n"), "\(text)")
        #expect(text.contains("\ntare_effect_startup_peak_ratio\(labels) 1.00\n"))
        #expect(row.place == "startup/n/base/warm -> \(head.cell)")
    }

    @Test func figuresInWords() {
        #expect(FigureText.value(36_149_000, .nanoseconds) == "36.1 ms")
        #expect(FigureText.value(12.34e9, .nanoseconds) == "12.3 s")
        #expect(FigureText.value(999, .bytes) == "999 bytes")
        #expect(FigureText.value(-532_480, .bytes) == "-520 KiB")
        #expect(FigureText.value(63.999_999_999_99, .count) == "64")
        #expect(FigureText.value(1_234_567, .count) == "1234567")
        #expect(FigureText.value(63.75, .count) == "63.8")
        #expect(FigureText.value(0.001_25, .cpuShare) == "1.25 ms/s")
        #expect(FigureText.value(0.025, .share) == "2.50 %")
        #expect(FigureText.value(9.996, .ratio) == "10.0")
        #expect(FigureText.value(.nan, .ratio) == "not a number" && FigureText.number(-.infinity) == "-infinity")
        #expect(FigureText.interval(34e6, 38.04e6, of: 36e6, .nanoseconds) == "34.0 to 38.0 ms")
        let fall = Effect(
            scale: .difference(resolution: 65_536), value: -2_097_152, lower: -4_194_304, upper: 0, confidence: 0.999_7)
        #expect(FigureText.effect(fall.value, on: fall.scale, .bytes) == "-2.00 MiB")
        #expect(FigureText.interval(fall, .bytes) == "-4.00 to 0 MiB")
        #expect(FigureText.confidence(fall.confidence) == "99.97 %")
    }
}

extension GateFormatTests {
    fileprivate static let github = #"""
        ::error title=tare%3A median%2C nginx on runc::regressed: +10.0 %25 [+5.00 to +15.2 %25], from 40.0 ms (n = 20) to 44.0 ms (n = 20); beside it: sees 2 CPUs
        ::error title=tare%3A median%2C nginx on q35::inconclusive: +5.00 %25 [-10.0 to +22.5 %25], from 4000 ms (n = 20) to 4200 ms (n = 20); <&">]]> 5 %25 ::error::x;y]z, #1%0A\u{1B}[2K; this plan could have seen an effect of 30.0 %25; beside it: emulated
        ::error title=tare%3A ledger%2C nginx on runc::missing: the head has no such figure; the base has 1.00 MiB (n = 3)
        ::error title=tare%3A median (startup.median) below 42ms%2C startup/nginx/runc/warm::broken: 44.0 ms (n = 20) [43.0 to 45.0 ms] is not below 42ms
        ::error title=tare%3A startup.median below 1s%2C startup/gone/runc/warm::missing: there is no such figure to be below 1s
        ::warning title=tare%3A peak memory%2C nginx on runc::inconclusive: +5.00 %25 [-2.00 to +12.5 %25], from 2.00 MiB (n = 20) to 2.10 MiB (n = 20); this plan could have seen an effect of 16.0 %25
        ::warning title=tare%3A median (startup.median) below 44ms%2C startup/nginx/runc/warm::inconclusive: 44.0 ms (n = 20) [43.0 to 45.0 ms] is neither surely below 44ms nor surely not
        ::notice title=tare%3A N%2C nginx on runc::improved: +20.0 %25 [+15.0 to +25.2 %25], from 100 (n = 3) to 120 (n = 3)

        """#

    fileprivate static let azure = #"""
        ##vso[task.logissue type=error;code=startup.median]median, nginx on runc: regressed: +10.0 %AZP25 [+5.00 to +15.2 %AZP25], from 40.0 ms (n = 20) to 44.0 ms (n = 20); beside it: sees 2 CPUs
        ##vso[task.logissue type=error;code=startup.median]median, nginx on q35: inconclusive: +5.00 %AZP25 [-10.0 to +22.5 %AZP25], from 4000 ms (n = 20) to 4200 ms (n = 20); <&">]]> 5 %AZP25 ::error::x;y]z, #1%0A\u{1B}[2K; this plan could have seen an effect of 30.0 %AZP25; beside it: emulated
        ##vso[task.logissue type=error;code=footprint.ledger]ledger, nginx on runc: missing: the head has no such figure; the base has 1.00 MiB (n = 3)
        ##vso[task.logissue type=error;code=startup.median]median (startup.median) below 42ms, startup/nginx/runc/warm: broken: 44.0 ms (n = 20) [43.0 to 45.0 ms] is not below 42ms
        ##vso[task.logissue type=error;code=startup.median]startup.median below 1s, startup/gone/runc/warm: missing: there is no such figure to be below 1s
        ##vso[task.logissue type=warning;code=startup.peak]peak memory, nginx on runc: inconclusive: +5.00 %AZP25 [-2.00 to +12.5 %AZP25], from 2.00 MiB (n = 20) to 2.10 MiB (n = 20); this plan could have seen an effect of 16.0 %AZP25
        ##vso[task.logissue type=warning;code=startup.median]median (startup.median) below 44ms, startup/nginx/runc/warm: inconclusive: 44.0 ms (n = 20) [43.0 to 45.0 ms] is neither surely below 44ms nor surely not
        ##vso[task.complete result=Failed;]Regression: 2 of 6 figures and 1 of 4 bounds fail the gate.

        """#

    fileprivate static let gitlab = #"""
        # TYPE tare_density_instances gauge
        # HELP tare_density_instances N, higher is better
        tare_density_instances{cell="density/nginx/runc/1GiB"} 120
        # TYPE tare_effect_density_instances_ratio gauge
        # UNIT tare_effect_density_instances_ratio ratio
        # HELP tare_effect_density_instances_ratio effect on N: head / base - 1
        tare_effect_density_instances_ratio{cell="density/nginx/runc/1GiB"} 0.200
        # TYPE tare_effect_startup_failures_difference_ratio gauge
        # UNIT tare_effect_startup_failures_difference_ratio ratio
        # HELP tare_effect_startup_failures_difference_ratio effect on share failed: head - base
        tare_effect_startup_failures_difference_ratio{cell="startup/nginx/runc/warm"} 0.0250
        # TYPE tare_effect_startup_median_ratio gauge
        # UNIT tare_effect_startup_median_ratio ratio
        # HELP tare_effect_startup_median_ratio effect on median: head / base - 1
        tare_effect_startup_median_ratio{cell="startup/nginx/runc/warm",definition="3"} 0.100
        tare_effect_startup_median_ratio{cell="startup/nginx/q35/warm",definition="3",emulated="true"} 0.0500
        # TYPE tare_effect_startup_peak_ratio gauge
        # UNIT tare_effect_startup_peak_ratio ratio
        # HELP tare_effect_startup_peak_ratio effect on peak memory: head / base - 1
        tare_effect_startup_peak_ratio{cell="startup/nginx/runc/warm"} 0.0500
        # TYPE tare_gate_checks gauge
        # HELP tare_gate_checks figures and bounds that were judged
        tare_gate_checks{fate="fails"} 3
        tare_gate_checks{fate="missing"} 2
        tare_gate_checks{fate="undecided"} 2
        tare_gate_checks{fate="passes"} 3
        # TYPE tare_gate_exit_code gauge
        # HELP tare_gate_exit_code exit code of the gate
        tare_gate_exit_code 3
        # TYPE tare_startup_failures_ratio gauge
        # UNIT tare_startup_failures_ratio ratio
        # HELP tare_startup_failures_ratio share failed, lower is better
        tare_startup_failures_ratio{cell="startup/nginx/runc/warm"} 0.0250
        # TYPE tare_startup_median_seconds gauge
        # UNIT tare_startup_median_seconds seconds
        # HELP tare_startup_median_seconds median, lower is better
        tare_startup_median_seconds{cell="startup/nginx/runc/warm",definition="3"} 0.0440
        tare_startup_median_seconds{cell="startup/nginx/q35/warm",definition="3",emulated="true"} 4.20
        # TYPE tare_startup_peak_bytes gauge
        # UNIT tare_startup_peak_bytes bytes
        # HELP tare_startup_peak_bytes peak memory, lower is better
        tare_startup_peak_bytes{cell="startup/nginx/runc/warm"} 2200000
        # EOF

        """#
}
