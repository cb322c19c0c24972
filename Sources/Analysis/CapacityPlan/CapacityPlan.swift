package import BenchmarkModel

/// From measured costs to other hosts: how many instances fit, and so how many hosts are needed.
///
/// N = min((memory - reserve - fixed cost) / slope, CPUs / idle CPU), whole instances; the interval comes from the ends of
/// the slope's interval, and from the least and the most idle CPU time of the ladders. The fixed cost is the footprint's
/// intercept, and 0 where that is negative.
package struct CapacityPlan: Sendable, Equatable {
    /// A workload's part of all instances.
    package struct Share: Sendable, Equatable {
        /// The workload's name.
        package var workload: String
        /// From 0 to 1.
        package var share: Double

        package init(_ workload: String, _ share: Double) {
            self.workload = workload
            self.share = share
        }
    }

    /// What is asked for.
    package struct Request: Sendable, Equatable {
        /// Memory of a host, in bytes.
        package var hostMemoryBytes: UInt64
        /// CPUs of a host.
        package var hostCPUs: Int
        /// Memory of each host that no instance may use, in bytes.
        package var reserveBytes: UInt64
        /// Instances in all.
        package var instances: Int
        /// Shares of the workloads, summing up to 1; nil plans each workload by itself.
        package var mix: [Share]?
        /// What a host costs a month, in whatever currency; nil where it is not asked.
        package var pricePerHostMonth: Double?
        /// Whether figures of emulated guests are taken for those of virtual machines.
        package var acceptsEmulated: Bool
        /// Containers in one virtual machine, for the mixed answer.
        package var containersPerVM: [Int]

        package init(
            hostMemoryBytes: UInt64, hostCPUs: Int, reserveBytes: UInt64, instances: Int,
            mix: [Share]? = nil, pricePerHostMonth: Double? = nil,
            acceptsEmulated: Bool = false, containersPerVM: [Int] = [5, 20, 100]
        ) {
            self.hostMemoryBytes = hostMemoryBytes
            self.hostCPUs = hostCPUs
            self.reserveBytes = reserveBytes
            self.instances = instances
            self.mix = mix
            self.pricePerHostMonth = pricePerHostMonth
            self.acceptsEmulated = acceptsEmulated
            self.containersPerVM = containersPerVM
        }
    }

    /// How a figure came about.
    package enum Basis: String, Sendable {
        /// So many instances were really running.
        case measured
        /// More than were measured, at most twice as many.
        case extrapolated
        /// More than twice as many as were measured.
        case longExtrapolation = "extrapolated, long"
    }

    /// What there is too little of for one more instance.
    package enum Bound: Sendable, Equatable {
        case memory
        /// The CPU time of an idle instance is unknown.
        case memoryWithUnknownCPU
        case cpu
    }

    /// Why a platform is not sized.
    package enum Refusal: Sendable, Equatable {
        /// It cannot be measured, for this reason.
        case impossible(String)
        case noFootprint(workload: String, platform: String)
        /// The interval of the workload's cost reaches down to nothing.
        case costMayBeNothing(workload: String)
        /// Its guests ran under software emulation.
        case emulated
        /// Not a single instance fits; `containers` in one virtual machine, where it is not 1.
        case nothingFits(containers: Int)
        /// At the upper end of the cost's interval not a single one fits.
        case perhapsNothingFits(containers: Int)
    }

    /// What was measured, what was assumed and what was left out.
    package enum Statement: Sendable, Equatable {
        case measured
        case assumed
        case mixedAssumption
        /// What a ramp found beside what was predicted in the same way.
        case checked(workload: String, platform: String, budgetBytes: UInt64, found: Int, predicted: Double)
        case longExtrapolation
    }

    /// A number with the ends of its interval.
    package struct Range: Sendable, Equatable {
        /// The figure.
        package var value: Double
        /// The lower end; equal to the value where there is no interval.
        package var lower: Double
        /// The upper end.
        package var upper: Double
    }

    /// What one platform needs for one workload or mix.
    package struct Row: Sendable, Equatable {
        /// The workload, or the mix of several.
        package var mix: [Share]
        /// The platform's name.
        package var platform: String
        /// Containers in each virtual machine; nil for a platform by itself.
        package var containersPerVM: Int?
        /// Why nothing is said of it; the other figures are nil then.
        package var refusal: Refusal?
        /// Whether guests ran under software emulation.
        package var emulated: Bool
        package var caveats: [Caveat]
        /// Memory of one more instance, in bytes.
        package var bytesEach: Range?
        /// Instances on one host.
        package var perHost: Range?
        /// Hosts that are needed.
        package var hosts: Range?
        /// What the number on a host ends with.
        package var binds: Bound?
        /// Memory of all hosts, without the reserves, that no instance uses: a share from 0 to 1.
        package var wasted: Double?
        /// What the hosts cost a month.
        package var cost: Range?
        /// How ``perHost`` came about.
        package var basis: Basis?
        /// How many instances were really running at the same time.
        package var measuredInstances: Int
        /// How many instances a fault of one kernel hits.
        package var sharedFate: Double?
    }

    /// What was asked for.
    package var request: Request
    /// The platforms by themselves, then the mixed answers.
    package var rows: [Row]
    package var statements: [Statement]
    /// The runs, by name.
    package var runs: [String]

    /// Whether any platform could be sized.
    package var saysAnything: Bool { rows.contains { $0.perHost != nil && $0.refusal == nil } }
}
