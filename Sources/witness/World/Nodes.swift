import CWitnessShims

/// What is in /dev: `node=NAME KIND MODE`, with the numbers of a device or the target of a link behind it, and `mounted` behind
/// a directory that is another file system, into which nobody looks.
enum Nodes {
    /// A /dev that the kernel fills may be large; one that tare fills is not.
    private static let most = 500
    private static let deepest = 4

    static func tell(_ text: WorldText) {
        var status = stat()
        guard witness_status_of_link(("/dev" as StaticString).cString, &status) == 0 else { return }
        var left = most
        tell(Message("/dev"), device: status.st_dev, depth: 1, &left, text)
    }

    private static func tell(
        _ directory: Message, device: UInt, depth: Int, _ left: inout Int, _ text: WorldText
    ) {
        guard let listing = withCString(of: directory, opendir) else { return }
        while left > 0, let entry = readdir(listing) {
            guard let name = witness_entry_name(entry), strcmp(name, ".") != 0, strcmp(name, "..") != 0 else {
                continue
            }
            let path = Message("").add(directory).add("/").quote(name)
            var status = stat()
            guard withCString(of: path, { witness_status_of_link($0, &status) }) == 0 else { continue }
            left -= 1
            let kind = UInt8(bitPattern: witness_kind(&status))
            // Behind `/dev/`.
            text.begin("node=")
            for index in 5..<path.count { text.add(byte: path.bytes[index]) }
            text.add(" ").add(byte: kind).add(" ").add(UInt64(status.st_mode & 0o7777), base: 8)
            switch kind {
            case UInt8(ascii: "b"), UInt8(ascii: "c"):
                text.add(" ").add(UInt64(witness_major(&status))).add(":").add(UInt64(witness_minor(&status)))
            case UInt8(ascii: "l"): addTarget(of: path, text)
            case UInt8(ascii: "d") where status.st_dev != device: text.add(" mounted")
            default: break
            }
            text.end()
            if kind == UInt8(ascii: "d"), status.st_dev == device, depth < deepest {
                tell(path, device: device, depth: depth + 1, &left, text)
            }
        }
        closedir(listing)
    }

    private static func addTarget(of path: Message, _ text: WorldText) {
        let target = UnsafeMutablePointer<CChar>.allocate(capacity: 256)
        let count = withCString(of: path) { readlink($0, target, 255) }
        target[max(0, count)] = 0
        text.add(" ").quote(target)
        target.deallocate()
    }
}

/// Calls `body` with a message as a C string.
func withCString<Result>(of message: Message, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    let copy = Message("").add(message).add(byte: 0)
    return copy.bytes.withMemoryRebound(to: CChar.self, capacity: copy.count) { body($0) }
}
