import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Images

@Suite struct RootFilesystemTests {
    let scratch: TemporaryDirectory
    let cache: ImageCache
    var source: String { scratch.path + "/source" }
    var outside: String { scratch.path + "/outside" }

    init() throws {
        scratch = try TemporaryDirectory()
        cache = try ImageCache(directory: scratch.path + "/cache")
        try HostFiles.makeDirectory(source)
        try HostFiles.replace(source + "/file", bytes: [1])
        try HostFiles.makeDirectory(outside)
        try HostFiles.replace(outside + "/precious", bytes: Array("kept".utf8))
    }

    private func refused(_ image: ImageSpec) async throws -> TareError {
        let error = try #require(await #expect(throws: TareError.self) { try await cache.rootFilesystem(image) })
        #expect(HostFiles.names(in: scratch.path + "/cache/partial").isEmpty)
        #expect(HostFiles.names(in: scratch.path + "/cache/objects").isEmpty)
        #expect(HostFiles.names(in: outside) == ["precious"])
        return error
    }

    @Test(arguments: ["nginx;reboot", "Nginx", "-nginx", "", "nginx light", "ngin\u{78}\u{301}", "../nginx", "$(id)"])
    func refusesAPackageName(_ name: String) async throws {
        let error = try await refused(.packages(["busybox", name], release: "bookworm"))
        #expect(error.code == .usage)
        #expect(error.message == "'\(name)' is no name of a Debian package or release")
        let release = try await refused(.packages(["busybox"], release: name))
        #expect(release.message == error.message)
    }

    @Test func furnishesWhatIsBrought() async throws {
        try HostFiles.makeDirectory(source + "/dev")
        try HostFiles.replace(source + "/dev/left", bytes: [])
        try HostFiles.makeDirectory(source + "/etc")
        try HostFiles.replace(source + "/etc/group", bytes: Array("own".utf8))
        let root = try await cache.rootFilesystem(.rootfs(path: source))
        for name in [".tare", "dev", "etc", "proc", "run", "sys", "tmp", "var/log"] {
            #expect(HostFiles.exists("\(root.path)/\(name)"), "\(name)")
        }
        #expect(HostFiles.names(in: root.path + "/dev").isEmpty)
        #expect(try HostFiles.read(root.path + "/etc/passwd").hasPrefix("root:x:0:0:"))
        #expect(try HostFiles.read(root.path + "/etc/group") == "own")
        var status = stat()
        #expect(stat(root.path + "/tmp", &status) == 0 && status.st_mode & 0o7777 == 0o1777)
        // What the user brought is as it was.
        #expect(HostFiles.names(in: source) == ["dev", "etc", "file"])
        #expect(HostFiles.names(in: source + "/dev") == ["left"])
        #expect(try await cache.rootFilesystem(.rootfs(path: source)).cached)
        try HostFiles.replace(source + "/file", bytes: [2])
        #expect(try await !cache.rootFilesystem(.rootfs(path: source)).cached)
    }

    @Test func theSameImageHasTheSameIdentity() async throws {
        let first = try await cache.rootFilesystem(.rootfs(path: source))
        _ = try cache.removeAll()
        let second = try await cache.rootFilesystem(.rootfs(path: source))
        #expect(!second.cached && first.identity == second.identity)
    }

    /// Platforms mount on these and tare writes into them; a link would lead to the host's own.
    @Test(arguments: ["dev", "etc", "proc", "sys", "var", ".tare"])
    func refusesALinkInPlaceOfADirectory(_ name: String) async throws {
        #expect(symlink(outside, "\(source)/\(name)") == 0)
        let error = try await refused(.rootfs(path: source))
        #expect(error.code == .image)
        #expect(error.message == "'/\(name)' of the image is no directory")
        #expect(try HostFiles.read(outside + "/precious") == "kept")
    }

    @Test func refusesSpecialFiles() async throws {
        try HostFiles.makeDirectory(source + "/run")
        #expect(mkfifo(source + "/run/pipe", 0o600) == 0)
        let error = try await refused(.rootfs(path: source))
        #expect(error.message == "\(source)/run/pipe is a device, a pipe or a socket")
    }

    @Test func saysWhatIsWrongWithAPath() async throws {
        #expect(try await refused(.rootfs(path: source + "/none")).message.hasSuffix("/none is not there"))
        #expect(
            try await refused(.rootfs(path: "/dev/null")).message
                == "the image /dev/null is neither a directory nor a file")
        #expect(unlink(source + "/file") == 0)
        #expect(try await refused(.rootfs(path: source)).message == "the image \(source) is empty")
    }

    @Test func putsFilesOverATree() throws {
        try HostFiles.makeDirectory(source + "/etc")
        #expect(symlink(outside + "/precious", source + "/etc/link") == 0)
        try Furnishing.complete(source, files: ["/etc/link": "new", "/srv/deep//er/file": "text\n"])
        #expect(try HostFiles.read(source + "/etc/link") == "new")
        #expect(try HostFiles.read(source + "/srv/deep/er/file") == "text\n")
        #expect(try HostFiles.read(outside + "/precious") == "kept")
    }

    @Test func putsNoFileThroughALink() throws {
        #expect(symlink(outside, source + "/srv") == 0)
        let error = try #require(
            #expect(throws: TareError.self) { try Furnishing.complete(source, files: ["/srv/precious": "new"]) })
        #expect(error.message == "'/srv/precious' goes through 'srv', which is no directory of the image")
        #expect(try HostFiles.read(outside + "/precious") == "kept")
    }

    @Test(arguments: ["relative", "/../outside/precious", "/", ""]) func refusesAFilePath(_ path: String) throws {
        let error = try #require(
            #expect(throws: TareError.self) { try Furnishing.complete(source, files: [path: "new"]) })
        #expect(error.code == .usage)
        #expect(error.message == "'\(path)' is no absolute path in the image")
        #expect(try HostFiles.read(outside + "/precious") == "kept")
    }
}
