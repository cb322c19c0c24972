import Glibc

extension CgroupTree {
    /// User and system time used by the group and all below it since it was made, in nanoseconds.
    ///
    /// Source: `cpuacct.usage` (v1), `usage_usec` of `cpu.stat` (v2, microseconds).
    package func cpuNanoseconds(of group: String) -> UInt64? {
        if mode == .v2 {
            return stat(of: group, controller: "unified", file: "cpu.stat", key: "usage_usec").map { $0 * 1_000 }
        }
        guard let directory = directory(of: group, controller: "cpuacct") else { return nil }
        return HostFiles.value(directory + "/cpuacct.usage").flatMap { UInt64($0) }
    }

    /// How often the group was throttled by its CPU quota since it was made.
    package func throttledCount(of group: String) -> UInt64? {
        stat(of: group, controller: "cpu", file: "cpu.stat", key: "nr_throttled")
    }

    /// Processes of the group that the kernel killed for want of memory.
    package func outOfMemoryKills(of group: String) -> UInt64? {
        mode == .v2
            ? stat(of: group, controller: "memory", file: "memory.events", key: "oom_kill")
            : stat(of: group, controller: "memory", file: "memory.oom_control", key: "oom_kill")
    }

    private func stat(of group: String, controller: String, file: String, key: String) -> UInt64? {
        guard let directory = directory(of: group, controller: controller) else { return nil }
        return KeyedNumbers.read("\(directory)/\(file)")?[key]
    }

    /// Limits memory, in bytes; nil takes the limit away.
    ///
    /// - Throws: ``SystemError``, also where the host has no memory controller.
    package func limitMemory(of group: String, bytes: UInt64?) throws {
        guard let directory = directory(of: group, controller: "memory") else {
            throw SystemError("limiting memory: there is no memory controller", number: ENOENT)
        }
        let file = directory + (mode == .v2 ? "/memory.max" : "/memory.limit_in_bytes")
        try HostFiles.write(bytes.map { "\($0)" } ?? (mode == .v2 ? "max" : "-1"), to: file)
    }

    /// Limits CPU time to that of this many CPUs, by a quota over 100 ms.
    ///
    /// - Throws: ``SystemError``.
    package func limitCPUs(of group: String, count: Int) throws {
        guard let directory = directory(of: group, controller: "cpu") else { return }
        let period = 100_000
        if mode == .v2 {
            try HostFiles.write("\(count * period) \(period)", to: directory + "/cpu.max")
        } else {
            try HostFiles.write("\(period)", to: directory + "/cpu.cfs_period_us")
            try HostFiles.write("\(count * period)", to: directory + "/cpu.cfs_quota_us")
        }
    }

    /// The group of a process in the hierarchy of a controller, such as `/user.slice/x`.
    ///
    /// - Parameter text: the text of `/proc/PID/cgroup`.
    package func group(in text: String, controller: String) -> String? {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            if mode == .v2 ? parts[0] == "0" : parts[1].split(separator: ",").contains(Substring(controller)) {
                return String(parts[2])
            }
        }
        return nil
    }

    /// The group of a process in the v2 hierarchy, also where that stands beside those of v1; nil where there is none.
    ///
    /// - Parameter text: the text of `/proc/PID/cgroup`.
    func unifiedGroup(in text: String) -> String? {
        guard mounts["unified"] != nil else { return nil }
        return text.split(separator: "\n").first { $0.hasPrefix("0::") }.map { String($0.dropFirst(3)) }
    }
}

/// Files of `key number` lines, as the kernel writes them.
package enum KeyedNumbers {
    /// Reads a file; nil where it cannot be read.
    package static func read(_ path: String) -> [String: UInt64]? {
        (try? HostFiles.read(path)).map(parse)
    }

    /// Parses `key number` lines; a colon after the key and a unit after the number are passed over.
    package static func parse(_ text: String) -> [String: UInt64] {
        var numbers: [String: UInt64] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ":" })
            if words.count >= 2, let number = UInt64(words[1]) { numbers[String(words[0])] = number }
        }
        return numbers
    }
}
