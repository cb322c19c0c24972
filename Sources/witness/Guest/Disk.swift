import CWitnessShims

/// A disk of the guest's, found by the serial number that the host gave it: which of several is called what is the machine's affair.
enum Disk {
    static let limitNanoseconds: UInt64 = 10_000_000_000

    /// Waits for a disk. Needs /sys.
    ///
    /// - Returns: its path.
    static func wait(
        for serial: UnsafePointer<CChar>, below devices: StaticString, _ witness: Witness
    ) -> UnsafePointer<CChar> {
        let limit = Clock.nanoseconds() + limitNanoseconds
        while true {
            if let path = find(serial, "/serial", among: "/sys/block", below: devices) {
                // Known a moment before there is a device of it.
                if withCString(of: Message("").quote(path), witness_is_block_device) != 0 { return path }
            }
            guard Clock.nanoseconds() < limit else {
                witness.fail(
                    Message("no disk with the serial number ").quote(serial).add(" appeared within 10 s"))
            }
            Clock.sleep(nanoseconds: 1_000_000)
        }
    }

    /// Finds a device by what the kernel says of it. Needs /sys.
    ///
    /// - Returns: a path that is never freed; nil where there is none.
    static func find(
        _ value: UnsafePointer<CChar>, _ attribute: StaticString, among kind: StaticString, below devices: StaticString
    ) -> UnsafePointer<CChar>? {
        guard let listing = opendir(kind.cString) else { return nil }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            guard let name = witness_entry_name(entry) else { continue }
            let file = withCString(of: Message(kind).add("/").quote(name).add(attribute)) { ProcFile($0) }
            guard isFirstLine(value, of: file) else { continue }
            return withCString(of: Message(devices).add("/").quote(name)) { strdup($0) }.map { UnsafePointer($0) }
        }
        return nil
    }

    private static func isFirstLine(_ value: UnsafePointer<CChar>, of file: ProcFile) -> Bool {
        let length = strlen(value)
        guard strncmp(file.text, value, length) == 0 else { return false }
        // The kernel ends it with a line feed, or with nothing.
        return file.text[length] == 0 || file.text[length] == CChar(bitPattern: UInt8(ascii: "\n"))
    }
}
