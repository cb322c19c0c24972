import Foundation
import Glibc
import TestSupport
import Testing

@testable import LinuxSystem

/// Removal of trees that somebody made to be hard to remove.
@Suite struct TreeRemovalTests {
    private let scratch: TemporaryDirectory
    private var tree: String { scratch.path + "/tree" }

    init() throws {
        scratch = try TemporaryDirectory()
        #expect(mkdir(scratch.path + "/tree", 0o755) == 0)
    }

    private func shell(_ script: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: tree)
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func namesOfAnyBytes() throws {
        let script = #"""
            mkdir "$(printf 'd\377\001')"; cd "$(printf 'd\377\001')"
            touch "$(printf 'bad\377')" '-rf' '*' "$(printf 'new\nline')" "$(printf '\033[2J')" ' '; mkdir .hidden "$(printf '\200')"
            """#
        #expect(try shell(script) == 0)
        try HostFiles.removeTree(tree)
        #expect(!HostFiles.exists(tree))
    }

    /// Deeper than paths are long, and than descriptors reach.
    @Test func anyDepth() throws {
        let script =
            "i=0; while [ $i -lt 3000 ]; do mkdir dddddddd && cd -P dddddddd || exit 1; i=$((i+1)); done; touch end"
        #expect(try shell(script) == 0)
        try HostFiles.removeTree(tree)
        #expect(!HostFiles.exists(tree))
    }

    @Test func manyDirectoriesOfOneName() throws {
        #expect(
            try shell(
                "for a in 1 2 3; do mkdir -p $a/tare-removal-1/x/y tare-removal-$a/z; touch $a/tare-removal-1/f; done")
                == 0)
        try HostFiles.removeTree(tree)
        #expect(!HostFiles.exists(tree))
    }

    @Test func linksAreNotFollowed() throws {
        let outside = scratch.path + "/outside"
        #expect(
            try shell(
                "mkdir -p ../outside/kept; touch ../outside/kept/f; ln -s ../outside a; ln -s \(outside)/kept/f b; mkfifo p"
            ) == 0)
        try HostFiles.removeTree(tree)
        #expect(!HostFiles.exists(tree) && HostFiles.exists(outside + "/kept/f"))
        // The tree itself being a link, the link goes.
        #expect(symlink(outside, tree) == 0)
        try HostFiles.removeTree(tree)
        #expect(!HostFiles.exists(tree) && HostFiles.exists(outside + "/kept/f"))
        try HostFiles.removeTree(tree)
    }

    @Test(.needsRoot) func modesAndFlags() throws {
        let script = """
            mkdir -p a/b/c none/x; touch a/f a/b/g; chmod 0 none a/f
            chattr +i a/f a/b 2> /dev/null || exit 7
            chattr +a a/b/g a 2> /dev/null; exit 0
            """
        let status = try shell(script)
        try HostFiles.removeTree(tree)
        #expect(!HostFiles.exists(tree))
        // Some file systems know no such flags: then only the modes were tried.
        #expect(status == 0 || status == 7)
    }

    @Test(.needsRoot) func anotherFileSystemIsLeftAlone() throws {
        #expect(
            try shell("mkdir -p a/mounted b; touch b/f; mount -t tmpfs none a/mounted && touch a/mounted/kept") == 0)
        let point = tree + "/a/mounted"
        defer { umount2(point, Int32(MNT_DETACH)) }
        let error = try #require(#expect(throws: SystemError.self) { try HostFiles.removeTree(tree) })
        #expect(error.number == EBUSY && error.description.contains("mounted"))
        #expect(!HostFiles.exists(tree + "/b"), "all that can go is gone")
        let moved = HostFiles.names(in: tree).map { "\(tree)/\($0)" }
        #expect(moved.contains { HostFiles.exists($0 + "/mounted/kept") || HostFiles.exists($0 + "/kept") })
        #expect(Mounts.points(below: tree).count == 1)
        for point in Mounts.points(below: tree) { umount2(point, Int32(MNT_DETACH)) }
        try HostFiles.removeTree(tree)
    }

    @Test func aFileIsReplacedAndNeverWrittenThrough() throws {
        let target = scratch.path + "/target"
        try HostFiles.create(target, bytes: Array("kept".utf8))
        #expect(symlink(target, tree + "/link") == 0)
        #expect(throws: SystemError.self) { try HostFiles.create(tree + "/link", bytes: [1]) }
        try HostFiles.replace(tree + "/link", bytes: Array("new".utf8))
        #expect(try HostFiles.read(target) == "kept")
        #expect(try HostFiles.read(tree + "/link") == "new")
        #expect(HostFiles.names(in: tree) == ["link"], "no partial file stays")
        #expect(throws: SystemError.self) { try HostFiles.replace(tree + "/absent/x", bytes: []) }
    }

    @Test func namesAreShownWithTheirBytes() throws {
        #expect(try shell(#"touch "$(printf 'ä\377b')""#) == 0)
        let names = try Directory(tree).names().map(\.shown)
        #expect(names == ["ä\\xFFb"])
    }

    @Test func theMiddleOfALongFileIsForgotten() throws {
        let path = tree + "/output"
        try HostFiles.create(path, bytes: [UInt8](repeating: 65, count: 8 << 20))
        func forget(from position: UInt64?, atMost unread: UInt64) -> Int {
            HostFiles.forgetMiddle(
                of: path, keepingFirst: 64 << 10, last: 1 << 20, from: position, atMost: unread)
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_size == 8 << 20, "offsets stay what they are")
            return Int(status.st_blocks) * 512
        }
        func holds(_ byte: UInt8, at offset: Int) -> Bool {
            let file = open(path, O_RDONLY | O_CLOEXEC)
            defer { close(file) }
            var found: UInt8 = 1
            return pread(file, &found, 1, offset) == 1 && found == byte
        }
        #expect((7...8).contains(forget(from: 1 << 20, atMost: 100 << 20) >> 20), "what is yet to be read stays")
        #expect(holds(65, at: 1 << 20) && holds(0, at: 512 << 10))
        #expect((3...4).contains(forget(from: 1 << 20, atMost: 3 << 20) >> 20), "but for what is too much")
        #expect(forget(from: nil, atMost: 0) >> 20 == 1)
        #expect(holds(65, at: 0) && holds(65, at: 64 << 10 - 1) && holds(0, at: 4 << 20) && holds(65, at: 8 << 20 - 1))
        HostFiles.forgetMiddle(of: tree + "/absent", keepingFirst: 0, last: 1)
    }
}
