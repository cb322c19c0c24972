import BenchmarkModel
import Glibc

/// Finds the one number that a POSIX extended regular expression with one group marks in lines of text.
///
/// Lines are those of ``LineMatcher``: they end with a line feed, a carriage return before it is not part of them, NUL bytes count
/// as blanks, the locale is C.
final class FigureExpression {
    /// No longer line is judged: its number might be cut in two.
    static let lineLimit = 64 << 10
    static let stopped = FigureProblem("looking for figures took too long, and was given up")

    private let pattern: String
    private var compiled = regex_t()
    private let problem: Int32

    init(_ pattern: String) {
        self.pattern = pattern
        problem = regcomp(&compiled, pattern, REG_EXTENDED)
    }

    deinit {
        if problem == 0 { regfree(&compiled) }
    }

    /// The number.
    ///
    /// - Parameter isStopped: asked before each line that takes long; true gives up.
    /// - Throws: ``FigureProblem`` where not exactly one line matches, or where the group is no number.
    func value(in text: [UInt8], isStopped: () -> Bool) throws(FigureProblem) -> Double {
        // The reader of suites has refused such.
        guard problem == 0, compiled.re_nsub == 1 else {
            throw FigureProblem("/\(pattern)/ is no regular expression with one group")
        }
        let text = text.contains(0) ? text.map { $0 == 0 ? 32 : $0 } : text
        var lines = 0
        var first: (line: Int, group: Range<Int>)?
        var matches = 0
        var hasLongMatch: Int?
        var isGivenUp = false
        text.withUnsafeBytes { buffer in
            var start = 0
            while start < buffer.count {
                let end = FigureExpression.endOfLine(in: buffer, from: start)
                lines += 1
                if end - start > 1_024 || lines % 1_024 == 0, isStopped() {
                    isGivenUp = true
                    return
                }
                if let group = match(in: buffer, from: start, to: min(end, start + FigureExpression.lineLimit)) {
                    matches += 1
                    first = first ?? (lines, group)
                    if end - start > FigureExpression.lineLimit { hasLongMatch = lines }
                }
                start = end + 1
            }
        }
        if isGivenUp { throw FigureExpression.stopped }
        if let hasLongMatch {
            throw FigureProblem(
                "line \(hasLongMatch), which matches /\(pattern)/, is longer than the \(FigureExpression.lineLimit >> 10) KiB "
                    + "in which a number is looked for")
        }
        guard let only = first else {
            throw FigureProblem(
                lines == 0 ? "it is empty" : "no line of its \(lines) line\(lines == 1 ? "" : "s") matches /\(pattern)/"
            )
        }
        guard matches == 1 else {
            throw FigureProblem("\(matches) lines match /\(pattern)/, and one must")
        }
        guard !only.group.isEmpty else {
            throw FigureProblem("line \(only.line) matches /\(pattern)/ with nothing in the group")
        }
        return try FigureNumber.value(FigureExpression.trimmed(text[only.group]))
    }

    /// Where the line ends that begins at a place: at its line feed, or at the end.
    private static func endOfLine(in buffer: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = buffer.baseAddress, let found = memchr(base + start, 10, buffer.count - start) else {
            return buffer.count
        }
        return base.distance(to: UnsafeRawPointer(found))
    }

    /// The group in a line that matches: empty where it took no part.
    private func match(in buffer: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Range<Int>? {
        guard let base = buffer.baseAddress else { return nil }
        var end = end
        if end > start, buffer[end - 1] == 13 { end -= 1 }
        // The line to be searched is told in the place of the first group (REG_STARTEND); groups count from there.
        var groups = [regmatch_t(rm_so: 0, rm_eo: regoff_t(end - start)), regmatch_t()]
        let line = (base + start).assumingMemoryBound(to: CChar.self)
        guard regexec(&compiled, line, groups.count, &groups, REG_STARTEND) == 0 else { return nil }
        guard groups[1].rm_so >= 0, groups[1].rm_eo >= groups[1].rm_so else { return start..<start }
        return start + Int(groups[1].rm_so)..<start + Int(groups[1].rm_eo)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 }
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
