import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Images

/// Archives that strangers made: nothing may come of them outside their directory.
@Suite struct ArchiveFuzzTests {
    /// A tree deep below, so that a climb that gets through meets a directory of the test and none of the host.
    private final class Place {
        let scratch: TemporaryDirectory
        /// In the place of ``TarMutator/canary``, and as long.
        let outside: String
        var archive: String { scratch.path + "/x.tar" }
        var tree: String { scratch.path + "/1/2/3/4/tree" }

        init() throws {
            scratch = try TemporaryDirectory()
            var template = Array("/var/tmp/tfXXXXXX".utf8CString)
            guard let made = mkdtemp(&template) else { throw SystemError("making a temporary directory") }
            outside = String(cString: made)
            var path = scratch.path
            for part in ["1", "2", "3", "4"] {
                path += "/\(part)"
                try HostFiles.makeDirectory(path)
            }
            for folder in [
                outside, scratch.path + "/1/2/3/4/outside", scratch.path + "/1/2/3/outside",
                scratch.path + "/1/2/outside",
            ] {
                try HostFiles.makeDirectory(folder)
                try HostFiles.create(folder + "/secret", bytes: Array("secret".utf8))
            }
        }

        deinit { try? HostFiles.removeTree(outside) }

        /// All but the tree, with what changes when a file is written, linked, removed or given other rights.
        func canaries() -> [String] {
            func walk(_ path: String) -> [String] {
                var status = stat()
                guard lstat(path, &status) == 0 else { return ["\(path) is gone"] }
                let line =
                    "\(path) \(status.st_mode) \(status.st_uid) \(status.st_nlink) \(status.st_size)"
                    + " \(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
                guard status.st_mode & S_IFMT == S_IFDIR, path != tree else { return [line] }
                return [line] + HostFiles.names(in: path).flatMap { walk("\(path)/\($0)") }
            }
            // The tree itself is another each time, and the archive is written before.
            return (walk(scratch.path) + walk(outside)).filter { !$0.hasPrefix(tree + " ") }
        }

        /// The archive with the real path of what it must not reach.
        func aimed(_ bytes: [UInt8]) -> [UInt8] {
            let (mark, aim) = (Array(TarMutator.canary.utf8), Array(outside.utf8))
            let headers = TarMutator.headers(bytes)
            var result = bytes
            var index = 0
            while let found = result[index...].firstIndex(of: mark[0]), found + mark.count <= result.count {
                if result[found..<found + mark.count].elementsEqual(mark) {
                    result.replaceSubrange(found..<found + mark.count, with: aim)
                }
                index = found + 1
            }
            if result != bytes { for start in headers { TarMutator.fixSum(&result, at: start) } }
            return result
        }
    }

    /// What must hold of a tree that was unpacked.
    private static func check(tree: String) throws -> Int {
        var entries = 0
        func walk(_ path: String, depth: Int) throws {
            for name in HostFiles.names(in: path) {
                entries += 1
                var status = stat()
                let full = "\(path)/\(name)"
                // A name that is no UTF-8 is not found again by its text; it has been looked at as a name.
                guard lstat(full, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: try walk(full, depth: depth + 1)
                case S_IFREG: break
                case S_IFLNK:
                    var buffer = [CChar](repeating: 0, count: 4_096)
                    let count = readlink(full, &buffer, buffer.count)
                    let target = String(
                        decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
                    guard !target.hasPrefix("/") else { continue }
                    var level = depth
                    for part in target.split(separator: "/") where part != "." {
                        level += part == ".." ? -1 : 1
                        try Finding.unless(level >= 0, "the link '\(name)' points out of the root, to '\(target)'")
                    }
                default: throw Finding("'\(name)' is a device, a pipe or a socket")
                }
            }
        }
        try walk(tree, depth: 0)
        return entries
    }

    private static func judge(_ error: TareError) throws -> UInt64 {
        try Finding.unless(error.code == .image, "an error of the code \(error.code): \(error)")
        return Fuzzer.feature(String(error.message.prefix(70)))
    }

    private static func unpack(_ bytes: [UInt8], in place: Place) async throws -> UInt64 {
        if HostFiles.exists(place.tree) { try HostFiles.removeTree(place.tree) }
        try HostFiles.makeDirectory(place.tree)
        unlink(place.archive)
        try HostFiles.create(place.archive, bytes: place.aimed(bytes))
        let before = place.canaries()
        var feature: UInt64
        do {
            try Archive.unpack(place.archive, into: place.tree)
            feature = UInt64(try check(tree: place.tree))
            do { try Furnishing.complete(place.tree, files: [:]) } catch let error as TareError {
                feature ^= try judge(error)
            }
        } catch let error as TareError {
            feature = try judge(error)
        } catch let error as SystemError {
            // A tree in which something stands in the way, said in the system's words.
            feature = Fuzzer.feature("\(error)")
        }
        try expectUntouched(place, since: before)
        return feature
    }

    private static func expectUntouched(_ place: Place, since before: [String]) throws {
        let after = place.canaries()
        try Finding.unless(
            before == after,
            "the outside was changed: \(Set(after).symmetricDifference(before).sorted().joined(separator: "; "))")
    }

    /// As a layer over a tree with links of all kinds.
    private static func layer(_ bytes: [UInt8], in place: Place) throws -> UInt64 {
        if HostFiles.exists(place.tree) { try HostFiles.removeTree(place.tree) }
        try HostFiles.makeDirectory(place.tree)
        try HostFiles.makeDirectory(place.tree + "/a")
        for (name, target) in [("l", place.outside), ("x", "a"), ("y", "../../outside")] {
            guard symlink(target, "\(place.tree)/\(name)") == 0 else { throw SystemError("making a link") }
        }
        unlink(place.archive)
        try HostFiles.create(place.archive, bytes: place.aimed(bytes))
        let before = place.canaries()
        var feature: UInt64
        do {
            try Archive.reading("a layer", remedy: "none", limits: .init()) {
                var reader = TarReader(try ByteSource(place.archive), needsEnd: false)
                try TreeWriter(place.tree, isLayered: true).write(&reader)
            }
            feature = 1
        } catch let error as TareError {
            try Finding.unless(error.remedy?.isEmpty == false, "an error without a remedy")
            feature = try judge(error)
        } catch let error as SystemError {
            feature = Fuzzer.feature("\(error)")
        }
        try expectUntouched(place, since: before)
        return feature
    }

    @Test func nothingComesOutOfTheRoot() async throws {
        let place = try Place()
        let words = [
            "l", "l/x", "a", "..", "../x", "/", "x/l", "y/secret", ".wh.", ".wh.l", ".wh..wh..opq", "17179869185", ".",
            "./",
            "//", "path=", "linkpath=", "GNU.sparse.map=", "SCHILY.xattr.user.x=",
        ].map { Array($0.utf8) }
        let kinds = [
            Fuzzer.Kind(name: "tar", weight: 1, words: words, mutate: TarMutator.mutate),
            Fuzzer.Kind(name: "layer", weight: 1, words: words, mutate: TarMutator.mutate),
        ]
        try await Fuzzer(target: "archives", kinds: kinds, limit: 10_000_000_000, inputs: 3_000).run { kind, bytes in
            kind == "tar"
                ? try await ArchiveFuzzTests.unpack(bytes, in: place) : try ArchiveFuzzTests.layer(bytes, in: place)
        }
    }
}
