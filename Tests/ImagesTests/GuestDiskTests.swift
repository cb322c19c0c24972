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

/// What people's trees hold beside files: TRIALS 20 and 23.
@Suite(.needsRoot, .needs(program: "debugfs"), .needs(program: "setfattr")) struct OddTreeTests {
    let scratch: TemporaryDirectory
    let cache: ImageCache
    var source: String { scratch.path + "/source" }

    init() throws {
        scratch = try TemporaryDirectory()
        cache = try ImageCache(directory: scratch.path + "/cache")
        for name in ["", "/bin", "/var", "/var/log"] { try HostFiles.makeDirectory(source + name) }
        try HostFiles.create(source + "/bin/tool", bytes: Array("tool".utf8), mode: 0o755)
    }

    @Test func capabilitiesAreKeptEverywhereAndCount() async throws {
        let plain = try await cache.rootFilesystem(.rootfs(path: source))
        try await Tool.run("setcap", ["cap_net_raw+ep", source + "/bin/tool"], doing: "testing")
        try await Tool.run("setfattr", ["-n", "user.note", "-v", "kept", source + "/bin/tool"], doing: "testing")
        let capable = try await cache.rootFilesystem(.rootfs(path: source))
        #expect(!capable.cached && capable.identity != plain.identity)
        let archive = scratch.path + "/x.tar"
        try await Tool.run(
            "tar", ["--create", "--xattrs", "--xattrs-include=*", "--file", archive, "-C", source, "."],
            doing: "testing")
        let packed = try await cache.rootFilesystem(.rootfs(path: archive))
        #expect(packed.identity == capable.identity)
        for tree in [capable, packed] {
            let text = try await Tool.run("getcap", [tree.path + "/bin/tool"], doing: "testing")
            #expect(text.contains("cap_net_raw=ep"), "\(text)")
        }
        let disk = try await cache.guestDisk(of: packed)
        let attributes = try await Tool.run("debugfs", ["-R", "ea_list /bin/tool", disk.path], doing: "testing")
        #expect(attributes.contains("security.capability") && attributes.contains("user.note"), "\(attributes)")
    }

    @Test(.timeLimit(.minutes(1))) func aSparseFileOf300GiBCostsNothing() async throws {
        try HostFiles.create(source + "/var/log/lastlog", bytes: Array("begin".utf8))
        #expect(truncate(source + "/var/log/lastlog", 300 << 30) == 0)
        let root = try await cache.rootFilesystem(.rootfs(path: source))
        var status = stat()
        #expect(lstat(root.path + "/var/log/lastlog", &status) == 0)
        #expect(status.st_size == 300 << 30 && status.st_blocks < 64)
        let disk = try await cache.guestDisk(of: root)
        #expect(lstat(disk.path, &status) == 0 && status.st_size < 200 << 20)
        let text = try await Tool.run("debugfs", ["-R", "stat /var/log/lastlog", disk.path], doing: "testing")
        #expect(text.contains("Size: \(300 << 30)"), "\(text)")
        let archive = scratch.path + "/x.tar"
        try await Tool.run(
            "tar", ["--create", "--sparse", "--format=posix", "--file", archive, "-C", source, "."], doing: "testing")
        #expect(try await cache.rootFilesystem(.rootfs(path: archive)).identity == root.identity)
    }

    /// Whatever links a tree has where tare puts something, what they lead to on the host stays as it is.
    @Test func noLinkLeadsToTheHost() async throws {
        let outside = scratch.path + "/outside"
        try HostFiles.makeDirectory(outside)
        for name in ["tmp", "run", "root", "usr", "var/tmp"] {
            #expect(symlink(outside, "\(source)/\(name)") == 0)
        }
        try HostFiles.makeDirectory(source + "/etc")
        for name in ["passwd", "group"] { #expect(symlink("\(outside)/\(name)", "\(source)/etc/\(name)") == 0) }
        var before = stat()
        #expect(stat(outside, &before) == 0)
        let root = try await cache.rootFilesystem(.rootfs(path: source))
        var after = stat()
        #expect(stat(outside, &after) == 0 && HostFiles.names(in: outside).isEmpty)
        #expect(before.st_mode == after.st_mode && FileTime(of: before) == FileTime(of: after))
        #expect(HostFiles.target(ofLink: root.path + "/tmp") == outside)
    }
}
