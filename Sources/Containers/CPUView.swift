import BenchmarkModel
import Images
import LinuxSystem

/// How an instance sees as many CPUs as its allowance has: by a cpuset of its own, and by a file in the place of the kernel's list
/// of CPUs that are online, which a cpuset alone does not change. /proc/cpuinfo and /proc/stat go on showing the host's.
extension LaunchRequest {
    /// Where that file is on the host; nil where the instance sees the host's CPUs.
    var onlineFile: String? { cpus.map { _ in directory + "/online" } }

    /// Writes the file. Instrumentation for parity, and no part of a start.
    func stageOnlineFile() throws {
        guard let cpus, let onlineFile else { return }
        try HostFiles.create(onlineFile, bytes: Array((CPUList.text(cpus) + "\n").utf8), mode: 0o444)
    }
}

extension CgroupTree {
    /// Makes an instance's own group with its allowances.
    func makeInstanceGroup(_ request: LaunchRequest, limitingDevices: Bool) throws {
        let (group, workload) = (request.instanceGroup, request.prepared.workload)
        try create(group)
        try limitMemory(of: group, bytes: workload.memoryBytes)
        try limitCPUs(of: group, count: workload.cpus)
        if let cpus = request.cpus { try confine(group, to: cpus) }
        if limitingDevices { try limitDevices(of: group, to: InstanceRoot.allowedDevices) }
    }
}
