import Analysis
import BenchmarkModel
import Foundation
import Reports
import TestSupport
import Testing

/// The pages that tare writes, as Chromium, the Nu checker and axe-core see them.
@Suite("The page of a report", .enabled(if: PageChecks.arePossible, "needs what scripts/prepare test installs"))
struct PageTests {
    /// Runs that differ in what their pages hold.
    enum Kind: String, CaseIterable {
        case whole, hostile, tasks, bare

        var run: Run {
            switch self {
            case .whole: SyntheticClimbs.run(platforms: SyntheticRun.all)
            case .hostile: HostileRun.run()
            case .tasks: SyntheticTasks.run()
            case .bare: SyntheticRun.empty()
            }
        }
    }

    /// Each made once.
    private static let pages = Dictionary(
        uniqueKeysWithValues: Kind.allCases.map { kind in
            (kind, try? Report(RunAnalysis(run: kind.run, resamples: 50)).html())
        })

    private static func html(_ kind: Kind) throws -> String { try #require(pages[kind] ?? nil) }

    private struct Opened: Decodable {
        var console: [String]
        var requests: [String]
        var title: String
        var overflow: [Int]
    }

    /// Nothing is fetched, nothing goes wrong, and nothing is wider than the window, be that wide or narrow.
    @Test(arguments: Kind.allCases) func opensQuietly(_ kind: Kind) throws {
        let found: Opened = try PageChecks.find("open", try PageTests.html(kind))
        #expect(found.console.isEmpty && found.requests.isEmpty, "\(found)")
        #expect(found.overflow == [0, 0], "\(found)")
        #expect(found.title.hasPrefix("Containers and virtual machines"))
        if kind == .hostile { #expect(found.title.contains("<script>alert(\"1\")</script>")) }
    }

    @Test(arguments: Kind.allCases) func theNuCheckerHasNothingAgainstIt(_ kind: Kind) throws {
        let html = try PageTests.html(kind)
        let found = try PageChecks.nu(html)
        #expect(found.isEmpty, "\(found.prefix(10))")
        if kind == .bare {
            #expect(!(try PageChecks.nu(html.replacing("<main>", with: "<main><p><table></table></p>"))).isEmpty)
        }
    }

    private struct Violations: Decodable { var violations: [String] }

    @Test(arguments: Kind.allCases) func axeFindsNoViolation(_ kind: Kind) throws {
        let html = try PageTests.html(kind)
        let found: Violations = try PageChecks.find("axe", html)
        #expect(found.violations.isEmpty, "\(found.violations.prefix(5))")
        if kind == .bare {
            let broken: Violations = try PageChecks.find("axe", html.replacing("lang=\"en\"", with: ""))
            #expect(broken.violations.contains { $0.contains("html-has-lang") })
        }
    }

    private struct Plain: Decodable {
        var text: String
        var console: [String]
        var requests: [String]
        var buttons: Int
        var empty: [[String: Double]]
    }

    /// Without scripts, and without scripts and styles, the answer comes first, then what limits it, then the evidence.
    @Test(arguments: ["plain", "policy"]) func readsInOrderWithout(_ action: String) throws {
        let html = try PageTests.html(.whole)
        let found: Plain = try PageChecks.find(action, html)
        let order = [
            "Containers and virtual machines", "nginx", "emulated", "Plan: how many a host would hold",
            "64 GiB, 16 CPUs",
            "What was measured, and how", "Every sample", "How to repeat it",
        ]
        var rest = found.text[...]
        for words in order {
            let place = rest.range(of: words)
            #expect(place != nil, "\(words) does not follow")
            rest = place.map { rest[$0.upperBound...] } ?? rest
        }
        #expect(found.buttons == 0 && !found.text.contains("Plan your own"))
        #expect(found.empty.isEmpty, "\(found.empty)")
        // The policy forbids what is within the page, and says so; nothing is asked for from elsewhere.
        #expect(found.requests.allSatisfy { $0.hasSuffix("/favicon.ico") }, "\(found.requests)")
        if action == "policy" {
            #expect(found.console.contains { $0.contains("Content Security Policy") || $0.contains("sandboxed") })
        }
    }

    private struct Samples: Decodable {
        var titles: [String]
        var all: [String]
        var ascending: [String]
        var sort: String
        var descending: [String]
        var filtered: [String]
        var count: String
        var name: String
        var csv: String
        var none: [String]
        var console: [String]
        var requests: [String]
    }

    @Test func samplesAreSortedFilteredAndSaved() throws {
        let run = Kind.whole.run
        let found: Samples = try PageChecks.find("samples", try PageTests.html(.whole))
        let starts = run.observations.filter { $0.startup != nil }
        #expect(found.console.isEmpty && found.requests.isEmpty)
        #expect(found.all == starts.map { "\($0.number)" })
        let times = found.ascending.compactMap { Double($0) }
        #expect(times == times.sorted() && times.count > 100 && found.sort == "ascending")
        #expect(found.descending.compactMap { Double($0) } == times.reversed())
        // Those without a time come last, whichever way.
        let unknown = found.ascending.filter { $0.isEmpty }.count
        #expect(found.ascending.suffix(unknown).allSatisfy { $0.isEmpty })
        #expect(found.descending.suffix(unknown).allSatisfy { $0.isEmpty })
        let mine = starts.filter { $0.cell.contains("/runc/") && $0.cell.hasSuffix("warm") }.count
        #expect(found.filtered.count == mine && mine > 0)
        #expect(found.filtered.allSatisfy { $0.contains("runc") && $0.contains("warm") })
        #expect(found.count.contains("\(mine) of \(starts.count)"), "\(found.count)")
        #expect(found.none.isEmpty)
        let lines = found.csv.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count == mine + 2 && lines.last == "" && found.name.hasSuffix(".csv"))
        #expect(lines[1...].dropLast().allSatisfy { $0.contains("runc") })
    }

    /// What strangers wrote is no formula to a spreadsheet, and stays one field.
    @Test func hostileSamplesAreSavedAsText() throws {
        var run = SyntheticRun.full()
        for index in run.observations.indices where run.observations[index].cell.contains("/runc/") {
            run.observations[index].outcome = .failed
            run.observations[index].reasons = [HostileRun.text]
        }
        let found: Samples = try PageChecks.find("samples", try Report(RunAnalysis(run: run, resamples: 50)).html())
        #expect(found.console.isEmpty)
        #expect(found.csv.contains("\"'=1+1|`x`</td><script>alert(\"\"1\"\")</script>"), "\(found.csv.prefix(400))")
    }

    private struct Printed: Decodable {
        var pages: [String: Int]
        var console: [String]
        /// Whether what is of no use on paper can be seen.
        var visible: [Bool]
    }

    @Test func isPrinted() throws {
        let found: Printed = try PageChecks.find("print", try PageTests.html(.whole))
        for paper in ["A4", "Letter"] { #expect((3...40).contains(found.pages[paper] ?? 0), "\(found.pages)") }
        #expect(found.console.isEmpty)
        #expect(found.visible == [false, false, false])
    }
}
