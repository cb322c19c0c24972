import CWitnessShims

// The format of /.tare/guest
// ==========================
//
// Only an initramfs has this file: by it the witness knows that it is the init of a guest. NUL-terminated records
// `key=value` like those of /.tare/config (Configuration.swift).
//
//     module=PATH     a kernel module to load, uncompressed; repeated, in the order of loading
//     root=DEVICE     the block device of the root file system, such as /dev/vda
//     root-serial=TEXT  the serial number of that device, where there are several disks: it is looked for by this, and not by name
//     fstype=NAME     its file system; `ext4` by default
//     channel=DEVICE  the terminal that is the mark channel, such as /dev/ttyS1
//     output=DEVICE   what carries the command's output to the host, such as /dev/vport0p1; the console where it is absent
//     output-name=TEXT  the name of that port, where the machine's other devices decide how it is called: it is looked for by this
//     hostname=NAME   the guest's name; `tare` by default
//
// Then, done in their order once the root file system is the root (Furniture.swift of the host makes them). Paths come last in a
// record and may hold blanks:
//
//     mount=TYPE SOURCE FLAGS DATA TARGET  mount(2); FLAGS is a number, DATA is `-` where there is none; TARGET and what it lies
//                                          in are made; a type that the kernel does not know is passed over
//     node=MAJOR MINOR PATH                a character device that everybody may read and write
//     link=TARGET PATH                     a symbolic link
//     mask=PATH                            /dev/null, or an empty read-only directory, in the place of what stands there
//     read-only=PATH                       what stands there, for reading only
//     volume=SERIAL TARGET                 the disk with that serial number, whose file system is that of the root; TARGET and
//                                          what it lies in are made
//
// The kernel's command line may end with `-- --network=ADDRESS/PREFIX/GATEWAY` (behind `--echo` or `--world`): what differs from
// guest to guest. `eth0` is raised with that address.
//
// What is to be masked or protected and is not there is passed over.
//
// The initramfs holds beside it: /init (this program), /.tare/config, perhaps /.tare/input, the modules, and the empty
// directories /dev, /proc, /sys, /newroot. It must not hold anything else, or that stays in the guest's memory.

/// What `/.tare/guest` says.
struct GuestConfiguration {
    static let path: StaticString = "/.tare/guest"

    let records: Records
    private(set) var root: UnsafePointer<CChar>?
    private(set) var rootSerial: UnsafePointer<CChar>?
    private(set) var fileSystem: UnsafePointer<CChar> = ("ext4" as StaticString).cString
    private(set) var channel: UnsafePointer<CChar>?
    private(set) var output: UnsafePointer<CChar>?
    private(set) var outputName: UnsafePointer<CChar>?
    private(set) var hostName: UnsafePointer<CChar> = ("tare" as StaticString).cString

    init(_ records: Records) {
        self.records = records
        var root: UnsafePointer<CChar>?
        var rootSerial: UnsafePointer<CChar>?
        var channel: UnsafePointer<CChar>?
        var output: UnsafePointer<CChar>?
        var outputName: UnsafePointer<CChar>?
        var fileSystem = self.fileSystem
        var hostName = self.hostName
        // An unknown record is not refused: before the channel is open, nobody could hear of it.
        records.forEach { record in
            if let value = value(of: record, "root=") {
                root = UnsafePointer(value)
            } else if let value = value(of: record, "root-serial=") {
                rootSerial = UnsafePointer(value)
            } else if let value = value(of: record, "channel=") {
                channel = UnsafePointer(value)
            } else if let value = value(of: record, "output=") {
                output = UnsafePointer(value)
            } else if let value = value(of: record, "output-name=") {
                outputName = UnsafePointer(value)
            } else if let value = value(of: record, "fstype=") {
                fileSystem = UnsafePointer(value)
            } else if let value = value(of: record, "hostname=") {
                hostName = UnsafePointer(value)
            }
        }
        self.root = root
        self.rootSerial = rootSerial
        self.channel = channel
        self.output = output
        self.outputName = outputName
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
