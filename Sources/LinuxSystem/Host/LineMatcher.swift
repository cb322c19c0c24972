internal import CLinuxShims
import Glibc

/// Looks for a line that matches a POSIX extended regular expression, in bytes that come piece by piece.
///
/// Lines end with a line feed; a carriage return before it is not part of the line. Of a line longer than 64 KiB the first 64 KiB
/// are judged. NUL bytes count as blanks. Bytes are bytes: the locale is C.
package final class LineMatcher {
    /// So much of a line is judged.
    static let lineLimit = 64 << 10
    /// Characters that mean something else than themselves.
    private static let special = Set("\\^$.[]|()*+?{}".utf8)

    private enum Way {
        /// The line holds, begins with, ends with or is these bytes: most expressions are no more, and are judged much faster.
        case literal([UInt8], atStart: Bool, atEnd: Bool)
        case expression
    }

    private let way: Way
    private var expression = regex_t()
    /// The same for many lines at once: it finds every line that matches, and places over several lines that are none.
    private var multiline = regex_t()
    private let isPassedOver: (([UInt8]) -> Bool)?
    private var line: [UInt8] = []
    private var skipsToLineEnd = false
    /// How many lines were judged.
    package private(set) var lines = 0
    /// Whether one matched.
    package private(set) var hasMatched = false

    /// - Parameters:
    ///   - pattern: one in which ``RegularExpressions/problem(in:)`` finds no problem.
    ///   - isPassedOver: lines that are not judged.
    package init(_ pattern: String, isPassedOver: (([UInt8]) -> Bool)? = nil) {
        self.isPassedOver = isPassedOver
        line.reserveCapacity(512)
        var text = Array(pattern.utf8)
        let atStart = text.first == UInt8(ascii: "^")
        if atStart { text.removeFirst() }
        let atEnd = text.last == UInt8(ascii: "$")
        if atEnd { text.removeLast() }
        if !text.isEmpty, !text.contains(where: LineMatcher.special.contains) {
            way = .literal(text, atStart: atStart, atEnd: atEnd)
        } else {
            way = .expression
            // What does not compile matches nothing; the reader of suites has refused it.
            _ = regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB)
            _ = regcomp(&multiline, pattern, REG_EXTENDED | REG_NEWLINE)
        }
    }

    deinit {
        guard case .expression = way else { return }
        regfree(&expression)
        regfree(&multiline)
    }

    /// Bytes were left out: the line that was begun and the rest of that in which it goes on are not judged.
    package func forgetLine() {
        line.removeAll(keepingCapacity: true)
        skipsToLineEnd = true
    }

    /// Takes the next bytes, and says whether a line that they complete matches. Nothing is judged after that.
    @discardableResult
    package func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard var start = bytes.baseAddress else { return hasMatched }
        let end = start + bytes.count
        while !hasMatched, start < end {
            // Looked through up to the first byte that is judged as something else than it is; its line is taken by itself.
            let plain = plainEnd(start, end)
            if line.isEmpty, !skipsToLineEnd, let last = tare_find_last(start, 10, plain - start) {
                search(UnsafeRawBufferPointer(start: start, count: last - start + 1))
                start = last + 1
            } else {
                start = takeLine(start, end)
            }
        }
        return hasMatched
    }

    /// Takes bytes up to the end of a line, or all.
    ///
    /// - Returns: where it goes on.
    private func takeLine(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
        guard let found = memchr(start, 10, end - start) else {
            add(UnsafeRawBufferPointer(start: start, count: end - start))
            return end
        }
        let length = UnsafeRawPointer(found) - start
        add(UnsafeRawBufferPointer(start: start, count: length))
        endLine()
        return start + length + 1
    }

    /// Up to where lines may be looked through all at once. At most as far as a line is judged: an expression may take a time
    /// that grows with the square of what it is tried on.
    private func plainEnd(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
        guard isPassedOver == nil else { return start }
        var end = min(end, start + LineMatcher.lineLimit)
        for odd in [Int32(13), 0] {
            if let found = memchr(start, odd, end - start) { end = UnsafeRawPointer(found) }
        }
        return end
    }

    /// Looks through whole lines for places where one might match, and judges those lines one by one: a workload may print faster
    /// than an expression can be tried on every line.
    private func search(_ block: UnsafeRawBufferPointer) {
        guard var start = block.baseAddress else { return }
        let end = start + block.count
        while !hasMatched, start < end {
            guard let place = candidate(start, end), place < end else { break }
            let before = tare_find_last(start, 10, place - start).map { $0 + 1 } ?? start
            lines += tare_count(start, 10, before - start)
            start = takeLine(before, end)
        }
        if !hasMatched { lines += tare_count(start, 10, end - start) }
    }

    /// Where the first line that might match has something to show for it; nil where none has.
    private func candidate(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer? {
        switch way {
        case .literal(let text, _, _):
            return text.withUnsafeBytes { tare_find(start, end - start, $0.baseAddress, $0.count) }
        case .expression:
            // The end of the place to be searched is told in the place of the first group (REG_STARTEND).
            var found = regmatch_t(rm_so: 0, rm_eo: Int32(end - start))
            let text = start.assumingMemoryBound(to: CChar.self)
            return regexec(&multiline, text, 1, &found, REG_STARTEND) == 0 ? start + Int(found.rm_so) : nil
        }
    }

    /// The same of an array.
    @discardableResult
    package func take(_ bytes: some Sequence<UInt8>) -> Bool {
        Array(bytes).withUnsafeBytes { take($0) }
    }

    private func add(_ bytes: UnsafeRawBufferPointer) {
        guard !skipsToLineEnd else { return }
        let room = LineMatcher.lineLimit - line.count
        line.append(contentsOf: bytes.prefix(room))
        // What goes on is judged as far as it is kept.
        if bytes.count >= room, line.count == LineMatcher.lineLimit {
            judge()
            skipsToLineEnd = true
        }
    }

    private func endLine() {
        if skipsToLineEnd { skipsToLineEnd = false } else { judge() }
        line.removeAll(keepingCapacity: true)
    }

    private func judge() {
        if line.last == 13 { line.removeLast() }
        if let isPassedOver, isPassedOver(line) { return }
        lines += 1
        switch way {
        case .literal(let text, let atStart, let atEnd): hasMatched = holds(text, atStart, atEnd)
        case .expression:
            for index in line.indices where line[index] == 0 { line[index] = 32 }
            line.append(0)
            hasMatched = line.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return false }
                return regexec(&expression, start.assumingMemoryBound(to: CChar.self), 0, nil, 0) == 0
            }
            line.removeLast()
        }
    }

    private func holds(_ text: [UInt8], _ atStart: Bool, _ atEnd: Bool) -> Bool {
        guard line.count >= text.count else { return false }
        if atStart, atEnd, line.count != text.count { return false }
        // A blank of the expression stands for a NUL too.
        if text.contains(32), line.contains(0) { line = line.map { $0 == 0 ? 32 : $0 } }
        if atStart { return line.starts(with: text) }
        if atEnd { return line.suffix(text.count).elementsEqual(text) }
        return line.withUnsafeBytes { line in
            text.withUnsafeBytes { tare_find(line.baseAddress, line.count, $0.baseAddress, $0.count) != nil }
        }
    }
}
