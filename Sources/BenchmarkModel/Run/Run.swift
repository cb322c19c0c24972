/// One execution of a suite on one host, with the host's facts and all its measurements.
package struct Run: Sendable, Equatable {
    /// How a run ended.
    package enum Status: String, Sendable, Codable {
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
    package var id: String
    /// Whether a text is the name of a run, and so may be part of the name of a directory or a control group.
    package static func isID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        func holds(_ part: Substring, _ count: Int, _ allowed: String) -> Bool {
            part.utf8.count == count && part.allSatisfy { allowed.contains($0) }
        }
        return parts.count == 3 && holds(parts[0], 8, "0123456789") && holds(parts[1], 6, "0123456789")
            && holds(parts[2], 4, "0123456789abcdef")
    }

    /// Seconds since 1970 at the start.
    package var startedAt: Double
    /// Seconds since 1970 at the end; nil while running or killed.
    package var endedAt: Double?
    /// How it ended.
    package var status: Status
    /// The version of tare.
    package var tareVersion: String
    /// The command that reproduces it.
    package var command: String
    /// The suite as it was understood.
    package var suite: Suite
    /// The suite file, word for word.
    package var suiteText: String
    /// The order of the run.
    package var plan: Plan
    /// What is known about the host.
    package var facts: HostFacts
    /// What was used on each platform.
    package var platforms: [PlatformRecord]
    /// Image work, done before the clock starts.
    package var preparations: [Preparation]
    /// What the mark channel costs on each platform.
    package var channelEchoes: [ChannelEcho]
    /// What each workload sees on each platform.
    package var worlds: [ObservedWorld]
    /// What was seen that makes figures doubtful.
    package var threats: [Threat]
    /// All measurements, warm-up included, in the order in which they were made.
    package var observations: [Observation]
    /// What is on record and cannot be read, in words: it is in no figure.
    package var unreadable: [String]

    package init(
        id: String, startedAt: Double, endedAt: Double? = nil, status: Status, tareVersion: String, command: String,
        suite: Suite, suiteText: String, plan: Plan, facts: HostFacts, platforms: [PlatformRecord] = [],
        preparations: [Preparation] = [], channelEchoes: [ChannelEcho] = [], worlds: [ObservedWorld] = [],
        threats: [Threat] = [],
        observations: [Observation] = [], unreadable: [String] = []
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
        self.worlds = worlds
        self.threats = threats
        self.observations = observations
        self.unreadable = unreadable
    }
}
