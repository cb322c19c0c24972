import TestSupport
import Testing

@testable import Reports

/// Expected texts are the definition: three significant digits, worked out by hand.
@Suite struct FormatTests {
    @Test(arguments: [
        (812_345.0, "0.812 ms"), (31_249_000, "31.2 ms"), (9_996_000, "10.0 ms"), (999_600_000, "1000 ms"),
        (2_613_000_000, "2610 ms"), (9_999_999_999, "10000 ms"), (10_000_000_000, "10.0 s"), (83_460_000_000, "83.5 s"),
        (0, "0 ms"), (28, "0.0000280 ms"),
    ])
    func durations(nanoseconds: Double, text: String) {
        #expect(Format.duration(nanoseconds) == text)
    }

    @Test func otherFigures() {
        #expect(Format.shortDuration(28_140) == "28.1 µs")
        #expect(Format.number(.nan) == "not a number")
        #expect(Format.number(.leastNonzeroMagnitude) == "0")
        #expect(Format.bytes(128 << 20) == "128 MiB")
        #expect(Format.bytes(1000) == "1000 bytes")
        #expect(Format.list([1, 2, 3, 5, 6, 9]) == "1-3, 5, 6, 9")
        // date -u -d @1769851800 +%FT%TZ
        #expect(Format.date(1_769_851_800) == "2026-01-31T09:30:00Z")
        #expect(Format.date(.nan) == nil)
    }
}

@Suite struct TerminalTests {
    @Test func columnsAreGivenUpByRankAndSaidToBe() {
        let table = TerminalTable(
            columns: [.init("name"), .init("figure", numeric: true), .init("rare", rank: 2), .init("often", rank: 1)],
            rows: [["runc", "31.2 ms", "aaaaaaaa", "bbb"], ["q35", "2610 ms", "c", "d"]])
        #expect(
            table.render(width: 80, color: false)
                == "name   figure  rare      often\nrunc  31.2 ms  aaaaaaaa  bbb\nq35   2610 ms  c         d\n")
        #expect(
            table.render(width: 20, color: false)
                == "name   figure  often\nrunc  31.2 ms  bbb\nq35   2610 ms  d\n(not shown in 20 columns: rare)\n")
        #expect(table.render(width: 80, color: true).hasPrefix("\u{1B}[1mname"))
    }

    @Test func linesFitTheWidth() {
        let report = Report(run: SyntheticRun.full())
        for width in [80, 100, 140] {
            let text = report.terminal(width: width, color: false)
            for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        }
        #expect(report.terminal(width: 140, color: false).contains("95 % interval"))
    }
}
