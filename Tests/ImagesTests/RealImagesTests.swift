import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Images

/// Images made by the tools that people use, none by a writer of our own, in every form in which they come.
@Suite(.needsRoot, .serialized, .needs(program: "umoci"), .needs(program: "skopeo"), .needs(program: "buildah"))
struct RealImagesTests {
    let scratch: TemporaryDirectory
    var path: String { scratch.path }

    init() throws {
        scratch = try TemporaryDirectory()
    }

    /// A cache in which nothing was made before.
    private func emptyCache(_ name: String) throws -> ImageCache { try ImageCache(directory: "\(path)/cache-\(name)") }

    private func tool(_ name: String, _ arguments: String...) async throws {
        try await Tool.run(name, arguments, doing: "testing", in: path)
    }

    /// Two layers by umoci, the second with whiteouts and an opaque directory's worth of changes, attributes and device nodes.
    private func makeImage() async throws {
        let root = path + "/bundle/rootfs"
        try await tool("umoci", "init", "--layout", "L")
        try await tool("umoci", "new", "--image", "L:one")
        try await tool("umoci", "unpack", "--image", "L:one", "bundle")
        for name in ["bin", "etc", "srv", "srv/o", "srv/o/deep", "dev", "usr", "usr/lib"] {
            try HostFiles.makeDirectory("\(root)/\(name)")
        }
        for name in ["bin/tool", "srv/low", "srv/o/low", "srv/o/deep/low", "etc/changed", "usr/lib/x"] {
            try HostFiles.create("\(root)/\(name)", bytes: Array(name.utf8))
        }
        #expect(symlink("usr/lib", root + "/lib") == 0 && symlink("/run", root + "/srv/run") == 0)
        #expect(link(root + "/srv/low", root + "/srv/twin") == 0)
        #expect(chown(root + "/srv/low", 33, 44) == 0 && chmod(root + "/bin/tool", 0o4755) == 0)
        #expect(mknod(root + "/dev/null", S_IFCHR | 0o666, 0x103) == 0)
        try HostFiles.create(root + "/srv/e\u{301} -> \n\\x", bytes: [1])
        try await tool("setcap", "cap_net_raw+ep", root + "/bin/tool")
        try await tool("setfattr", "-n", "user.note", "-v", "kept", root + "/srv/low")
        try await tool("umoci", "repack", "--refresh-bundle", "--image", "L:one", "bundle")
        for name in ["srv/twin", "srv/o"] { try HostFiles.removeTree("\(root)/\(name)") }
        try HostFiles.makeDirectory(root + "/srv/o")
        try HostFiles.create(root + "/srv/o/up", bytes: [2])
        try HostFiles.replace(root + "/etc/changed", bytes: [3])
        try await tool("umoci", "repack", "--image", "L:one", "bundle")
        try await tool(
            "umoci", "config", "--image", "L:one", "--config.entrypoint", "/bin/tool", "--config.cmd", "-x",
            "--config.env", "A=b", "--config.user", "33:33", "--config.workingdir", "/srv")
        // What the rest of the world makes of it.
        try await tool("umoci", "unpack", "--image", "L:one", "judge")
    }

    private func buildah(_ arguments: String...) async throws {
        let place = ["--root", path + "/storage", "--runroot", path + "/runroot", "--storage-driver", "vfs"]
        try await Tool.run("buildah", place + ["manifest"] + arguments, doing: "testing", in: path)
    }

    @Test func everyFormIsTheSameTree() async throws {
        try await makeImage()
        try await tool("skopeo", "copy", "oci:L:one", "oci-archive:a.tar")
        try await tool("skopeo", "copy", "oci:L:one", "docker-archive:d.tar:x/y:1")
        try await tool("skopeo", "copy", "--dest-compress", "--dest-compress-format", "zstd", "oci:L:one", "oci:zstd")
        try await tool("gzip", "--keep", "d.tar")
        try await buildah("create", "several")
        try await buildah("add", "several", "oci:L:one")
        try await buildah("add", "--arch", "s390x", "several", "oci:zstd")
        try await buildah("push", "--all", "several", "oci:several")

        let judged = try await emptyCache("judge").rootFilesystem(.rootfs(path: path + "/judge/rootfs"))
        #expect(judged.notes == ["1 device nodes below /dev passed over"])
        let expected = ImageDefaults(
            entrypoint: ["/bin/tool"], command: ["-x"],
            environment: ["A": "b", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            user: "33:33", workingDirectory: "/srv")
        var shared: ImageCache?
        for form in ["L", "a.tar", "d.tar", "d.tar.gz", "zstd", "several"] {
            let cache = try emptyCache(form)
            let item = try await cache.rootFilesystem(.oci(path: "\(path)/\(form)"))
            #expect(item.identity == judged.identity, "\(form)")
            #expect(!item.cached && item.notes == judged.notes, "\(form): \(item.notes)")
            var defaults = try #require(item.defaults)
            // umoci may say more of the environment.
            defaults.environment["HOME"] = nil
            defaults.environment["TERM"] = nil
            if defaults.environment["PATH"] == nil { defaults.environment["PATH"] = expected.environment["PATH"] }
            #expect(defaults == expected, "\(form)")
            // However it is packed, it is unpacked once.
            if let shared {
                let again = try await shared.rootFilesystem(.oci(path: "\(path)/\(form)"))
                #expect(again.path.hasPrefix(path + "/cache-L/objects/root-"))
                #expect(HostFiles.names(in: path + "/cache-L/objects").filter { $0.hasPrefix("root-") }.count == 1)
            }
            shared = shared ?? cache
            let archive = form.contains(".tar")
            let wrong = await #expect(throws: TareError.self) {
                try await cache.rootFilesystem(.rootfs(path: "\(path)/\(form)"))
            }
            #expect(wrong?.remedy == "Write it as 'oci:' in the suite.", "\(form)")
            #expect(wrong?.message.contains(archive && form != "a.tar" ? "'docker save'" : "OCI image layout") == true)
        }
    }

    @Test(.needs(program: "docker-registry")) func aRegistryOfThisHost() async throws {
        try await makeImage()
        let registry = try await Registry(in: path)
        let name = "127.0.0.1:\(registry.port)/team/web"
        try await tool("skopeo", "copy", "--dest-tls-verify=false", "oci:L:one", "docker://\(name):1")
        let cache = try emptyCache("registry")
        let item = try await cache.rootFilesystem(.registry(reference: name + ":1"))
        let judged = try await emptyCache("judge").rootFilesystem(.rootfs(path: path + "/judge/rootfs"))
        #expect(item.identity == judged.identity && item.defaults?.entrypoint == ["/bin/tool"])
        let digest = try #require(item.notes.first?.split(separator: " ").last.map(String.init))
        #expect(item.notes.first == "\(name):1 is \(digest)" && digest.hasPrefix("sha256:"))

        // The tag is moved: this run keeps what it has, the next one gets the other.
        try await tool("umoci", "config", "--image", "L:one", "--config.cmd", "-y")
        try await tool("skopeo", "copy", "--dest-tls-verify=false", "oci:L:one", "docker://\(name):1")
        #expect(try await cache.rootFilesystem(.registry(reference: name + ":1")).defaults?.command == ["-x"])
        let later = try emptyCache("registry")
        let moved = try await later.rootFilesystem(.registry(reference: name + ":1"))
        #expect(moved.defaults?.command == ["-y"] && moved.identity == item.identity)
        #expect(moved.notes.first != item.notes.first)
        let none = await #expect(throws: TareError.self) {
            try await later.rootFilesystem(.registry(reference: name + ":none"))
        }
        #expect(none?.message.contains("while asking for the image \(name):none") == true && none?.remedy != nil)

        // By its digest nobody needs to be asked again.
        registry.stop()
        let kept = try await later.rootFilesystem(.registry(reference: "\(name)@\(digest)"))
        #expect(kept.cached && kept.defaults?.command == ["-x"])
    }

    /// What mmdebstrap makes of its own accord, packed and not: TRIALS 22.
    @Test(.needs(program: "mmdebstrap")) func archivesOfMmdebstrap() async throws {
        try await tool(
            "mmdebstrap", "--variant=extract", "--quiet", "--include=busybox-static", "bookworm", "r.tar.zst")
        let cache = try emptyCache("mmdebstrap")
        let item = try await cache.rootFilesystem(.rootfs(path: path + "/r.tar.zst"))
        let note = try #require(item.notes.first)
        #expect(note.hasSuffix(" device nodes below /dev passed over"))
        #expect(note.split(separator: " ").first.flatMap { Int($0) } ?? 0 >= 6)
        #expect(HostFiles.names(in: item.path + "/dev").isEmpty)
        #expect(HostFiles.exists(item.path + "/bin/busybox"))
        // As a directory, unpacked by another program, it is the same.
        try HostFiles.makeDirectory(path + "/r")
        try await tool("tar", "-xf", "r.tar.zst", "-C", "r", "--numeric-owner", "--xattrs", "--xattrs-include=*")
        let other = try await cache.rootFilesystem(.rootfs(path: path + "/r"))
        #expect(other.identity == item.identity && other.notes == item.notes)
    }
}

/// Debian's docker-registry on a free port of this host.
final class Registry {
    let port: UInt16
    private let process: ChildProcess

    init(in directory: String) async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let free = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        close(listener)
        guard free else { throw SystemError("finding a free port") }
        port = UInt16(bigEndian: address.sin_port)
        let configuration = """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: \(directory)/registry}}
            http: {addr: "127.0.0.1:\(port)"}

            """
        try HostFiles.replace(directory + "/registry.yml", bytes: Array(configuration.utf8))
        let null = open("/dev/null", O_RDWR)
        defer { close(null) }
        process = try ChildProcess.spawn(
            SpawnRequest(
                path: try Tool.executable("docker-registry", doing: "testing"),
                arguments: ["docker-registry", "serve", directory + "/registry.yml"],
                environment: ["HOME=\(directory)"],
                descriptors: (null, null, null)))
        let end = MonotonicClock.now() + 10_000_000_000
        while true {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(client) }
            let isUp = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, size) == 0 }
            }
            if isUp { break }
            guard MonotonicClock.now() < end else { throw SystemError("waiting for the registry", number: ETIMEDOUT) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func stop() { process.end(graceMilliseconds: 1_000) }
    deinit { process.end(graceMilliseconds: 0) }
}
