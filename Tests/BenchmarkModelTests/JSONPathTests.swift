import BenchmarkModel
import Testing

/// Singular queries of RFC 9535.
@Suite struct JSONPathTests {
    @Test(
        arguments: [
            ("$", []),
            ("$.a", [.name("a")]),
            ("a", [.name("a")]),
            ("jobs[0].read.iops", [.name("jobs"), .index(0), .name("read"), .name("iops")]),
            ("$.jobs[0].read.iops", [.name("jobs"), .index(0), .name("read"), .name("iops")]),
            ("[0].x", [.index(0), .name("x")]),
            ("$[-1]", [.index(-1)]),
            ("['a b']", [.name("a b")]),
            ("$['a.b']['$']", [.name("a.b"), .name("$")]),
            ("clat_ns.percentile[\"99.000000\"]", [.name("clat_ns"), .name("percentile"), .name("99.000000")]),
            ("$['']", [.name("")]),
            ("$[ 'a' ] [ 7 ]\t.b", [.name("a"), .index(7), .name("b")]),
            ("$['it\\'s']", [.name("it's")]),
            ("$[\"it's \\\"x\\\"\"]", [.name("it's \"x\"")]),
            ("$['\\u00e9\\ud83d\\ude00\\n\\/']", [.name("é😀\n/")]),
            ("é.ü_1", [.name("é"), .name("ü_1")]),
            ("$[9007199254740991]", [.index(9_007_199_254_740_991)]),
        ] as [(String, [JSONPath.Step])])
    func isRead(_ text: String, _ steps: [JSONPath.Step]) {
        #expect(JSONPath(text)?.steps == steps)
        #expect(JSONPath.problem(in: text) == nil)
    }

    @Test(arguments: [
        ("", "it is empty"),
        ("$..a", "'..' selects any number of values"),
        ("a.*", "'*' selects any number of values"),
        ("*", "'*' selects any number of values"),
        ("a[*]", "'*' selects any number of values"),
        ("a[0:1]", "':' selects any number of values"),
        ("a[:1]", "':' selects any number of values"),
        ("a['x','y']", "',' selects any number of values"),
        ("a[?@.x]", "'?' selects any number of values"),
        ("a[01]", "'01' is no index: it is written without leading zeros"),
        ("a[-0]", "'-0' is no index: it is written without leading zeros"),
        ("a[9007199254740992]", "'9007199254740992' is beyond all indices"),
        ("a[-9223372036854775808]", "'-9223372036854775808' is beyond all indices"),
        ("a[99999999999999999999]", "'99999999999999999999' is beyond all indices"),
        ("a[+1]", "character 3 is '+' where an index or a name in quotes is expected"),
        ("a[]", "character 3 is ']' where an index or a name in quotes is expected"),
        ("a[x]", "character 3 is 'x' where an index or a name in quotes is expected"),
        ("a[0", "']' is missing at its end"),
        ("a[-]", "character 4 is ']' where an index or a name in quotes is expected"),
        ("$a", "character 2 is 'a' where '.name', '[index]' or ['name'] is expected"),
        ("a-b", "character 2 is '-' where '.name', '[index]' or ['name'] is expected"),
        ("a b", "character 3 is 'b' where '.name', '[index]' or ['name'] is expected"),
        ("a ", "blanks follow it"),
        ("1a", "character 1 is '1' where a name (write ['...'] around one with other characters) is expected"),
        ("a.", "a name (write ['...'] around one with other characters) is missing at its end"),
        (".a", "character 1 is '.' where a name (write ['...'] around one with other characters) is expected"),
        ("a['b", "a quote is not closed"),
        ("a['b\\", "a quote is not closed"),
        ("a['\\x']", "'\\x' is no escape of a name"),
        ("a[\"\\'\"]", "'\\'' is no escape of a name"),
        ("a['\\ud800']", "'\\u' is no escape of a name"),
        ("a['\\ude00']", "'\\u' is no escape of a name"),
        ("a['\\ud800\\u0041']", "'\\u' is no escape of a name"),
        ("a['\\u12']", "four hexadecimal digits follow '\\u'"),
        ("a['\u{1}']", "a name holds a control character"),
    ])
    func isRefused(_ text: String, _ problem: String) {
        #expect(JSONPath(text) == nil)
        #expect(JSONPath.problem(in: text) == problem)
    }

    @Test func isBounded() {
        let long = "a" + String(repeating: ".b", count: 2_048)
        #expect(JSONPath(String(long.dropLast(2)))?.steps.count == 2_048)
        #expect(JSONPath.problem(in: long) == "it has more than 4096 characters")
    }
}
