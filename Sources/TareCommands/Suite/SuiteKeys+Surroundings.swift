import BenchmarkModel

extension SuiteKeys {
    /// As whom and with what a workload's command runs.
    static let surroundings: [SuiteKey] = [
        SuiteKey(
            name: "user",
            shape: .either([
                .pattern(
                    "^([A-Za-z_.$][A-Za-z0-9_.$-]*|[0-9]+)(:([A-Za-z_.$][A-Za-z0-9_.$-]*|[0-9]+))?$",
                    example: "postgres"),
                .integer(0...Int(Int32.max)),
            ]),
            description: "Who the command runs as: NAME, NAME:GROUP, UID or UID:GID of the image. Default: root."),
        SuiteKey(
            name: "stdin", shape: .string,
            description: "A file that is its standard input, relative to the suite file, at most 8 MiB. Default: empty."
        ),
        SuiteKey(name: "shm", shape: memory, description: "The size of /dev/shm. Default 64MiB."),
        SuiteKey(
            name: "tmpfs", shape: .map(memory), description: "File systems in memory: their sizes, by absolute path."),
        SuiteKey(
            name: "ulimits", shape: .object(ulimits),
            description: "Resource limits: one number for both, {soft: N, hard: N}, or unlimited. Default: an engine's."
        ),
        SuiteKey(
            name: "capabilities", shape: .object(capabilities),
            description: "Capabilities besides an engine's, and without some of them."),
        SuiteKey(
            name: "stop-signal",
            shape: .either([.pattern("^[A-Za-z0-9+-]+$", example: "SIGTERM"), .integer(1...64)]),
            description: "The signal that asks the command to end, 10 s before it is killed. Default: killed at once."),
    ]

    static let ulimits = SuiteKeys(
        name: "ulimits",
        keys: ResourceLimits.kinds.map { kind in
            SuiteKey(
                name: kind.name, shape: .either(amounts(kind) + [.object(limit(kind))]),
                description: "RLIMIT_\(kind.name.uppercased()) of setrlimit(2), in its unit.")
        })

    static func limit(_ kind: ResourceLimits.Kind) -> SuiteKeys {
        SuiteKeys(
            name: kind.name,
            keys: [
                SuiteKey(name: "soft", shape: .either(amounts(kind)), required: true, description: "What binds."),
                SuiteKey(
                    name: "hard", shape: .either(amounts(kind)), required: true,
                    description: "Up to which the command may raise it."),
            ])
    }

    private static func amounts(_ kind: ResourceLimits.Kind) -> [SuiteKey.Shape] {
        [.integer(0...Int(kind.most))] + (kind.most == ResourceLimits.most ? [.choice(["unlimited"])] : [])
    }

    static let capabilities = SuiteKeys(
        name: "capabilities",
        keys: [
            SuiteKey(name: "add", shape: .strings, description: "Added, such as NET_ADMIN or CAP_NET_ADMIN."),
            SuiteKey(name: "drop", shape: .strings, description: "Taken away; ALL for all that are not added."),
        ])
}
