/// How far a run is.
public struct Progress: Sendable, Equatable {
    /// Samples taken, warm-up included.
    public var done: Int
    /// Samples planned, warm-up included.
    public var total: Int
    /// What is measured now, in words.
    public var now: String
    /// Seconds that are left, from what each cell has taken so far; nil before every cell has been measured once.
    public var secondsLeft: Double?

    /// Makes one.
    public init(done: Int, total: Int, now: String, secondsLeft: Double? = nil) {
        self.done = done
        self.total = total
        self.now = now
        self.secondsLeft = secondsLeft
    }
}
