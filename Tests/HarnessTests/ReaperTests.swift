import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Harness

/// What of a journal is honoured.
@Suite struct ReaperTests {
    private static let id = "20260102-030405-0abc"

    @Test func namesOfRuns() {
        #expect(Run.isID(ReaperTests.id))
        for other in [
            "", "20260102-030405", "20260102-030405-0ABC", "20260102-030405-0abc/..", "2026010-0030405-0abc",
            "20260102-030405-0abc-1", "x",
        ] {
            #expect(!Run.isID(other), "\(other)")
        }
    }

    @Test func onlyWhatTheRunItselfWouldHaveMade() throws {
        let id = ReaperTests.id
        for good in [
            Intent(.directory, "/var/tmp/tare-\(id)"), Intent(.cgroup, "/tare-\(id).run"),
            // Of a run that was started in a group with limits.
            Intent(.cgroup, "/system.slice/some.scope/tare-\(id).run"),
            Intent(.domain, "qemu:///system tare-\(id)-i7"), Intent(.domain, "qemu:///session tare-\(id)-kvm"),
        ] {
            try Reaper.check(good, of: id)
        }
        for bad in [
            Intent(.directory, "/var/tmp/tare-20260102-030405-0abd"), Intent(.directory, "/var/tmp"),
            Intent(.directory, "/etc/tare-\(id)"), Intent(.directory, "/var/tmp/x/../tare-\(id)"),
            Intent(.directory, "var/tmp/tare-\(id)"), Intent(.cgroup, "/"), Intent(.cgroup, "/system.slice"),
            Intent(.cgroup, "/tare-\(id).run/.."), Intent(.cgroup, "/../tare-\(id).run"),
            Intent(.cgroup, "/a/./tare-\(id).run"), Intent(.cgroup, "//tare-\(id).run"),
            Intent(.cgroup, "tare-\(id).run"), Intent(.cgroup, "a/tare-\(id).run"),
            Intent(.cgroup, "/tare-\(id).run/"), Intent(.cgroup, "/x-tare-\(id).run"),
            Intent(.cgroup, "/tare-20260102-030405-0abd.run"),
            Intent(.domain, "qemu+ext:///system?command=/p tare-\(id)-i7"), Intent(.domain, "qemu:///system other"),
            Intent(.domain, "qemu:///system tare-20260102-030405-0abd-i1"), Intent(.domain, "tare-\(id)-i1"),
        ] {
            #expect(throws: TareError.self, "\(bad)") { try Reaper.check(bad, of: id) }
        }
        #expect(throws: TareError.self) { try Reaper.check(Intent(.directory, "/var/tmp/tare-x"), of: "x") }
    }

    @Test func theHolderOfALockIsSeen() throws {
        let place = try TemporaryDirectory()
        let directory = "\(place.path)/tare-\(ReaperTests.id)"
        try HostFiles.makeDirectory(directory)
        #expect(!RunLock.isHeld(directory) && !RunLock.isHeld(place.path + "/none"))
        do {
            let lock = try RunLock(directory)
            #expect(RunLock.isHeld(directory))
            #expect(geteuid() != 0 || RunLock.isHeldSomewhere(name: "tare-\(ReaperTests.id)"))
            withExtendedLifetime(lock) {}
        }
        // A child that another test is starting has the descriptor too, until it is exec'd; ``Reaper/isAlive(_:)`` waits as well.
        #expect(eventually { !RunLock.isHeld(directory) })
    }
}
