/// The marks of a start in little room: a run may have a million starts, and an array of each would be most of what tare holds of it.
struct MarkTimes: Sendable, Equatable {
    private static let absent = UInt64.max

    private var requested = absent
    private var spawned = absent
    private var created = absent
    private var kernel = absent
    private var entered = absent
    private var executed = absent
    private var ready = absent
    private var started = absent
    private var stopping = absent
    private var stopped = absent
    /// All marks, where they are not each there once and in the order of their names.
    private var others: [Mark]?

    init() {}

    init(_ marks: [Mark]) { for mark in marks { append(mark) } }

    /// In the order in which they were appended.
    var all: [Mark] {
        if let others { return others }
        return MarkName.allCases.compactMap { name in
            self[name] == MarkTimes.absent ? nil : Mark(name, nanoseconds: self[name])
        }
    }

    /// The first of a name, in nanoseconds.
    func time(of name: MarkName) -> UInt64? {
        if let others { return others.first { $0.name == name }?.nanoseconds }
        let time = self[name]
        return time == MarkTimes.absent ? nil : time
    }

    mutating func append(_ mark: Mark) {
        guard others == nil else {
            others?.append(mark)
            return
        }
        guard isAfterAll(mark.name), mark.nanoseconds != MarkTimes.absent else {
            others = all + [mark]
            return
        }
        self[mark.name] = mark.nanoseconds
    }

    /// Whether neither it nor one that follows it by name is there.
    private func isAfterAll(_ name: MarkName) -> Bool {
        var isThere = false
        switch name {
        case .requested: isThere = isThere || requested != MarkTimes.absent; fallthrough
        case .spawned: isThere = isThere || spawned != MarkTimes.absent; fallthrough
        case .created: isThere = isThere || created != MarkTimes.absent; fallthrough
        case .kernel: isThere = isThere || kernel != MarkTimes.absent; fallthrough
        case .entered: isThere = isThere || entered != MarkTimes.absent; fallthrough
        case .executed: isThere = isThere || executed != MarkTimes.absent; fallthrough
        case .ready: isThere = isThere || ready != MarkTimes.absent; fallthrough
        case .started: isThere = isThere || started != MarkTimes.absent; fallthrough
        case .stopping: isThere = isThere || stopping != MarkTimes.absent; fallthrough
        case .stopped: isThere = isThere || stopped != MarkTimes.absent
        }
        return !isThere
    }

    private subscript(_ name: MarkName) -> UInt64 {
        get {
            switch name {
            case .requested: requested
            case .spawned: spawned
            case .created: created
            case .kernel: kernel
            case .entered: entered
            case .executed: executed
            case .ready: ready
            case .started: started
            case .stopping: stopping
            case .stopped: stopped
            }
        }
        set {
            switch name {
            case .requested: requested = newValue
            case .spawned: spawned = newValue
            case .created: created = newValue
            case .kernel: kernel = newValue
            case .entered: entered = newValue
            case .executed: executed = newValue
            case .ready: ready = newValue
            case .started: started = newValue
            case .stopping: stopping = newValue
            case .stopped: stopped = newValue
            }
        }
    }
}

/// A number that may be unknown, in the room of a number; the largest stands for it.
struct MaybeNumber: Sendable, Equatable {
    private var stored: UInt64

    init(_ value: UInt64?) { stored = value ?? .max }

    var value: UInt64? {
        get { stored == .max ? nil : stored }
        set { self = MaybeNumber(newValue) }
    }
}
