import Analysis
import BenchmarkModel
import LinuxSystem
import TestSupport
import Testing

@testable import TareCommands

/// The examples of docs/ci.md are what tare takes.
@Suite struct PipelineDocumentTests {
    /// The block of code whose first line names a file.
    private func block(_ name: String) throws -> String {
        let text = try HostFiles.read("\(Repository.path)/docs/ci.md")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "# \(name)"), "docs/ci.md shows no \(name)")
        return lines[start...].prefix { $0 != "```" }.joined(separator: "\n") + "\n"
    }

    @Test func theSuiteIsRead() throws {
        let suite = try SuiteReader.parse(text: block("bench/ab.yaml"), file: "ab.yaml", baseDirectory: "/").suite
        #expect(suite.platforms.map(\.name) == ["base", "head"])
        _ = try suite.checkedSides(["base", "head"])
    }

    @Test func thePolicyIsRead() throws {
        let policy = try GatePolicyFile.parse(block("bench/tare-policy.yaml"), file: "tare-policy.yaml").policy
        #expect(policy.effect == 0.1 && policy.rules.map(\.metric) == ["startup.median", "startup.cpu"])
        #expect(policy.bounds.map(\.value) == [400e6])
    }

    /// The jobs give the one to the other: what the policy names, a run of the suite has.
    @Test func thePolicyFitsTheSuite() throws {
        let suite = try SuiteReader.parse(text: block("bench/ab.yaml"), file: "ab.yaml", baseDirectory: "/").suite
        let document = try GatePolicyFile.parse(block("bench/tare-policy.yaml"), file: "tare-policy.yaml")
        var run = SyntheticRun.empty(workloads: suite.workloads, platforms: suite.platforms, samples: 60)
        run.suite = suite
        run.plan = Plan(suite: suite, seed: 1, sides: ["base", "head"])
        for block in run.plan.blocks {
            for position in block.order {
                run.observations.append(
                    SyntheticRun.sample(
                        run.observations.count + 1, run.plan.cells[position], block: block.index,
                        milliseconds: 64 + Double(block.index % 7), counted: block.counted))
            }
        }
        let compared = CompareFixture.compared(run)
        try document.check([compared])
        let result = try GateResult(interleaved: compared, policy: document.policy)
        #expect(result.outcome == .pass && result.checks.count == 2 && result.bounds.map(\.fate) == [.passes])
    }

    /// A suite is code that runs as root: no job measures what strangers propose.
    @Test(
        arguments: [
            ("github-actions.yml", "github.event.pull_request.head.repo.full_name == github.repository"),
            ("gitlab-ci.yml", "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID"),
            ("azure-pipelines.yml", "ne(variables['System.PullRequest.IsFork'], 'True')"),
        ])
    func requestsOfForksAreNotMeasured(_ file: String, _ condition: String) throws {
        #expect(try HostFiles.read("\(Repository.path)/docs/ci/\(file)").contains(condition))
    }
}
