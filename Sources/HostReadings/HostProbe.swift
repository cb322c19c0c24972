package import BenchmarkModel
import Glibc
package import LinuxSystem

/// Reads the facts of this host that decide whether two runs are comparable, and those that a reader wants to know.
package enum HostProbe {
    /// All facts, in the order of showing. What cannot be read says so.
    package static func facts(groups: CgroupTree) -> HostFacts {
        HostFacts(
            facts: processor() + memory() + kernel(groups) + settings() + GivenToTare.facts(groups) + machine())
    }

    private static func value(_ path: String) -> String {
        guard let value = HostFiles.value(path) else { return "not readable: \(path)" }
        return value.isEmpty ? "none" : value
    }

    /// The chosen word of a file such as `always [madvise] never`.
    static func chosen(_ text: String) -> String {
        guard let open = text.firstIndex(of: "["), let close = text.firstIndex(of: "]"), open < close else {
            return text
        }
        return String(text[text.index(after: open)..<close])
    }

    /// By what machines with the same facts are told apart; none where the machine has no identity. machine-id(5) is confidential:
    /// half as many bits of a hash of it cannot be turned back into it.
    static func machine(_ read: (String) -> String? = HostFiles.value) -> [Fact] {
        for path in ["/etc/machine-id", "/var/lib/dbus/machine-id", "/sys/class/dmi/id/product_uuid"] {
            guard let identity = read(path), identity.utf8.count >= 32 else { continue }
            let digits = String("tare \(identity)".fingerprint, radix: 16)
            return [Fact("machine", String(repeating: "0", count: 16 - digits.count) + digits)]
        }
        return []
    }

    private static func processor() -> [Fact] {
        let text = (try? HostFiles.read("/proc/cpuinfo")) ?? ""
        func field(_ name: String) -> String? {
            for line in text.split(separator: "\n") where line.hasPrefix(name) {
                if let colon = line.firstIndex(of: ":") {
                    return HostFiles.trimmed(String(line[line.index(after: colon)...]))
                }
            }
            return nil
        }
        let flags = Set((field("flags") ?? "").split(separator: " "))
        let base = "/sys/devices/system/cpu"
        return [
            Fact("CPU model", field("model name") ?? "not readable: /proc/cpuinfo", mustAgree: true),
            Fact("CPUs online", "\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))", mustAgree: true),
            Fact("microcode", field("microcode") ?? "unknown"),
            Fact(
                "runs under a hypervisor",
                flags.contains("hypervisor") ? "yes: this host is itself a virtual machine" : "no", mustAgree: true),
            Fact(
                "frequency governor",
                HostFiles.value(base + "/cpu0/cpufreq/scaling_governor") ?? "none (no frequency control)",
                mustAgree: true),
            Fact("turbo", turbo(base)),
            Fact("SMT", HostFiles.value(base + "/smt/control") ?? "unknown"),
        ]
    }

    private static func turbo(_ base: String) -> String {
        if let off = HostFiles.value(base + "/intel_pstate/no_turbo") { return off == "1" ? "off" : "on" }
        if let boost = HostFiles.value(base + "/cpufreq/boost") { return boost == "1" ? "on" : "off" }
        return "unknown (no control)"
    }

    private static func memory() -> [Fact] {
        let numbers = KeyedNumbers.read("/proc/meminfo") ?? [:]
        let swap = numbers["SwapTotal"] ?? 0
        return [
            Fact("memory", numbers["MemTotal"].map { "\($0) KiB" } ?? "not readable: /proc/meminfo", mustAgree: true),
            Fact("swap", swap == 0 ? "none" : "\(swap) KiB", mustAgree: true),
            Fact(
                "transparent huge pages", chosen(value("/sys/kernel/mm/transparent_hugepage/enabled")), mustAgree: true),
            Fact("KSM", value("/sys/kernel/mm/ksm/run") == "1" ? "on" : "off", mustAgree: true),
        ]
    }

    private static func kernel(_ groups: CgroupTree) -> [Fact] {
        var name = utsname()
        uname(&name)
        let machine = withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return [
            Fact("kernel", value("/proc/sys/kernel/osrelease"), mustAgree: true),
            Fact("architecture", machine, mustAgree: true),
            Fact("distribution", distribution()),
            Fact("cgroup mode", groups.mode.rawValue, mustAgree: true),
            Fact(
                "clock source", value("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
                mustAgree: true),
            Fact("kernel parameters", parameters(of: value("/proc/cmdline"))),
            Fact("mitigations", mitigations(), mustAgree: true),
        ]
    }

    /// Kernel parameters that change what is measured, by the beginning of their names.
    private static let tellingParameters = [
        "mitigations", "spec", "pti", "nopti", "nosmt", "isolcpus", "nohz", "rcu", "idle", "cpuidle", "haltpoll",
        "intel_", "amd_", "processor.", "clocksource", "tsc", "hpet", "maxcpus", "nr_cpus", "mem=", "transparent_huge",
        "hugepage", "default_hugepage", "numa", "psi", "cgroup", "swapaccount", "systemd.unified", "preempt", "sched",
        "threadirqs", "skew_tick", "init_on_", "slub_", "slab_", "page_poison", "debug", "kasan", "kfence", "audit",
        "selinux", "apparmor", "lsm", "kvm", "nested", "iommu", "swiotlb", "page_reporting",
    ]

    /// The telling parameters of a kernel command line. The rest is left out: a report is made to be shown around, and a
    /// command line may hold secrets. What follows `--` is the init's, not the kernel's.
    static func parameters(of commandLine: String) -> String {
        let words = commandLine.split(separator: " ").prefix { $0 != "--" }
        let telling = words.filter { word in tellingParameters.contains { word.hasPrefix($0) } }
        return telling.isEmpty ? "none that is known to change figures" : telling.joined(separator: " ")
    }

    private static func distribution() -> String {
        for line in ((try? HostFiles.read("/etc/os-release")) ?? "").split(separator: "\n")
        where line.hasPrefix("PRETTY_NAME=") {
            return line.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" }
        }
        return "unknown"
    }

    private static func mitigations() -> String {
        let base = "/sys/devices/system/cpu/vulnerabilities"
        let found = HostFiles.names(in: base).map { "\($0): \(value("\(base)/\($0)"))" }
        return found.isEmpty ? "not readable: \(base)" : found.joined(separator: "; ")
    }

    private static func settings() -> [Fact] {
        [
            Fact("address space randomisation", value("/proc/sys/kernel/randomize_va_space"), mustAgree: true),
            Fact("mounts at the start", "\(Mounts.lines(containing: "").count)"),
            Fact("load average at the start", value("/proc/loadavg")),
            Fact("boot id", HostBoot.id),
        ]
    }
}
