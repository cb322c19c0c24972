import CWitnessShims

/// A small file of the kernel's, read once; empty where it cannot be.
final class ProcFile {
    static let capacity = 48 << 10

    /// The contents, ended by a NUL.
    let text: UnsafeMutablePointer<CChar>
    /// Whether it could be read at all.
    let isThere: Bool

    init(_ path: UnsafePointer<CChar>) {
        text = .allocate(capacity: ProcFile.capacity)
        text[0] = 0
        let descriptor = witness_open(path, O_RDONLY | O_CLOEXEC, 0)
        isThere = descriptor >= 0
        guard isThere else { return }
        var filled = 0
        while filled < ProcFile.capacity - 1 {
            let got = read(descriptor, text + filled, ProcFile.capacity - 1 - filled)
            if got < 0, witness_errno() == EINTR { continue }
            guard got > 0 else { break }
            filled += got
        }
        close(descriptor)
        text[filled] = 0
    }

    convenience init(_ path: StaticString) {
        self.init(path.cString)
    }

    deinit {
        text.deallocate()
    }

    /// Calls `body` with the start of each line, which ends with a line feed or the file.
    func forEachLine(_ body: (UnsafeMutablePointer<CChar>) -> Void) {
        var line = text
        while line[0] != 0 {
            body(line)
            guard let end = strchr(line, Int32(UInt8(ascii: "\n"))) else { return }
            line = end + 1
        }
    }
}
