import BenchmarkModel
import LinuxSystem

/// What this host can give the instances of a suite: an instance has no greater rights than tare itself.
struct InstanceRights {
    /// tare's own hard limit of resources by number; nil for none.
    var limit: (Int32) -> UInt64?
    /// tare's own capabilities, one bit each.
    var capabilities: UInt64

    /// Those of this process, its hard limits raised as far as a suite needs it and this host allows it.
    static func own(for suite: Suite) -> InstanceRights {
        for kind in ResourceLimits.kinds {
            let asked = suite.workloads.flatMap { $0.surroundings.limits.filter { $0.name == kind.name } }
            for wanted in asked.map(\.hard) + [kind.hard] { OwnLimits.raise(kind.number, to: wanted) }
        }
        let status = (try? HostFiles.read("/proc/self/status")) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapPrm:") }
        let mask = line?.split { $0 == ":" || $0.isWhitespace }.last.flatMap { UInt64($0, radix: 16) }
        return InstanceRights(limit: OwnLimits.hard, capabilities: mask ?? .max)
    }

    /// Looks for what a suite asks for and cannot have here, before anything is measured.
    ///
    /// - Throws: ``TareError`` with the place of the key.
    func check(_ document: SuiteDocument) throws {
        for workload in document.suite.workloads {
            let place = "workloads/\(workload.name)"
            for (limit, most) in ResourceLimits.refused(workload.surroundings.limits, own: self.limit) {
                throw TareError(
                    .hostLacks,
                    "workload '\(workload.name)' asks for \(limit.name) up to "
                        + "\(limit.hard.map(String.init) ?? "unlimited"), and tare itself may have \(most) here",
                    remedy: "Ask for \(most) at the most, or start tare with a greater hard limit (ulimit -H).",
                    location: document.location(of: "\(place)/ulimits/\(limit.name)"))
            }
            let lacking = workload.surroundings.addedCapabilities.filter {
                Capabilities.mask([$0]) & capabilities == 0
            }
            // A guest's root has all of them, whatever tare has.
            guard let name = lacking.first, document.suite.platforms.contains(where: { $0.traits.role != .guest })
            else { continue }
            throw TareError(
                .hostLacks,
                "workload '\(workload.name)' asks for the capability \(name), which tare itself does not have here",
                remedy: "Run tare with it, or leave it out.", location: document.location(of: "\(place)/capabilities"))
        }
    }
}
