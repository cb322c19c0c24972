/// What was recorded of one start. There may be a million of them, so it is kept small.
package struct StartupRecord: Sendable, Equatable {
    /// The CPUs of the host that the instance had to itself to see (``CPUView/allowance``); empty where it saw all.
    package var cpus: [Int]
    private var name: SharedName
    private var times: MarkTimes
    private var cpu, rest, peak, output: MaybeNumber

    /// The instance's name; empty where none was made, because earlier ones had failed.
    package var instance: String {
        get { name.text }
        set { name = SharedName(newValue) }
    }
    /// Whether an instance was made.
    var hasInstance: Bool { !name.isEmpty }
    /// Its marks in order of time.
    package var marks: [Mark] {
        get { times.all }
        set { times = MarkTimes(newValue) }
    }
    /// User and system time of everything the start used until ready, in nanoseconds; nil where it could not be read.
    package var cpuNanoseconds: UInt64? {
        get { cpu.value }
        set { cpu.value = newValue }
    }
    /// How long the host was left alone before t0, in nanoseconds: from the end of staging to right before the request. nil
    /// where nothing was requested, and in starts of the first definition, which had no rest.
    package var restNanoseconds: UInt64? {
        get { rest.value }
        set { rest.value = newValue }
    }
    /// The peak memory of the start: the kernel's high-water mark of the group that holds the instance and its runtime or VMM, from
    /// t0 until ready, without what the group held at t0, file cache included, in bytes; nil where it could not be read. With
    /// several requests at once it is that of all, divided by their number.
    package var peakMemoryBytes: UInt64? {
        get { peak.value }
        set { peak.value = newValue }
    }
    /// What the workload printed, in bytes, as far as it was counted; nil where nobody counted.
    package var outputBytes: UInt64? {
        get { output.value }
        set { output.value = newValue }
    }

    package init(
        instance: String, marks: [Mark] = [], cpuNanoseconds: UInt64? = nil, restNanoseconds: UInt64? = nil,
        peakMemoryBytes: UInt64? = nil, cpus: [Int] = [], outputBytes: UInt64? = nil
    ) {
        name = SharedName(instance)
        self.cpus = cpus
        times = MarkTimes(marks)
        cpu = MaybeNumber(cpuNanoseconds)
        rest = MaybeNumber(restNanoseconds)
        peak = MaybeNumber(peakMemoryBytes)
        output = MaybeNumber(outputBytes)
    }

    /// Gives it the instance's name.
    package mutating func set(_ instance: SharedName) { name = instance }

    /// Adds a mark that comes after those that are there.
    package mutating func append(_ mark: Mark) { times.append(mark) }

    /// The time of a mark, in nanoseconds of the host's monotonic clock.
    package func time(of name: MarkName) -> UInt64? { times.time(of: name) }

    /// The time from one mark to another in nanoseconds; nil where one is missing or they are out of order.
    package func nanoseconds(from start: MarkName, to end: MarkName) -> UInt64? {
        guard let first = time(of: start), let last = time(of: end), last >= first else { return nil }
        return last - first
    }

    /// Startup: from `requested` to `ready`, in nanoseconds.
    package var startupNanoseconds: UInt64? {
        nanoseconds(from: .requested, to: .ready)
    }

    /// What is wrong with the marks of a start that reached ready: one that is missing, doubled or out of order.
    package static func contradictions(in marks: [Mark]) -> [String] {
        var found: [String] = []
        // An engine shows no process of its own for a start, and answers.
        let spawned = marks.contains { $0.name == .created } ? MarkName.created : .spawned
        for name in [.requested, spawned, .entered, .executed, .ready] where !marks.contains(where: { $0.name == name })
        {
            found.append("the mark '\(name.rawValue)' is missing")
        }
        var latest: Mark?
        for name in MarkName.allCases {
            let same = marks.filter { $0.name == name }
            if same.count > 1 { found.append("the mark '\(name.rawValue)' came \(same.count) times") }
            guard let mark = same.first, name != .started else { continue }
            if let before = latest, mark.nanoseconds < before.nanoseconds {
                found.append("'\(name.rawValue)' came before '\(before.name.rawValue)'")
            }
            latest = mark
        }
        return found
    }
}
