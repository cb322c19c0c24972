import BenchmarkModel
import Foundation
import Statistics
import Testing

@testable import Analysis
@testable import Exports

@Suite struct GateJSONTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func theGateIsWrittenWhole() throws {
        let result = try GateFixture.everyFate()
        let gate = try object(GateJSON.encode(result))
        #expect(gate["schema"] as? String == "tare-gate/1")
        #expect(gate["outcome"] as? String == "regression" && gate["exitCode"] as? Int == 3)
        #expect(gate["sentence"] as? String == result.sentence)
        #expect(
            gate["fates"] as? [String: Int] == [
                "passes": 3, "passes undecided": 2, "fails: inconclusive": 1, "fails": 2, "missing": 2,
            ])
        let checks = try #require(gate["checks"] as? [[String: String]])
        #expect(checks.map { $0["fate"] } == result.checks.map(\.fate.rawValue))
        #expect(checks[0]["metric"] == "startup.median" && checks[0]["verdict"] == "regressed")
        let bounds = try #require(gate["bounds"] as? [[String: Any]])
        #expect(bounds.count == 4 && bounds[0]["must"] as? String == "below" && bounds[0]["text"] as? String == "42ms")
        #expect(bounds[0]["interval"] as? [Double] == [43e6, 45e6] && bounds[0]["unit"] as? String == "nanoseconds")
        #expect(bounds[3]["figure"] == nil && bounds[3]["interval"] == nil && bounds[3]["unit"] == nil)
        let policy = try #require(gate["policy"] as? [String: Any])
        #expect(policy["file"] == nil && policy["inconclusive"] as? String == "pass")
        #expect((policy["bounds"] as? [[String: Any]])?.count == 4)
        let comparison = try #require(gate["comparison"] as? [String: Any])
        #expect((comparison["rows"] as? [[String: Any]])?.count == checks.count)
    }

    @Test func aRowHasAllThatIsKnown() throws {
        let comparison = try GateFixture.everyFate().comparison
        let document = try object(ComparisonJSON.encode(comparison))
        #expect(document["schema"] as? String == "tare-comparison/1")
        #expect(document["design"] as? String == "separate" && document["familySize"] as? Int == 6)
        #expect(
            document["verdicts"] as? [String: Int] == [
                "regressed": 1, "improved": 1, "equivalent": 1, "inconclusive": 2, "on one side only": 1,
            ])
        let head = try #require(document["head"] as? [String: Any])
        let run = try #require((head["runs"] as? [[String: Any]])?.first)
        #expect(run["id"] as? String == "20260131-090000-0001" && run["startedAt"] as? String == "2026-01-31T09:00:00Z")
        #expect(run["suiteDigest"] == nil, "an empty digest is unknown")
        let rows = try #require(document["rows"] as? [[String: Any]])
        let row = rows[0]
        #expect(row["scale"] as? String == "ratio" && row["resolution"] == nil)
        let effect = try #require(row["effect"] as? [String: Any])
        #expect(abs((effect["share"] as? Double ?? 0) - 0.1) < 1e-12)
        #expect(abs((effect["value"] as? Double ?? 0) - Logarithm.of(1.1)) < 1e-12)
        let shares = try #require(effect["shareInterval"] as? [Double])
        #expect(abs(shares[0] - 0.05) < 1e-12 && abs(shares[1] - 0.152) < 1e-12)
        #expect(abs((row["marginShare"] as? Double ?? 0) - 0.01) < 1e-12)
        #expect(row["adjustedPValue"] as? Double == 0.005 && row["smallestDetectable"] == nil)
        #expect(row["caveats"] as? [String] == ["sees 2 CPUs"])
        let base = try #require(row["base"] as? [String: Any])
        #expect(base["estimate"] as? Double == 40e6 && base["n"] as? Int == 20 && base["isHeadline"] as? Bool == true)
        #expect(base["events"] == nil && base["refusal"] == nil)
        let failures = rows[4]
        #expect(failures["scale"] as? String == "difference" && failures["resolution"] as? Double == 0.01)
        #expect((failures["effect"] as? [String: Any])?["share"] == nil && failures["marginShare"] == nil)
        #expect((failures["head"] as? [String: Any])?["events"] as? Int == 1)
        #expect(rows[5]["head"] == nil && rows[5]["effect"] == nil && rows[5]["pValue"] == nil)
    }

    @Test func whatIsNoNumberIsAbsent() throws {
        var figure = GateFixture.figure(GateFixture.median, "startup/x/y/warm", .nan)
        figure.standardError = .infinity
        figure.refusal = "no spread of it is known"
        let row = try GateFixture.row(.inconclusive, figure, figure, effect: (.nan, -.infinity, .infinity))
        var result = GateFixture.result([(row, .passesUndecided)], outcome: .pass, sentence: "Pass.")
        result.comparison.base.learnt = [
            LearntNoise(
                id: figure.id, runs: 8, totalVariance: 4, errorVariance: 1, errorDegreesOfFreedom: .nan, blocks: 20)
        ]
        result.comparison.insisted = [
            .init(subject: .platform("runc"), name: "version", value: "1.1", other: "1.2")
        ]
        let gate = try object(GateJSON.encode(result))
        let comparison = try #require(gate["comparison"] as? [String: Any])
        let written = try #require((comparison["rows"] as? [[String: Any]])?.first)
        let base = try #require(written["base"] as? [String: Any])
        #expect(base["estimate"] == nil && base["standardError"] == nil)
        #expect(base["refusal"] as? String == "no spread of it is known")
        let effect = try #require(written["effect"] as? [String: Any])
        #expect(effect["value"] == nil && effect["interval"] == nil && effect["share"] == nil)
        let noise = ((comparison["base"] as? [String: Any])?["learnt"] as? [[String: Any]])?.first
        #expect(noise?["betweenRuns"] as? Double == 3 && noise?["errorDegreesOfFreedom"] == nil)
        let insisted = (comparison["insisted"] as? [[String: String]])?.first
        #expect(
            insisted == ["subject": "platform", "platform": "runc", "name": "version", "base": "1.1", "head": "1.2"])
        // The other forms do not fail on it either.
        #expect(JUnitExport.encode(result).contains("skipped=\"1\""))
        #expect(!GitLabMetrics.encode(result).contains("tare_startup_median_seconds"))
    }

    @Test func keysAreSorted() throws {
        let text = try GateJSON.encode(try GateFixture.everyFate())
        let keys = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }.compactMap {
            $0.split(separator: "\"").dropFirst().first
        }
        #expect(keys == keys.sorted() && keys.count == 10)
    }
}
