/// What serves all instances of a platform and outlives them.
package struct Daemons: Sendable, Equatable {
    /// The daemon's own processes, and none that is there for one instance.
    package var pids: [Int32]
    /// A control group below the run's that holds them, where they are tare's own. What the engine keeps for each instance may be in
    /// it as well.
    package var group: String?

    /// How such a group's name begins.
    package static let groupPrefix = "engine-"

    package init(pids: [Int32] = [], group: String? = nil) {
        self.pids = pids
        self.group = group
    }
}
