import BenchmarkModel
import Foundation
import Glibc
import Images
import LinuxSystem
import Synchronization
import TestSupport

@testable import Containers

/// What the harness gives platforms: a run's directory and cgroup, an image with a static busybox, the real witness.
final class Fixture {
    let scratch: TemporaryDirectory
    let cache: ImageCache
    let witness: String
    let groups: CgroupTree
    let cgroup: String
    let network = RunNetwork()
    private static let count = Atomic<Int>(0)

    init() throws {
        scratch = try TemporaryDirectory()
        cache = try ImageCache(directory: scratch.path + "/cache")
        witness = try BuiltProgram.path("witness")
        groups = try CgroupTree.current()
        cgroup = "/tare-test-\(getpid())-c\(Fixture.count.add(1, ordering: .relaxed).newValue).run"
        try groups.create(cgroup)
        let root = scratch.path + "/image"
        for name in ["", "/bin"] { try HostFiles.makeDirectory(root + name) }
        let busybox = access("/bin/busybox", X_OK) == 0 ? "/bin/busybox" : "/usr/bin/busybox"
        try copyProgram(busybox, to: root + "/bin/busybox")
        guard symlink("busybox", root + "/bin/sh") == 0 else { throw SystemError("linking the shell") }
    }

    deinit {
        _ = groups.killAll(in: cgroup)
        for line in Mounts.lines(containing: scratch.path).reversed() {
            if let point = line.split(separator: " ").dropFirst(4).first { try? Mounts.unmount(String(point)) }
        }
        try? groups.remove(cgroup)
    }

    func workload(_ script: String, memory: UInt64 = 48 << 20, cpus: Int = 2) -> Workload {
        Workload(
            name: "w", image: .rootfs(path: scratch.path + "/image"), command: ["/bin/sh", "-c", script],
            readinessDeadlineSeconds: 20, memoryBytes: memory, cpus: cpus)
    }

    func oci(_ settings: OCISettings = OCISettings()) throws -> OCIPlatform {
        try OCIPlatform(
            spec: PlatformSpec(name: "runc", kind: .oci(settings)), settings: settings, cache: cache, witness: witness,
            groups: groups, runDirectory: scratch.path, network: network)
    }

    func namespaces() -> NamespacesPlatform {
        NamespacesPlatform(
            spec: PlatformSpec(name: "namespaces", kind: .namespaces), cache: cache, witness: witness, groups: groups,
            network: network)
    }

    func process() -> ProcessPlatform {
        ProcessPlatform(
            spec: PlatformSpec(name: "process", kind: .process), cache: cache, witness: witness, groups: groups)
    }

    /// Stages and launches one instance on a thread of its own, as the harness does: staging may move the thread into a
    /// cgroup.
    func launch(_ platform: any Platform, _ workload: Workload, number: Int = 1) async throws -> Launched {
        let prepared = try await platform.prepare(workload)
        let directory = "\(scratch.path)/i\(number)"
        try HostFiles.makeDirectory(directory)
        let channel = try TestChannel(output: directory + "/output")
        let request = LaunchRequest(
            name: "tare-test-\(getpid())-i\(number)", number: number, purpose: .workload, prepared: prepared,
            directory: directory, cgroup: cgroup,
            childCgroupFiles: groups.mode == .v2 ? groups.processFiles(of: cgroup) : [], marks: channel)
        let instance: any Instance = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try platform.stage(request)
                        return try platform.launch(request)
                    })
            }
        }
        channel.closeInstanceSide()
        // The thread that staged is in the instance's group until it has ended.
        guard eventually({ !groups.processes(of: request.instanceGroup).contains(getpid()) }) else {
            throw SystemError("waiting for the launcher's thread to end", number: ETIMEDOUT)
        }
        return Launched(instance: instance, request: request, channel: channel, groups: groups)
    }
}

/// A launched instance, and what the host says of it.
struct Launched {
    let instance: any Instance
    let request: LaunchRequest
    let channel: TestChannel
    let groups: CgroupTree
    var group: String { request.instanceGroup }

    /// The workload's first process.
    func pid() throws -> Int32? {
        try instance.processes().first { $0.role == .workload }?.pid
    }

    /// A file of the group in the hierarchy of a controller.
    func setting(_ controller: String, _ v1: String, _ v2: String) -> String? {
        groups.directory(of: group, controller: controller).flatMap {
            HostFiles.value("\($0)/\(groups.mode == .v2 ? v2 : v1)")
        }
    }

    /// All that a platform could leave behind.
    func leftovers() -> [String] {
        groups.directories(of: group).filter { HostFiles.exists($0) }
            + Mounts.lines(containing: request.directory + "/")
            + ProcessTable.pids().filter {
                (try? HostFiles.read("/proc/\($0)/cmdline"))?.contains(request.name) == true
            }.map { "process \($0)" }
    }
}
