import Analysis
import BenchmarkModel
import Foundation
import Statistics
import TestSupport
import Testing

@testable import Exports

@Suite struct GABExportTests {
    private static let analysis = RunAnalysis(run: SyntheticClimbs.run(), resamples: 100)

    private func entries(_ direction: GABExport.Direction) throws -> [[String: Any]] {
        let text = try GABExport.encode(GABExportTests.analysis, direction)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test func eachFileHoldsOneDirection() throws {
        let headline = GABExportTests.analysis.findings.filter { $0.isHeadline && $0.refusal == nil }
        let smaller = try entries(.smaller)
        let bigger = try entries(.bigger)
        #expect(smaller.count == headline.count { $0.metric.polarity == .lowerIsBetter } && !smaller.isEmpty)
        #expect(bigger.count == headline.count { $0.metric.polarity == .higherIsBetter } && !bigger.isEmpty)
        let names = (smaller + bigger).compactMap { $0["name"] as? String }
        #expect(Set(names).count == headline.count, "each name is there once")
        #expect(bigger.allSatisfy { $0["unit"] as? String == "count" })
    }

    @Test func figuresAreInTheSameUnitAlways() throws {
        let entries = try entries(.smaller)
        for finding in GABExportTests.analysis.findings
        where finding.isHeadline && finding.refusal == nil && finding.metric.polarity == .lowerIsBetter {
            let entry = try #require(
                entries.first { ($0["name"] as? String)?.hasPrefix("\(finding.cell): \(finding.metric.title)") == true }
            )
            let name = try #require(entry["name"] as? String)
            #expect(name.contains("(emulated)") == finding.caveats.contains(.emulated))
            let version = finding.metric.definitionVersion
            #expect(name.contains("(definition \(version))") == (version > 1))
            let (unit, size): (String, Double) =
                switch finding.metric.unit {
                case .nanoseconds: ("ms", 1e6)
                case .bytes: ("MiB", 1_048_576)
                case .share: ("%", 0.01)
                default: ("?", 1)
                }
            #expect(entry["unit"] as? String == unit)
            let value = try #require(entry["value"] as? Double)
            #expect(abs(value - finding.estimate / size) <= 1e-5 * abs(value))
            let extra = try #require(entry["extra"] as? String)
            #expect(extra.contains("n = \(finding.n)"))
            // The action takes a number after the sign, and nothing else.
            let range = entry["range"] as? String
            #expect((range == nil) == (finding.interval == nil))
            if let range, let interval = finding.interval {
                let half = try #require(Double(range.dropFirst(2)))
                #expect(
                    range.hasPrefix("± ")
                        && abs(half - (interval.upper - interval.lower) / 2 / size) <= 1e-5 * max(half, 1))
                #expect(extra.hasPrefix("95 % interval: "))
            }
        }
    }

    @Test func whatIsNotInItIsTold() throws {
        let words = try #require(ExportFormat.gab.leftOut(of: GABExportTests.analysis))
        let smaller = try entries(.smaller).count
        let bigger = try entries(.bigger).count
        #expect(
            words.hasPrefix("This file holds \(smaller) figures of which lower is better, for the tool customSmaller"))
        #expect(words.contains("\(bigger) of which higher is better (--format gab-bigger, for customBiggerIsBetter)"))
        #expect(words.hasSuffix("all that is no headline. With --format json all is in one file."))
        let other = try #require(ExportFormat.gabBigger.leftOut(of: GABExportTests.analysis))
        #expect(other.contains("\(smaller) of which lower is better (--format gab, for customSmallerIsBetter)"))
        #expect(try ExportFormat.gab.encode(GABExportTests.analysis) { .init() }.hasPrefix("["))
        #expect(ExportFormat(rawValue: "gab-bigger") == .gabBigger)
    }

    /// A dashboard that takes each difference for a regression gets nothing on which no verdict can rest.
    @Test func whatCarriesNoVerdictIsLeftOut() throws {
        let run = SyntheticRun.empty(platforms: [SyntheticRun.runc])
        let analysis = RunAnalysis(run: run, resamples: 10)
        #expect(try GABExport.encode(analysis, .smaller).filter { !$0.isWhitespace } == "[]")
        var few = SyntheticRun.full(platforms: [SyntheticRun.runc])
        for index in few.observations.indices where index % 3 == 0 { few.observations[index].outcome = .invalid }
        let refused = RunAnalysis(run: few, resamples: 10)
        #expect(refused.findings.contains { $0.refusal != nil })
        #expect(try GABExport.encode(refused, .smaller).filter { !$0.isWhitespace } == "[]")
        #expect(GABExport.leftOut(of: refused, .smaller).contains("on which no verdict can rest"))
    }
}
