import BenchmarkModel
import LinuxSystem

/// What tare itself was given of the host: what it was started in decides what it, and a runtime that it starts, can use.
enum GivenToTare {
    static func facts(_ groups: CgroupTree) -> [Fact] {
        let confinement = Confinement.outcome
        let text = confinement?.text ?? (try? HostFiles.read("/proc/self/cgroup")) ?? ""
        let limits = confinement?.limits ?? GroupLimits(groups: groups, text: text)
        return group(limits, on: .current) + [
            Fact("CPUs of tare (affinity)", affinity(), mustAgree: true),
            // Only told: tare takes it back, before it starts anything.
            Fact("nice value that tare was started with", confinement.map { "\($0.niceValue)" } ?? "unknown"),
            Fact("resource limits of tare (soft/hard)", resourceLimits()),
            Fact("control groups of tare", paths(in: text)),
            Fact("instances' control groups", place(confinement)),
        ]
    }

    /// The limits of its control groups. Those that can be felt on a host must agree; one that cannot is no difference.
    static func group(_ limits: GroupLimits, on host: GroupLimits.Host) -> [Fact] {
        let memory = limits.memoryBytes.flatMap { $0.value < host.memoryBytes ? "\($0.value >> 10) KiB" : nil }
        let quota = limits.quotaCPUs.flatMap {
            $0.value < Double(host.cpus) ? "\(($0.value * 100).rounded() / 100) CPUs" : nil
        }
        let cpus = limits.cpus.flatMap { $0.count < host.cpus ? CPUList.text($0) : nil }
        let tasks = limits.tasks.flatMap { $0.value < GroupLimits.manyTasks ? "\($0.value)" : nil }
        return [
            Fact("memory allowed to tare", memory ?? "all", mustAgree: true),
            Fact("CPU time allowed to tare", quota ?? "all", mustAgree: true),
            Fact("CPUs allowed to tare", cpus ?? "all", mustAgree: true),
            Fact(
                "processes allowed to tare", tasks ?? "\(GroupLimits.manyTasks) or more", mustAgree: true),
        ]
    }

    private static func affinity() -> String {
        for line in ((try? HostFiles.read("/proc/self/status")) ?? "").split(separator: "\n")
        where line.hasPrefix("Cpus_allowed_list:") {
            return HostFiles.trimmed(String(line.dropFirst("Cpus_allowed_list:".count)))
        }
        return "not readable: /proc/self/status"
    }

    private static func resourceLimits() -> String {
        // Max open files            1024                 20000                files
        let lines = ((try? HostFiles.read("/proc/self/limits")) ?? "").split(separator: "\n").dropFirst()
        let limits = lines.compactMap { line -> String? in
            let parts = line.split(separator: " ", omittingEmptySubsequences: true)
            guard let first = parts.firstIndex(where: { $0 == "unlimited" || Int($0) != nil }), first + 1 < parts.count
            else { return nil }
            let name = parts[..<first].dropFirst().joined(separator: " ")
            let (soft, hard) = (parts[first], parts[first + 1])
            return soft == hard && soft == "unlimited" ? nil : "\(name) \(soft)/\(hard)"
        }
        return limits.isEmpty ? "none" : limits.joined(separator: ", ")
    }

    /// Each path with the hierarchies in which it is.
    static func paths(in text: String) -> String {
        var order: [String] = []
        var names: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let path = String(parts[2])
            if names[path] == nil { order.append(path) }
            names[path, default: []].append(parts[1].isEmpty ? "unified" : String(parts[1]))
        }
        if order.count == 1 { return order[0] }
        return order.map { "\($0) (\((names[$0] ?? []).joined(separator: ", ")))" }.joined(separator: "; ")
    }

    private static func place(_ confinement: Confinement.Outcome?) -> String {
        guard let confinement, !confinement.felt.isEmpty else { return "at the root of each hierarchy" }
        if let problem = confinement.problem { return "at the root of each hierarchy: \(problem)" }
        return "below those of tare"
    }
}
