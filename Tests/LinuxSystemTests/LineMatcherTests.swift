import Testing

@testable import LinuxSystem

@Suite struct LineMatcherTests {
    /// Whole, and byte by byte: pieces must not matter.
    private func matches(_ text: [UInt8], _ pattern: String) -> Bool {
        let whole = LineMatcher(pattern).take(text)
        let single = LineMatcher(pattern)
        for byte in text { single.take([byte]) }
        #expect(single.hasMatched == whole, "\(pattern)")
        return whole
    }

    @Test(arguments: [
        ("one\nready: 5\n", "^ready: [0-9]+$", true), ("ready\r\n", "^ready$", true), ("a\0b\n", "^a b$", true),
        ("a\0b\n", "^a [b]$", true), ("already\n", "(steady|ready)", true), ("\n", "^$", true),
        ("ready", "ready", false),
        ("one\ntwo\nready", "^ready$", false), ("already\n", "^ready$", false), ("ready1\n", "ready$", false),
        ("1ready\n", "ready$", true), ("ready1\n", "^ready", true), ("xreadyx\n", "ready", true),
        ("rready\n", "ready", true),
        ("a.b\n", "a\\.b", true), ("axb\n", "a\\.b", false), ("\n\nx\n", "x", true), ("", "x", false),
    ])
    func wholeLinesAreJudged(_ text: String, _ pattern: String, _ expected: Bool) {
        #expect(matches(Array(text.utf8), pattern) == expected)
    }

    /// Lines are looked through many at a time: what matches over the end of one is no line.
    @Test(arguments: [
        ("up\ndone\nup done\n", "up[[:space:]]+done", 3), ("up\ndone\n", "up[[:space:]]+done", nil),
        ("a\nb\nc\n", "^[^x]*$", 1), ("a\n\nb\n", "^$", 2), ("xx\nxup\nup\n", "^up$", 3), ("xup\nupx\n", "^up$", nil),
        ("1\n22\n333\n4444\n", "^(3+|4+)$", 3), ("a\nb\r\nc\n", "^b$", 2), ("one\ntwo\n", "[o-w]{3}", 2),
    ])
    func manyLinesAtOnce(_ text: String, _ pattern: String, _ line: Int?) {
        let matcher = LineMatcher(pattern)
        #expect(matcher.take(Array(text.utf8)) == (line != nil))
        #expect(matcher.lines == line ?? text.split(separator: "\n", omittingEmptySubsequences: false).count - 1)
        _ = matches(Array(text.utf8), pattern)
    }

    @Test func ofALongLineTheBeginningIsJudged() {
        let long = [UInt8](repeating: 48, count: 70_000)
        for pattern in ["tail", "tai[l]"] {
            #expect(!LineMatcher(pattern).take(long + Array("tail\n".utf8)))
            #expect(LineMatcher(pattern).take(Array("tail".utf8) + long), "before its end has come")
            let matcher = LineMatcher(pattern)
            matcher.take(long + Array("\nno\ntail\n".utf8))
            #expect(matcher.hasMatched && matcher.lines == 3)
        }
    }

    @Test func somePassUnjudged() {
        let matcher = LineMatcher("x") { $0.first == UInt8(ascii: "[") }
        matcher.take(Array("[ 1.0] x\nno\n".utf8))
        #expect(!matcher.hasMatched && matcher.lines == 1)
        #expect(matcher.take(Array("x\n".utf8)))
    }

    @Test func muchOutputIsReadToItsEnd() {
        let matcher = LineMatcher("^up$")
        let chunk = Array(String(repeating: "y\n", count: 32 << 10).utf8)
        for _ in 0..<64 { #expect(!matcher.take(chunk)) }
        #expect(matcher.take(Array("up\n".utf8)))
        #expect(matcher.lines == 64 * (32 << 10) + 1)
    }
}
