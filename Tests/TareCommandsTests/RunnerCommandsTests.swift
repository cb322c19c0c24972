import Foundation
import Testing

@testable import TareCommands

/// What a pipeline's runner would obey in what tare prints.
@Suite struct RunnerCommandsTests {
    @Test(
        arguments: [
            ("::stop-commands::x", ": :stop-commands::x"), ("a\n::error::b\n", "a\n: :error::b\n"),
            (" \t::warning::x", " \t: :warning::x"), ("a\r::debug::x", "a\r: :debug::x"),
            ("\u{A0}\u{200B}::set-output::x", "\u{A0}\u{200B}: :set-output::x"),
            (":\u{AD}:error::x", ":\u{AD} :error::x"), (":::error::x", ": ::error::x"),
            ("a ##vso[task.complete]b", "a # #vso[task.complete]b"), ("##VsO[x]", "# #VsO[x]"),
            ("x##[error]y", "x# #[error]y"), ("###[error]", "## #[error]"),
            ("##[a]##vso[b]", "# #[a]# #vso[b]"), ("#\u{200B}#\u{AD}[x]", "#\u{200B} #\u{AD}[x]"),
            ("\r\n::error::x", "\r\n: :error::x"), ("{\"##[x\"}", "{\"#\\u0023[x\"}"),
        ])
    func aCommandIsNoneAnyMore(_ text: String, _ expected: String) {
        let harmless = RunnerCommands.harmless(text)
        #expect(harmless == expected)
        #expect(RunnerCommands.harmless(harmless) == harmless)
    }

    @Test(
        arguments: [
            "", "a::b", "std::vector", "startup/nginx/runc/warm: 64 ms", "## Heading\n\n# Other", "#1 [a](b)", ":",
            "a:\n:b", "\u{1B}[32mok\u{1B}[0m", "##vs[",
        ])
    func whatIsNoneStays(_ text: String) { #expect(RunnerCommands.harmless(text) == text) }

    /// A program reads the same strings.
    @Test func jsonIsTheSameDocument() throws {
        let names = ["##[error]x", "##vso[task.complete]", "::error::x", "a\n::error::b", "###[x"]
        for text in [
            String(decoding: try JSONEncoder().encode(names), as: UTF8.self),
            String(decoding: try JSONEncoder().encode(["names": names]), as: UTF8.self),
        ] {
            let harmless = RunnerCommands.harmless(text)
            #expect(!harmless.contains("##[") && !harmless.contains("##vso["))
            let read = try JSONSerialization.jsonObject(with: Data(harmless.utf8))
            #expect((read as? [String] ?? (read as? [String: [String]])?["names"]) == names)
        }
    }

    @Test func onlyWhereARunnerReads() {
        func areRead(_ variables: [String: String]) -> Bool { RunnerCommands.areRead { variables[$0] } }
        #expect(!areRead([:]) && !areRead(["CI": "true", "GITLAB_CI": "true"]))
        #expect(areRead(["GITHUB_ACTIONS": "true"]) && areRead(["TF_BUILD": "True"]))
    }
}
