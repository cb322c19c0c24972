import LinuxSystem
import Testing

@Suite struct CPUListTests {
    @Test(arguments: [
        ([0], "0"), ([0, 1, 2, 3], "0-3"), ([8, 0, 2, 1], "0-2,8"), ([1, 1, 4, 6, 7], "1,4,6-7"), ([], ""),
    ])
    func writesAsTheKernelDoes(_ cpus: [Int], _ text: String) {
        #expect(CPUList.text(cpus) == text)
        #expect(CPUList.parse(text + "\n") == Set(cpus).sorted())
    }

    @Test(arguments: ["a", "1-", "3-1", "-1", "0-1-2", "0,,x", "99999999999999999999"])
    func refusesWhatItDoesNot(_ text: String) {
        #expect(CPUList.parse(text) == nil)
    }

    @Test func theHierarchiesOfAHost() {
        let tree = CgroupTree(
            mountinfo: """
                31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
                32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
                35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
                41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                """)
        #expect(tree.hierarchies.map(\.point) == ["cpu,cpuacct", "memory", "systemd"].map { "/sys/fs/cgroup/" + $0 })
        #expect(tree.hierarchies.map(\.controllers) == [["cpu", "cpuacct"], ["memory"], ["name=systemd"]])
    }
}
