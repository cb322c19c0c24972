/// Everything that is read of memory at a rung of a ladder or a point of a ramp. In bytes unless the case says otherwise.
package enum MemoryFigure: String, Sendable, Codable, CaseIterable, Hashable, CodingKeyRepresentable {
    // The host's ledger: what the kernel says is in use and cannot be taken back (`/proc/meminfo`).
    /// `AnonPages`.
    case anonymous
    /// `Shmem`: tmpfs, shared anonymous memory.
    case shared
    /// `SUnreclaim` without ``slabSlack``: objects in use.
    case unreclaimableSlab
    /// `KernelStack`.
    case kernelStacks
    /// `PageTables` and `SecPageTables`.
    case pageTables
    /// `Percpu`.
    case perCPU
    /// `Hugetlb`.
    case hugePages

    // Beside the ledger: what can be taken back.
    /// `Buffers` and `Cached` without `Shmem`.
    case fileCache
    /// `SReclaimable`.
    case reclaimableSlab
    /// `MemAvailable`.
    case available
    /// `MemFree`.
    case free
    /// Free pages on the kernel's lists per CPU (`/proc/zoneinfo`), which neither `MemFree` nor `MemAvailable` counts.
    case freeLists
    /// Free objects in half-empty slabs that cannot be reclaimed (`/proc/slabinfo`). Earlier work on a host leaves some MiB
    /// of them, and instances fill them before slabs grow: counted as in use they would make instances seem cheaper.
    case slabSlack

    // Charged to the run's control group, all instances together.
    /// Anonymous memory.
    case chargedAnonymous
    /// File cache.
    case chargedFile
    /// tmpfs and shared anonymous memory.
    case chargedShared
    /// Kernel memory.
    case chargedKernel

    // Sums over the processes of all instances (`smaps_rollup`).
    /// Proportional set size of the workload's processes.
    case pssWorkload
    /// Proportional set size of runtimes that stay.
    case pssRuntime
    /// Proportional set size of virtual machine monitors.
    case pssVMM
    /// Proportional set size of daemons that serve all instances: a fixed cost, and what it grows by with their number.
    case pssDaemons
    /// Resident set size of all; shared pages count in each, so it is never part of a total.
    case residentSet
    /// Unique set size of all: private pages.
    case uniqueSet

    // Guests.
    /// The RAM that guests were given.
    case guestConfigured
    /// Of it, what they have touched: resident pages of the monitor's mapping of guest RAM.
    case guestTouched

    // States of the host that change what the others mean.
    /// Memory that KSM saves now (`pages_sharing`).
    case mergedByKSM
    /// `AnonHugePages`.
    case transparentHuge
    /// Swap in use.
    case swapUsed
    /// Memory control groups that are removed and not yet gone: a number, not bytes.
    case dyingGroups

    /// Anonymous memory and page tables of tare itself, which are in the ledger and are nobody's cost.
    case harness

    /// The kinds of which the ledger is the sum.
    package static let ledgerKinds: [MemoryFigure] = [
        .anonymous, .shared, .unreclaimableSlab, .kernelStacks, .pageTables, .perCPU, .hugePages,
    ]
    /// What is charged to the instances and not to be taken back.
    package static let chargedKinds: [MemoryFigure] = [.chargedAnonymous, .chargedShared, .chargedKernel]
}

/// One reading of all that could be read; what could not is absent.
package struct MemoryReading: Sendable, Equatable, Codable {
    /// The figures.
    package var figures: [MemoryFigure: Int64]

    package init(_ figures: [MemoryFigure: Int64] = [:]) {
        self.figures = figures
    }

    /// A figure, or nil.
    package subscript(figure: MemoryFigure) -> Int64? {
        get { figures[figure] }
        set { figures[figure] = newValue }
    }

    /// The sum of the ledger's kinds without tare's own part, in bytes; nil where one of them is missing.
    package var ledger: Int64? {
        sum(MemoryFigure.ledgerKinds).map { $0 - (figures[.harness] ?? 0) }
    }

    /// The sum of what is charged to the instances and cannot be taken back, in bytes; nil where one part is missing.
    package var charged: Int64? { sum(MemoryFigure.chargedKinds) }

    private func sum(_ kinds: [MemoryFigure]) -> Int64? {
        var sum: Int64 = 0
        for kind in kinds {
            guard let value = figures[kind] else { return nil }
            sum += value
        }
        return sum
    }

    /// Page cache and reclaimable slab that `MemAvailable` does not count as available, in bytes and above a constant: it
    /// takes half of them off while they are small (`si_mem_available` of the kernel). nil where a part is missing.
    package var uncountedCache: Int64? {
        guard let free = figures[.free], let file = figures[.fileCache], let slab = figures[.reclaimableSlab],
            let available = figures[.available]
        else { return nil }
        return free + file + slab - available
    }

    /// All memory that some counter of the kernel names, in bytes: the ledger with tare's own part, what is free, also in
    /// slabs, and what can be reclaimed. nil where a part is missing.
    package var named: Int64? {
        guard let ledger = sum(MemoryFigure.ledgerKinds), let free = figures[.free], let lists = figures[.freeLists],
            let file = figures[.fileCache], let slab = figures[.reclaimableSlab]
        else { return nil }
        return ledger + free + lists + file + slab + (figures[.slabSlack] ?? 0)
    }

    /// Reads in the other reading's figures; those that are in both come from it.
    package mutating func merge(_ other: MemoryReading) {
        figures.merge(other.figures) { _, new in new }
    }
}
