import BenchmarkModel
import LinuxSystem

extension RunSession {
    /// Looks whether the host has the CPUs that instances of the plan are to get and see.
    ///
    /// - Parameter available: the CPUs that instances can be given.
    /// - Throws: ``TareError`` with the place of the key.
    static func checkCPUs(of document: SuiteDocument, plan: Plan, available: Int, hasCPUSets: Bool) throws {
        for pair in plan.pairs {
            guard let platform = document.suite.platforms.first(where: { $0.name == pair.platform }),
                let workload = document.suite.workloads.first(where: { $0.name == pair.workload }),
                platform.cpuView == .allowance
            else { continue }
            let location = document.location(of: "platforms/\(platform.name)/cpu-view")
            guard hasCPUSets else {
                throw TareError(
                    .hostLacks,
                    "platform '\(platform.name)': cpu-view: allowance needs the cpuset controller, which is absent",
                    remedy: "Leave it out, or boot a kernel that has the controller.", location: location)
            }
            guard workload.cpus > available else { continue }
            throw TareError(
                .hostLacks,
                "platform '\(platform.name)': cpu-view: allowance gives an instance of '\(workload.name)' "
                    + "\(workload.cpus) CPUs to see, and tare has \(available)",
                remedy: "Lower 'cpus' of the workload, or leave 'cpu-view' out.", location: location)
        }
    }
}
