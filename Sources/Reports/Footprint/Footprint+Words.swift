import Analysis
import BenchmarkModel

extension FootprintCell.Residual {
    /// What is said of a residual above 10 %, or of one that is not explained.
    func words(_ place: String) -> String {
        var text =
            "\(place): MemAvailable fell by \(Format.number(share * 100)) % \(bytes < 0 ? "less" : "more") than the ledger grew"
        guard let parts else {
            return text + (isFlagged ? ", which its noise does not explain" : ", which is within its noise")
        }
        text +=
            ": of \(Format.signedBytes(bytes)) an instance, \(Format.signedBytes(parts.freeLists)) are the growth of the "
            + "kernel's lists of free pages per CPU, which MemAvailable does not see, and "
            + "\(Format.signedBytes(parts.uncountedCache)) that of caches of which it takes half off; "
        return text
            + (isFlagged
                ? "\(Format.signedBytes(parts.unexplained)) are in no counter of the kernel"
                : "what remains, \(Format.signedBytes(parts.unexplained)), is below 10 % or within the noise")
    }
}

extension FootprintCell {
    static let definition =
        "The ledger is what the kernel says is in use and cannot be taken back (/proc/meminfo: anonymous and shared memory, "
        + "unreclaimable slab, kernel stacks, page tables, per-CPU memory, huge pages), without tare's own part and without "
        + "free objects in half-empty slabs (/proc/slabinfo), which new instances fill first. Its slope "
        + "over N idle, ready instances (Theil-Sen over the fitted rungs of all ladders, 95 % interval by resampling "
        + "ladders, with Student's t, for they are few) is what one more costs; the line's value at N = 0 is the fixed cost. "
        + "Charged to it: anonymous, shared and kernel memory of the instances' control "
        + "groups. Residual: the fall of MemAvailable minus the ledger; unexplained of it is what is left without the kernel's "
        + "lists of free pages per CPU and the half of caches that MemAvailable takes off: memory that no counter names. "
        + "Idle CPU: time that one instance uses in a second."
    static let anatomyDefinition =
        "The ledger is what is charged to the instances and kernel memory that is charged to nobody: network namespaces, "
        + "control group directories, mounts. (A shim that an engine keeps in its own group is neither: its PSS is taken off.) The columns behind it split the same memory by process; they overlap with "
        + "it, RSS and USS are never part of a sum, and PSS counts file pages, which the ledger does not."
    static let ladderDefinition =
        "A ladder starts on a quiet host with dropped caches and shrunk slabs and adds instances without teardown. Rungs are "
        + "fitted from 16 instances or 64 MiB on, for slab and per-CPU memory grow in steps. It ends "
        + "when the cost exceeds 50 times the idle noise and the slopes between its last three fitted rungs are within 5 % "
        + "of each other (an instance of 16 MiB and more needs only the noise), near the host's memory, or at the suite's cap."
}

extension MemoryFigure {
    /// The figure in words, for tables.
    var words: String {
        switch self {
        case .anonymous: "anonymous"
        case .shared: "shared"
        case .unreclaimableSlab: "slab, unreclaimable"
        case .kernelStacks: "kernel stacks"
        case .pageTables: "page tables"
        case .perCPU: "per-CPU"
        case .hugePages: "huge pages"
        case .fileCache: "file cache"
        case .reclaimableSlab: "slab, reclaimable"
        default: rawValue
        }
    }
}
