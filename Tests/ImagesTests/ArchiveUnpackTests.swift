import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Images

/// Real archives, read by the real tar.
@Suite struct ArchiveUnpackTests {
    let scratch: TemporaryDirectory
    var archive: String { scratch.path + "/x.tar" }
    var tree: String { scratch.path + "/tree" }
    /// A directory of the host that no archive may reach.
    var outside: String { scratch.path + "/outside" }

    init() throws {
        scratch = try TemporaryDirectory()
        try HostFiles.makeDirectory(tree)
        try HostFiles.makeDirectory(outside)
        try HostFiles.replace(outside + "/secret", bytes: Array("secret".utf8))
    }

    /// Expects a refusal that leaves no trace, and returns its message.
    private func refused(_ tar: TarFile) async throws -> String {
        try tar.write(to: archive)
        let error = try #require(
            await #expect(throws: TareError.self) { try await Archive.unpack(archive, into: tree) })
        #expect(error.code == .image)
        #expect(HostFiles.names(in: tree).isEmpty)
        #expect(HostFiles.names(in: outside) == ["secret"])
        #expect(try HostFiles.read(outside + "/secret") == "secret")
        return error.message
    }

    @Test(arguments: ["", "--gzip", "--xz", "--zstd"]) func unpacksWhatTarPacked(compression: String) async throws {
        let source = scratch.path + "/source"
        for name in ["", "/bin", "/etc", "/tmp"] { try HostFiles.makeDirectory(source + name) }
        try HostFiles.replace(source + "/bin/tool", bytes: Array("#!".utf8), mode: 0o755)
        #expect(chmod(source + "/tmp", 0o1777) == 0)
        #expect(chmod(source + "/bin/tool", 0o4755) == 0)
        try HostFiles.replace(source + "/etc/with space\n and line", bytes: [1, 2, 3])
        #expect(symlink("../bin/tool", source + "/etc/relative") == 0)
        #expect(symlink("/bin/tool", source + "/etc/absolute") == 0)
        #expect(link(source + "/bin/tool", source + "/bin/second") == 0)
        let options =
            (compression.isEmpty ? [] : [compression]) + [
                "--create", "--format=posix", "--file", archive, "-C", source, ".",
            ]
        try await Tool.run("tar", options, doing: "testing")
        try await Archive.unpack(archive, into: tree)
        let before = try await Digest.tree(source, scratch: scratch.path + "/a.tar")
        let after = try await Digest.tree(tree, scratch: scratch.path + "/b.tar")
        #expect(before == after)
    }

    @Test func writesNothingThroughALink() async throws {
        var tar = TarFile()
        tar.add("l", kind: "2", link: outside)
        tar.add("l/secret", text: "overwritten")
        #expect(try await refused(tar).contains("lies below the link 'l'"))
    }

    @Test func givesNoFileOfTheHostThroughAHardLink() async throws {
        var tar = TarFile()
        tar.add("l", kind: "2", link: outside)
        tar.add("stolen", kind: "1", link: "l/secret")
        #expect(try await refused(tar).contains("lies below the link 'l'"))
    }

    @Test func refusesAnAbsoluteName() async throws {
        var tar = TarFile()
        tar.add(outside + "/secret", text: "overwritten")
        #expect(try await refused(tar).contains("is an absolute path"))
    }

    @Test func refusesToClimb() async throws {
        var tar = TarFile()
        tar.add("../outside/secret", text: "overwritten")
        #expect(try await refused(tar).contains("holds '..'"))
    }

    @Test func refusesALinkOutOfTheRoot() async throws {
        var tar = TarFile()
        tar.add("l", kind: "2", link: "../outside")
        #expect(try await refused(tar).contains("points out of the root"))
    }

    @Test func refusesADevice() async throws {
        var tar = TarFile()
        tar.add("null", kind: "3")
        #expect(try await refused(tar).contains("is a device"))
    }

    @Test func refusesANameThatHidesItsTarget() async throws {
        var tar = TarFile()
        tar.add("x -> y", kind: "2", link: outside)
        tar.add("x -> y/secret", text: "overwritten")
        #expect(try await refused(tar).contains("cannot be read"))
    }

    @Test func refusesABomb() async throws {
        let source = scratch.path + "/zeros"
        try HostFiles.replace(source, bytes: [])
        #expect(truncate(source, 64 << 20) == 0)
        try await Tool.run(
            "tar", ["--create", "--gzip", "--file", archive, "-C", scratch.path, "zeros"], doing: "testing")
        let error = try #require(
            await #expect(throws: TareError.self) { try await Archive.unpack(archive, into: tree) })
        #expect(error.message.contains("more than 200 times its size"))
        #expect(HostFiles.names(in: tree).isEmpty)
    }

    @Test func saysWhenAnArchiveIsNotWhole() async throws {
        var tar = TarFile()
        tar.add("a", text: String(repeating: "a", count: 10_000))
        try tar.write(to: archive)
        #expect(truncate(archive, 4_000) == 0)
        let cut = try #require(
            await #expect(throws: TareError.self) { try await Archive.unpack(archive, into: tree) })
        #expect(cut.code == .image)
        #expect(cut.description.contains("x.tar") && cut.remedy?.contains("that is whole") == true)
        try HostFiles.replace(archive, bytes: Array("no archive at all, but long enough to be looked at".utf8))
        let other = try #require(
            await #expect(throws: TareError.self) { try await Archive.unpack(archive, into: tree) })
        #expect(other.remedy?.contains("Name a tar archive") == true)
    }
}
