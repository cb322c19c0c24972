import BenchmarkModel

/// A difference of worlds that the isolation itself makes. It is told once, with its reason, and is no caveat.
///
/// This list is the only one: reports print what of it a run shows, and `docs/parity.md` repeats it, which a test compares.
package struct InherentDifference: Sendable, Equatable {
    /// What two sides must differ in for the difference to be inherent.
    package enum Ground: Sendable, Equatable {
        /// Whether the instance has a kernel of its own.
        case kernel
        /// Whether it has process ids of its own.
        case processIDs
        /// Which parts of the isolation are switched on.
        case parts
        /// Whether a runtime or tare itself mounts what the instance finds.
        case runtime
        /// Which engine runs the container, or none.
        case engine
        /// Whether the host's list of CPUs is shown, or one of the instance's own.
        case cpuView
    }

    /// Names of facts; one that ends with `*` stands for all that begin so, and ``volume`` for each mount of a workload's volumes.
    package var facts: [String]
    package var ground: Ground
    /// In words that follow the names.
    package var reason: String

    /// Stands for the mounts of volumes, wherever a suite puts them.
    package static let volume = WorldFacts.Kind.mount.name("of a volume")

    package static let all = [
        InherentDifference(
            facts: [WorldFacts.kernel], ground: .kernel,
            reason: "a container runs on the host's kernel; a guest boots one of its own, which may be another release"),
        InherentDifference(
            facts: [WorldFacts.memoryTotal], ground: .kernel,
            reason:
                "a container sees all memory of the host; a guest sees its allowance, less what its kernel keeps: a program that "
                + "sizes itself by it (a JVM's heap: a quarter, where no limit of a control group says less) takes accordingly "
                + "another size"),
        InherentDifference(
            facts: [WorldFacts.memoryLimit, WorldFacts.cpuLimit, WorldFacts.Kind.mount.name("/sys/fs/cgroup*")],
            ground: .kernel,
            reason:
                "a container's allowances are limits of its control group, which it can read; a guest's are its hardware"
        ),
        InherentDifference(
            facts: [WorldFacts.Kind.mount.name("/sys/fs/cgroup")], ground: .runtime,
            reason: "where a host has the older hierarchies, an OCI runtime itself mounts the directory that holds them"
        ),
        InherentDifference(
            facts: WorldFacts.capabilitySets.values.sorted(), ground: .kernel,
            reason:
                "root in a container has what engines leave it, for the kernel is the host's; a guest's root has all"),
        InherentDifference(
            facts: [
                WorldFacts.Kind.mount.name("/proc/*"), WorldFacts.Kind.mount.name("/sys/firmware"),
                WorldFacts.Kind.node.name("core"),
            ], ground: .kernel,
            reason:
                "what engines hide of a kernel or make read-only is hidden where the kernel has it; a guest's may have more"
        ),
        InherentDifference(
            facts: [
                WorldFacts.seccomp, WorldFacts.outOfMemoryScore, WorldFacts.limits[6], WorldFacts.limits[7],
            ]
                + [
                    "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/run", "/run/.containerenv", "/dev", "/dev/pts",
                    "/dev/mqueue",
                    "/proc/*", "/sys/dev/block", "/sys/fs/cgroup*",
                ].map(WorldFacts.Kind.mount.name), ground: .engine,
            reason:
                "an engine filters system calls, sets limits and mounts as it is made and set up to: names and addresses in /etc, files of "
                + "its own in /run, flags and masks; that is part of what it costs, and of what it gives"),
        InherentDifference(
            facts: [WorldFacts.Kind.mount.name("/sys/devices/system/cpu/online")], ground: .cpuView,
            reason:
                "with cpu-view: allowance a container finds a list of its own CPUs there; the list of a guest is true"),
        InherentDifference(
            facts: [WorldFacts.rootFileSystem], ground: .kernel,
            reason: "a container's root is an overlay over the image; a guest's is a disk with the same files"),
        InherentDifference(
            facts: [volume], ground: .kernel,
            reason:
                "a container sees the directory of the host itself, with the type and the options of that file system; a guest sees an "
                + "ext4 disk in a file on the same file system"),
        InherentDifference(
            facts: [WorldFacts.standardOutput, WorldFacts.standardError], ground: .kernel,
            reason:
                "what a container prints goes into a file of the host, which costs the workload nothing and never makes it wait "
                + "(`> /dev/stdout` cuts that file short); a guest cannot write there: what it prints goes into a pipe, and leaves "
                + "over a port"
        ),
        InherentDifference(
            facts: [WorldFacts.firstProcess], ground: .kernel,
            reason: "a guest ends with its first process, so the witness stays that, and the command is its child"),
        InherentDifference(
            facts: [WorldFacts.firstProcess], ground: .processIDs,
            reason: "without process ids of its own the command is one process of the host's among others"),
        InherentDifference(
            facts: ["*"], ground: .parts,
            reason: "where parts of the isolation are switched on one at a time, the world has only those parts"),
    ]

    /// - Parameter volumes: the names of the facts that are mounts of the workload's volumes.
    func concerns(_ fact: String, volumes: Set<String> = []) -> Bool {
        facts.contains { name in
            if name == InherentDifference.volume { return volumes.contains(fact) }
            return name.hasSuffix("*") ? fact.hasPrefix(name.dropLast()) : name == fact
        }
    }
}

extension Workload {
    /// The names of the facts that are the mounts of its volumes: as the kernel's table of mounts writes a path, in which blanks, line
    /// ends and backslashes are octal numbers.
    var volumeFacts: Set<String> {
        Set(
            volumes.map { volume in
                let text = volume.path.unicodeScalars.map { scalar in
                    switch scalar {
                    case " ": "\\040"
                    case "\t": "\\011"
                    case "\n": "\\012"
                    case "\\": "\\134"
                    default: String(scalar)
                    }
                }
                return WorldFacts.Kind.mount.name(text.joined())
            })
    }
}

extension InherentDifference.Ground {
    /// On which side of the difference a platform stands: two that give the same must see the same.
    func side(of spec: PlatformSpec) -> String {
        let traits = spec.traits
        switch self {
        case .kernel: return traits.hasOwnKernel ? "own" : "shared"
        case .processIDs:
            switch traits.isolation {
            case .none: return "shared"
            case .parts(let parts): return parts.contains(.pid) ? "own" : "shared"
            case .whole: return "own"
            }
        case .parts: return traits.parts.map { $0.map(\.rawValue).sorted().joined(separator: " ") } ?? "all"
        case .runtime: return traits.role.rawValue
        case .engine:
            if case .engine(let settings) = spec.kind { return settings.engine.rawValue }
            return "none"
        case .cpuView: return traits.hasOwnKernel ? "own" : spec.cpuView.rawValue
        }
    }
}
