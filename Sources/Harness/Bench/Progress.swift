/// How far a run is.
package struct Progress: Sendable, Equatable {
    /// Samples taken, warm-up included.
    package var done: Int
    /// Samples planned, warm-up included.
    package var total: Int
    /// What is measured now, in words.
    package var now: String
    /// Seconds that are left, from what each cell has taken so far; nil before every cell has been measured once.
    package var secondsLeft: Double?

    package init(done: Int, total: Int, now: String, secondsLeft: Double? = nil) {
        self.done = done
        self.total = total
        self.now = now
        self.secondsLeft = secondsLeft
    }
}
