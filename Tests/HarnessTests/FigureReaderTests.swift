import BenchmarkModel
import Testing

@testable import Harness

/// What is read out of texts, and what is said where nothing can be. Expected values are written out by hand.
@Suite struct FigureReaderTests {
    private func read(_ place: FigureSpec.Place, _ text: FigureText) -> FigureReader.Found {
        let spec = FigureSpec(name: "iops", place: place, unit: "1/s", polarity: .higherIsBetter)
        return FigureReader([spec]).read([.output: text])
    }

    private func match(_ pattern: String, _ text: String) -> FigureReader.Found {
        read(.match(pattern), .text(Array(text.utf8)))
    }

    private func json(_ path: String, _ text: String) -> FigureReader.Found {
        read(.json(path), .text(Array(text.utf8)))
    }

    // MARK: Regular expressions

    @Test(arguments: [
        ("events per second: +([0-9.]+)$", "a\n events per second:   1234.56\r\nb\n", 1_234.56),
        ("^x (.*)$", "x  \t-1.5e3 \n", -1_500), ("x=([^ ]*)", "x=+.25", 0.25), ("x=([^ ]*)", "x=7.\nlast", 7),
        ("^([0-9]+)$", "0", 0), ("(-?[0-9]+) ops", "rate -12 ops", -12), ("t ([0-9]+)", "\u{0}t\u{0}5\n", 5),
    ])
    func oneLineGivesItsNumber(pattern: String, text: String, value: Double) {
        #expect(match(pattern, text) == FigureReader.Found(values: ["iops": value]))
    }

    @Test(arguments: [
        ("", "it is empty"), ("one\n", "no line of its 1 line matches /n: (.*)/"),
        ("a\nb\nc", "no line of its 3 lines matches /n: (.*)/"),
        ("n: 1\nx\nn: 2\n", "2 lines match /n: (.*)/, and one must"),
        ("n: 1\nn: 1\n", "2 lines match /n: (.*)/, and one must"),
        ("n: ", "line 1 matches /n: (.*)/ with nothing in the group"), ("n: 12ms", "'12ms' is no number"),
        ("n: nan", "'nan' is no number"), ("n: 0x10", "'0x10' is no number"),
        ("n: 1e999", "'1e999' is no finite number"),
        ("n: --1", "'--1' is no number"), ("n: 1e", "'1e' is no number"), ("n: .", "'.' is no number"),
        ("n: \u{1B}[1m5", "'?[1m5' is no number"),
        (
            "n: 1,234.5",
            "'1,234.5' has thousands separators, which are not understood: let the tool print plain numbers (LC_ALL=C in the "
                + "workload's environment, or an option of its own)"
        ), ("n: 1,5", "'1,5' is no number"),
    ])
    func everythingElseSaysWhy(text: String, reason: String) {
        #expect(match("n: (.*)", text) == FigureReader.Found(problems: ["figure 'iops' in its output: \(reason)"]))
    }

    @Test func anOptionalGroupThatTookNoPartIsNone() {
        #expect(match("total( [0-9]+)?", "total").problems.first?.hasSuffix("with nothing in the group") == true)
    }

    @Test func ofALongLineNoHalfANumberIsTaken() {
        let long = String(repeating: "x", count: FigureExpression.lineLimit - 4) + " 123456"
        #expect(
            match("x ([0-9]+)", long).problems == [
                "figure 'iops' in its output: line 1, which matches /x ([0-9]+)/, is longer than the 64 KiB in which a number is "
                    + "looked for"
            ])
        #expect(match("^n ([0-9]+)", long + "\nn 5").values == ["iops": 5], "another line is no matter of that")
    }

    @Test func bytesThatAreNoTextAreBytes() {
        let bytes = [UInt8](0...255).filter { $0 != 10 } + Array("\nn 5\n".utf8) + [0xFF, 0xFE]
        #expect(read(.match("^n ([0-9]+)"), .text(bytes)).values == ["iops": 5])
    }

    @Test func itGivesUpWhenItIsTold() {
        let spec = FigureSpec(name: "a", place: .match("(1)"), unit: "x", polarity: .lowerIsBetter)
        var asked = 0
        let reader = FigureReader([spec]) {
            asked += 1
            return asked > 1
        }
        let text = [UInt8](repeating: 10, count: 5_000)
        #expect(
            reader.read([.output: .text(text)]).problems == [
                "figure 'a' in its output: looking for figures took too long, and was given up"
            ])
    }

    // MARK: JSON

    @Test(arguments: [
        ("jobs[0].read.iops", #"{"jobs": [{"read": {"iops": 51.5}}]}"#, 51.5),
        ("$.a[-1]", "note: x\n{\"a\": [1, 2,\n 3]}\nend\n", 3), ("['a b']", "{\"a b\":\"12.5\"}", 12.5),
        ("[1]", "[ 10s ] threads: 1\n[4, 5]  \n[1] 4711\n", 5), ("a", "\u{FEFF}{\"a\": -0.5e1}", -5),
        ("a", #"{"b": {"a": 1}, "a": 2, "c": [{"a": 3}]}"#, 2), ("$['é\u{1F600}']", #"{"\u00e9\ud83d\ude00": 4}"#, 4),
        ("a", "{\"s\": \"}]\\\"{\\n\", \"a\": 6, \"e\": {}, \"f\": [[], null, true, false]}", 6),
        ("$['a\\'b']", #"{"a'b": 8}"#, 8), ("a", "{\n\n\"a\"\n:\n9}\n", 9),
    ])
    func theValueAtAPath(path: String, text: String, value: Double) {
        #expect(json(path, text) == FigureReader.Found(values: ["iops": value]))
    }

    @Test(arguments: [
        ("a", "no\n", "no JSON document begins in any of its lines"),
        ("a", "{\"a\": 1}\nx\n{\"a\": 2}\n", "JSON documents begin in line 1 and in line 3, and there must be one"),
        ("a", "{\n\"a\": 1\n}\n[]\n", "JSON documents begin in line 1 and in line 4, and there must be one"),
        ("a", "ok\n{\"a\": 1, \"b\": [2", "the JSON document that begins in line 2 does not end"),
        ("a", "{\"a\": \"1", "the JSON document that begins in line 1 does not end"),
        (
            "a", "{\"a\": NaN}",
            "no JSON document begins in any of its lines; what begins in line 1 is not JSON near '{\"a\": NaN}'"
        ),
        (
            "a", "{\"a\": 01}",
            "no JSON document begins in any of its lines; what begins in line 1 is not JSON near '{\"a\": 01}'"
        ), ("b", "{\"a\": 1}", "there is no value at b (step 1: the object has no member 'b')"),
        ("a.b", "{\"a\": 1}", "there is no value at a.b (step 2: no object stands there)"),
        ("a[0]", "{\"a\": {}}", "there is no value at a[0] (step 2: no array stands there)"),
        ("a[2]", "{\"a\": [1, 2]}", "there is no value at a[2] (step 2: the array has 2 elements)"),
        ("a[-3]", "{\"a\": [1, 2]}", "there is no value at a[-3] (step 2: the array has 2 elements)"),
        ("a", "{\"a\": 1, \"a\": 1}", "2 members have the name 'a' on the way to a"),
        ("a", "{\"a\": true}", "a truth value stands at a, and no number"),
        ("a", "{\"a\": null}", "null stands at a, and no number"),
        ("a", "{\"a\": [1]}", "an array stands at a, and no number"),
        ("a", "{\"a\": {}}", "an object stands at a, and no number"),
        ("a", "{\"a\": \"1 ms\"}", "the text at a: '1 ms' is no number"),
        ("a", "{\"a\": 1e400}", "'1e400' is no finite number"),
    ])
    func whatIsNoNumberThereSaysWhy(path: String, text: String, reason: String) {
        #expect(json(path, text) == FigureReader.Found(problems: ["figure 'iops' in its output: \(reason)"]))
    }

    @Test(arguments: [
        "{\"a\":1,}", "{,}", "[1 2]", "{\"a\" 1}", "{a:1}", "[1,]", "[}", "{\"a\":tru}", "[\"\\x\"]", "[\"\\u12g4\"]",
        "[+1]",
        "[.5]", "[1.]", "[1e]", "[\"\u{1}\"]", "{\"a\":1}}", "{\"a\":1} x",
    ])
    func whatIsNoJSONIsNoDocument(text: String) {
        #expect(json("a", text).problems.first?.contains("no JSON document begins") == true, "\(json("a", text))")
    }

    /// Depth costs nothing, and is bounded; neither a long text of beginnings nor one of ends takes long.
    @Test func hostileDocumentsAreRefused() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(json("[0]", deep).problems.first?.hasSuffix("is more than 128 deep") == true)
        let most = String(repeating: "[", count: 128) + "1" + String(repeating: "]", count: 128)
        #expect(json(String(repeating: "[0]", count: 128), most).values == ["iops": 1])
        let beginnings = String(repeating: "[0,\n", count: 100) + String(repeating: "[0 \n", count: 2_000)
        #expect(json("[0]", beginnings).values.isEmpty)
        let ends = String(repeating: "]}\n", count: 10_000)
        #expect(json("[0]", ends).problems.count == 1)
    }

    // MARK: Several

    @Test func eachFigureIsReadFromItsText() {
        let specs = [
            FigureSpec(name: "a", place: .match("a ([0-9]+)"), unit: "x", polarity: .lowerIsBetter),
            FigureSpec(name: "b", source: .file("/r"), place: .json("b"), unit: "x", polarity: .lowerIsBetter),
            FigureSpec(name: "c", source: .file("/r"), place: .json("c"), unit: "x", polarity: .lowerIsBetter),
            FigureSpec(name: "d", source: .file("/no"), place: .json("c"), unit: "x", polarity: .lowerIsBetter),
            FigureSpec(name: "e", source: .file("/no"), place: .match("(1)"), unit: "x", polarity: .lowerIsBetter),
        ]
        let found = FigureReader(specs).read([
            .output: .text(Array("a 1\nb 9\n".utf8)), .file("/r"): .text(Array("{\"b\": 2}".utf8)),
            .file("/no"): .absent("No such file or directory"),
        ])
        #expect(found.values == ["a": 1, "b": 2])
        #expect(
            found.problems == [
                "figure 'c' in /r: there is no value at c (step 1: the object has no member 'c')",
                "figures 'd', 'e' in /no: No such file or directory",
            ])
    }
}
