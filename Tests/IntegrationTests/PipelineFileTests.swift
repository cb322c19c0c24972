import Foundation
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// The pipeline files of the documentation: what the systems that they are for take, and options that tare has.
    @Suite("Pipeline files") struct PipelineFileTests {
        /// A system with its file, the arguments that name its published schema, and a change that the schema must refuse.
        struct System: CustomTestStringConvertible, Sendable {
            var testDescription: String
            var file: String
            var schema: [String]
            var good: String
            var bad: String
        }

        static let systems = [
            System(
                testDescription: "GitHub Actions", file: "github-actions.yml",
                schema: ["--builtin-schema", "vendor.github-workflows"], good: "runs-on:", bad: "runs-off:"),
            System(
                testDescription: "GitLab CI", file: "gitlab-ci.yml", schema: ["--builtin-schema", "vendor.gitlab-ci"],
                good: "exit_codes: [4]", bad: "exit_codes: four"),
            // Its schema holds an expression that is none by the rules of JavaScript's `u`.
            System(
                testDescription: "Azure Pipelines", file: "azure-pipelines.yml",
                schema: ["--builtin-schema", "vendor.azure-pipelines", "--regex-variant", "nonunicode"],
                good: "displayName:", bad: "displayname:"),
        ]

        private static let documents =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path + "/docs"

        /// Where `scripts/prepare test` puts it.
        private static let checker = TestTools.directory("check-jsonschema") + "/bin/check-jsonschema"

        private static var canCheck: Bool {
            Requirement.isEnforced || FileManager.default.isExecutableFile(atPath: checker)
        }

        private func run(_ command: [String], in directory: String) throws -> Program.Finished {
            let program = try Program.start(
                command, environment: ["PATH": "/usr/bin:/bin", "HOME": directory, "LC_ALL": "C.UTF-8"],
                directory: directory)
            program.endInput()
            return try program.finish()
        }

        @Test(.enabled(if: canCheck, "needs check-jsonschema, which scripts/prepare test installs"), arguments: systems)
        func itsSystemTakesIt(_ system: System) throws {
            let directory = try TemporaryDirectory()
            let text = try HostFiles.read("\(PipelineFileTests.documents)/ci/\(system.file)")
            let broken = text.replacing(system.good, with: system.bad)
            #expect(broken != text)
            for (name, text) in [("good.yml", text), ("broken.yml", broken)] {
                let file = "\(directory.path)/\(name)"
                try HostFiles.replace(file, bytes: Array(text.utf8))
                let checked = try run([PipelineFileTests.checker] + system.schema + [file], in: directory.path)
                let said = checked.output + checked.errors
                #expect(checked.exitCode == (name == "good.yml" ? 0 : 1), "\(name): \(said.prefix(2_000))")
                // A crash of the checker ends with 1, too.
                #expect(said.contains(name == "good.yml" ? "ok" : "Schema validation errors"), "\(said.prefix(2_000))")
            }
        }

        @Test func everyOptionIsThere() throws {
            let directory = try TemporaryDirectory()
            let tare = try BuiltProgram.path("tare")
            var options: [String: Set<String>] = [:]
            for command in PipelineFileTests.commands {
                let help = try run(
                    [tare] + command.split(separator: " ").map(String.init) + ["--help"], in: directory.path)
                #expect(help.exitCode == 0, "\(command): \(help.errors)")
                options[command] = Set(PipelineFileTests.options(in: help.output))
            }
            let all = options.values.reduce(into: Set<String>()) { $0.formUnion($1) }
            var found = 0
            for file in ["ci.md"] + PipelineFileTests.systems.map({ "ci/\($0.file)" }) {
                let text = try HostFiles.read("\(PipelineFileTests.documents)/\(file)")
                for line in text.replacing("\\\n", with: " ").split(separator: "\n") {
                    for (command, option) in PipelineFileTests.uses(in: line, isProse: file == "ci.md") {
                        found += 1
                        let known = command.map { options[$0] ?? [] } ?? all
                        #expect(known.contains(option), "\(file): tare \(command ?? "") has no \(option): \(line)")
                    }
                }
            }
            #expect(found > 40, "only \(found) options were found in the documents")
        }

        private static let commands = ["run", "gate", "export", "compare", "calibrate", "baseline update"]

        /// The options of tare in a line, each with the command before it; in prose also those without one.
        private static func uses(in line: Substring, isProse: Bool) -> [(command: String?, option: String)] {
            let words = line.split { " `()|,\"".contains($0) }
            var command: String?
            var uses: [(command: String?, option: String)] = []
            for (index, word) in words.enumerated() {
                if word == "tare" {
                    command = commands.first { words[(index + 1)...].starts(with: $0.split(separator: " ")) }
                } else if word.hasPrefix("--"), command != nil || isProse {
                    uses += options(in: String(word)).map { (command, $0) }
                }
            }
            return uses
        }

        /// All words that begin with two hyphens.
        private static func options(in text: String) -> [String] {
            text.split { !$0.isLetter && $0 != "-" }.filter {
                $0.hasPrefix("--") && $0.dropFirst(2).first?.isLetter == true
            }.map(String.init)
        }
    }
}
