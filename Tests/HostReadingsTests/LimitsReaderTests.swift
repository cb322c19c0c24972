import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import HostReadings

/// Trees of files as kernels write them, made by the tests, each number another one, so that it shows where it comes from.
@Suite struct LimitsReaderTests {
    private let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    private func place(_ path: String) throws -> String {
        var directory = scratch.path
        for part in path.split(separator: "/").dropLast() {
            directory += "/\(part)"
            try HostFiles.makeDirectory(directory)
        }
        return "\(scratch.path)/\(path)"
    }

    private func put(_ files: [String: String]) throws {
        for (path, text) in files { try HostFiles.replace(try place(path), bytes: Array("\(text)\n".utf8)) }
    }

    private func link(_ path: String, to target: String) throws { #expect(symlink(target, try place(path)) == 0) }

    private var hybrid: CgroupTree {
        CgroupTree(
            mountinfo: """
                31 25 0:27 / \(scratch.path)/memory rw - cgroup cgroup rw,memory
                32 25 0:28 / \(scratch.path)/pids rw - cgroup cgroup rw,pids
                35 25 0:30 / \(scratch.path)/unified rw - cgroup2 cgroup2 rw
                """)
    }

    private var v2: CgroupTree {
        CgroupTree(mountinfo: "35 24 0:30 / \(scratch.path)/all rw - cgroup2 cgroup2 rw\n")
    }

    private func reader(_ groups: CgroupTree, in text: String? = nil) -> LimitsReader {
        var reader = LimitsReader(
            proc: scratch.path + "/proc", sys: scratch.path + "/sys", directory: "/var/tmp/tare-1",
            ancestry: GroupAncestry(groups: groups, text: text),
            fileSystem: { path in
                path == "/var/tmp/tare-1"
                    ? FileSystemUse(usedBytes: 7_000, capacityBytes: 90_000, usedInodes: 70, capacityInodes: 900) : nil
            })
        reader.user = geteuid()
        return reader
    }

    private let mountinfo = """
        21 25 0:20 / /proc rw - proc proc rw
        25 1 8:1 / / rw - ext4 /dev/sda1 rw
        26 25 8:2 / /var rw - ext4 /dev/sda2 rw
        27 25 8:3 / /var/tmp/tare rw - ext4 /dev/sda3 rw
        28 25 0:4 net:[4026532999] /run/netns/x rw - nsfs nsfs rw
        29 25 0:4 net:[4026531001] /run/netns/y rw - nsfs nsfs rw
        """

    /// What all kernels have.
    private func putCommon() throws {
        try put([
            "proc/loadavg": "0.63 0.97 0.96 1/93 22031", "proc/self/mountinfo": mountinfo,
            "proc/thread-self/net/dev":
                "Inter-|   Receive\n face |bytes\n    lo: 0 0\n  eth0: 0 0\n  veth1: 0 0",
            "proc/sys/fs/file-nr": "521\t0\t2466186", "proc/sys/fs/aio-nr": "12", "proc/sys/kernel/pty/nr": "13",
            "proc/key-users": "    0:     9 8/8 3/1000000 40/25000000\n 1000:     2 2/2 2/200 99/20000",
            "proc/self/limits":
                "Limit                     Soft Limit           Hard Limit           Units\n"
                + "Max open files            1024                 20000                files",
            "sys/class/net/br0/brif/a/x": "", "sys/class/net/br0/brif/b/x": "", "sys/class/net/br1/brif/c/x": "",
            "sys/class/net/eth0/address": "", "sys/class/net/tap0/tun_flags": "0x1002",
            "sys/class/net/tun0/tun_flags": "0x1001", "sys/block/loop0/loop/backing_file": "/x",
            "sys/block/loop1/size": "0", "sys/block/sda/size": "9",
        ])
        for number in 0..<5 { try link("proc/self/fd/\(number)", to: "/dev/null") }
    }

    @Test func whatIsInUse() throws {
        try putCommon()
        let reading = reader(v2).used()
        let expected: [LimitedResource: Int64] = [
            .processIDs: 93, .threads: 93, .mounts: 6, .interfaces: 3, .bridgePorts: 2, .openFiles: 521,
            .ownOpenFiles: 5, .keys: 3, .keyBytes: 40, .loopDevices: 1, .tapDevices: 1, .asynchronousRequests: 12,
            .pseudoterminals: 13, .diskBytes: 7_000, .diskInodes: 70,
        ]
        // Nothing is told of processes, for there are none, nor of control groups.
        #expect(reading.used == expected)
        // What is asked for and no more.
        #expect(reader(v2).used([.mounts, .keys]).used == [.mounts: 6, .keys: 3])
    }

    @Test func theThreadThatIsInTheRunsNetworkCountsItsInterfaces() throws {
        try putCommon()
        try put(["proc/self/task/77/net/dev": "Inter-|\n face |\n    lo: 0"])
        var reader = reader(v2)
        reader.networkThread = "self/task/77"
        #expect(reader.used([.interfaces])[.interfaces] == 1)
        reader.networkThread = "self/task/78"
        #expect(reader.used([.interfaces])[.interfaces] == nil)
    }

    @Test func theLimitsAreThoseThatTheKernelShows() throws {
        try putCommon()
        let settings: [(LimitedResource, String)] = [
            (.processIDs, "kernel/pid_max"), (.threads, "kernel/threads-max"), (.mounts, "fs/mount-max"),
            (.networkNamespaces, "user/max_net_namespaces"), (.mountNamespaces, "user/max_mnt_namespaces"),
            (.processNamespaces, "user/max_pid_namespaces"), (.ipcNamespaces, "user/max_ipc_namespaces"),
            (.hostNameNamespaces, "user/max_uts_namespaces"), (.groupNamespaces, "user/max_cgroup_namespaces"),
            (.openFiles, "fs/file-max"), (.keys, "kernel/keys/root_maxkeys"), (.keyBytes, "kernel/keys/root_maxbytes"),
            (.inotifyInstances, "fs/inotify/max_user_instances"), (.asynchronousRequests, "fs/aio-max-nr"),
            (.pseudoterminals, "kernel/pty/max"),
        ]
        for (number, setting) in settings.enumerated() { try put(["proc/sys/\(setting.1)": "\(1_000 + number)"]) }
        try put(["proc/sys/fs/file-max": "9223372036854775807"])
        let limits = reader(v2).limits()
        for (number, (resource, path)) in settings.enumerated() where resource != .openFiles {
            let source = path.replacing("/", with: ".")
            #expect(limits[resource] == KernelLimit(UInt64(1_000 + number), source: source), "\(resource)")
        }
        #expect(limits[.openFiles]?.value == 9_223_372_036_854_775_807)
        // The hard one, without what tare keeps for its own work.
        #expect(
            limits[.ownOpenFiles] == KernelLimit(19_936, source: "RLIMIT_NOFILE of 20000, of which tare keeps 64"))
        #expect(limits[.bridgePorts]?.value == 1_023)
        // The longest mount point that holds it, and not one whose name begins alike.
        #expect(limits[.diskBytes] == KernelLimit(90_000, source: "the file system at /var"))
        #expect(limits[.diskInodes]?.value == 900)
        // No kernel limits them by number, and there are no control groups here.
        for none in [LimitedResource.interfaces, .loopDevices, .tapDevices, .groupTasks, .memoryGroups] {
            #expect(limits[none] == nil, "\(none)")
        }
    }

    @Test func whatCannotBeReadIsAbsent() throws {
        let reader = LimitsReader(
            proc: scratch.path + "/proc", sys: scratch.path + "/sys", directory: "/x",
            ancestry: GroupAncestry(groups: CgroupTree(mountinfo: ""), text: nil), fileSystem: { _ in nil })
        #expect(reader.used().used.isEmpty && reader.limits().isEmpty)
        try put([
            "proc/loadavg": "0.63", "proc/key-users": "    0:     9", "proc/sys/kernel/pid_max": "many",
            "proc/sys/fs/file-nr": "", "proc/self/limits": "Max open files",
        ])
        #expect(reader.used().used.isEmpty && reader.limits().isEmpty)
    }

    // MARK: Control groups

    @Test func theGroupWithTheLeastRoomIsTheOneThatCounts() throws {
        try put([
            "pids/a/pids.max": "400", "pids/a/pids.current": "350", "pids/a/b/pids.max": "100",
            "pids/a/b/pids.current": "30", "pids/a/b/c/pids.max": "max", "pids/a/b/c/pids.current": "29",
            "unified/cgroup.max.descendants": "max", "unified/cgroup.stat": "nr_descendants 90",
            "unified/u/cgroup.max.descendants": "64",
            "unified/u/cgroup.stat": "nr_descendants 9\nnr_dying_descendants 5",
            "proc/cgroups": "#subsys_name\thierarchy\tnum_cgroups\tenabled\npids\t8\t1\t1\nmemory\t4\t13\t1",
        ])
        let reader = reader(hybrid, in: "9:pids:/a/b/c\n4:memory:/\n0::/u\n")
        // 400 - 350 is less than 100 - 30.
        #expect(reader.used()[.groupTasks] == 350)
        #expect(reader.limits()[.groupTasks] == KernelLimit(400, source: "pids.max of /a"))
        #expect(reader.used()[.descendantGroups] == 9)
        #expect(reader.limits()[.descendantGroups] == KernelLimit(64, source: "cgroup.max.descendants of /u"))
        #expect(reader.used()[.memoryGroups] == 13 && reader.limits()[.memoryGroups]?.value == 65_535)
        // The same one for as long as the reader lives: a figure of two groups would be no figure.
        try put(["pids/a/pids.current": "36"])
        #expect(reader.used()[.groupTasks] == 36)
    }

    @Test func theUnifiedHierarchy() throws {
        try put([
            "all/cgroup.stat": "nr_descendants 40\nnr_dying_descendants 7", "all/s/pids.max": "60",
            "all/s/pids.current": "11", "all/s/cgroup.max.descendants": "20", "all/s/cgroup.stat": "nr_descendants 3",
        ])
        let reader = reader(v2, in: "0::/s\n")
        #expect(reader.used()[.groupTasks] == 11 && reader.limits()[.groupTasks]?.value == 60)
        #expect(reader.used()[.descendantGroups] == 3 && reader.limits()[.descendantGroups]?.value == 20)
        // Those that are there, those that die, and the root.
        #expect(reader.used()[.memoryGroups] == 48)
        try put([
            "all/cgroup.stat":
                "nr_descendants 40\nnr_subsys_memory 31\nnr_dying_descendants 7\nnr_dying_subsys_memory 6"
        ])
        #expect(reader.used()[.memoryGroups] == 37)
        // Runs are made at the roots where no limit is felt.
        let outside = self.reader(v2)
        #expect(outside.used()[.groupTasks] == nil && outside.limits()[.descendantGroups] == nil)
    }

    // MARK: Processes

    private func process(_ pid: Int, net: Int, inotify: Int = 0) throws {
        try link("proc/\(pid)/ns/net", to: "net:[\(net)]")
        for kind in ["mnt", "pid", "ipc", "uts", "cgroup"] {
            try link("proc/\(pid)/ns/\(kind)", to: "\(kind):[\(kind == "mnt" ? 4_026_530_000 + pid : 4_026_531_000)]")
        }
        try link("proc/\(pid)/fd/0", to: "/dev/null")
        for number in 0..<inotify { try link("proc/\(pid)/fd/\(number + 5)", to: "anon_inode:inotify") }
    }

    @Test func namespacesAreCountedOnce() throws {
        try putCommon()
        try process(1, net: 4_026_531_001, inotify: 2)
        try process(20, net: 4_026_531_001)
        try process(21, net: 4_026_531_002, inotify: 1)
        // A thread of tare that is in the run's network, and names that are no processes.
        try link("proc/self/task/7/ns/net", to: "net:[4026531003]")
        try put(["proc/sys/x": "", "proc/12ab/x": ""])
        let reading = reader(v2).used()
        // 1001, 1002, 1003, and one that only a mount holds.
        #expect(reading[.networkNamespaces] == 4)
        #expect(reading[.mountNamespaces] == 3)
        for kind in [LimitedResource.processNamespaces, .ipcNamespaces, .hostNameNamespaces, .groupNamespaces] {
            #expect(reading[kind] == 1, "\(kind)")
        }
        #expect(reading[.inotifyInstances] == 3)
        // Those of others count for them.
        var other = reader(v2)
        other.user = geteuid() + 1
        #expect(other.used()[.inotifyInstances] == 0)
    }

    /// The truth of this host, by the kernel's own words where they can be had without any right.
    @Test func thisHost() throws {
        let reader = LimitsReader(directory: "/", ancestry: try GroupAncestry.ofRuns())
        let (reading, limits) = (reader.used(), reader.limits())
        #expect((reading[.processIDs] ?? 0) > 0 && (reading[.mounts] ?? 0) > 0 && (reading[.ownOpenFiles] ?? 0) >= 3)
        #expect(limits[.processIDs]?.value == HostFiles.value("/proc/sys/kernel/pid_max").flatMap { UInt64($0) })
        let before = reader.used([.ownOpenFiles])[.ownOpenFiles] ?? 0
        let opened = (0..<40).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        defer { for descriptor in opened { close(descriptor) } }
        // Other tests of this process open and close some meanwhile.
        #expect((reader.used([.ownOpenFiles])[.ownOpenFiles] ?? 0) - before > 20)
    }
}
