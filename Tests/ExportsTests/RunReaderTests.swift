import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Exports

/// Exported runs, read back to be compared.
@Suite struct RunReaderTests {
    /// A run as the store would give it, without the samples, which no file of figures holds.
    private static func compared(_ run: Run) -> ComparedRun {
        var compared = ComparedRun(RunAnalysis(run: run, resamples: 100))
        for index in compared.figures.indices { compared.figures[index].sample = nil }
        return compared
    }

    private static func text(_ run: Run) throws -> String {
        try JSONExport.encode(RunAnalysis(run: run, resamples: 100), .init())
    }

    private static func read(_ text: String) throws -> ComparedRun {
        try RunJSON.read(Array(text.utf8), file: "run.json")
    }

    private static func refusal(_ text: String) throws -> TareError {
        let error = try #require(#expect(throws: TareError.self) { try read(text) })
        #expect(error.code == .usage && error.exitCode == 64)
        #expect(error.description.contains("run.json") && error.remedy?.isEmpty == false, "\(error)")
        return error
    }

    @Test func whatIsReadIsWhatWasMeasured() throws {
        let run = SyntheticClimbs.run()
        let read = try RunReaderTests.read(try RunReaderTests.text(run))
        let expected = RunReaderTests.compared(run)
        #expect(read.figures.count == expected.figures.count)
        for (one, other) in zip(read.figures, expected.figures) { #expect(one == other) }
        #expect(read == expected)
        #expect(read.suiteDigest == run.suiteDigest && read.suiteDigest.count == 64)
        #expect(Set(read.cells.map { $0.prefix { $0 != "/" } }) == ["startup", "footprint", "density"])
    }

    @Test func statusAndSidesAreRead() throws {
        var run = SyntheticRun.full(platforms: [SyntheticRun.runc, SyntheticRun.vm])
        run.status = .interrupted
        run.plan.sides = ["runc", "q35"]
        let read = try RunReaderTests.read(try RunReaderTests.text(run))
        #expect(!read.isComplete && read.sides == ["runc", "q35"])
        #expect(read == RunReaderTests.compared(run))
    }

    @Test func aCellThatCannotBeMeasuredIsNotPlanned() throws {
        // One port and no network of its own: two at once are impossible.
        let run = SyntheticRun.full(
            workloads: [SyntheticRun.workload("nginx")], platforms: [SyntheticRun.process, SyntheticRun.runc],
            modes: [.concurrent(2)])
        let read = try RunReaderTests.read(try RunReaderTests.text(run))
        #expect(read.cells == ["startup/nginx/runc/concurrent-2"])
        #expect(read == RunReaderTests.compared(run))
    }

    /// An export of an older tare can be seen and not judged.
    @Test func olderExportsHoldNoError() throws {
        let run = SyntheticRun.full(platforms: [SyntheticRun.runc])
        var document = try Exported.json(run)
        var suite = try #require(document["suite"] as? [String: Any])
        suite["digest"] = nil
        document["suite"] = suite
        var findings = try #require(document["findings"] as? [[String: Any]])
        let new = [
            "isHeadline", "workload", "platform", "scale", "resolution", "comparedEstimate", "standardError",
            "degreesOfFreedom", "blocks", "events", "trials", "refusal",
        ]
        for index in findings.indices { for key in new { findings[index][key] = nil } }
        document["findings"] = findings
        let data = try JSONSerialization.data(withJSONObject: document)
        let read = try RunJSON.read(Array(data), file: "run.json")
        let expected = RunReaderTests.compared(run)
        #expect(read.suiteDigest == run.suiteDigest)
        #expect(read.figures.map(\.id) == expected.figures.map(\.id))
        #expect(read.figures.map(\.scale) == expected.figures.map(\.scale))
        #expect(read.figures.map(\.isHeadline) == expected.figures.map(\.isHeadline))
        #expect(read.figures.map(\.workload) == expected.figures.map(\.workload))
        #expect(read.figures.map(\.platform) == expected.figures.map(\.platform))
        #expect(read.figures.allSatisfy { $0.standardError == nil && $0.refusal == RunJSON.withoutError })
    }

    /// Whatever is left of a file, it is not taken for a whole one.
    @Test func aFileThatIsCutShortIsRefused() throws {
        let bytes = Array(try RunReaderTests.text(SyntheticRun.full(platforms: [SyntheticRun.runc])).utf8)
        for count in stride(from: 1, to: bytes.count - 2, by: 4_001) + [bytes.count - 2] {
            let error = try #require(
                #expect(throws: TareError.self) { try RunJSON.read(Array(bytes.prefix(count)), file: "run.json") })
            #expect(error.message == "the file is cut short", "\(count)")
            let lines = bytes.prefix(count).count { $0 == UInt8(ascii: "\n") }
            #expect(error.location?.line == lines + 1 && error.location?.file == "run.json")
        }
        #expect(try RunReaderTests.refusal("").message == "the file is empty")
        #expect(try RunReaderTests.refusal(" \n\n").message == "the file is empty")
    }

    @Test func whatIsNoExportIsRefused() throws {
        #expect(try RunReaderTests.refusal("hello").message.contains("is not JSON"))
        #expect(try RunReaderTests.refusal("[1, 2]").message == "run.json is something else than is expected")
        #expect(try RunReaderTests.refusal("{\"a\": tru}").message.contains("is not JSON"))
        let other = try RunReaderTests.refusal("{\"schema\": \"tare-gate/1\"}")
        #expect(other.message == "run.json is no export of a run: its schema is 'tare-gate/1', not 'tare-run/1'")
        #expect(try RunReaderTests.refusal("{}").message.contains("does not say that its schema is"))
        let newer = try RunReaderTests.refusal("{\"schema\": \"tare-run/2\", \"run\": 7}")
        #expect(newer.message.hasPrefix("run.json was made by a newer tare: its schema is 'tare-run/2'"))
        #expect(newer.remedy == "Use the newer tare.")
    }

    /// A small export in which single values are replaced; "" removes one.
    private static func document(_ finding: [String: String] = [:], _ top: [String: String] = [:]) -> String {
        func object(_ entries: [String: String]) -> String {
            "{"
                + entries.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
                .map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
        }
        let good = [
            "metric": "\"startup.median\"", "title": "\"median\"", "unit": "\"nanoseconds\"", "polarity": "\"lower\"",
            "definitionVersion": "3", "isHeadline": "true", "cell": "\"startup/nginx/runc/warm\"", "estimate": "2e7",
            "n": "20", "isAtLeast": "false", "caveats": "[]", "scale": "\"ratio\"", "standardError": "0.02",
            "degreesOfFreedom": "19", "blocks": "20",
        ]
        let part = object(good.merging(finding) { _, new in new })
        let whole = [
            "schema": "\"tare-run/1\"", "tareVersion": "\"0.1.0\"",
            "run": "{\"id\": \"20260131-093000-abcd\", \"status\": \"complete\"}", "suite": "{\"name\": \"s\"}",
            "plan": "{}", "platforms": "[]", "cells": "[]", "host": "[]", "findings": "[\(part)]",
        ]
        return object(whole.merging(top) { _, new in new })
    }

    @Test func theSmallDocumentIsGood() throws {
        let run = try RunReaderTests.read(RunReaderTests.document())
        let figure = try #require(run.figures.first)
        #expect(figure.refusal == nil && figure.standardError == 0.02 && figure.isHeadline)
        #expect(figure.workload == "nginx" && figure.platform == "runc" && run.startedAt == nil)
        // A byte order mark, as some editors write it.
        #expect(try RunReaderTests.read("\u{FEFF}" + RunReaderTests.document()) == run)
    }

    @Test(
        arguments: [
            (["estimate": "NaN"], "holds a number that is none"),
            (["estimate": "-Infinity"], "holds a number that is none"),
            (["estimate": "1e999"], "run.json"), (["standardError": "-0.1"], "error: -0.1 is no error"),
            (["degreesOfFreedom": "0"], "freedom: 0.0 is no number of degrees of freedom"),
            (["n": "-1"], "n: -1 is negative"), (["blocks": "-3"], "blocks: -3 is negative"),
            (["n": "1e40"], "a number that cannot be taken"), (["n": "1.5"], "a number that cannot be taken"),
            (["n": "\"20\""], "findings[0].n"),
            (["n": ""], "lacks 'findings[0].n'"), (["estimate": ""], "lacks 'findings[0].estimate'"),
            (["estimate": "null"], "findings[0].estimate"),
            (["unit": "\"furlongs\""], "unit: 'furlongs' is not known: startup.median"),
            (["polarity": "\"sideways\""], "polarity is lower or higher"),
            (["scale": "\"log\""], "scale is ratio or difference"),
            (["definitionVersion": "0"], "definition: 0 is no version"), (["events": "1"], "events go with trials"),
            (["events": "3", "trials": "2"], "events: 3 cannot be of 2 trials"),
            (["events": "-1", "trials": "2"], "events: -1 cannot be of 2 trials"),
            (["events": "0", "trials": "0"], "trials: 0 is no number of trials"),
            (["scale": "\"difference\"", "resolution": "-1"], "resolution: -1.0 is no resolution"),
            (["cell": "\"\""], "cell: a cell has a name"),
        ] as [([String: String], String)])
    func aValueThatNoMeasurementGives(change: [String: String], words: String) throws {
        let error = try RunReaderTests.refusal(RunReaderTests.document(change))
        #expect(error.description.contains(words), "\(error)")
    }

    @Test(arguments: ["run", "suite", "plan", "platforms", "cells", "host", "findings", "tareVersion"])
    func aPartThatIsMissingIsNamed(_ key: String) throws {
        #expect(
            try RunReaderTests.refusal(RunReaderTests.document([:], [key: ""])).message == "run.json lacks '\(key)'")
    }

    @Test func aFigureThatIsThereTwiceIsRefused() throws {
        let one = RunReaderTests.document()
        let start = try #require(one.range(of: "\"findings\": ["))
        let end = try #require(one[start.upperBound...].firstIndex(of: "}"))
        let part = one[start.upperBound...end]
        let error = try RunReaderTests.refusal(one.replacingOccurrences(of: part, with: "\(part), \(part)"))
        #expect(
            error.message == "run.json: findings[1]: startup.median of startup/nginx/runc/warm is there twice",
            "\(error)")
    }

    /// A file of somebody else's making cannot make a verdict rest on nothing.
    @Test(
        arguments: [
            (["n": "0"], "it rests on no measurement"), (["standardError": ""], "no spread of it is known"),
            (["standardError": "0"], "its error is 0, which no measurement has"),
            (["estimate": "0"], "it is not positive, so it has no ratio"),
            (["refusal": "\"own words\""], "own words"),
        ] as [([String: String], String)])
    func whatCarriesNoVerdictSaysWhy(change: [String: String], words: String) throws {
        #expect(try RunReaderTests.read(RunReaderTests.document(change)).figures.first?.refusal == words)
    }

    /// It is read, or refused by its name; and what is read holds nothing from which a verdict could be made of nothing.
    @Test func aChangedByteIsReadOrRefused() throws {
        let good = Array(RunReaderTests.document().utf8)
        let replacements = Array("{}[],:\"\\ 0123456789.eE+-nNuxyz".utf8)
        var random = SplitMix64(seed: 12)
        for _ in 0..<2_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                bytes[place] = replacements[Int.random(in: replacements.indices, using: &random)]
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                for figure in try RunJSON.read(bytes, file: "run.json").figures {
                    #expect(figure.fault == nil, "\(text)")
                    #expect(
                        figure.refusal != nil || figure.counts != nil || (figure.standardError ?? 0) > 0, "\(text)")
                }
            } catch let error as TareError {
                #expect(error.code == .usage && error.description.contains("run.json"), "\(text)")
            }
        }
    }

    /// What a decoder does with depth is its own affair, as long as it comes back.
    @Test func deepNestingIsRefused() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        _ = try RunReaderTests.refusal(deep)
        _ = try RunReaderTests.refusal(RunReaderTests.document([:], ["cells": deep]))
    }
}
