import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import LinuxSystem

/// Mount tables as recorded on hosts of each kind, cut to what matters.
private enum Mountinfo {
    static let v1 = """
        22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct
        31 25 0:27 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory
        32 25 0:28 / /sys/fs/cgroup/systemd rw,nosuid - cgroup cgroup rw,name=systemd
        """
    static let hybrid = v1 + "\n33 25 0:29 / /sys/fs/cgroup/unified rw shared:3 - cgroup2 cgroup2 rw\n"
    static let v2 =
        "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n"
}

@Suite struct CgroupTreeTests {
    @Test func recognisesTheModes() {
        #expect(CgroupTree(mountinfo: Mountinfo.v1).mode == .v1)
        #expect(CgroupTree(mountinfo: Mountinfo.hybrid).mode == .hybrid)
        #expect(CgroupTree(mountinfo: Mountinfo.v2).mode == .v2)
        #expect(CgroupTree(mountinfo: "22 1 254:0 / / rw - ext4 /dev/vda rw").mode == .none)
    }

    @Test func countsControllersAtOneMountPointOnce() {
        let tree = CgroupTree(mountinfo: Mountinfo.v1)
        #expect(tree.roots == ["/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/systemd"])
        let hybrid = CgroupTree(mountinfo: Mountinfo.hybrid)
        #expect(hybrid.roots == tree.roots + ["/sys/fs/cgroup/unified"])
        #expect(tree.directory(of: "/a.run", controller: "cpuacct") == "/sys/fs/cgroup/cpu,cpuacct/a.run")
        #expect(tree.directory(of: "/a.run", controller: "blkio") == nil)
    }

    @Test func findsTheGroupOfAProcess() {
        let v1 = CgroupTree(mountinfo: Mountinfo.v1)
        #expect(v1.group(in: "4:memory:/x/y\n1:cpu,cpuacct:/z\n0::/", controller: "cpuacct") == "/z")
        let v2 = CgroupTree(mountinfo: Mountinfo.v2)
        #expect(v2.group(in: "0::/user.slice/a b\n", controller: "memory") == "/user.slice/a b")
    }

    @Test(.needsRoot) func measuresAndRemovesARealGroup() throws {
        let tree = try CgroupTree.current()
        let group = "/tare-test-\(getpid()).run"
        try tree.create(group)
        var removed = false
        defer { if !removed { try? tree.remove(group) } }
        // `yes` works without pause; what the group says must come near what the kernel says of the process itself.
        var request = SpawnRequest(
            path: "/usr/bin/yes", arguments: ["yes"], environment: [],
            descriptors: (Null.shared, Null.shared, Null.shared))
        request.cgroupFiles = tree.processFiles(of: group)
        let child = try ChildProcess.spawn(request)
        usleep(300_000)
        #expect(tree.processes(of: group) == [child.pid])
        child.signal(SIGSTOP)
        usleep(50_000)
        // Fields 14 and 15 of /proc/PID/stat: user and system time in ticks of 10 ms.
        let fields = try HostFiles.read("/proc/\(child.pid)/stat").split(separator: " ")
        let ticks = try #require(UInt64(fields[13])) + #require(UInt64(fields[14]))
        let measured = try #require(tree.cpuNanoseconds(of: group))
        #expect(measured.distance(to: ticks * 10_000_000).magnitude < 60_000_000)
        #expect(tree.killAll(in: group).isEmpty)
        #expect(child.wait(deadlineMilliseconds: 1_000) != nil)
        try tree.remove(group)
        removed = true
        #expect(!tree.exists(group))
    }

    @Test(.needsRoot) func membersAreThoseOfTheGroupAndOfItsChildren() throws {
        let tree = try CgroupTree.current()
        let group = "/tare-test-members-\(getpid()).run"
        let groups = [group, group + "/a", group + "/b", group + "/b/deep"]
        for group in groups { try tree.create(group) }
        defer {
            _ = tree.killAll(in: group)
            try? tree.remove(group)
        }
        var children: [ChildProcess] = []
        for group in groups {
            var request = SpawnRequest(
                path: "/bin/sleep", arguments: ["sleep", "100"], environment: [],
                descriptors: (Null.shared, Null.shared, Null.shared))
            request.cgroupFiles = tree.processFiles(of: group)
            children.append(try ChildProcess.spawn(request))
        }
        defer { for child in children { child.end(graceMilliseconds: 0) } }
        // The deepest is two levels down, which is not looked at; `processes` finds it.
        #expect(Set(tree.members(of: group)) == Set(children.dropLast().map(\.pid)))
        #expect(tree.members(of: group + "/a") == [children[1].pid])
        #expect(tree.processes(of: group) == Set(children.map(\.pid)))
        #expect(tree.members(of: "/tare-test-nowhere") == [])
        let directory = try #require(tree.roots.first) + group
        #expect(CgroupTree.countDirectories(below: directory) == 4)
        #expect(CgroupTree.countDirectories(below: directory + "/nowhere") == 0)
    }

    @Test(.needsRoot) func movesTheCallingThread() throws {
        let tree = try CgroupTree.current()
        guard tree.mode != .v2 else { return }
        let groups = ["first", "second"].map { "/tare-test-\($0)-\(getpid()).run" }
        for group in groups { try tree.create(group) }
        defer { for group in groups { try? tree.remove(group) } }
        let wrong = Mutex<[String]>([])
        let done = DispatchSemaphore(value: 0)
        // A thread that ends, so that none of the tests' own stays there. Twice to the second, where it is already then.
        Thread {
            for group in groups + [groups[1]] {
                try? tree.moveCallingThread(to: group)
                let text = (try? HostFiles.read("/proc/thread-self/cgroup")) ?? ""
                for controller in tree.mounts.keys where controller != "unified" {
                    let found = tree.group(in: text, controller: controller)
                    if found != group { wrong.withLock { $0.append("\(controller): \(found ?? "none")") } }
                }
            }
            done.signal()
        }.start()
        done.wait()
        #expect(wrong.withLock { $0 } == [])
    }

    @Test(.needsRoot) func aThreadOfOursDoesNotKeepAGroup() throws {
        let tree = try CgroupTree.current()
        // On v2 threads are never moved by themselves.
        guard tree.mode != .v2 else { return }
        let group = "/tare-test-threads-\(getpid()).run"
        try tree.create(group)
        let moved = DispatchSemaphore(value: 0)
        let ends = DispatchSemaphore(value: 0)
        let thread = Thread {
            try? tree.moveCallingThread(to: group)
            moved.signal()
            ends.wait()
        }
        thread.start()
        moved.wait()
        defer { ends.signal() }
        #expect(throws: SystemError.self) { try tree.remove(group, deadlineMilliseconds: 50) }
        tree.evacuateOwnThreads(from: group)
        try tree.remove(group)
        #expect(!tree.exists(group))
    }

    @Test(.needsRoot) func namesWhatKeepsAGroup() throws {
        let tree = try CgroupTree.current()
        let group = "/tare-test-busy-\(getpid()).run"
        try tree.create(group)
        defer {
            _ = tree.killAll(in: group)
            try? tree.remove(group)
        }
        var request = SpawnRequest(
            path: "/bin/sleep", arguments: ["sleep", "100"], environment: [],
            descriptors: (Null.shared, Null.shared, Null.shared))
        request.cgroupFiles = tree.processFiles(of: group)
        let child = try ChildProcess.spawn(request)
        defer { child.end(graceMilliseconds: 0) }
        let error = #expect(throws: SystemError.self) { try tree.remove(group, deadlineMilliseconds: 50) }
        #expect(error?.attempt.contains("\(child.pid)") == true && error?.number == EBUSY)
    }
}

/// /dev/null, open for the life of the tests.
enum Null {
    static let shared: Int32 = open("/dev/null", O_RDWR | O_CLOEXEC)
}
