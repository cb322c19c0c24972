/// One execution of a suite on one host, with the host's facts and all its samples.
public struct Run: Sendable, Equatable, Codable {
    /// How a run ended.
    public enum Status: String, Sendable, Codable {
        /// It is being measured, or its process was killed.
        case running
        /// All planned samples were taken.
        case complete
        /// A signal ended it; what was measured is kept.
        case interrupted
        /// An error ended it; what was measured is kept.
        case failed
    }

    /// The run's name: `YYYYMMDD-HHMMSS-xxxx` in UTC.
    public var id: String
    /// Whether a text is the name of a run, and so may be part of the name of a directory or a control group.
    public static func isID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        func holds(_ part: Substring, _ count: Int, _ allowed: String) -> Bool {
            part.utf8.count == count && part.allSatisfy { allowed.contains($0) }
        }
        return parts.count == 3 && holds(parts[0], 8, "0123456789") && holds(parts[1], 6, "0123456789")
            && holds(parts[2], 4, "0123456789abcdef")
    }

    /// Seconds since 1970 at the start.
    public var startedAt: Double
    /// Seconds since 1970 at the end; nil while running or killed.
    public var endedAt: Double?
    /// How it ended.
    public var status: Status
    /// The version of tare.
    public var tareVersion: String
    /// The command that reproduces it.
    public var command: String
    /// The suite as it was understood.
    public var suite: Suite
    /// The suite file, word for word.
    public var suiteText: String
    /// The order of the run.
    public var plan: Plan
    /// What is known about the host.
    public var facts: HostFacts
    /// What was used on each platform.
    public var platforms: [PlatformRecord]
    /// Image work, done before the clock starts.
    public var preparations: [Preparation]
    /// What the mark channel costs on each platform.
    public var channelEchoes: [ChannelEcho]
    /// What was seen that makes figures doubtful.
    public var threats: [Threat]
    /// All samples, warm-up included, in the order of measurement.
    public var samples: [Sample]
    /// The ladders of the footprint experiment, in the order of measurement.
    public var ladders: [Ladder]
    /// The ramps of the density experiment, in the order of measurement.
    public var ramps: [Ramp]

    /// Makes a run.
    public init(
        id: String, startedAt: Double, endedAt: Double? = nil, status: Status, tareVersion: String, command: String,
        suite: Suite, suiteText: String, plan: Plan, facts: HostFacts, platforms: [PlatformRecord] = [],
        preparations: [Preparation] = [], channelEchoes: [ChannelEcho] = [], threats: [Threat] = [],
        samples: [Sample] = [], ladders: [Ladder] = [], ramps: [Ramp] = []
    ) {
        self.id = id
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.status = status
        self.tareVersion = tareVersion
        self.command = command
        self.suite = suite
        self.suiteText = suiteText
        self.plan = plan
        self.facts = facts
        self.platforms = platforms
        self.preparations = preparations
        self.channelEchoes = channelEchoes
        self.threats = threats
        self.samples = samples
        self.ladders = ladders
        self.ramps = ramps
    }
}

/// What was really used on a platform: versions, accelerator, kernel.
public struct PlatformRecord: Sendable, Equatable, Codable {
    /// The platform's name.
    public var platform: String
    /// Named details in the order of showing, such as `runtime: runc 1.1.5` or `accelerator: tcg`.
    public var details: [Fact]
    /// Whether guests ran under software emulation, so that no figure of it is a virtual machine's figure.
    public var emulated: Bool

    /// Makes a record.
    public init(platform: String, details: [Fact], emulated: Bool) {
        self.platform = platform
        self.details = details
        self.emulated = emulated
    }
}

/// One step of image work: fetching, unpacking, building a disk. Never part of startup.
public struct Preparation: Sendable, Equatable, Codable {
    /// The workload's name.
    public var workload: String
    /// The platform's name.
    public var platform: String
    /// What was done, such as `root filesystem` or `guest disk`.
    public var step: String
    /// How long it took, in seconds.
    public var seconds: Double
    /// Whether it was found in the cache instead of made.
    public var cached: Bool
    /// The SHA-256 of what came out, in hexadecimal, or another identity; empty where there is none.
    public var identity: String

    /// Makes a step.
    public init(
        workload: String, platform: String, step: String, seconds: Double, cached: Bool, identity: String = ""
    ) {
        self.workload = workload
        self.platform = platform
        self.step = step
        self.seconds = seconds
        self.cached = cached
        self.identity = identity
    }
}

/// Round trips of single bytes over a platform's mark channel: the bound on the error of every mark.
public struct ChannelEcho: Sendable, Equatable, Codable {
    /// The platform's name.
    public var platform: String
    /// Each round trip in nanoseconds; empty where the measurement failed.
    public var roundTripsNanoseconds: [UInt64]
    /// Why there is none, in words; nil where there is one.
    public var failure: String?

    /// Makes a measurement.
    public init(platform: String, roundTripsNanoseconds: [UInt64], failure: String? = nil) {
        self.platform = platform
        self.roundTripsNanoseconds = roundTripsNanoseconds
        self.failure = failure
    }
}

/// Something that was seen and that makes figures wrong or doubtful.
public struct Threat: Sendable, Equatable, Codable {
    /// What it does to the figures it touches.
    public enum Severity: String, Sendable, Codable {
        /// The cell is marked `noisy`.
        case warning
        /// The samples are marked `invalid`.
        case invalid
        /// Told, without judgement.
        case note
    }

    /// Which detector saw it, such as `steal` or `foreign work`.
    public var detector: String
    /// What it does to the figures.
    public var severity: Severity
    /// What was seen, with figures, in words.
    public var text: String
    /// The block in which it was seen; nil for the whole run.
    public var block: Int?
    /// The cell it touches; nil for all.
    public var cell: String?

    /// Makes a threat.
    public init(detector: String, severity: Severity, text: String, block: Int? = nil, cell: String? = nil) {
        self.detector = detector
        self.severity = severity
        self.text = text
        self.block = block
        self.cell = cell
    }
}

/// A named fact.
public struct Fact: Sendable, Equatable, Codable {
    /// What it is about, such as `CPU model`.
    public var name: String
    /// What was found, in words; `not readable: ...` where it could not be.
    public var value: String
    /// Whether two runs must agree on it to be comparable.
    public var mustAgree: Bool

    /// Makes a fact.
    public init(_ name: String, _ value: String, mustAgree: Bool = false) {
        self.name = name
        self.value = value
        self.mustAgree = mustAgree
    }
}

/// What is known about the host, in the order of showing.
public struct HostFacts: Sendable, Equatable, Codable {
    /// The facts.
    public var facts: [Fact]

    /// Makes a list of facts.
    public init(facts: [Fact] = []) {
        self.facts = facts
    }

    /// Which definition of startup the run's samples follow: two runs must agree on it.
    public static let startupDefinition = Fact(
        startupDefinitionName,
        "\(StartupExperiment.definitionVersion): from a quiet kernel, after a rest of "
            + "\(StartupExperiment.restNanoseconds / 1_000_000) ms", mustAgree: true)
    private static let startupDefinitionName = "definition of startup"

    /// With the definition of startup in words where a run is so old that it says nothing of it: it is of the first.
    public func sayingStartupDefinition() -> HostFacts {
        guard self[HostFacts.startupDefinitionName] == nil else { return self }
        return HostFacts(
            facts: facts + [
                Fact(HostFacts.startupDefinitionName, "1: from whatever kernel the start before left", mustAgree: true)
            ])
    }

    /// The value of a fact, or nil.
    public subscript(name: String) -> String? {
        facts.first { $0.name == name }?.value
    }
}
