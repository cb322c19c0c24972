import Glibc
import LinuxSystem

/// Data in which blocks of zeros count as holes: so that two copies of a file are the same, however their disks keep them.
enum SparseData {
    static let block = 4_096
    private static let zeros = [UInt8](repeating: 0, count: block)
    /// SEEK_DATA and SEEK_HOLE of lseek(2), which Swift's Glibc module does not have.
    private static let (seekData, seekHole): (Int32, Int32) = (3, 4)

    /// Hands out runs of blocks that are not all zeros, with their places. Blocks are counted from the file's beginning.
    static func pieces(
        of bytes: UnsafeRawBufferPointer, at offset: UInt64,
        _ body: (UnsafeRawBufferPointer, _ place: UInt64) throws -> Void
    ) rethrows {
        var start = 0
        var run: Int?
        while start < bytes.count {
            let end = min(bytes.count, start + block - Int((offset + UInt64(start)) % UInt64(block)))
            if isZero(bytes, start, end) {
                if let begun = run { try body(.init(rebasing: bytes[begun..<start]), offset + UInt64(begun)) }
                run = nil
            } else if run == nil {
                run = start
            }
            start = end
        }
        if let begun = run { try body(.init(rebasing: bytes[begun...]), offset + UInt64(begun)) }
    }

    private static func isZero(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        return zeros.withUnsafeBytes { $0.baseAddress.map { memcmp(base + start, $0, end - start) == 0 } ?? false }
    }

    /// Reads the data of an open file, passing over holes without reading them.
    ///
    /// - Throws: ``SystemError``, and what the body throws.
    static func read(
        _ file: Int32, size: UInt64, _ body: (UnsafeRawBufferPointer, _ place: UInt64) throws -> Void
    ) throws {
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var place: UInt64 = 0
        while place < size {
            let data = lseek(file, off_t(place), seekData)
            // Behind the last data. Where the file system knows no holes, all is data.
            if data < 0, errno == ENXIO { return }
            if data > 0 { place = UInt64(data) / UInt64(block) * UInt64(block) }
            // Cut at the same places wherever a hole lies, so that equal files give equal pieces.
            let most = buffer.count - Int(place % UInt64(buffer.count))
            let count = pread(file, &buffer, most, off_t(place))
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("reading a file of an image")
            }
            if count == 0 { return }
            try buffer.withUnsafeBytes { try pieces(of: .init(rebasing: $0[..<count]), at: place, body) }
            place += UInt64(count)
        }
    }

    /// - Throws: ``SystemError``.
    static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, at place: UInt64) throws {
        var done = 0
        while done < bytes.count {
            let count = pwrite(file, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(place) + done)
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("writing a file of an image")
            }
            done += count
        }
    }

    /// How many entries a tree has, itself included, and how many bytes its files really hold, each filled up to a whole block.
    ///
    /// - Throws: ``SystemError``.
    static func measure(_ tree: String) throws -> (entries: UInt64, bytes: UInt64) {
        var sum = (entries: UInt64(1), bytes: UInt64(0))
        try Directory(tree).visit { directory, name, status in
            sum.entries += 1
            guard status.st_mode.isFile else { return }
            let size = UInt64(status.st_size)
            let isWhole = UInt64(status.st_blocks) * 512 >= size
            sum.bytes += isWhole ? filled(size) : try directory.read(name) { dataBytes($0, size: size) }
        }
        return sum
    }

    /// What a file holds beside its holes. (Not its blocks: a file system that compresses has fewer of them.)
    private static func dataBytes(_ file: Int32, size: UInt64) -> UInt64 {
        var (place, sum) = (UInt64(0), UInt64(0))
        while place < size {
            let data = lseek(file, off_t(place), seekData)
            if data < 0 { return errno == ENXIO ? sum : sum + filled(size - place) }
            let hole = lseek(file, data, seekHole)
            guard hole > data else { return sum + filled(size - UInt64(data)) }
            sum += filled(UInt64(hole - data))
            place = UInt64(hole)
        }
        return sum
    }

    private static func filled(_ bytes: UInt64) -> UInt64 {
        (bytes + UInt64(block) - 1) / UInt64(block) * UInt64(block)
    }
}
