import BenchmarkModel

/// The keys of a suite file: the one list from which the reader knows them and the JSON Schema is made.
struct SuiteKey: Sendable {
    /// What a value is, for the schema.
    indirect enum Shape: Sendable {
        case string
        /// A name, see ``Names``.
        case name
        case pattern(String, example: String)
        case integer(ClosedRange<Int>)
        /// A number from 0 on, which need not be whole.
        case number
        case boolean
        case strings
        case texts
        case choice([String])
        /// A list, which may be empty, of these words.
        case choices([String])
        case object(SuiteKeys)
        /// A mapping of any keys to these, of so many at the most.
        case map(Shape, most: Int? = nil)
        /// A mapping of names, see ``Names``, to these, of so many at the most.
        case named(Shape, most: Int)
        case list(Shape)
        case either([Shape])
    }

    var name: String
    var shape: Shape
    var required = false
    var description: String
}

/// The keys of one kind of mapping.
struct SuiteKeys: Sendable {
    var name: String
    var keys: [SuiteKey]
    /// Whether just one of the keys is given.
    var exactlyOne = false
    /// Whether at least one is given.
    var notEmpty = false
    /// Keys of which just one is given, besides others.
    var oneOf: [String] = []
    /// Keys that go only with another.
    var companions: [String: String] = [:]
    /// Keys that go only with a value of another.
    var conditions: [String: (key: String, value: String)] = [:]

    /// A key that is required where an inner mapping has none of some keys.
    struct Alternative: Sendable {
        var key: String
        var inner: String
        var has: [String]
    }
    var alternative: Alternative?

    var names: [String] { keys.map(\.name) }

    static let memory = SuiteKey.Shape.pattern(ByteSize.pattern, example: "128MiB")
    static let duration = SuiteKey.Shape.pattern("^[0-9]+(\\.[0-9]+)?\\s*(ms|s|min)$", example: "60s")

    static let suite = SuiteKeys(
        name: "suite",
        keys: [
            SuiteKey(name: "name", shape: .name, required: true, description: "The suite's name."),
            SuiteKey(name: "description", shape: .string, description: "What the suite is for."),
            SuiteKey(
                name: "seed", shape: .integer(0...Int.max),
                description: "The seed of the order of measurement; one is drawn and recorded where it is absent."),
            SuiteKey(
                name: "defaults", shape: .object(defaults),
                description: "Allowances and network of workloads that give none."),
            SuiteKey(name: "workloads", shape: .list(.object(workload)), required: true, description: "What runs."),
            SuiteKey(
                name: "platforms", shape: .list(.either([.choice(PlatformRegistry.bareNames), .object(platform)])),
                required: true, description: "Where it runs: 'process', 'namespaces', or a mapping."),
            SuiteKey(
                name: "experiments", shape: .object(experiments), required: true, description: "What is measured."),
        ])

    static let allowances: [SuiteKey] = [
        SuiteKey(
            name: "deadline", shape: duration,
            description: "How long an instance may take from the request to ready. Default 60s."),
        SuiteKey(
            name: "memory", shape: memory,
            description: "A container's limit and a guest's RAM. At least 16MiB, default 128MiB."),
        SuiteKey(
            name: "cpus", shape: .integer(1...512),
            description: "A container's CPU quota and a guest's CPUs. Default 1."),
        SuiteKey(
            name: "network", shape: .choice(WorkloadNetwork.allCases.map(\.rawValue)),
            description:
                "What each instance has of a network: 'none' (a loopback interface, the default), 'bridge' (an address of its own "
                + "on a bridge of the run's) or 'host' (the run's network, which instances share). It leads nowhere else."
        ),
    ]

    static let defaults = SuiteKeys(name: "defaults", keys: allowances)

    static let workload = SuiteKeys(
        name: "workload",
        keys: [
            SuiteKey(name: "name", shape: .name, required: true, description: "The workload's name."),
            SuiteKey(name: "image", shape: .object(image), required: true, description: "Its root filesystem."),
            SuiteKey(
                name: "command", shape: .strings,
                description:
                    "The program and its arguments; those of an image by 'oci' or 'registry' where it is absent."),
            SuiteKey(name: "environment", shape: .texts, description: "The environment of the command."),
            SuiteKey(
                name: "working-directory", shape: .string,
                description: "An absolute path in the image. Default: the image's own, or /."),
            SuiteKey(
                name: "ready", shape: .either([.choice(["started", "completed"]), .object(ready)]),
                description: "When an instance counts as ready. Default 'started': the command has been exec'd. "
                    + "'completed': it has ended with status 0."),
        ] + tasks + surroundings + allowances, conditions: ["figures": ("ready", "completed")],
        alternative: .init(key: "command", inner: "image", has: ["oci", "registry"]))

    static let image = SuiteKeys(
        name: "image",
        keys: [
            SuiteKey(
                name: "packages", shape: .strings, description: "Debian packages, unpacked without their scripts."),
            SuiteKey(
                name: "release", shape: .string, description: "The Debian release of the packages. Default bookworm."),
            SuiteKey(
                name: "files", shape: .texts,
                description:
                    "Text files put over the packages, by absolute path: what a package's script would have written."),
            SuiteKey(
                name: "rootfs", shape: .string, description: "A directory or tar archive, relative to the suite file."),
            SuiteKey(
                name: "oci", shape: .string,
                description:
                    "An OCI image layout (directory or archive) or an archive of 'docker save' or 'podman save', relative to the suite file."
            ),
            SuiteKey(
                name: "registry", shape: .string,
                description: "An image of a registry, NAME:TAG or NAME@sha256:DIGEST, fetched with skopeo."),
        ], oneOf: ["packages", "rootfs", "oci", "registry"], companions: ["files": "packages", "release": "packages"])

    static let ready = SuiteKeys(
        name: "ready",
        keys: [
            SuiteKey(
                name: "line", shape: .string,
                description: "A POSIX extended regular expression that a line of output matches."),
            SuiteKey(name: "tcp", shape: .integer(1...65_535), description: "A TCP port that accepts connections."),
            SuiteKey(
                name: "http", shape: .pattern("^[0-9]+/.*$", example: "80/"),
                description: "PORT/PATH that answers a GET with a status from 200 to 399."),
            SuiteKey(
                name: "file", shape: .string, description: "A file that exists, by absolute path in the instance."),
        ], exactlyOne: true)

    static let platform = SuiteKeys(
        name: "platform",
        keys: [
            SuiteKey(name: "name", shape: .name, required: true, description: "The platform's name in reports."),
            SuiteKey(
                name: "cpu-view", shape: .choice(CPUView.allCases.map(\.rawValue)),
                description:
                    "How many CPUs an instance sees: 'engine' (the default), as the platform does it by itself, or 'allowance', "
                    + "so many as 'cpus' gives it, by a cpuset."),
        ] + PlatformRegistry.all.map(\.key), oneOf: PlatformRegistry.all.map(\.key.name))

    static let nothing = SuiteKeys(name: "settings", keys: [])
}
