import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Images

/// A cache on a file system of 2 MiB.
@Suite(.needsRoot) final class NoSpaceTests {
    let scratch: TemporaryDirectory
    let directory: String
    let cache: ImageCache

    init() throws {
        scratch = try TemporaryDirectory()
        directory = scratch.path + "/full"
        try HostFiles.makeDirectory(directory)
        try Mounts.mount(source: "tmpfs", target: directory, type: "tmpfs", flags: 0, data: "size=2m")
        cache = try ImageCache(directory: directory)
    }

    deinit {
        try? Mounts.unmount(directory)
    }

    private func expectNoSpace(_ body: () async throws -> Void) async throws {
        let error = try #require(await #expect(throws: TareError.self) { try await body() })
        #expect(error.code == .image)
        #expect(error.message.hasPrefix("no space is left"))
        #expect(error.remedy?.contains("Free some space") == true)
        #expect(error.cause?.isEmpty == false)
        #expect(HostFiles.names(in: directory + "/partial").isEmpty)
        #expect(HostFiles.names(in: directory + "/objects").isEmpty)
    }

    @Test func aFileOfOurs() async throws {
        try await expectNoSpace {
            _ = try await cache.entry("root", recipe: "big") { partial in
                try HostFiles.create(partial + "/x", bytes: [UInt8](repeating: 1, count: 4 << 20))
                return ImageCache.Product(payload: "x", identity: "")
            }
        }
    }

    @Test func aDirectoryThatIsImported() async throws {
        let source = scratch.path + "/source"
        try HostFiles.makeDirectory(source)
        try HostFiles.create(source + "/big", bytes: [UInt8](repeating: 1, count: 4 << 20))
        try await expectNoSpace { _ = try await cache.rootFilesystem(.rootfs(path: source)) }
    }

    @Test func anArchive() async throws {
        let source = scratch.path + "/source"
        try HostFiles.makeDirectory(source)
        try HostFiles.create(source + "/big", bytes: (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        try await Tool.run("tar", ["-cf", scratch.path + "/x.tar", "-C", source, "."], doing: "testing")
        try await expectNoSpace { _ = try await cache.rootFilesystem(.rootfs(path: scratch.path + "/x.tar")) }
    }

    @Test func aDisk() async throws {
        let elsewhere = try ImageCache(directory: scratch.path + "/cache")
        let source = scratch.path + "/source"
        try HostFiles.makeDirectory(source)
        try HostFiles.create(source + "/a", bytes: (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7) | 1 })
        let root = try await elsewhere.rootFilesystem(.rootfs(path: source))
        try await expectNoSpace { _ = try await cache.guestDisk(of: root) }
    }
}
