import BenchmarkModel
internal import CLinuxShims
import Glibc
import LinuxSystem

/// The bytes of an archive, unpacked on the way by the host's gzip, xz, zstd or bzip2, counted and bounded.
final class ByteSource {
    /// What an archive may come to. Bytes are those that are really there: holes of sparse files count nothing.
    struct Limits: Sendable {
        var bytes: UInt64 = 16 << 30
        /// How many times its size an archive may unpack to.
        var ratio: UInt64 = 200
    }

    /// What went wrong with the bytes themselves.
    enum Trouble: Error, Equatable {
        case cutShort
        case tooManyBytes
        case tooManyTimes
        case damaged(by: String)
    }

    private static let programs: [(magic: [UInt8], name: String, arguments: [String])] = [
        ([0x1f, 0x8b], "gzip", ["-dc"]),
        ([0x28, 0xb5, 0x2f, 0xfd], "zstd", ["-dcq"]),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz", ["-dcq", "--memlimit-decompress=1GiB"]),
        ([0x42, 0x5a, 0x68], "bzip2", ["-dc"]),
    ]

    private let file: Int32
    private let tool: PipedTool?
    private let program: String
    private let packedBytes: UInt64
    private let limits: Limits
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    private var next = 0
    private var filled = 0
    /// How many bytes were read, once they were unpacked.
    private(set) var total: UInt64 = 0
    private let digest: StreamDigest?

    /// Whether the file is packed.
    var isCompressed: Bool { tool != nil }

    /// - Parameter digesting: whether the sum of what was unpacked is wanted.
    /// - Throws: ``SystemError``, ``TareError`` where the program that unpacks is absent.
    init(_ path: String, limits: Limits = Limits(), digesting: Bool = false) throws {
        let opened = tare_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0)
        guard opened >= 0 else { throw SystemError("reading \(path)") }
        do {
            var status = stat()
            guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw SystemError("reading \(path)", number: EINVAL)
            }
            var head = [UInt8](repeating: 0, count: 6)
            let count = pread(opened, &head, head.count, 0)
            let packed = ByteSource.programs.first { head.prefix(max(0, count)).starts(with: $0.magic) }
            digest = digesting ? try StreamDigest() : nil
            tool = try packed.map {
                try PipedTool($0.name, $0.arguments, reads: true, other: opened, doing: "unpacking \(path)")
            }
            program = packed?.name ?? ""
            packedBytes = UInt64(status.st_size)
        } catch {
            close(opened)
            throw error
        }
        file = opened
        self.limits = limits
    }

    deinit { close(file) }

    /// Fills the buffer; false at the end.
    private func fill() throws -> Bool {
        try Task.checkCancellation()
        while true {
            let count = read(tool?.descriptor ?? file, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("reading an archive")
            }
            next = 0
            filled = count
            if count == 0 { return false }
            total += UInt64(count)
            guard total <= limits.bytes else { throw Trouble.tooManyBytes }
            // A small archive of a few sparse files is no bomb.
            guard total <= 1 << 20 || total / max(1, packedBytes) <= limits.ratio else { throw Trouble.tooManyTimes }
            try buffer.withUnsafeBytes { try digest?.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            return true
        }
    }

    /// Hands out so many bytes, in pieces.
    ///
    /// - Throws: ``Trouble/cutShort`` where there are fewer.
    func forward(_ count: UInt64, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var left = count
        while left > 0 {
            if next == filled, try !fill() { throw Trouble.cutShort }
            let piece = Int(min(left, UInt64(filled - next)))
            try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[next..<next + piece])) }
            next += piece
            left -= UInt64(piece)
        }
    }

    /// Reads a block of this size; nil at the end.
    ///
    /// - Throws: ``Trouble/cutShort`` where there is only a part of it.
    func block(_ count: Int) throws -> [UInt8]? {
        if next == filled, try !fill() { return nil }
        var block: [UInt8] = []
        block.reserveCapacity(count)
        try forward(UInt64(count)) { block.append(contentsOf: $0) }
        return block
    }

    /// Reads what is left, so that damage at the end is seen.
    ///
    /// - Returns: the sum of all bytes, where it was wanted.
    /// - Throws: ``Trouble/damaged(by:)`` where the program that unpacks complains.
    @discardableResult
    func finish() throws -> String? {
        while try fill() {}
        if let tool, !tool.finish() { throw Trouble.damaged(by: program) }
        return try digest?.finish()
    }
}
