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

    /// `/var/run` is an absolute link in most images: seen from outside it would lead to the host's `/run`.
    @Test func linksDoNotLeadOutOfARoot() throws {
        let root = try TemporaryDirectory()
        for path in ["/run", "/var"] { try HostFiles.makeDirectory(root.path + path) }
        try HostFiles.create(root.path + "/run/web.pid", bytes: [1])
        symlink("/run", root.path + "/var/run")
        symlink("/etc/passwd", root.path + "/users")
        #expect(HostFiles.exists("/run/web.pid", inRoot: root.path))
        #expect(HostFiles.exists("/var/run/web.pid", inRoot: root.path))
        #expect(HostFiles.exists("/../run/web.pid", inRoot: root.path))
        // The host has that file, the root has not.
        #expect(HostFiles.exists("/etc/passwd") && !HostFiles.exists("/users", inRoot: root.path))
        #expect(!HostFiles.exists("/var/run/none", inRoot: root.path))
        #expect(!HostFiles.exists("/run", inRoot: root.path + "/nowhere"))
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
