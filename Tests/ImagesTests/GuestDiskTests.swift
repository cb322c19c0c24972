import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Images

/// Guest disks, looked at with e2fsprogs. Owners can be read back by root alone.
@Suite(.needsRoot, .needs(program: "debugfs")) struct GuestDiskTests {
    let scratch: TemporaryDirectory
    let cache: ImageCache
    var source: String { scratch.path + "/source" }

    init() throws {
        scratch = try TemporaryDirectory()
        cache = try ImageCache(directory: scratch.path + "/cache")
        try HostFiles.makeDirectory(source)
    }

    @Test func holdsTheVeryTree() async throws {
        for name in ["bin", "etc", "tmp"] { try HostFiles.makeDirectory("\(source)/\(name)") }
        try HostFiles.create(source + "/bin/tool", bytes: (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        #expect(chmod(source + "/bin/tool", 0o4755) == 0)
        try HostFiles.create(source + "/etc/owned", bytes: Array("text".utf8), mode: 0o640)
        #expect(chown(source + "/etc/owned", 33, 33) == 0)
        try HostFiles.create(source + "/etc/empty", bytes: [])
        #expect(symlink("../bin/tool", source + "/etc/short") == 0)
        #expect(symlink("/" + String(repeating: "long", count: 40), source + "/etc/long") == 0)
        let root = try await cache.rootFilesystem(.rootfs(path: source))
        let disk = try await cache.guestDisk(of: root)
        try await Tool.run("e2fsck", ["-fn", disk.path], doing: "checking the disk")
        let dump = scratch.path + "/dump"
        try HostFiles.makeDirectory(dump)
        try await Tool.run("debugfs", ["-R", "rdump / \(dump)", disk.path], doing: "reading the disk")
        try HostFiles.removeTree(dump + "/lost+found")
        try await Tool.run(
            "diff", ["--recursive", "--no-dereference", root.path, dump], doing: "comparing tree and disk")
        #expect(Manifest.measure(dump)?.entries == Manifest.measure(root.path)?.entries)
        for name in ["bin/tool", "etc/owned", "etc/empty", "tmp", "etc/short"] {
            var (one, two) = (stat(), stat())
            #expect(lstat("\(root.path)/\(name)", &one) == 0 && lstat("\(dump)/\(name)", &two) == 0)
            #expect(one.st_uid == two.st_uid && one.st_gid == two.st_gid, "\(name)")
        }
        // What debugfs writes loses the bits beyond 0777, so that modes are read from the disk itself.
        for (name, mode) in [("/bin/tool", "04755"), ("/etc/owned", "0640"), ("/var/tmp", "01777"), ("/var", "0755")] {
            let text = try await Tool.run("debugfs", ["-R", "stat \(name)", disk.path], doing: "reading the disk")
            #expect(text.contains("Mode:  \(mode) "), "\(name): \(text.prefix(80))")
        }
    }

    /// Sizes of files say little where there are many small ones: each takes a block and an inode.
    @Test func hasRoomForManySmallFiles() async throws {
        for folder in 0..<28 {
            try HostFiles.makeDirectory("\(source)/\(folder)")
            for index in 0..<1_000 { try HostFiles.create("\(source)/\(folder)/\(index)", bytes: [1]) }
        }
        let root = try await cache.rootFilesystem(.rootfs(path: source))
        let disk = try await cache.guestDisk(of: root)
        let free = try await Tool.run("debugfs", ["-R", "stats -h", disk.path], doing: "reading the disk")
        func value(_ name: String) -> Int? {
            free.split(separator: "\n").first { $0.hasPrefix(name + ":") }
                .flatMap { $0.split(separator: " ").last }.flatMap { Int($0) }
        }
        #expect(try #require(value("Free inodes")) > 10_000)
        #expect(try #require(value("Free blocks")) > 50 * 256)
    }
}
