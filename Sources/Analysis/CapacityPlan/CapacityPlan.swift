package import BenchmarkModel

/// From measured costs to other hosts: how many instances fit, and so how many hosts are needed.
///
/// N is the least of
/// - (utilisation (memory - reserve) - fixed cost) / slope,
/// - utilisation CPUs / idle CPU,
/// - (limit - in use) / what one more instance takes, for every limited resource of the host,
/// - the most instances that an orchestrator puts on a host,
///
/// in whole instances. The interval comes from the ends of the slope's interval, and from the least and the most of the ladders for
/// CPU time and limited resources. An instance takes one process at least, whatever was measured. The fixed cost is the footprint's
/// intercept, and 0 where that is negative. Per-CPU memory of the kernel is a part of the slope that grows with the CPUs.
package struct CapacityPlan: Sendable, Equatable {
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
        case cpu
        case limit(LimitShare)
        case maxPerHost(Int)
    }

    /// A limited resource of a host, and what one more instance takes of it.
    package struct LimitShare: Sendable, Equatable {
        package var resource: LimitedResource
        /// In the resource's own count; the ends are the least and the most of the ladders.
        package var each: Range
        package var limit: KernelLimit
        /// What is in use before the first instance.
        package var inUse: Double
        /// How much of the limit no instance can have.
        package var kept: Double { Double(resource.reserved) }
        /// How many instances a host holds by it, the lower end where each takes the most; infinite where none takes any.
        package var holds: Range

        init(_ resource: LimitedResource, each: Range, limit: KernelLimit, inUse: Double, group: Int = 1) {
            self.resource = resource
            self.each = each
            self.limit = limit
            self.inUse = inUse
            let most = Double(limit.value) - Double(resource.reserved)
            holds = Range.whole(of: group, each: each) { Take.most(within: most, inUse: inUse, each: $0) }
        }
    }

    /// Why a platform is not sized.
    package enum Refusal: Sendable, Equatable {
        /// It cannot be measured, for this reason.
        case impossible(String)
        case noFootprint(workload: String, platform: String)
        /// The interval of the workload's cost reaches down to nothing.
        case costMayBeNothing(workload: String)
        /// Neither memory nor a limited resource is known to end the number.
        case nothingKnown
        /// Its guests ran under software emulation.
        case emulated
        /// Not a single instance fits; `containers` in one virtual machine, where it is not 1.
        case nothingFits(containers: Int, by: Bound)
        /// At the upper end of the cost's interval not a single one fits.
        case perhapsNothingFits(containers: Int, by: Bound)
        /// The kernel of a guest holds fewer containers.
        case guestHoldsFewer(containers: Int, LimitShare)
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
        /// Memory of one more instance, in bytes; nil also where it is not known well enough.
        package var bytesEach: Range?
        /// Instances on one host.
        package var perHost: Range?
        /// Hosts that are needed, without spare ones.
        package var hosts: Range?
        /// What the number on a host ends with.
        package var binds: Bound?
        /// All limited resources of the host of which an instance takes something, the one that ends first first.
        package var limits: [LimitShare] = []
        /// Whether it was measured what an instance takes of limited resources.
        package var areLimitsKnown = true
        /// Whether the CPU time of an idle instance is known.
        package var isCPUKnown = true
        /// Memory of all hosts, spare ones included, without the reserves, that no instance uses: a share from 0 to 1.
        package var wasted: Double?
        /// What the hosts cost a month, spare ones included.
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
