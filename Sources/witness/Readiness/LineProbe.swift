import CWitnessShims

/// `line`: a whole line of the command's output matches a POSIX extended regular expression, byte by byte (C locale).
///
/// Lines end with a line feed; a carriage return before it is not part of the line. What has no line feed yet is not
/// judged, for it may go on. Of a line longer than 64 KiB the first 64 KiB are judged. NUL bytes count as blanks.
final class LineProbe: Probe {
    static let lineLimit = 64 << 10
    /// The C library's parser recurses with the nesting of an expression, so its length bounds the stack.
    static let patternLimit = 4_096

    private let pattern: UnsafePointer<CChar>
    private let output: Int32
    private var expression = regex_t()
    /// So much of a line is quoted.
    private static let quoted = 200
    /// The last line that was not empty, or its beginning.
    private let lastLine = UnsafeMutablePointer<CChar>.allocate(capacity: quoted + 1)
    private let line = UnsafeMutablePointer<CChar>.allocate(capacity: lineLimit + 1)
    private var lineCount = 0
    private var skipsToLineEnd = false
    private let chunk = UnsafeMutablePointer<CChar>.allocate(capacity: chunkCapacity)
    private var linesRead: UInt64 = 0

    private static let chunkCapacity = 16 << 10

    init(pattern: UnsafePointer<CChar>, output: Int32, _ failure: (Message) -> Never) {
        self.pattern = pattern
        self.output = output
        super.init()
        lastLine[0] = 0
        if strlen(pattern) > LineProbe.patternLimit {
            failure(Message("the readiness expression is longer than 4096 bytes"))
        }
        let number = regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB)
        guard number != 0 else { return }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 200) { buffer in
            guard let start = buffer.baseAddress else { return }
            regerror(number, &expression, start, buffer.count)
            failure(Message("the readiness expression /").quote(pattern).add("/ is not valid: ").quote(start))
        }
    }

    override func holds(until deadline: UInt64) -> Bool {
        while true {
            let got = read(output, chunk, LineProbe.chunkCapacity)
            if got < 0, witness_errno() == EINTR { continue }
            guard got > 0 else { return false }
            for index in 0..<got where take(chunk[index]) {
                return true
            }
            // A command may write faster than this reads.
            if Clock.nanoseconds() >= deadline { return false }
        }
    }

    /// Takes one byte of output; whether it completes a line that matches.
    private func take(_ byte: CChar) -> Bool {
        let isEnd = byte == CChar(bitPattern: UInt8(ascii: "\n"))
        if skipsToLineEnd {
            skipsToLineEnd = !isEnd
            return false
        }
        if !isEnd {
            line[lineCount] = byte == 0 ? CChar(bitPattern: UInt8(ascii: " ")) : byte
            lineCount += 1
            guard lineCount == LineProbe.lineLimit else { return false }
            skipsToLineEnd = true
        }
        if lineCount > 0, line[lineCount - 1] == CChar(bitPattern: UInt8(ascii: "\r")) { lineCount -= 1 }
        line[lineCount] = 0
        if lineCount > 0 {
            let count = min(lineCount, LineProbe.quoted)
            memcpy(lastLine, line, count)
            lastLine[count] = 0
        }
        lineCount = 0
        linesRead += 1
        return regexec(&expression, line, 0, nil, 0) == 0
    }

    /// What the command printed last, for the case that it ended.
    override func describeEnd(_ text: Message) {
        let words = lineCount > 0 ? line : lastLine
        if lineCount > 0 { line[min(lineCount, LineProbe.quoted)] = 0 }
        if words[0] != 0 { text.add("; its last words: ").quote(words) }
    }

    override func describe(_ text: Message) {
        text.add("a line of output matches /").quote(pattern).add("/; last seen: ")
        text.add(linesRead).add(linesRead == 1 ? " line" : " lines").add(", none of which matches")
    }
}
