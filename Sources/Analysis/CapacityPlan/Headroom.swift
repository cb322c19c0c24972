package import BenchmarkModel

/// How many instances run at the same time on this host as it is now, and what ends their number: a plan of one host that is this
/// one.
package struct Headroom: Sendable, Equatable {
    /// This host as it is now.
    package struct Host: Sendable, Equatable {
        /// `MemAvailable`, or what is left of what control groups allow, in bytes.
        package var availableBytes: UInt64
        package var cpus: Int
        /// As in ``CapacityPlan/Request``.
        package var kernelCPUs: Int
        package var limits: HostLimits

        /// - Parameter kernelCPUs: nil for as many as `cpus`.
        package init(availableBytes: UInt64, cpus: Int, kernelCPUs: Int? = nil, limits: HostLimits) {
            self.availableBytes = availableBytes
            self.cpus = cpus
            self.kernelCPUs = kernelCPUs ?? cpus
            self.limits = limits
        }
    }

    /// What is known of a platform of which nothing was measured.
    package struct Unmeasured: Sendable, Equatable {
        package var platform: String
        /// The files that tare itself holds open for each instance.
        package var openFiles: CapacityPlan.LimitShare
    }

    /// So many shall run at the same time.
    package var instances: Int
    package var host: Host
    /// The platforms by themselves, as in a plan.
    package var rows: [CapacityPlan.Row]
    package var statements: [CapacityPlan.Statement]
    /// The runs, by name; none where nothing was measured.
    package var runs: [String]
    /// The platforms of which nothing was measured.
    package var unmeasured: [Unmeasured]

    /// From the analyses of one or more runs of one host.
    ///
    /// - Parameters:
    ///   - workloads: only these; all where it is empty.
    ///   - platforms: only these; all where it is empty.
    /// - Throws: ``TareError`` as ``CapacityPlan/init(_:from:)`` does, and with code `usage` where a name is not among what was
    ///   measured.
    package init(
        _ instances: Int, on host: Host, from analyses: [RunAnalysis], workloads: [String] = [],
        platforms: [String] = []
    ) throws {
        var request = CapacityPlan.Request(
            hostMemoryBytes: host.availableBytes, hostCPUs: host.cpus,
            reserveBytes: DensityExperiment.defaultReserveBytes, limits: host.limits, instances: instances,
            acceptsEmulated: true, containersPerVM: [], kernelCPUs: host.kernelCPUs)
        request.toleratesUnknownMemory = true
        let plan = try CapacityPlan(request, from: analyses)
        try Headroom.check(workloads, among: plan.rows.map(\.workloadName), "workload", plan.runs)
        try Headroom.check(platforms, among: plan.rows.map(\.platform), "platform", plan.runs)
        let rows = plan.rows.filter { row in
            (workloads.isEmpty || workloads.contains(row.workloadName))
                && (platforms.isEmpty || platforms.contains(row.platform))
        }
        statements = plan.statements.filter { statement in
            switch statement {
            case .limitsUnknown(let workload, let platform), .cpuUnknown(let workload, let platform),
                .processAssumed(let workload, let platform), .memoryUnknown(let workload, let platform, _):
                rows.contains { $0.workloadName == workload && $0.platform == platform }
            case .limits: true
            case .measured, .assumed, .mixedAssumption, .checked, .longExtrapolation, .disk, .noDisk,
                .scaledPerCPU, .perCPUUnknown, .utilisation:
                false
            }
        }
        self.instances = instances
        self.host = host
        self.rows = rows
        runs = plan.runs
        unmeasured = []
    }

    /// From what is known without any measurement.
    package init(_ instances: Int, on host: Host, unmeasured platforms: [PlatformSpec]) {
        self.instances = instances
        self.host = host
        (rows, statements, runs) = ([], [], [])
        let limit = host.limits.limits[.ownOpenFiles]
        unmeasured = platforms.compactMap { spec in
            limit.map { limit in
                let each = CapacityPlan.Range(exactly: Double(spec.traits.openFilesPerInstance))
                return Unmeasured(
                    platform: spec.name,
                    openFiles: CapacityPlan.LimitShare(
                        .ownOpenFiles, each: each, limit: limit, inUse: host.limits.inUse[.ownOpenFiles] ?? 0))
            }
        }
    }

    private static func check(_ asked: [String], among known: [String], _ what: String, _ runs: [String]) throws {
        for name in asked where !known.contains(name) {
            throw TareError(
                .usage, "no footprint of the \(what) '\(name)' was measured in \(runs.joined(separator: ", "))",
                remedy: "Measured are: \(known.uniqued().joined(separator: ", ")).")
        }
    }

    /// Whether all of them run, by the estimates; nil where nothing was measured, or nothing of it can be relied on.
    package var fits: Bool? {
        let said = rows.compactMap { fits($0) }
        return said.isEmpty ? nil : !said.contains(false)
    }

    /// Whether all run on this platform; nil where nothing can be said of it.
    package func fits(_ row: CapacityPlan.Row) -> Bool? {
        switch row.refusal {
        case nil: row.perHost.map { $0.value >= Double(instances) }
        case .nothingFits, .perhapsNothingFits: false
        case .impossible, .noFootprint, .costMayBeNothing, .nothingKnown, .emulated, .guestHoldsFewer: nil
        }
    }
}

extension CapacityPlan.Row {
    /// The workload of a row without a mix.
    package var workloadName: String { mix.first?.workload ?? "" }
}
