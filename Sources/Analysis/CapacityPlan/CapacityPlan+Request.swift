extension CapacityPlan {
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
        /// The CPUs of which its kernel keeps memory for each: more than ``hostCPUs`` where a quota allows fewer.
        package var kernelCPUs: Int
        /// Memory of each host that no instance may use, in bytes.
        package var reserveBytes: UInt64
        /// How much of the memory that is left, and of the CPUs, instances may use: above 0, at most 1.
        package var utilisation: Double
        /// What a host has of limited resources.
        package var limits: HostLimits
        /// The most instances that an orchestrator puts on a host; nil where there is no such limit.
        package var maxPerHost: Int?
        /// Hosts that are bought besides those that are needed.
        package var spareHosts: Int
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
        /// Whether a platform is sized by what instances take of limited resources where their memory is not known well enough.
        var toleratesUnknownMemory = false

        /// - Parameters:
        ///   - limits: nil for the kernel's defaults for such a host.
        ///   - kernelCPUs: nil for as many as `hostCPUs`.
        package init(
            hostMemoryBytes: UInt64, hostCPUs: Int, reserveBytes: UInt64, utilisation: Double = 1,
            limits: HostLimits? = nil, maxPerHost: Int? = nil, spareHosts: Int = 0, instances: Int,
            mix: [Share]? = nil, pricePerHostMonth: Double? = nil,
            acceptsEmulated: Bool = false, containersPerVM: [Int] = [5, 20, 100],
            kernelCPUs: Int? = nil
        ) {
            self.hostMemoryBytes = hostMemoryBytes
            self.hostCPUs = hostCPUs
            self.kernelCPUs = kernelCPUs ?? hostCPUs
            self.reserveBytes = reserveBytes
            self.utilisation = utilisation
            self.limits = limits ?? .kernel(memoryBytes: hostMemoryBytes, cpus: kernelCPUs ?? hostCPUs)
            self.maxPerHost = maxPerHost
            self.spareHosts = spareHosts
            self.instances = instances
            self.mix = mix
            self.pricePerHostMonth = pricePerHostMonth
            self.acceptsEmulated = acceptsEmulated
            self.containersPerVM = containersPerVM
        }

        /// Memory of a host without the reserve, in bytes; 0 where the reserve is more.
        var unreservedBytes: Double { max(0, Double(hostMemoryBytes) - Double(reserveBytes)) }
        /// Memory of a host that instances and the platform may use, in bytes.
        var usableBytes: Double { unreservedBytes * utilisation }
        /// CPU time that instances may use, in seconds a second.
        var usableCPUs: Double { Double(hostCPUs) * utilisation }
    }

    /// What was measured, what was assumed and what was left out.
    package enum Statement: Sendable, Equatable {
        case measured
        case assumed
        case mixedAssumption
        /// What a ramp found beside what was predicted in the same way.
        case checked(workload: String, platform: String, budgetBytes: UInt64, found: Int, predicted: Double)
        case longExtrapolation
        /// Whose limits are taken, and from where what is in use.
        case limits(HostLimits)
        /// What an instance takes of limited resources was not measured there, so that one process was assumed at least.
        case limitsUnknown(workload: String, platform: String)
        /// The processes of an instance were not discerned there, so that one was assumed at least.
        case processAssumed(workload: String, platform: String)
        /// What an instance costs of memory is not known well enough there, for this reason.
        case memoryUnknown(workload: String, platform: String, Refusal)
        /// The idle CPU time was not measured there.
        case cpuUnknown(workload: String, platform: String)
        /// Of a disk of so many bytes ext4 leaves so many.
        case disk(bytes: UInt64, usableBytes: UInt64)
        /// No disk was given, and so none limits.
        case noDisk
        /// Per-CPU memory of the kernel was scaled.
        case scaledPerCPU(from: Int, to: Int)
        /// Per-CPU memory of the kernel, or the CPUs of the measured host, are unknown: nothing was scaled.
        case perCPUUnknown(workload: String, platform: String)
        case utilisation(Double)
    }
}
