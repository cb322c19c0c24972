/// From measured costs to other hosts: how many instances fit, and so how many hosts are needed.
///
/// N = min((memory - reserve - fixed cost) / slope, CPUs / idle CPU), whole instances; the interval comes from the ends of
/// the slope's interval, and from the least and the most idle CPU time of the ladders. The fixed cost is the footprint's
/// intercept, and 0 where that is negative.
public struct CapacityPlan: Sendable, Equatable {
    /// A workload's part of all instances.
    public struct Share: Sendable, Equatable {
        /// The workload's name.
        public var workload: String
        /// From 0 to 1.
        public var share: Double

        /// Makes a share.
        public init(_ workload: String, _ share: Double) {
            self.workload = workload
            self.share = share
        }
    }

    /// What is asked for.
    public struct Request: Sendable, Equatable {
        /// Memory of a host, in bytes.
        public var hostMemoryBytes: UInt64
        /// CPUs of a host.
        public var hostCPUs: Int
        /// Memory of each host that no instance may use, in bytes.
        public var reserveBytes: UInt64
        /// Instances in all.
        public var instances: Int
        /// Shares of the workloads, summing up to 1; nil plans each workload by itself.
        public var mix: [Share]?
        /// What a host costs a month, in whatever currency; nil where it is not asked.
        public var pricePerHostMonth: Double?
        /// Whether figures of emulated guests are taken for those of virtual machines.
        public var acceptsEmulated: Bool
        /// Containers in one virtual machine, for the mixed answer.
        public var containersPerVM: [Int]

        /// Makes a request.
        public init(
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
    public enum Basis: String, Sendable {
        /// So many instances were really running.
        case measured
        /// More than were measured, at most twice as many.
        case extrapolated
        /// More than twice as many as were measured.
        case longExtrapolation = "extrapolated, long"
    }

    /// A number with the ends of its interval.
    public struct Range: Sendable, Equatable {
        /// The figure.
        public var value: Double
        /// The lower end; equal to the value where there is no interval.
        public var lower: Double
        /// The upper end.
        public var upper: Double
    }

    /// What one platform needs for one workload or mix.
    public struct Row: Sendable, Equatable {
        /// The workload's name, or the mix as `nginx 80 %, redis 20 %`.
        public var workload: String
        /// The platform's name.
        public var platform: String
        /// Containers in each virtual machine; nil for a platform by itself.
        public var containersPerVM: Int?
        /// Why nothing is said of it, in words; the other figures are nil then.
        public var refusal: String?
        /// Whether guests ran under software emulation.
        public var emulated: Bool
        /// Words that stand beside the figures, such as `not linear`.
        public var marks: [String]
        /// Memory of one more instance, in bytes.
        public var bytesEach: Range?
        /// Instances on one host.
        public var perHost: Range?
        /// Hosts that are needed.
        public var hosts: Range?
        /// `memory` or `CPU`, or that the CPU time of an idle instance is unknown.
        public var binds: String?
        /// Memory of all hosts, without the reserves, that no instance uses: a share from 0 to 1.
        public var wasted: Double?
        /// What the hosts cost a month.
        public var cost: Range?
        /// How ``perHost`` came about.
        public var basis: Basis?
        /// How many instances were really running at the same time.
        public var measuredInstances: Int
        /// How many instances a fault of one kernel hits.
        public var sharedFate: Double?
    }

    /// What was asked for.
    public var request: Request
    /// The platforms by themselves, then the mixed answers.
    public var rows: [Row]
    /// What was measured, what was assumed and what was left out, in sentences.
    public var statements: [String]
    /// The runs, by name.
    public var runs: [String]

    /// Whether any platform could be sized.
    public var saysAnything: Bool { rows.contains { $0.perHost != nil && $0.refusal == nil } }
}
