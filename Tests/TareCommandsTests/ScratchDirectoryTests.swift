import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import TareCommands

/// Directories for what is measured and not kept.
@Suite struct ScratchDirectoryTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func made(_ purpose: ScratchDirectory.Purpose = .trial) throws -> ScratchDirectory {
        try ScratchDirectory(purpose, in: place.path)
    }

    @Test func itIsClosedAndGoesWithItsOwner() throws {
        let path: String
        do {
            let scratch = try made()
            path = scratch.path
            #expect(path.hasPrefix(place.path + "/tare-trial-") && path != "\(place.path)/tare-trial-\(getpid())")
            var status = stat()
            #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o700 && status.st_uid == geteuid())
            try HostFiles.create(path + "/tare.db", bytes: [])
            let other = try made()
            #expect(other.path != path)
            withExtendedLifetime(scratch) {}
        }
        #expect(!HostFiles.exists(path) && HostFiles.names(in: place.path).isEmpty)
    }

    /// What somebody else has prepared is neither taken nor removed.
    @Test func nothingIsTakenOver() throws {
        let target = place.path + "/target"
        try HostFiles.makeDirectory(target)
        symlink(target, "\(place.path)/tare-trial-\(getpid())")
        do {
            let scratch = try made()
            try HostFiles.create(scratch.path + "/tare.db", bytes: [])
            withExtendedLifetime(scratch) {}
        }
        #expect(HostFiles.names(in: target).isEmpty)
        #expect(HostFiles.names(in: place.path) == ["tare-trial-\(getpid())", "target"].sorted())
        #expect(ScratchDirectory.sweep([place.path]).removed.isEmpty, "a link is no directory")
        #expect(HostFiles.exists("\(place.path)/tare-trial-\(getpid())"))
    }

    @Test func whatDeadProcessesLeftIsSwept() throws {
        let alive = try made(.doctor)
        for name in ["tare-trial-123", "tare-doctor-aBcDeF", "tare-other", "other"] {
            try HostFiles.makeDirectory("\(place.path)/\(name)")
            try HostFiles.create("\(place.path)/\(name)/tare.db", bytes: [])
        }
        try HostFiles.create("\(place.path)/tare-trial-file", bytes: [])
        let swept = ScratchDirectory.sweep([place.path])
        #expect(swept.removed.sorted() == ["tare-doctor-aBcDeF", "tare-trial-123"].map { "\(place.path)/\($0)" })
        #expect(swept.stays.isEmpty && HostFiles.exists(alive.path))
        #expect(HostFiles.exists("\(place.path)/tare-other") && HostFiles.exists("\(place.path)/tare-trial-file"))
        withExtendedLifetime(alive) {}
    }

    @Test func whereNoneCanBeMadeIsSaid() {
        let error = #expect(throws: TareError.self) { try ScratchDirectory(.trial, in: "/nonexistent") }
        #expect(error?.code == .hostLacks && error?.remedy?.contains("TARE_RUN_DIRECTORY") == true)
    }
}
