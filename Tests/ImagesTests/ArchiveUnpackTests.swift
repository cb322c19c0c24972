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

    /// Expects a refusal that leaves no trace outside of the tree, and returns its message.
    private func refused(_ tar: TarFile) throws -> String {
        try tar.write(to: archive)
        let error = try #require(
            #expect(throws: TareError.self) { try Archive.unpack(archive, into: tree) })
        #expect(error.code == .image)
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
        try Archive.unpack(archive, into: tree)
        let before = try Digest.tree(source)
        let after = try Digest.tree(tree)
        #expect(before == after)
    }

    @Test func writesNothingThroughALink() async throws {
        var tar = TarFile()
        tar.add("l", kind: "2", link: outside)
        tar.add("l/secret", text: "overwritten")
        #expect(try refused(tar).contains("lies below the link 'l'"))
    }

    @Test func givesNoFileOfTheHostThroughAHardLink() async throws {
        var tar = TarFile()
        tar.add("l", kind: "2", link: outside)
        tar.add("stolen", kind: "1", link: "l/secret")
        #expect(try refused(tar).contains("lies below the link 'l'"))
    }

    @Test func refusesAnAbsoluteName() async throws {
        var tar = TarFile()
        tar.add(outside + "/secret", text: "overwritten")
        #expect(try refused(tar).contains("is an absolute path"))
    }

    @Test func refusesToClimb() async throws {
        var tar = TarFile()
        tar.add("../outside/secret", text: "overwritten")
        #expect(try refused(tar).contains("holds '..'"))
    }

    @Test func refusesALinkOutOfTheRoot() async throws {
        var tar = TarFile()
        tar.add("l", kind: "2", link: "../outside")
        #expect(try refused(tar).contains("points out of the root"))
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        var reason: String
        var entries: [(name: String, kind: Character, link: String)]
        var testDescription: String { reason + ": " + entries.map(\.name).joined(separator: " | ") }
        init(_ reason: String, _ entries: (name: String, kind: Character, link: String)...) {
            self.reason = reason
            self.entries = entries
        }
    }

    static let hostile: [Hostile] = [
        Hostile("'/' is an absolute path", ("//", "5", "")), Hostile("holds '..'", ("a/../../x", "0", "")),
        Hostile("holds '..'", ("a/..", "5", "")), Hostile("is a device", ("null", "3", "")),
        Hostile("is a device", ("sda", "4", "")), Hostile("is a device", ("run/pipe", "6", "")),
        Hostile("is a device", ("dev", "3", "")), Hostile("is a device", ("x/dev/null", "3", "")),
        Hostile("points out of the root, to '../../etc'", ("a/l", "2", "../../etc")),
        Hostile("points out of the root", ("l", "2", "a/../../b")),
        Hostile("lies below the link 'a/l'", ("./a/l", "2", "b"), ("a//l/./c/passwd", "0", "")),
        Hostile("is an absolute path", ("h", "1", "/etc/shadow")),
        Hostile("holds '..'", ("h", "1", "../../etc/shadow")),
        Hostile("which it does not hold", ("h", "1", "none")), Hostile("is the root", ("./", "1", "x")),
        Hostile("leads to a directory", ("d", "5", ""), ("h", "1", "d")),
        Hostile("which is no directory", ("a", "0", ""), ("a/b", "0", "")),
        Hostile("is the root and no directory", (".", "0", "")), Hostile("of the unknown kind 'M'", ("x", "M", "")),
        Hostile("more than 512 parts", (String(repeating: "a/", count: 49) + "b", "0", "")),
    ]

    @Test(arguments: hostile) func refuses(_ hostile: Hostile) throws {
        var tar = TarFile()
        for entry in hostile.entries {
            // A name of so many parts goes into an extended header.
            if entry.name.count > 98 { tar.extend([("path", String(repeating: "a/", count: 600) + "b")]) }
            tar.add(entry.name, kind: entry.kind, link: entry.link)
        }
        let message = try refused(tar)
        #expect(message.hasPrefix("the archive \(archive) is refused: "))
        #expect(message.contains(hostile.reason.replacing("'/' is", with: "is")))
    }

    @Test func passesOverWhatLiesBelowDev() throws {
        var tar = TarFile()
        for name in ["./dev/", "./dev/null", "dev/sda", "dev/pipe"] {
            tar.add(
                name, kind: name.hasSuffix("/") ? "5" : name.hasSuffix("null") ? "3" : name.hasSuffix("a") ? "4" : "6")
        }
        try tar.write(to: archive)
        #expect(try Archive.unpack(archive, into: tree) == 3)
        #expect(HostFiles.names(in: tree + "/dev").isEmpty)
    }

    /// A link of which the name holds what tar prints between a name and its target.
    @Test func namesMayHoldAnything() throws {
        let names: [[UInt8]] = [
            Array("x -> y".utf8), Array("-rf".utf8), Array("a\nb".utf8), Array("back\\slash".utf8), [0xff, 0xfe],
            Array("e\u{301}/in".utf8), Array(" ".utf8),
        ]
        var tar = TarFile()
        for name in names { tar.add(name, text: "text") }
        tar.extend([("path", String(repeating: "n", count: 255))])
        tar.add("short")
        tar.extend([("linkpath", "/" + String(repeating: "t", count: 300)), ("mtime", "-1.25")])
        tar.add("link", kind: "2", link: "cut")
        try tar.write(to: archive)
        try Archive.unpack(archive, into: tree)
        let found = Set(try Directory(tree).names().map(\.raw))
        for name in names {
            #expect(found.contains(Array(name.split(separator: UInt8(ascii: "/"))[0])), "\(name)")
        }
        #expect(found.contains([UInt8](repeating: UInt8(ascii: "n"), count: 255)))
        #expect(HostFiles.target(ofLink: tree + "/link")?.utf8.count == 301)
        var status = stat()
        #expect(lstat(tree + "/link", &status) == 0)
        #expect(FileTime(of: status) == FileTime(seconds: -2, nanoseconds: 750_000_000))
    }

    @Test func hardLinksMayComeBeforeTheirFiles() throws {
        var tar = TarFile()
        tar.add("b", kind: "1", link: "d/a")
        tar.add("c", kind: "1", link: "./b")
        tar.add("d/a", text: "one")
        tar.add("a", kind: "1", link: "a")
        tar.add("a", text: "two")
        try tar.write(to: archive)
        try Archive.unpack(archive, into: tree)
        var status = stat()
        #expect(lstat(tree + "/c", &status) == 0 && status.st_nlink == 3)
        #expect(try HostFiles.read(tree + "/a") == "two" && HostFiles.read(tree + "/b") == "one")
    }

    /// Every form in which GNU tar writes the holes of a file.
    @Test(arguments: [
        ["--format=gnu"], ["--format=posix", "--sparse-version=0.0"], ["--format=posix", "--sparse-version=0.1"],
        ["--format=posix", "--sparse-version=1.0"],
    ]) func sparseFilesStaySparse(options: [String]) async throws {
        let source = scratch.path + "/source"
        try HostFiles.makeDirectory(source)
        try HostFiles.create(source + "/lastlog", bytes: Array("begin".utf8))
        // More pieces than fit into the header's own block.
        for index in 1...40 {
            let place = UInt64(index) << 30
            let file = open(source + "/lastlog", O_WRONLY)
            #expect(pwrite(file, "piece", 5, off_t(place)) == 5)
            close(file)
        }
        #expect(truncate(source + "/lastlog", 300 << 30) == 0)
        // GNU's own format knows whole seconds only.
        try await Tool.run("touch", ["--date=@1000000000", source + "/lastlog", source], doing: "testing")
        try await Tool.run(
            "tar", ["--create", "--sparse"] + options + ["--file", archive, "-C", source, "."], doing: "testing")
        try Archive.unpack(archive, into: tree)
        var status = stat()
        #expect(lstat(tree + "/lastlog", &status) == 0 && status.st_size == 300 << 30)
        #expect(status.st_blocks < 1_000)
        #expect(try Digest.tree(tree) == Digest.tree(source))
    }

    @Test func sparseMapsThatLieAreRefused() throws {
        for map in ["0,5,3,5", "0,5", "0,4,100,6", "x", "0,99999999999999999999", "-1,10", "9223372036854775807,10"] {
            var tar = TarFile()
            tar.extend([("GNU.sparse.map", map), ("GNU.sparse.size", "50"), ("GNU.sparse.name", "f")])
            tar.add("f", text: "0123456789")
            unlink(archive)
            #expect(try refused(tar).contains("the pieces of the sparse file 'f' cannot be read"), "\(map)")
        }
    }

    @Test func refusesABomb() async throws {
        let source = scratch.path + "/zeros"
        try HostFiles.replace(source, bytes: [])
        #expect(truncate(source, 64 << 20) == 0)
        try await Tool.run(
            "tar", ["--create", "--gzip", "--file", archive, "-C", scratch.path, "zeros"], doing: "testing")
        let error = try #require(
            #expect(throws: TareError.self) { try Archive.unpack(archive, into: tree) })
        #expect(error.message.contains("more than 200 times its size"))
    }

    @Test func saysWhenAnArchiveIsNotWhole() async throws {
        var tar = TarFile()
        tar.add("a", text: String(repeating: "a", count: 10_000))
        try tar.write(to: archive)
        #expect(truncate(archive, 4_000) == 0)
        let cut = try #require(
            #expect(throws: TareError.self) { try Archive.unpack(archive, into: tree) })
        #expect(cut.code == .image)
        #expect(cut.message.hasSuffix("x.tar ends too early") && cut.remedy?.contains("that is whole") == true)
        try HostFiles.replace(archive, bytes: Array("no archive at all, but long enough to be looked at".utf8))
        let other = try #require(
            #expect(throws: TareError.self) { try Archive.unpack(archive, into: tree) })
        #expect(other.remedy?.contains("Name a tar archive") == true)
        unlink(archive)
        try tar.write(to: archive)
        try await Tool.run("gzip", [archive], doing: "testing")
        #expect(truncate(archive + ".gz", 60) == 0)
        let damaged = try #require(
            #expect(throws: TareError.self) { try Archive.unpack(archive + ".gz", into: tree) })
        #expect(damaged.code == .image && damaged.remedy?.contains("that is whole") == true)
    }
}
