import BenchmarkModel
import LinuxSystem

/// The /dev of an instance where tare makes it: what an ordinary container has, and nothing of the host's.
enum InstanceDevices {
    /// Device files, which the devices control group lets an instance open and make; no others.
    static let nodes: [(name: String, major: UInt64, minor: UInt64)] = [
        ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
    ]

    /// What the devices control group allows: the files above, and the terminals of the instance's own /dev/pts.
    static let allowed: [CgroupTree.Device] =
        nodes.map { CgroupTree.Device(major: $0.major, minor: $0.minor) } + [
            CgroupTree.Device(major: 5, minor: 2), CgroupTree.Device(major: 136, minor: nil),
        ]

    private static let links = [
        ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"),
    ]

    /// Mounts and fills a directory that is there.
    static func steps(at dev: String) -> [SpawnStep] {
        let safe = Mounts.Flag.noSUID | Mounts.Flag.noExec
        var steps: [SpawnStep] = [
            .mount(source: "tmpfs", target: dev, type: "tmpfs", flags: safe, data: "mode=755,size=65536k")
        ]
        for node in nodes {
            steps.append(.makeDevice("\(dev)/\(node.name)", mode: 0o666, major: node.major, minor: node.minor))
        }
        for (name, target) in links { steps.append(.symlink(to: target, at: "\(dev)/\(name)")) }
        steps += [
            .makeDirectory(dev + "/pts", mode: 0o755),
            .mount(
                source: "devpts", target: dev + "/pts", type: "devpts", flags: safe,
                data: "newinstance,ptmxmode=0666,mode=0620,gid=5"),
            .makeDirectory(dev + "/shm", mode: 0o1777),
            .mount(
                source: "shm", target: dev + "/shm", type: "tmpfs", flags: safe | Mounts.Flag.noDevices,
                data: "mode=1777,size=65536k"),
        ]
        return steps
    }

    /// Where an instance's /dev stands that was made before the start.
    static func staged(in directory: String) -> String { directory + "/dev" }

    /// Makes the /dev of an instance that has no mounts of its own, in tare's mount namespace: instrumentation for parity, and
    /// no part of a start.
    static func stage(in directory: String) throws {
        let dev = staged(in: directory)
        try HostFiles.makeDirectory(dev)
        do {
            for step in steps(at: dev) { try step.perform() }
        } catch {
            try? Mounts.unmount(dev)
            throw error
        }
    }

    /// What is said of them in the report.
    static func fact(_ groups: CgroupTree) -> Fact {
        let names = nodes.map(\.name).joined(separator: ", ")
        return Fact(
            "devices",
            groups.deviceLimitProblem.map { "\(names), pts; others can be made: \($0)" }
                ?? "\(names), pts; no others can be made or opened")
    }
}
