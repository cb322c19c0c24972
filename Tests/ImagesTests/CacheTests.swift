import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import Images

/// What a cache told.
final class Notices: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    func add(_ text: String) { texts.withLock { $0.append(text) } }
}

@Suite struct CacheTests {
    let scratch: TemporaryDirectory
    let notices = Notices()
    let cache: ImageCache

    init() throws {
        scratch = try TemporaryDirectory()
        cache = try ImageCache(directory: scratch.path + "/cache", notice: notices.add)
    }

    private func names(_ folder: String) -> [String] { HostFiles.names(in: "\(scratch.path)/cache/\(folder)") }

    /// An entry with a directory of two files.
    private func make(_ calls: Notices = Notices()) async throws -> CachedItem {
        try await cache.entry("root", recipe: "test 1") { partial in
            calls.add(partial)
            try HostFiles.makeDirectory(partial + "/tree")
            try HostFiles.create(partial + "/tree/a", bytes: Array("four".utf8))
            try HostFiles.create(partial + "/tree/b", bytes: Array("seven..".utf8))
            return ImageCache.Product(payload: "tree", identity: "identity", notes: ["note"])
        }.item
    }

    @Test func makesAnEntryOnce() async throws {
        let calls = Notices()
        let made = try await make(calls)
        let found = try await make(calls)
        #expect(calls.all.count == 1)
        #expect(!made.cached && found.cached)
        #expect(found.path == made.path && found.identity == "identity")
        #expect(made.bytes == 11 && found.bytes == 11)
        #expect(made.path.hasPrefix(scratch.path + "/cache/objects/root-") && made.path.hasSuffix("/tree"))
        #expect(names("partial").isEmpty)
        #expect(notices.all.isEmpty)
    }

    @Test func anotherRecipeIsAnotherEntry() async throws {
        let first = try await make()
        let second = try await cache.entry("root", recipe: "test 2") { partial in
            try HostFiles.create(partial + "/x", bytes: [])
            return ImageCache.Product(payload: "x", identity: "")
        }.item
        #expect(first.path != second.path)
        #expect(names("objects").count == 2)
    }

    @Test func aMakerThatFailsLeavesNothing() async throws {
        await #expect(throws: TareError(.image, "half-way")) {
            _ = try await cache.entry("root", recipe: "test") { partial in
                try HostFiles.create(partial + "/half", bytes: [1])
                throw TareError(.image, "half-way")
            }
        }
        #expect(names("partial").isEmpty && names("objects").isEmpty)
        await #expect(throws: TareError.self) {
            _ = try await cache.entry("root", recipe: "test") { _ in ImageCache.Product(payload: "x", identity: "") }
        }
        #expect(names("partial").isEmpty && names("objects").isEmpty)
    }

    enum Damage: CaseIterable { case cutShort, missing, added, payloadGone, unfinished, manifestCutShort }

    @Test(arguments: Damage.allCases) func makesADamagedEntryAgain(_ damage: Damage) async throws {
        let made = try await make()
        let manifest = (made.path as NSString).deletingLastPathComponent + "/manifest.json"
        let expected: String
        switch damage {
        case .cutShort:
            #expect(truncate(made.path + "/b", 3) == 0)
            expected = "is damaged (it holds 7 bytes instead of 11); it is made again."
        case .missing:
            #expect(unlink(made.path + "/a") == 0)
            expected = "is damaged (it holds 2 files instead of 3); it is made again."
        case .added:
            try HostFiles.makeDirectory(made.path + "/c")
            expected = "is damaged (it holds 4 files instead of 3); it is made again."
        case .payloadGone:
            try HostFiles.removeTree(made.path)
            expected = "is damaged (its payload is missing); it is made again."
        case .unfinished:
            #expect(unlink(manifest) == 0)
            expected = "was never finished; it is made again."
        case .manifestCutShort:
            #expect(truncate(manifest, 20) == 0)
            expected = "was never finished; it is made again."
        }
        let again = try await make()
        #expect(!again.cached)
        #expect(again.bytes == 11)
        #expect(notices.all.count == 1)
        #expect(notices.all.first?.hasPrefix("The cache entry root-") == true)
        #expect(notices.all.first?.hasSuffix(expected) == true)
        #expect(try await make().cached)
    }

    @Test(.timeLimit(.minutes(1))) func manyMakersAtOnceMakeItOnce() async throws {
        // More than there are threads for tasks: one that waits for the lock must not keep a thread from its holder.
        let calls = Notices()
        let items = try await withThrowingTaskGroup(of: CachedItem.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    try await cache.entry("root", recipe: "slow") { partial in
                        calls.add(partial)
                        try await Tool.run("sleep", ["0.1"], doing: "testing")
                        try HostFiles.create(partial + "/x", bytes: [])
                        return ImageCache.Product(payload: "x", identity: "")
                    }.item
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(calls.all.count == 1)
        #expect(items.filter { !$0.cached }.count == 1)
        #expect(Set(items.map(\.path)).count == 1)
    }

    @Test func sweepsWhatDeadMakersLeft() throws {
        let null = open("/dev/null", O_RDWR)
        defer { close(null) }
        let maker = try ChildProcess.spawn(
            SpawnRequest(path: "/bin/true", arguments: ["true"], environment: [], descriptors: (null, null, null)))
        #expect(maker.wait(deadlineMilliseconds: 10_000) == .exited(0))
        let partial = scratch.path + "/cache/partial"
        for name in ["\(maker.pid)-17", "\(getpid())-18", "1-19", "0-20", "somebody's"] {
            try HostFiles.makeDirectory("\(partial)/\(name)")
        }
        try HostFiles.create("\(partial)/\(maker.pid)-17/half", bytes: [1])
        try HostFiles.create("\(partial)/\(maker.pid)-scratch-3", bytes: [1])
        #expect(try cache.sweep() == ["\(maker.pid)-17", "\(maker.pid)-scratch-3"])
        #expect(Set(names("partial")) == ["\(getpid())-18", "1-19", "0-20", "somebody's"])
    }

    /// A search for a package, say, of a run that was killed; beside one whose maker lives.
    @Test func endsToolsThatOutlivedTheirMaker() throws {
        let null = open("/dev/null", O_RDWR)
        defer { close(null) }
        func tool(of maker: Int32) throws -> ChildProcess {
            try ChildProcess.spawn(
                SpawnRequest(
                    path: "/bin/sleep", arguments: ["sleep", "60"],
                    environment: ["TARE_IMAGE_WORK=of process \(maker)"], descriptors: (null, null, null)))
        }
        let maker = try ChildProcess.spawn(
            SpawnRequest(path: "/bin/true", arguments: ["true"], environment: [], descriptors: (null, null, null)))
        #expect(maker.wait(deadlineMilliseconds: 10_000) == .exited(0))
        let orphan = try tool(of: maker.pid)
        let other = try tool(of: getpid())
        defer { for one in [orphan, other] { one.end(graceMilliseconds: 0) } }
        // Whoever adopts an orphan reaps it meanwhile.
        let reaper = Thread { _ = orphan.wait(deadlineMilliseconds: 10_000) }
        reaper.start()
        _ = try cache.sweep()
        #expect(orphan.wait(deadlineMilliseconds: 10_000) == .signalled(SIGKILL))
        #expect(other.wait(deadlineMilliseconds: 0) == nil)
    }

    @Test func emptiesItself() async throws {
        let made = try await make()
        let removed = try cache.removeAll()
        #expect(removed.count == 1 && made.path.contains(removed.first ?? "?"))
        #expect(names("objects").isEmpty)
        #expect(try await !make().cached)
    }

    @Test func saysWhenItsDirectoryCannotBeMade() throws {
        let error = try #require(
            #expect(throws: TareError.self) { _ = try ImageCache(directory: "/proc/tare-cannot-be/cache") })
        #expect(error.code == .image && error.remedy?.contains("XDG_CACHE_HOME") == true)
    }

    @Test func saysWhichProgramIsMissing() async throws {
        let error = try #require(
            await #expect(throws: TareError.self) {
                try await Tool.run("tare-no-such-program", [], doing: "testing")
            })
        #expect(error.message == "the program 'tare-no-such-program' was not found while testing")
        #expect(error.remedy?.contains("scripts/prepare") == true)
    }
}
