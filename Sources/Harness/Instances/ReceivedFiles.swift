import BenchmarkModel

/// The files of an instance that figures are read from, as they come over its mark channel.
///
/// Each comes in pieces: a length in decimal, from 1 to 65536, a line feed, and so many bytes; `0` and a line feed end it, and `-`, a
/// reason and a line feed say instead why there is none (specified with the witness, Sources/witness).
struct ReceivedFiles: Sendable, Equatable {
    private enum Phase: Equatable {
        /// No file is coming.
        case none
        /// The text before a piece, or in the place of one.
        case head([UInt8])
        /// So many bytes of a piece are still to come.
        case piece(Int)
    }

    static let mostPieceBytes = 64 << 10
    /// Of a reason so many bytes are kept.
    private static let mostReasonBytes = 1_024

    /// How many are awaited.
    let expected: Int
    /// Those that have come, in the order of the configuration.
    private(set) var files: [FigureText] = []
    /// How many bytes came in all: by this it is seen that they still come.
    private(set) var arrivedBytes = 0
    private var phase = Phase.none
    private var bytes: [UInt8] = []

    init(expected: Int = 0) {
        self.expected = expected
    }

    var isReceiving: Bool { phase != .none }
    var areComplete: Bool { files.count >= expected }

    /// Begins a file.
    ///
    /// - Returns: whether one is awaited.
    mutating func begin() -> Bool {
        guard !areComplete else { return false }
        phase = .head([])
        return true
    }

    /// Takes what belongs to the file that is coming off the front of bytes, one byte at least.
    ///
    /// - Returns: how many of them were not of the protocol.
    mutating func take(_ rest: inout ArraySlice<UInt8>) -> Int {
        switch phase {
        case .none: return 0
        case .piece(let left):
            let piece = rest.prefix(left)
            rest = rest.dropFirst(piece.count)
            arrivedBytes += piece.count
            bytes.append(contentsOf: piece)
            phase = piece.count == left ? .head([]) : .piece(left - piece.count)
            return 0
        case .head(let text):
            let byte = rest.removeFirst()
            arrivedBytes += 1
            return takeHead(text, byte)
        }
    }

    private mutating func takeHead(_ text: [UInt8], _ byte: UInt8) -> Int {
        let isReason = text.first == UInt8(ascii: "-")
        guard byte == UInt8(ascii: "\n") else {
            let isInPlace = isReason || (48...57).contains(byte) || (text.isEmpty && byte == UInt8(ascii: "-"))
            if isInPlace, text.count < (isReason ? ReceivedFiles.mostReasonBytes : 5) {
                phase = .head(text + [byte])
                return 0
            }
            // A reason goes on to its line feed. In a length nobody knows where it would go on.
            if !isReason { end(.absent("it did not come as the protocol says")) }
            return 1
        }
        if isReason {
            end(.absent(String(decoding: text.dropFirst(), as: UTF8.self)))
        } else if let length = Int(String(decoding: text, as: UTF8.self)), length <= ReceivedFiles.mostPieceBytes {
            if length == 0 {
                end(.text(bytes))
            } else if bytes.count + length > FigureSpec.mostTextBytes {
                // The witness stops before that, and says so.
                end(.absent(FigureText.tooLong))
            } else {
                phase = .piece(length)
            }
        } else {
            end(.absent("it did not come as the protocol says"))
            return 1
        }
        return 0
    }

    private mutating func end(_ file: FigureText) {
        files.append(file)
        bytes = []
        phase = .none
    }
}
