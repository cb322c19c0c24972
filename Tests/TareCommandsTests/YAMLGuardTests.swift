import BenchmarkModel
import Testing

@testable import TareCommands

/// What is refused before YAML is composed, and what must not be.
@Suite struct YAMLGuardTests {
    private func refusal(_ text: String, depth: Int = 16, nodes: Int = 10_000) -> TareError? {
        YAMLGuard.check(text, file: "s.yaml", mostDepth: depth, mostNodes: nodes)
    }

    /// Everywhere an alias could hide from one who only looks for words.
    static let hidden = [
        "a: &x 1",
        "a: *x",
        "a:\t&x 1",
        "- &x [1]",
        "--- &x\na: 1",
        "--- {a: &x 1}",
        "{\"a\":&x 1}",
        "[1,&x 2]",
        "&x a: 1",
        "? &x a\n: 1",
        "# comment\r\na: &x 1\r\n",
        "# comment\ra: &x 1\r",
        // A quote, a bar or a sign that belongs to a text opens nothing.
        "a: it\n  'tis\nb: &x 1",
        "a: it\n  \"is\nb: &x 1",
        "a: [it\n  'tis, &x 1]",
        "a: [b:'c, &x 1]",
        "- a: |\n    text\n  b: &x 1",
        "a: b\n  | c\nd: &x 1",
        "a: |\n  text\nb: &x 1",
        "a: |1\n text\nb: &x 1",
        "a: 'it''s'\nb: &x 1",
        "a: \"\\\"\"\nb: &x 1",
        "a: \"two\n  lines\"\nb: &x 1",
        "\u{feff}a: &x 1",
    ]

    @Test(arguments: hidden) func findsAnAnchorOrAlias(_ text: String) throws {
        let error = try #require(refusal(text))
        #expect(error.message == "anchors and aliases are not taken in suites")
        #expect(error.location?.file == "s.yaml")
    }

    @Test func saysWhereItIs() {
        #expect(refusal("a: 1\nb:\n  - &x 1")?.location == TareError.Location(file: "s.yaml", line: 3, column: 5))
        #expect(refusal("{\"ä\":&x 1}")?.location == TareError.Location(file: "s.yaml", line: 1, column: 6))
    }

    @Test(arguments: ["a: !x 1", "a: !!binary aGk=", "- !<tag:x,2000:y> z", "!!map {a: 1}"])
    func findsATag(_ text: String) {
        #expect(refusal(text)?.message == "tags are not taken in suites")
    }

    @Test(arguments: ["a: 1\n---\nb: 2", "a: 1\n...\n---\nb: 2", "---\n---\n"])
    func findsAFurtherDocument(_ text: String) {
        #expect(refusal(text)?.message == "a suite is one YAML document")
    }

    @Test(arguments: ["%YAML 1.1\n---\na: 1", "%TAG ! tag:x,2000:\n---\na: 1"]) func findsADirective(_ text: String) {
        #expect(refusal(text)?.message == "YAML directives are not taken")
    }

    static let ordinary = [
        "---\na: 1\n",
        "a: 1\n...\n",
        "command: [sh, -c, 'a && b & c * 2']",
        "command: [sh, -c, \"echo *.txt > x 2>&1\"]",
        "command: [sh, -c, a && b]",
        "command:\n  - sh\n  - -c\n  - a & b | c > d * e ! f",
        "url: http://host:80/path?a=1&b=*#fragment",
        "urls: [http://host/a#b, https://x/?q=&r]",
        "a: it's 5 o'clock # 'comment\nb: \"say \\\"&x\\\"\"",
        "a: it\n  'tis & *that\nb: 1",
        "files:\n  /etc/x: |\n    &anchor *alias !tag\n    --- [[[ {{{ '\n  /etc/y: >-\n    \"quoted\n",
        "a: |2\n    &x\nb: 1",
        "a: '&x'\nb: \"*x\"\nc: '!x'",
        "a: 'two\n  lines &x'\nb: 1",
        "a: x - y\nb: -5\nc: a-b",
        "a: <<EOF\n",
        "# &x *y !z\na: 1 # &x",
        "a: 50%\nb: {c: 10 %}",
        "a: 1\r\nb: [x,\r\n  y]\r\nc: |\r\n  &x\r\n",
        "a: \"\u{1f40b} ü\"",
        "a:\n- b\n- c:\n  - d",
        "",
    ]

    @Test(arguments: ordinary) func letsOrdinaryTextPass(_ text: String) {
        let found = refusal(text)
        #expect(found == nil, "\(found.map(String.init(describing:)) ?? "")")
    }

    @Test func countsDepth() {
        #expect(refusal("a: [[[1]]]", depth: 4) == nil)
        #expect(refusal("a: [[[1]]]", depth: 3)?.message == "nested deeper than 3")
        #expect(refusal("a:\n  b:\n    c:\n      d: 1", depth: 3)?.message == "nested deeper than 3")
        #expect(refusal("- - - - 1", depth: 3)?.message == "nested deeper than 3")
        #expect(refusal("a: \"[[[[[[\"", depth: 3) == nil)
        #expect(refusal("a: it\n  '\nb: [[[[", depth: 3)?.message == "nested deeper than 3")
        // What is closed is deep no more.
        #expect(refusal("a: [[1], [2], [3]]\nb: [[4]]", depth: 3) == nil)
    }

    @Test func countsValues() {
        #expect(refusal("[" + String(repeating: "1,", count: 98) + "1]", nodes: 100) == nil)
        #expect(refusal("[" + String(repeating: "1,", count: 99) + "1]", nodes: 100)?.message == "more than 100 values")
    }

    @Test(.timeLimit(.minutes(1))) func refusesBombs() throws {
        var laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n"
        for (before, after) in zip("abcdefghi", "bcdefghij") {
            laughs += "\(after): &\(after) [" + Array(repeating: "*\(before)", count: 9).joined(separator: ",") + "]\n"
        }
        laughs += "? *j\n: 1\n"
        #expect(SuiteText.errors(laughs).map(\.message) == ["anchors and aliases are not taken in suites"])
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
            let deep = String(repeating: open, count: 100_000) + String(repeating: close, count: 100_000)
            let error = try #require(SuiteText.errors(deep).first, "\(open)")
            #expect(error.message == "nested deeper than 16", "\(open)")
        }
        let wide = "a: [" + String(repeating: "1,", count: 400_000) + "1]"
        #expect(SuiteText.errors(wide).first?.message == "more than 10000 values")
    }
}
