import Analysis
import ArgumentParser
import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import Testing
import Yams

@testable import TareCommands

/// The documentation is held to the program: links, keys, commands, options, exit codes, and the words of errors.
@Suite struct DocumentationTests {
    /// Every page that a reader comes to.
    private static func pages() throws -> [DocumentationPage] {
        let docs = HostFiles.names(in: "\(Repository.path)/docs").filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
        return try (["README.md", "SECURITY.md", "CHANGELOG.md"] + docs).map { try DocumentationPage($0) }
    }

    @Test func theReadmeIsShort() throws {
        let readme = try DocumentationPage("README.md")
        #expect(readme.count < 150)
    }

    @Test func everyLinkLeadsSomewhere() throws {
        let pages = try DocumentationTests.pages()
        #expect(pages.count > 9)
        for page in pages {
            for link in page.links where !link.contains("://") && !link.hasPrefix("mailto:") {
                let parts = link.components(separatedBy: "#")
                let target = parts[0].isEmpty ? page.path : DocumentationPage.resolved(parts[0], from: page.path)
                let isThere = HostFiles.exists("\(Repository.path)/\(target)")
                #expect(isThere, "\(page.path): \(link)")
                guard isThere, parts.count == 2, target.hasSuffix(".md") else { continue }
                let anchors = try DocumentationPage(target).anchors
                #expect(anchors.contains(parts[1]), "\(page.path): \(link)")
            }
        }
    }

    // MARK: Suites and policies

    @Test func everyKeyOfASuiteIsDescribed() throws {
        let text = try HostFiles.read("\(Repository.path)/Benchmarks/suites/suite.schema.json")
        let schema = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let keys = DocumentationTests.keys(of: schema)
        #expect(keys.contains("startup-p95") && keys.contains("nofile"))
        let described = try DocumentationPage("docs/suites.md").keys
        let missing = keys.subtracting(described).sorted()
        #expect(missing.isEmpty, "docs/suites.md does not say \(missing)")
    }

    /// The names of the properties in a JSON Schema and in all that is in it.
    private static func keys(of schema: Any) -> Set<String> {
        var found: Set<String> = []
        if let list = schema as? [Any] {
            for item in list { found.formUnion(keys(of: item)) }
        }
        if let object = schema as? [String: Any] {
            if let properties = object["properties"] as? [String: Any] { found.formUnion(properties.keys) }
            for value in object.values { found.formUnion(keys(of: value)) }
        }
        return found
    }

    @Test func everySuiteIsRead() throws {
        var count = 0
        for page in try DocumentationTests.pages() {
            for block in page.blocks where block.isSuite {
                count += 1
                let errors = SuiteText.errors(block.text)
                #expect(errors.isEmpty, "\(page.path): \(errors)")
            }
        }
        #expect(count >= 4)
    }

    @Test func everyPolicyIsRead() throws {
        let gate = try GatePolicyFile.parse(
            try DocumentationPage("docs/commands.md").block("gate.yaml"), file: "gate.yaml")
        #expect(gate.policy.rules.count == 2 && gate.policy.bounds.count == 2)
        let limits = try HostLimitsFile.parse(
            try DocumentationPage("docs/planning.md").block("limits.yaml"), file: "limits.yaml",
            defaults: HostLimits.kernel(memoryBytes: 64 << 30, cpus: 2))
        #expect(limits.limits[.processIDs]?.value == 65_536)
        let parser = SuiteParser(file: "policy.yaml", baseDirectory: "/")
        let text = try DocumentationPage("docs/suites.md").block("policy.yaml")
        let root = try #require(try SuiteReader.compose(text, parser))
        let policy = try #require(parser.policy(root))
        #expect(parser.errors.isEmpty, "\(parser.errors)")
        #expect(policy.instances == 100 && policy.capabilities == ["NET_ADMIN"])
    }

    // MARK: Commands

    /// The options of every command, by the words that call it, such as `tare baseline update`.
    private static func commands(
        _ type: any ParsableCommand.Type = TareCommand.self, called name: String = "tare"
    ) -> [String: Set<String>] {
        let parts = type.configuration.subcommands
        guard parts.isEmpty else {
            var found: [String: Set<String>] = [:]
            for part in parts {
                let own = commands(part, called: "\(name) \(part.configuration.commandName ?? "")")
                for (name, options) in own { found[name] = options }
            }
            return found
        }
        // So wide that no text is wrapped: a line that begins with a hyphen names an option.
        let help = TareCommand.helpMessage(for: type, columns: 1_000)
        let lines = help.split(separator: "\n").filter { $0.hasPrefix("  -") }
        return [name: Set(lines.flatMap { DocumentationPage.options(in: String($0)) })]
    }

    @Test func everyCommandAndOptionIsDescribed() throws {
        let page = try DocumentationPage("docs/commands.md")
        let shared = page.options(under: "Options of several commands")
        let commands = DocumentationTests.commands()
        #expect(commands["tare run"]?.contains("--samples-for") == true)
        for (name, options) in commands {
            #expect(page.headings.contains(name), "docs/commands.md has nothing of '\(name)'")
            let missing = options.subtracting(page.options(under: name)).subtracting(shared).sorted()
            #expect(missing.isEmpty, "docs/commands.md does not say of '\(name)': \(missing)")
        }
    }

    @Test func everyOptionIsOneOfItsCommand() throws {
        let commands = DocumentationTests.commands()
        var count = 0
        for page in try DocumentationTests.pages() where page.path != "CHANGELOG.md" {
            for line in page.commandLines {
                count += 1
                guard let known = DocumentationTests.options(of: line, commands) else {
                    Issue.record("\(page.path): '\(line)' is no command")
                    continue
                }
                let unknown = DocumentationPage.options(in: line).filter { !known.contains($0) }
                #expect(unknown.isEmpty, "\(page.path): '\(line)': \(unknown)")
            }
        }
        #expect(count > 60)
    }

    /// The options that a command line may have: those of its command, or all of a group such as `tare suite`; nil
    /// where its first words call none.
    private static func options(of line: String, _ commands: [String: Set<String>]) -> Set<String>? {
        let words = line.split(separator: " ").map { String($0) }
        for count in [3, 2] where words.count >= count {
            if let options = commands[words.prefix(count).joined(separator: " ")] { return options }
        }
        let group = words.prefix(2).joined(separator: " ") + " "
        let members = commands.filter { $0.key.hasPrefix(group) }
        return members.isEmpty ? nil : Set(members.values.flatMap { $0 })
    }

    @Test func theExitCodesAreTheProgramsOwn() throws {
        let errors = DocumentationTests.errorCodes.map { TareError($0, "").exitCode }
        let own = Set(errors + GateResult.Outcome.allCases.map { $0.exitCode })
        let told = try DocumentationPage("docs/commands.md").numbers(under: "Exit codes")
        #expect(Set(told) == own && told.count == own.count)
        let ofTheGate = try DocumentationPage("docs/ci.md").numbers(under: "What counts")
        #expect(!ofTheGate.isEmpty && Set(ofTheGate).isSubset(of: own))
    }

    /// Every kind of trouble; with a new one this does not compile until it is in the list.
    private static var errorCodes: [TareError.Code] {
        let all: [TareError.Code] = [
            .usage, .notComparable, .hostLacks, .image, .platform, .store, .interrupted, .failed,
        ]
        for code in all {
            switch code {
            case .usage, .notComparable, .hostLacks, .image, .platform, .store, .interrupted, .failed: break
            }
        }
        return all
    }

    // MARK: Errors

    /// What a user reads on a terminal is found on the page: the first column of its tables quotes the sources, with
    /// `…` for what differs from time to time.
    @Test func theWordsOfErrorsAreTheProgramsOwn() throws {
        let sources = try DocumentationTests.sources()
        let page = try DocumentationPage("docs/troubleshooting.md")
        var count = 0
        for line in page.lines where line.text.hasPrefix("| `") {
            for span in DocumentationPage.spans(of: line.text.components(separatedBy: " | ")[0]) {
                count += 1
                let fragments = DocumentationTests.fragments(of: span)
                #expect(fragments.contains { $0.count >= 8 }, "\(page.path):\(line.number): '\(span)' says too little")
                for fragment in fragments {
                    let isThere = strstr(sources, fragment) != nil
                    #expect(isThere, "\(page.path):\(line.number): tare never says '\(fragment)'")
                }
            }
        }
        #expect(count > 80)
    }

    /// The parts of a quoted message that stand in the sources as they are: without `…`, and without paths, which the
    /// sources may put together.
    private static func fragments(of message: String) -> [String] {
        var fragments: [String] = []
        for part in message.split(separator: "…") {
            var words: [String] = []
            for word in part.split(separator: " ", omittingEmptySubsequences: false) {
                if word.contains("/") {
                    fragments.append(words.joined(separator: " "))
                    words = []
                } else {
                    words.append(String(word))
                }
            }
            fragments.append(words.joined(separator: " "))
        }
        let ends = CharacterSet(charactersIn: " :")
        return fragments.map { $0.trimmingCharacters(in: ends) }.filter { !$0.isEmpty }
    }

    /// All sources, with texts put together that stand in several lines: `"a "`, and `+ "b"` in the next.
    private static func sources() throws -> String {
        let root = "\(Repository.path)/Sources"
        var joined = ""
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) where name.hasSuffix(".swift") {
            for line in try HostFiles.read("\(root)/\(name)").split(separator: "\n") {
                let code = line.drop { $0 == " " }
                if code.hasPrefix("+ \""), joined.hasSuffix("\"") {
                    joined.removeLast()
                    joined.append(contentsOf: code.dropFirst(3))
                } else {
                    joined.append("\n")
                    joined.append(contentsOf: line)
                }
            }
        }
        return joined
    }
}

/// A page of the documentation, as far as these tests must understand Markdown.
private struct DocumentationPage {
    /// A block of code between fences.
    struct Block {
        let language: String
        var lines: [String]

        var text: String { lines.joined(separator: "\n") + "\n" }

        /// Whether it is a suite, and no part of one.
        var isSuite: Bool {
            language == "yaml" && lines.contains { $0.hasPrefix("workloads:") }
                && lines.contains { $0.hasPrefix("experiments:") }
        }
    }

    /// A line outside of such blocks.
    struct Line {
        let number: Int
        /// The one under which it stands.
        let heading: String
        let text: String
    }

    /// Relative to the repository.
    let path: String
    /// How many lines it has.
    let count: Int
    private(set) var lines: [Line] = []
    private(set) var headings: [String] = []
    private(set) var blocks: [Block] = []

    init(_ path: String) throws {
        self.path = path
        let text = try HostFiles.read("\(Repository.path)/\(path)")
        let all = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        count = all.last == "" ? all.count - 1 : all.count
        var open: Block?
        for (index, line) in all.enumerated() {
            if line.hasPrefix("```") {
                if let block = open { blocks.append(block) }
                open = open == nil ? Block(language: String(line.dropFirst(3)), lines: []) : nil
            } else if open != nil {
                open?.lines.append(line)
            } else {
                let title = line.drop { $0 == "#" }
                if line.hasPrefix("#"), title.hasPrefix(" ") {
                    headings.append(String(title.dropFirst()).replacing("`", with: ""))
                }
                lines.append(Line(number: index + 1, heading: headings.last ?? "", text: line))
            }
        }
    }

    /// A block whose first line names a file, as a comment.
    func block(_ name: String) throws -> String {
        try #require(blocks.first { $0.lines.first == "# \(name)" }, "\(path) shows no \(name)").text
    }

    /// The anchors of its headings by GitHub's rule: lower case, blanks as hyphens, no punctuation; the second of a
    /// name has `-1` behind it.
    var anchors: Set<String> {
        var seen: [String: Int] = [:]
        var anchors: Set<String> = []
        for heading in headings {
            let kept: String = heading.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
            let anchor = kept.replacing(" ", with: "-")
            let earlier = seen[anchor] ?? 0
            seen[anchor] = earlier + 1
            anchors.insert(earlier == 0 ? anchor : "\(anchor)-\(earlier)")
        }
        return anchors
    }

    /// Where its links lead, as they are written.
    var links: [String] {
        var links: [String] = []
        for line in lines {
            let text = DocumentationPage.pieces(of: line.text, areCode: false).joined()
            for part in text.components(separatedBy: "](").dropFirst() {
                links.append(part.components(separatedBy: ")")[0])
            }
            // [name]: target
            if text.hasPrefix("["), let colon = text.range(of: "]: ") {
                links.append(String(text[colon.upperBound...]))
            }
        }
        return links
    }

    /// The place that a link of a page leads to.
    static func resolved(_ link: String, from page: String) -> String {
        var parts = page.split(separator: "/").dropLast().map { String($0) }
        for part in link.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }

    /// The keys that it shows: spans of code, and what stands before a colon in one or in a block of YAML.
    var keys: Set<String> {
        let spans = lines.flatMap { DocumentationPage.spans(of: $0.text) }
        var keys = Set(spans)
        for text in spans + blocks.filter({ $0.language == "yaml" }).flatMap({ $0.lines }) {
            for part in text.components(separatedBy: ":").dropLast() {
                let words = part.split { !($0.isLetter || $0.isNumber || $0 == "-") }
                if let last = words.last, part.hasSuffix(last) { keys.insert(String(last)) }
            }
        }
        return keys
    }

    /// Every call of tare: in blocks of a shell and in spans of code; and an option alone where a heading, or the first
    /// call in a row of a table, says whose it is.
    var commandLines: [String] {
        var calls: [String] = []
        for block in blocks where block.language == "sh" {
            let text = block.lines.map { $0.components(separatedBy: " #")[0] }.joined(separator: "\n")
                .replacing("\\\n", with: " ").replacing("&&", with: "\n")
            calls += text.split(separator: "\n").map { HostFiles.trimmed(String($0)) }
        }
        for line in lines {
            // A row that begins so quotes what tare says.
            let spans = DocumentationPage.spans(of: line.text).dropFirst(line.text.hasPrefix("| `tare ") ? 1 : 0)
            let owner = line.text.hasPrefix("|") ? spans.first { $0.hasPrefix("tare ") } : nil
            let caller = line.heading.hasPrefix("tare ") ? line.heading : owner
            calls += spans
            if let caller { calls += spans.filter { $0.hasPrefix("--") }.map { "\(caller) \($0)" } }
        }
        // `tare COMMAND` and `tare --version` name no command.
        return calls.filter { $0.hasPrefix("tare ") && $0.dropFirst(5).first?.isLowercase == true }
    }

    /// The options that it names under a heading.
    func options(under heading: String) -> Set<String> {
        let spans = lines.filter { $0.heading == heading }.flatMap { DocumentationPage.spans(of: $0.text) }
        return Set(spans.flatMap { DocumentationPage.options(in: $0) })
    }

    /// The first column of the table under a heading, as far as it holds numbers.
    func numbers(under heading: String) -> [Int32] {
        lines.filter { $0.heading == heading && $0.text.hasPrefix("| ") }
            .compactMap { Int32(HostFiles.trimmed($0.text.components(separatedBy: "|")[1])) }
    }

    /// The words of a text that are long options.
    static func options(in text: String) -> [String] {
        text.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map { String($0) }
            .filter { $0.hasPrefix("--") && $0.count > 2 }
    }

    /// The spans of code in a line.
    static func spans(of line: String) -> [String] { pieces(of: line, areCode: true) }

    /// What stands between backticks, or outside of them.
    private static func pieces(of line: String, areCode: Bool) -> [String] {
        let pieces = line.components(separatedBy: "`")
        // A backtick without another opens nothing.
        let isCode = { (index: Int) in index % 2 == 1 && index + 1 < pieces.count }
        return pieces.indices.filter { isCode($0) == areCode }.map { pieces[$0] }
    }
}
