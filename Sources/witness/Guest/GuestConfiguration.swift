import CWitnessShims

// The format of /.tare/guest
// ==========================
//
// Only an initramfs has this file: by it the witness knows that it is the init of a guest. NUL-terminated records
// `key=value` like those of /.tare/config (Configuration.swift).
//
//     module=PATH     a kernel module to load, uncompressed; repeated, in the order of loading
//     root=DEVICE     the block device of the root file system, such as /dev/vda
//     fstype=NAME     its file system; `ext4` by default
//     channel=DEVICE  the terminal that is the mark channel, such as /dev/ttyS1
//     hostname=NAME   the guest's name; `tare` by default
//
// The initramfs holds beside it: /init (this program), /.tare/config, the modules, and the empty directories /dev,
// /proc, /sys, /newroot. It must not hold anything else, or that stays in the guest's memory.

/// What `/.tare/guest` says.
struct GuestConfiguration {
    static let path: StaticString = "/.tare/guest"

    let records: Records
    private(set) var root: UnsafePointer<CChar>?
    private(set) var fileSystem: UnsafePointer<CChar> = ("ext4" as StaticString).cString
    private(set) var channel: UnsafePointer<CChar>?
    private(set) var hostName: UnsafePointer<CChar> = ("tare" as StaticString).cString

    init(_ records: Records) {
        self.records = records
        var root: UnsafePointer<CChar>?
        var channel: UnsafePointer<CChar>?
        var fileSystem = self.fileSystem
        var hostName = self.hostName
        // An unknown record is not refused: before the channel is open, nobody could hear of it.
        records.forEach { record in
            if let value = value(of: record, "root=") {
                root = UnsafePointer(value)
            } else if let value = value(of: record, "channel=") {
                channel = UnsafePointer(value)
            } else if let value = value(of: record, "fstype=") {
                fileSystem = UnsafePointer(value)
            } else if let value = value(of: record, "hostname=") {
                hostName = UnsafePointer(value)
            }
        }
        self.root = root
        self.channel = channel
        self.fileSystem = fileSystem
        self.hostName = hostName
    }

    /// Calls `body` with the path of each module, in the order of loading.
    func forEachModule(_ body: (UnsafePointer<CChar>) -> Void) {
        records.forEach { record in
            if let path = value(of: record, "module=") { body(path) }
        }
    }
}
