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
            if let path = find(serial: serial, below: devices) { return path }
            guard Clock.nanoseconds() < limit else {
                witness.fail(
                    Message("no disk with the serial number ").quote(serial).add(" appeared within 10 s"))
            }
            Clock.sleep(nanoseconds: 1_000_000)
        }
    }

    /// - Returns: a path that is never freed; nil where there is no such disk, or no device of it yet.
    private static func find(
        serial: UnsafePointer<CChar>, below devices: StaticString
    ) -> UnsafePointer<CChar>? {
        guard let listing = opendir(("/sys/block" as StaticString).cString) else { return nil }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            guard let name = witness_entry_name(entry), isSerial(serial, ofDisk: name) else { continue }
            let path = Message(devices).add("/").quote(name)
            guard withCString(of: path, witness_is_block_device) != 0 else { return nil }
            return withCString(of: path) { strdup($0) }.map { UnsafePointer($0) }
        }
        return nil
    }

    private static func isSerial(_ serial: UnsafePointer<CChar>, ofDisk name: UnsafePointer<CChar>) -> Bool {
        let file = withCString(of: Message("/sys/block/").quote(name).add("/serial")) { ProcFile($0) }
        let length = strlen(serial)
        guard strncmp(file.text, serial, length) == 0 else { return false }
        // The driver ends it with a line feed, or with nothing.
        return file.text[length] == 0 || file.text[length] == CChar(bitPattern: UInt8(ascii: "\n"))
    }
}
