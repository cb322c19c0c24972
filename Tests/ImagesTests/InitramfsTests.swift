import BenchmarkModel
import Foundation
import LinuxSystem
import TestSupport
import Testing

@testable import Images

/// What the witness finds in the initramfs of a guest.
@Suite(.needs(program: "cpio")) struct InitramfsTests {
    let scratch: TemporaryDirectory
    let cache: ImageCache

    init() throws {
        scratch = try TemporaryDirectory()
        cache = try ImageCache(directory: scratch.path + "/cache")
        for name in ["witness", "a.ko", "b.ko"] {
            try HostFiles.create("\(scratch.path)/\(name)", bytes: Array("this is \(name)".utf8))
        }
    }

    private func initramfs(
        _ devices: GuestDevices, modules: [String] = ["b.ko", "a.ko"], sharedMemoryBytes: UInt64 = 64 << 20,
        volumes: [String] = []
    )
        async throws -> CachedItem
    {
        try await cache.initramfs(
            kernel: GuestKernel(
                imagePath: "/k", version: "6", origin: "named", modules: modules.map { "\(scratch.path)/\($0)" },
                identity: "k", seconds: 0, cached: true),
            witness: scratch.path + "/witness",
            workload: Workload(name: "w", image: .rootfs(path: "/x"), command: ["/c"]), devices: devices,
            furniture: Furniture(sharedMemoryBytes: sharedMemoryBytes, volumes: volumes))
    }

    /// A file of the archive.
    private func file(_ name: String, in item: CachedItem) async throws -> String {
        try await Tool.run(
            "cpio", ["--extract", "--to-stdout", "--quiet", "--file", item.path, name], doing: "reading the initramfs")
    }

    @Test func namesTheDevicesOfItsGuest() async throws {
        let ordinary = try await initramfs(GuestDevices(root: "/dev/vda", marks: "/dev/ttyS1"))
        #expect(
            try await file(".tare/guest", in: ordinary).hasPrefix(
                "module=/modules/b.ko\0module=/modules/a.ko\0root=/dev/vda\0fstype=ext4\0channel=/dev/ttyS1\0"
                    + "hostname=tare\0mount=proc proc 14 - /proc\0"))
        #expect(try await file("init", in: ordinary) == "this is witness")
        #expect(try await file("modules/a.ko", in: ordinary) == "this is a.ko")
        // Other hardware has another, and takes none away.
        let other = try await initramfs(GuestDevices(root: "/dev/sda", marks: "/dev/hvc1"))
        #expect(try await file(".tare/guest", in: other).contains("root=/dev/sda\0fstype=ext4\0channel=/dev/hvc1\0"))
        let again = try await initramfs(GuestDevices(root: "/dev/vda", marks: "/dev/ttyS1"))
        #expect(again.cached && again.path == ordinary.path && again.path != other.path)
        #expect(
            try await initramfs(GuestDevices(root: "/dev/vda", marks: "/dev/ttyS1"), modules: ["a.ko"]).path
                != again.path)
        // So has a guest that is furnished otherwise.
        let roomy = try await initramfs(GuestDevices(root: "/dev/vda", marks: "/dev/ttyS1"), sharedMemoryBytes: 1 << 30)
        #expect(roomy.path != again.path)
        #expect(try await file(".tare/guest", in: roomy).contains("mode=1777,size=1048576k /dev/shm\0"))
    }

    /// Of several disks the name says nothing.
    @Test func namesDisksByTheirNumbers() async throws {
        let devices = GuestDevices(root: "/dev/vda", marks: "/dev/ttyS1")
        let guest = try await file(".tare/guest", in: try await initramfs(devices, volumes: ["/data", "/a b"]))
        #expect(guest.contains("\0root-serial=tare-root\0"))
        #expect(guest.hasSuffix("\0volume=tare-volume-0 /data\0volume=tare-volume-1 /a b\0"))
        let plain = try await file(".tare/guest", in: try await initramfs(devices))
        #expect(!plain.contains("serial") && !plain.contains("volume"))
    }
}
