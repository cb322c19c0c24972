import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Reports

/// What a workload sees, in every rendering, and the caveats that follow from it.
@Suite struct WorldSectionTests {
    private static func run(_ change: (_ platform: String, _ facts: inout [String: String]) -> Void) -> Run {
        var run = SyntheticRun.full(workloads: [SyntheticRun.workload("nginx")])
        run.worlds = SyntheticRun.all.map { spec in
            var facts = ["CPUs online": "2", "umask": "0022", "kernel": spec.name == "q35" ? "6.1-own" : "6.18-host"]
            change(spec.name, &facts)
            return ObservedWorld(
                workload: "nginx", platform: spec.name,
                facts: facts.sorted { $0.key < $1.key }.map { Fact($0.key, $0.value) })
        }
        return run
    }

    @Test func differencesAreMarkedAndInherentOnesExplained() throws {
        let run = WorldSectionTests.run { platform, facts in
            if platform == "runc" { facts["open files"] = "20000" } else { facts["open files"] = "1024" }
        }
        let report = Report(run: run)
        let markdown = report.markdown()
        #expect(markdown.contains("## What a workload sees"))
        #expect(markdown.contains("| open files | 1024 | 1024 | 20000 *(unequal)* | 1024 |"))
        #expect(markdown.contains("| kernel | 6.18-host | 6.18-host | 6.18-host | 6.1-own |"))
        #expect(markdown.contains("**Inherent, kernel**: a container runs on the host's kernel"))
        #expect(markdown.contains("<details><summary>2 facts the same everywhere: nginx</summary>\n\n| fact | value |"))
        #expect(markdown.contains("differences, marked beside the figures of runc."))
        let answer = try #require(report.answers.first?.text)
        #expect(answer.contains("(unequal: open files 20000, elsewhere 1024) under runc"), "\(answer)")
        // A terminal has the sentence in the answer and the word in the row.
        let terminal = report.terminal(width: 160, color: false)
        #expect(terminal.contains("runc (unequal)  "))
        let html = try report.html()
        #expect(html.contains("<details>\n<summary>2 facts the same everywhere: nginx</summary>"))
        #expect(html.contains("unequal: open files 20000, elsewhere 1024</span>"))
    }

    @Test func theNumberOfCPUsStandsInTheSentence() throws {
        let run = WorldSectionTests.run { platform, facts in
            if platform == "q35" { facts["CPUs online"] = "1" }
        }
        let report = Report(run: run)
        let answer = try #require(report.answers.first?.text)
        #expect(answer.contains("(sees 2 CPUs) under runc") && answer.contains("(emulated) (sees 1 CPU) in the VM q35"))
        #expect(
            report.markdown().contains(
                "| CPUs online | 2 *(differs)* | 2 *(differs)* | 2 *(differs)* | 1 *(differs)* |"))
        for cell in report.analysis.findings { #expect(cell.caveats.words.contains { $0.hasPrefix("sees ") }) }
    }

    @Test func equalWorldsAreSaidToBeSo() throws {
        var run = WorldSectionTests.run { _, facts in facts["kernel"] = "6.18" }
        let report = Report(run: run)
        let markdown = report.markdown()
        #expect(markdown.contains("nginx sees the same on process, namespaces, runc and q35."))
        #expect(markdown.contains("the sides differ in the isolation and in nothing else that it can see."))
        #expect(!markdown.contains("unequal") && !markdown.contains("Inherent"))
        run.worlds = []
        let silent = Report(run: run).markdown()
        #expect(silent.contains("It was not observed in this run"))
        #expect(silent.contains("What a workload really saw was not observed."))
        run.worlds = [ObservedWorld(workload: "nginx", platform: "runc", facts: [], failure: "it ended early")]
        #expect(Report(run: run).markdown().contains("What nginx sees on runc is not known: it ended early."))
    }

    /// Whoever told them: nothing of a value is obeyed.
    @Test func valuesAreEscaped() throws {
        let hostile = "<script>alert(1)</script>|\u{1B}[2J`x`"
        let run = WorldSectionTests.run { platform, facts in
            facts["variable A"] = platform == "runc" ? hostile : "plain"
            facts["variable B"] = hostile
        }
        let report = Report(run: run)
        #expect(try !report.html().contains("<script>alert"))
        #expect(!report.markdown().contains("<script>alert") && !report.markdown().contains("\u{1B}"))
        #expect(!report.terminal(width: 200, color: false).contains("\u{1B}[2J"))
    }

    @Test func manyNodesAreNotListed() {
        let run = WorldSectionTests.run { platform, facts in
            guard platform == "q35" else { return }
            for index in 10..<60 { facts["node tty\(index)"] = "character device 4:\(index), mode 0600" }
        }
        let markdown = Report(run: run).markdown()
        #expect(markdown.contains("(38 more of the kind 'node' in the JSON export)"))
        #expect(markdown.contains("| node tty21 |") && !markdown.contains("| node tty22 |"))
        #expect(markdown.contains("*(unequal: 50 nodes of /dev)*"))
    }
}
