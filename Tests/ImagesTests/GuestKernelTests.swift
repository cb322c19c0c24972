import BenchmarkModel
import LinuxSystem
import TestSupport
import Testing

@testable import Images

@Suite struct GuestKernelTests {
    let scratch: TemporaryDirectory
    var file: String { scratch.path + "/vmlinuz" }

    init() throws { scratch = try TemporaryDirectory() }

    /// A file with the boot protocol's header and a version string.
    private func image(version: String, offset: Int = 0x300, count: Int = 0x1000) throws {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.replaceSubrange(0x202..<0x206, with: "HdrS".utf8)
        bytes[0x20e] = UInt8((offset - 0x200) & 0xff)
        bytes[0x20f] = UInt8((offset - 0x200) >> 8)
        if offset + version.utf8.count < count {
            bytes.replaceSubrange(offset..<offset + version.utf8.count, with: version.utf8)
        }
        try HostFiles.replace(file, bytes: bytes)
    }

    @Test func readsTheVersion() throws {
        try image(version: "6.1.0-13-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP")
        #expect(try ImageCache.version(of: file) == "6.1.0-13-cloud-amd64")
    }

    @Test func doesNotTrustTheVersion() throws {
        try image(version: "x", offset: 0xff00)
        #expect(try ImageCache.version(of: file) == "unknown")
        try image(version: "")
        #expect(try ImageCache.version(of: file) == "unknown")
        // It becomes part of a path.
        try image(version: "../../../root")
        #expect(try ImageCache.version(of: file) == "unknown")
        try image(version: "6.1/..")
        #expect(try ImageCache.version(of: file) == "unknown")
    }

    @Test(arguments: ["", "short", String(repeating: "\u{7f}ELF not a kernel ", count: 100)])
    func refusesWhatIsNoKernel(_ text: String) throws {
        try HostFiles.replace(file, bytes: Array(text.utf8))
        let error = try #require(#expect(throws: TareError.self) { try ImageCache.version(of: file) })
        #expect(error.code == .image && error.remedy?.contains("bzImage") == true)
        #expect(error.message == "\(file) is no Linux kernel image (bzImage)" || text.isEmpty)
    }

    @Test func refusesWhatCannotBeRead() throws {
        for path in [file, scratch.path] {
            let error = try #require(#expect(throws: TareError.self) { try ImageCache.version(of: path) })
            #expect(error.message == "the kernel \(path) cannot be read")
        }
    }

    private static let drivers = ["virtio_pci", "virtio_blk", "ext4"]

    /// As depmod writes it: of what a module needs, the nearest comes first.
    private static let dependencies = """
        kernel/drivers/virtio/virtio.ko.xz:
        kernel/drivers/virtio/virtio_ring.ko.xz: kernel/drivers/virtio/virtio.ko.xz
        kernel/drivers/virtio/virtio_pci.ko.xz: kernel/drivers/virtio/virtio_ring.ko.xz kernel/drivers/virtio/virtio.ko.xz
        kernel/drivers/block/virtio_blk.ko.xz: kernel/drivers/virtio/virtio_ring.ko.xz kernel/drivers/virtio/virtio.ko.xz
        kernel/fs/ext4/ext4.ko: kernel/fs/jbd2/jbd2.ko kernel/lib/crc16.ko
        kernel/fs/jbd2/jbd2.ko:
        kernel/lib/crc16.ko:
        kernel/drivers/net/other-one.ko:
        """

    @Test func loadsWhatIsNeededFirst() throws {
        let order = try ImageCache.order(of: GuestKernelTests.dependencies, builtin: "", for: GuestKernelTests.drivers)
        #expect(
            order == [
                "kernel/drivers/virtio/virtio.ko.xz", "kernel/drivers/virtio/virtio_ring.ko.xz",
                "kernel/drivers/virtio/virtio_pci.ko.xz", "kernel/drivers/block/virtio_blk.ko.xz",
                "kernel/lib/crc16.ko", "kernel/fs/jbd2/jbd2.ko", "kernel/fs/ext4/ext4.ko",
            ])
    }

    @Test func loadsWhatIsAskedFor() throws {
        let dependencies = GuestKernelTests.dependencies
        #expect(
            try ImageCache.order(of: dependencies, builtin: "", for: ["other_one"]) == [
                "kernel/drivers/net/other-one.ko"
            ])
        #expect(try ImageCache.order(of: dependencies, builtin: "", for: []).isEmpty)
    }

    @Test func takesNoFileForWhatIsBuiltIn() throws {
        let builtin =
            "kernel/drivers/virtio/virtio-pci.ko\nkernel/drivers/block/virtio_blk.ko\nkernel/fs/ext4/ext4.ko\n"
        #expect(try ImageCache.order(of: "", builtin: builtin, for: GuestKernelTests.drivers).isEmpty)
        // A dash and an underscore mean the same in the name of a module.
        #expect(
            try ImageCache.order(of: "kernel/virtio-blk.ko:\n", builtin: builtin, for: GuestKernelTests.drivers) == [
                "kernel/virtio-blk.ko"
            ])
    }

    @Test func saysWhichDriverIsMissing() throws {
        let error = try #require(
            #expect(throws: TareError.self) {
                try ImageCache.order(
                    of: "", builtin: "kernel/virtio_pci.ko\nkernel/ext4.ko", for: GuestKernelTests.drivers)
            })
        #expect(error.message == "the guest kernel has no driver 'virtio_blk'")
        #expect(error.remedy?.contains("'kernel:'") == true)
    }
}
