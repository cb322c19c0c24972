import BenchmarkModel
import Glibc
import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import Harness

/// A run's directories on file systems that a suite names.
@Suite struct RunVolumesTests {
    private static let id = "20260102-030405-0abc"
    private let scratch: TemporaryDirectory
    private let journal = ListedIntents()

    init() throws { scratch = try TemporaryDirectory() }

    private final class ListedIntents: Journal {
        private let rows = Mutex<[Int64: Intent]>([:])
        var open: [Intent] { rows.withLock { $0.sorted { $0.key < $1.key }.map(\.value) } }
        func open(_ intent: Intent) -> Int64 {
            rows.withLock { rows in
                let row = (rows.keys.max() ?? 0) + 1
                rows[row] = intent
                return row
            }
        }
        func close(_ row: Int64) { rows.withLock { $0[row] = nil } }
    }

    private func volume(_ directory: String, bytes: UInt64 = 1 << 20) -> VolumeSpec {
        VolumeSpec(path: "/data", directory: directory, bytes: bytes)
    }

    private func volumes(_ directories: String...) throws -> RunVolumes {
        try RunVolumes(directories.map { volume($0) }, runID: RunVolumesTests.id, journal: journal)
    }

    @Test func areInTheJournalBeforeTheyExist() throws {
        let own = "\(scratch.path)/tare-\(RunVolumesTests.id)"
        // One directory, however often and however it is written.
        let made = try volumes(scratch.path, scratch.path + "/", scratch.path)
        #expect(journal.open == [Intent(.volumes, own)] && !HostFiles.exists(own))
        try made.make(beside: "/nowhere")
        var status = stat()
        #expect(lstat(own, &status) == 0 && status.st_mode == S_IFDIR | 0o700)
        try HostFiles.makeDirectory(own + "/i1-0")
        try HostFiles.create(own + "/i1-0/file", bytes: [1])
        try made.remove(from: journal)
        #expect(journal.open.isEmpty && HostFiles.names(in: scratch.path).isEmpty)
        try made.remove(from: journal)
    }

    /// The place of run directories is a file system like others.
    @Test func mayBeTheRunsOwnDirectoryByAnotherName() throws {
        let own = "\(scratch.path)/tare-\(RunVolumesTests.id)"
        try HostFiles.makeDirectory(own)
        guard symlink(".", scratch.path + "/alias") == 0 else { throw SystemError("linking") }
        for place in ["/alias", ""] {
            let alias = try volumes(scratch.path + place)
            try alias.make(beside: own)
            try alias.remove(from: journal)
            #expect(HostFiles.exists(own))
        }
        let both = try volumes(scratch.path, scratch.path + "/alias")
        rmdir(own)
        try both.make(beside: "/nowhere")
        try both.remove(from: journal)
        #expect(!HostFiles.exists(own) && journal.open.isEmpty)
    }

    @Test func takeNothingThatIsThere() throws {
        let own = "\(scratch.path)/tare-\(RunVolumesTests.id)"
        for target in [nil, "/etc"] {
            if let target { symlink(target, own) } else { try HostFiles.makeDirectory(own) }
            let refused = try volumes(scratch.path)
            let error = try #require(#expect(throws: TareError.self) { try refused.make(beside: "/nowhere") })
            // And nothing of it is taken away.
            try refused.remove(from: journal)
            #expect(HostFiles.exists(own) && journal.open.isEmpty)
            #expect(error.cause?.contains("File exists") == true && error.concerns == "volumes")
            try HostFiles.removeTree(own)
        }
    }

    @Test func whatASuiteNamesIsLookedAtFirst() throws {
        try RunVolumes.check([volume(scratch.path), volume("/var/tmp")])
        func refusal(_ directory: String, bytes: UInt64 = 1) throws -> TareError {
            try #require(
                #expect(throws: TareError.self) { try RunVolumes.check([volume(directory, bytes: bytes)]) })
        }
        try HostFiles.create(scratch.path + "/file", bytes: [])
        try HostFiles.makeDirectory(scratch.path + "/open")
        chmod(scratch.path + "/open", 0o777)
        let refusals = [
            (try refusal(scratch.path + "/none"), "is not there"),
            (try refusal(scratch.path + "/file"), "is no directory"),
            (try refusal(scratch.path + "/open"), "may be changed by others"),
            (try refusal("/proc"), "MiB free"), (try refusal(scratch.path, bytes: 1 << 60), "MiB free"),
        ]
        for (error, words) in refusals {
            #expect(error.message.contains(words) && error.remedy != nil && error.concerns == "volumes", "\(error)")
        }
        chmod(scratch.path + "/open", 0o1777)
        try RunVolumes.check([volume(scratch.path + "/open")])
        // What the volumes of one instance may fill is added up.
        var space = statvfs()
        #expect(statvfs(scratch.path, &space) == 0)
        let most = UInt64(space.f_bavail) * UInt64(space.f_frsize) / 3 * 2
        try RunVolumes.check([volume(scratch.path, bytes: most)])
        var places: [String] = []
        #expect(throws: TareError.self) {
            try RunVolumes.check([volume(scratch.path, bytes: most), volume(scratch.path + "/open", bytes: most)]) {
                places.append("\($0.directory) \($1)")
                return nil
            }
        }
        #expect(places == [scratch.path + "/open size"])
    }

    /// What of a journal is honoured: it is only a file, which somebody else may have written.
    @Test func onlyWhatARunItselfWouldHaveMadeIsReaped() throws {
        let own = "\(scratch.path)/tare-\(RunVolumesTests.id)"
        func check(_ subject: String) throws { try Reaper.check(Intent(.volumes, subject), of: RunVolumesTests.id) }
        try check(own)
        try check("/mnt/ä b/tare-\(RunVolumesTests.id)")
        for bad in [
            "/", "/etc", "/tare-\(RunVolumesTests.id)/..", "/mnt/../tare-\(RunVolumesTests.id)",
            "mnt/tare-\(RunVolumesTests.id)", "\(scratch.path)/x-tare-\(RunVolumesTests.id)",
            "\(scratch.path)/tare-20260102-030405-0abd", own + "/", own + "/i1-0", "/mnt//tare-\(RunVolumesTests.id)",
        ] {
            #expect(throws: TareError.self, "\(bad)") { try check(bad) }
        }
        try HostFiles.makeDirectory(own)
        for name in ["i1-0", "i12-3", "template-q35-work-0", "tare-removal-1"] {
            try HostFiles.makeDirectory("\(own)/\(name)")
        }
        try check(own)
        for name in ["home", "i1", "i1-", "i-1", "i1-0-0", "ix-0", "x1-0"] {
            try HostFiles.makeDirectory("\(own)/\(name)")
            #expect(throws: TareError.self, "\(name)") { try check(own) }
            rmdir("\(own)/\(name)")
        }
        try HostFiles.removeTree(own)
        guard symlink("/etc", own) == 0 else { throw SystemError("linking") }
        #expect(throws: TareError.self) { try check(own) }
        unlink(own)
    }

    /// Names of any bytes, depth, links out of it, flags.
    @Test func reapsWhateverInstancesLeft() throws {
        let own = "\(scratch.path)/tare-\(RunVolumesTests.id)"
        for path in [own, own + "/i1-0", own + "/i1-0/deep", scratch.path + "/spared"] {
            try HostFiles.makeDirectory(path)
        }
        try HostFiles.create(scratch.path + "/spared/file", bytes: [1])
        var odd = Array((own + "/i1-0/").utf8CString.dropLast()) + [-1, -2, 10, 0]
        #expect(mkdir(&odd, 0o000) == 0)
        guard symlink("../../spared", own + "/i1-0/deep/link") == 0 else { throw SystemError("linking") }
        try Reaper.reap(Intent(.volumes, own), of: RunVolumesTests.id)
        #expect(HostFiles.names(in: scratch.path) == ["spared"])
        #expect(HostFiles.exists(scratch.path + "/spared/file"))
        // A second time there is nothing to do.
        try Reaper.reap(Intent(.volumes, own), of: RunVolumesTests.id)
    }

    @Test func honestDisks() {
        var workload = Workload(name: "w", image: .rootfs(path: "/"), command: ["/c"])
        #expect(!workload.needsHonestDisk)
        workload.volumes = [volume("/mnt")]
        #expect(workload.needsHonestDisk)
        workload.volumes = []
        workload.figures = [FigureSpec(name: "f", place: .match("(x)"), unit: "u", polarity: .lowerIsBetter)]
        #expect(workload.needsHonestDisk)
        // Its time is that of its flushes too.
        workload.figures = []
        workload.readiness = .completed
        #expect(workload.needsHonestDisk)
    }
}
