/// What runs: a root filesystem, a command, a readiness condition, a memory and a CPU allowance.
package struct Workload: Sendable, Equatable, Codable {
    /// The name, see ``Names``.
    package var name: String
    /// Where the root filesystem comes from.
    package var image: ImageSpec
    /// The program (an absolute path in the image, or a name looked up in `PATH`) and its arguments; empty for what the image
    /// itself names, which only one with ``ImageDefaults`` does.
    package var command: [String]
    /// The environment of the command. `PATH` is set where it is absent.
    package var environment: [String: String]
    /// The working directory in the image; nil for the image's own, or `/`.
    package var workingDirectory: String?
    /// When an instance counts as ready.
    package var readiness: Readiness
    /// How long an instance may take from the request to ready, in seconds.
    package var readinessDeadlineSeconds: Double
    /// The memory allowance, in bytes: a container's limit, a guest's RAM.
    package var memoryBytes: UInt64
    /// The number of CPUs: a container's quota, a guest's virtual CPUs.
    package var cpus: Int
    /// As whom and with what the command runs, beside its allowances.
    package var surroundings: Surroundings
    /// What the command prints of itself that is measured.
    package var figures: [FigureSpec]
    /// Directories of the host that it sees.
    package var volumes: [VolumeSpec]
    /// What of a network each instance has.
    package var network: WorkloadNetwork

    package init(
        name: String, image: ImageSpec, command: [String], environment: [String: String] = [:],
        workingDirectory: String? = nil, readiness: Readiness = .started, readinessDeadlineSeconds: Double = 60,
        memoryBytes: UInt64 = 128 << 20, cpus: Int = 1, surroundings: Surroundings = Surroundings(),
        figures: [FigureSpec] = [], volumes: [VolumeSpec] = [], network: WorkloadNetwork = .none
    ) {
        self.name = name
        self.image = image
        self.command = command
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.readiness = readiness
        self.readinessDeadlineSeconds = readinessDeadlineSeconds
        self.memoryBytes = memoryBytes
        self.cpus = cpus
        self.surroundings = surroundings
        self.figures = figures
        self.volumes = volumes
        self.network = network
    }
}

/// Where a root filesystem comes from.
package enum ImageSpec: Sendable, Equatable, Codable, Hashable {
    /// Debian packages of one release, unpacked without running their scripts, and text files put over them (by absolute
    /// path): what a script would have configured.
    case packages([String], release: String, files: [String: String] = [:])
    /// A directory or a tar archive on the host. Resolved against the suite's folder before it gets here.
    case rootfs(path: String)
    /// An OCI image layout (directory or archive), or an archive as `docker save` and `podman save` write it, on the host.
    /// Resolved against the suite's folder before it gets here.
    case oci(path: String)
    /// An image of a registry: `NAME:TAG` or `NAME@sha256:DIGEST`.
    case registry(reference: String)

    /// Whether it may say by itself which command runs, and how.
    package var namesCommand: Bool {
        switch self {
        case .packages, .rootfs: false
        case .oci, .registry: true
        }
    }

    /// How it reads in a report.
    package var text: String {
        switch self {
        case .packages(let names, let release, let files):
            "Debian \(release): \(names.joined(separator: ", "))"
                + (files.isEmpty ? "" : ", with \(files.keys.sorted().joined(separator: ", "))")
        case .rootfs(let path): path
        case .oci(let path): "OCI image \(path)"
        case .registry(let reference): "image \(reference) of a registry"
        }
    }
}

/// When an instance counts as ready. Judged inside the instance by the witness, but for a line of its output, which the host
/// reads; each on every platform in the same way.
package enum Readiness: Sendable, Equatable, Codable {
    /// The command has been exec'd.
    case started
    /// A line of the command's output matches a POSIX extended regular expression.
    case line(String)
    /// Something accepts connections on this TCP port of the instance's loopback address.
    case tcp(port: UInt16)
    /// An HTTP GET is answered with a status from 200 to 399.
    case http(port: UInt16, path: String)
    /// A file exists in the instance.
    case file(path: String)
    /// The command ended with status 0: a job, a function, a build step.
    case completed

    /// The time between two probes, in microseconds: stated in every report, and part of the error bound.
    package static let probeIntervalMicroseconds: UInt64 = 1_000

    /// Whether it is found out by asking again and again, which can be done once more later.
    package var isProbed: Bool {
        switch self {
        case .started, .line, .completed: false
        case .tcp, .http, .file: true
        }
    }

    /// Whether it is looked for every ``probeIntervalMicroseconds``: what is probed, and lines in the file of a container's output.
    package var isLookedForAgain: Bool { if case .line = self { true } else { isProbed } }

    /// How it reads in a report.
    package var text: String {
        switch self {
        case .started: "started (the command has been exec'd)"
        case .line(let pattern): "a line of output matches /\(pattern)/"
        case .tcp(let port): "TCP port \(port) accepts a connection"
        case .http(let port, let path): "HTTP GET :\(port)\(path) answers 200 to 399"
        case .file(let path): "the file \(path) exists"
        case .completed: "completed (the command ended with status 0)"
        }
    }
}
