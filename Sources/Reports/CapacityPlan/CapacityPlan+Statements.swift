package import Analysis
import BenchmarkModel

extension CapacityPlan.Refusal {
    package var text: String {
        func what(_ containers: Int) -> String {
            containers == 1 ? "instance" : "virtual machine with \(containers) containers"
        }
        switch self {
        case .impossible(let reason): return reason
        case .noFootprint(let workload, let platform):
            return "no sound footprint of \(workload) was measured on \(platform)"
        case .costMayBeNothing(let workload):
            return "the interval of the cost of \(workload) reaches down to nothing; measure more ladders"
        case .nothingKnown: return "nothing is known that ends the number of instances; measure its footprint again"
        case .emulated:
            return
                "its guests ran under software emulation, which says nothing about virtual machines under KVM; measure on "
                + "a host with KVM, or give --accept-emulated"
        case .nothingFits(let containers, let bound):
            return "not a single \(what(containers)) fits into a host: \(bound.text)"
        case .perhapsNothingFits(let containers, let bound):
            return "at the upper end of what it takes not a single \(what(containers)) fits into a host: \(bound.text)"
        case .guestHoldsFewer(let containers, let share):
            let when = share.holds.value < Double(containers) ? "" : "at the upper end of what they take "
            return
                "\(when)the kernel of such a guest holds \(share.holdsText) containers, not \(containers): "
                + "\(share.resource.rawValue) of \(share.amount(Double(share.limit.value))), \(share.eachText) each"
        }
    }
}

extension CapacityPlan.Statement {
    var text: String {
        switch self {
        case .measured:
            "Measured: the memory that one more instance costs the host's ledger, the fixed cost of a platform, the "
                + "CPU time of an idle instance, and what it takes of the kernel's limited resources."
        case .assumed:
            "Assumed: instances on the hosts to be planned cost what they cost on the measured host, and stay idle. CPU time "
                + "and memory under load are not in these figures."
        case .mixedAssumption:
            "Mixed answer, measured: a virtual machine with one instance, and one more container on the host. Assumed: one "
                + "more container costs the same inside a guest, the guest's memory is made large enough for its "
                + "containers, its kernel has the limits that are its defaults and as many processes in use as the measured "
                + "host, and a container runtime in the guest costs nothing by itself."
        case .checked(let workload, let platform, let budget, let found, let predicted):
            "Checked: in \(Format.bytes(budget)) \(Format.instances(Double(found))) \(workload) really ran on \(platform), "
                + "\(Format.instances(predicted)) were predicted in the same way."
        case .longExtrapolation:
            "A long extrapolation goes beyond twice the measured number of instances: what no limit names (how long the "
                + "kernel searches, how tables grow) may come first."
        case .limits(let limits): "\(limits.origin) \(limits.omissions)"
        case .limitsUnknown(let workload, let platform):
            "What \(workload) on \(platform) takes of the kernel's limited resources was not measured: its ladders did not "
                + "record it. One process an instance was assumed at least; more of them, and other limits (control groups, "
                + "mounts, open files), are not in its figures and may come first. Measure its footprint again."
        case .processAssumed(let workload, let platform):
            "How many processes \(workload) on \(platform) takes was not discerned: other processes came and went meanwhile, or "
                + "they were not counted. One an instance was assumed at least. Measure its footprint again on a quieter host."
        case .memoryUnknown(let workload, let platform, let why):
            "What one more \(workload) on \(platform) costs of memory is not known well enough, so that memory is no bound in its figures: "
                + "\(why.text)."
        case .cpuUnknown(let workload, let platform):
            "The CPU time of an idle \(workload) on \(platform) is unknown, so that the CPUs do not bind in its figures."
        case .disk(let bytes, let usable):
            "Of \(Format.bytes(bytes)) of disk ext4 leaves \(Format.bytes(usable)) to instances: 256 bytes for each inode and the "
                + "journal are its own."
        case .noDisk: "Disk is not in these figures; give --host-disk to have it bind."
        case .scaledPerCPU(let from, let to):
            "The kernel keeps some memory for each CPU: that part of an instance's cost was measured with \(from) "
                + "CPU\(from == 1 ? "" : "s") and taken \(Format.number(Double(to) / Double(from))) times for \(to)."
        case .perCPUUnknown(let workload, let platform):
            "The kernel keeps some memory for each CPU: which part of the cost of \(workload) on \(platform) that is, or with "
                + "how many CPUs it was measured, is unknown, so that it is not scaled to a host's CPUs. With more of them an "
                + "instance costs more than is said."
        case .utilisation(let share):
            "\(Format.percent(share)) of the CPUs and of the memory without the reserve are used. Limits of the kernel, of a "
                + "disk and of an orchestrator are hard, and are used to the end."
        }
    }
}

extension HostLimits {
    /// What is not in figures of limits.
    fileprivate var omissions: String {
        "Counted is what idle instances hold. What a runtime itself takes for a moment while it starts one (some 10 to 20 threads) "
            + (isThisHost
                ? "comes on top." : "comes on top, and so do limits of control groups that instances are put in.")
    }

    /// Whose they are, and what is in use of them.
    fileprivate var origin: String {
        let asMeasured =
            "In use before the first instance: as much as on the measured host, and nothing of a disk"
            + (inUse.keys.allSatisfy(\.isOfDisk) ? "." : ", unless it is told.")
        guard !isThisHost else {
            return "Limits, and what is in use of them, are those of this host as they are now; those of tare's own "
                + "control groups and open files are among them."
        }
        switch name {
        case "kernel":
            return "Limits are the kernel's own defaults for such a host; --host-limits names others. " + asMeasured
        case "debian-12": return "Limits are those of Debian 12 with systemd on such a host. " + asMeasured
        default:
            return "Limits are those of \(name), and the kernel's own defaults where it names none. " + asMeasured
        }
    }
}
