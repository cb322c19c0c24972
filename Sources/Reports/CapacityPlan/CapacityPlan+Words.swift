package import Analysis
import BenchmarkModel

extension CapacityPlan.Row {
    /// The workload's name, or the mix as `nginx 80.0 %, redis 20.0 %`.
    package var workload: String {
        mix.count == 1
            ? mix[0].workload
            : mix.map { "\($0.workload) \(Format.percent($0.share))" }.joined(separator: ", ")
    }
}

extension CapacityPlan {
    /// What was asked for, in a sentence.
    package var question: String {
        var text =
            "\(Format.instances(Double(request.instances))) instances on hosts with \(Format.bytes(request.hostMemoryBytes)) and "
            + "\(request.hostCPUs) CPUs, \(Format.bytes(request.reserveBytes)) of each kept free"
        if let price = request.pricePerHostMonth { text += ", \(Format.number(price)) a host and month" }
        return text + ". From run \(runs.joined(separator: ", "))."
    }

    /// The answer, a sentence for each workload or mix.
    package var answers: [String] {
        rows.map(\.workload).uniqued().compactMap { name in
            let sized = rows.filter { $0.workload == name && $0.containersPerVM == nil && $0.hosts != nil }
            guard !sized.isEmpty else { return nil }
            let parts = sized.map { row in
                let hosts = row.hosts?.value ?? 0
                let each = row.perHost.map { Format.instances($0.value) } ?? ""
                let mark = row.emulated ? " (emulated)" : ""
                return
                    "\(Format.instances(hosts)) host\(hosts == 1 ? "" : "s") with \(row.platform)\(mark), \(each) on each"
            }
            return "\(name): \(parts.joined(separator: "; "))."
        }
    }
}

extension CapacityPlan.Bound {
    var text: String {
        switch self {
        case .memory: "memory"
        case .memoryWithUnknownCPU: "memory; CPU is unknown"
        case .cpu: "CPU"
        }
    }
}

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
        case .emulated:
            return
                "its guests ran under software emulation, which says nothing about virtual machines under KVM; measure on "
                + "a host with KVM, or give --accept-emulated"
        case .nothingFits(let containers): return "not a single \(what(containers)) fits into a host"
        case .perhapsNothingFits(let containers):
            return "at the upper end of its cost's interval not a single \(what(containers)) fits into a host"
        }
    }
}

extension CapacityPlan.Statement {
    var text: String {
        switch self {
        case .measured:
            "Measured: the memory that one more idle instance costs the host's ledger, the fixed cost of a platform, and the "
                + "CPU time of an idle instance."
        case .assumed:
            "Assumed: instances on the hosts to be planned cost what they cost on the measured host, and stay idle. CPU time "
                + "and memory under load are not in these figures."
        case .mixedAssumption:
            "Mixed answer, measured: a virtual machine with one instance, and one more container on the host. Assumed: one "
                + "more container costs the same inside a guest, the guest's memory is made large enough for its "
                + "containers, and a container runtime in the guest costs nothing by itself."
        case .checked(let workload, let platform, let budget, let found, let predicted):
            "Checked: in \(Format.bytes(budget)) \(Format.instances(Double(found))) \(workload) really ran on \(platform), "
                + "\(Format.instances(predicted)) were predicted in the same way."
        case .longExtrapolation:
            "A long extrapolation goes beyond twice the measured number of instances: limits of the kernel (process ids, "
                + "ports of a bridge, control groups) may come first and are not in these figures."
        }
    }
}
