import Glibc
import LinuxSystem
import TestSupport
import Testing

@Suite struct HostFilesTests {
    @Test func removesATreeButFollowsNoLink() throws {
        let directory = try TemporaryDirectory()
        let kept = directory.path + "/kept"
        try HostFiles.makeDirectory(kept)
        try HostFiles.create(kept + "/file", bytes: [1])
        let tree = directory.path + "/tree"
        try HostFiles.makeDirectory(tree)
        symlink(kept, tree + "/link")
        try HostFiles.create(tree + "/x", bytes: [])
        try HostFiles.removeTree(tree)
        #expect(!HostFiles.exists(tree))
        #expect(HostFiles.exists(kept + "/file"))
        try HostFiles.removeTree(tree)  // what is gone already is no error
    }

    @Test(.needsRoot) func doesNotEmptyAMountedFileSystem() throws {
        let directory = try TemporaryDirectory()
        let inner = directory.path + "/inner"
        try HostFiles.makeDirectory(inner)
        try Mounts.mount(source: "none", target: inner, type: "tmpfs", flags: 0, data: nil)
        defer { try? Mounts.unmount(inner) }
        try HostFiles.create(inner + "/precious", bytes: [1])
        #expect(throws: SystemError.self) { try HostFiles.removeTree(directory.path) }
        #expect(HostFiles.exists(inner + "/precious"))
    }

    @Test func readsTheEndOfAFile() throws {
        let directory = try TemporaryDirectory()
        try HostFiles.create(directory.path + "/f", bytes: Array("0123456789".utf8))
        #expect(HostFiles.tail(directory.path + "/f", bytes: 4) == "6789")
        #expect(HostFiles.tail(directory.path + "/none") == "")
    }

    @Test func parsesKeyedNumbers() {
        let numbers = KeyedNumbers.parse("MemTotal:       24680 kB\nnr_throttled 3\nbad line\n")
        #expect(numbers == ["MemTotal": 24_680, "nr_throttled": 3])
    }
}
