package import BenchmarkModel
import LinuxSystem

/// How an instance sees as many CPUs as its allowance has: by a cpuset of its own, and by a file in the place of the kernel's list
/// of CPUs that are online, which a cpuset alone does not change. /proc/cpuinfo and /proc/stat go on showing the host's.
extension LaunchRequest {
    /// Where that file is on the host; nil where the instance sees the host's CPUs.
    package var onlineFile: String? { cpus.map { _ in directory + "/online" } }

    /// Writes the file. Instrumentation for parity, and no part of a start.
    package func stageOnlineFile() throws {
        guard let cpus, let onlineFile else { return }
        try HostFiles.create(onlineFile, bytes: Array((CPUList.text(cpus) + "\n").utf8), mode: 0o444)
    }
}
