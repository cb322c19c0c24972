/// The events of an instance's life, in their order.
package enum MarkName: String, Sendable, Codable, CaseIterable, Hashable {
    /// Immediately before the request that asks for the instance (for `concurrent`: when it was due). This is t0.
    case requested
    /// The runtime or VMM process exists.
    case spawned
    /// The engine answered that it has made the container; engines only.
    case created
    /// The guest kernel's first output; virtual machines only.
    case kernel
    /// The witness's first instruction.
    case entered
    /// The command has been exec'd.
    case executed
    /// The readiness condition holds. This is t1.
    case ready
    /// The engine answered that it has started the container, or its command-line client ended; engines only. It stands beside the
    /// others and in no order with them: what a container does may reach the host before the engine says that it runs.
    case started
    /// tare asks the instance to stop.
    case stopping
    /// Nothing of the instance is left.
    case stopped
}

/// A named event with the host's `CLOCK_MONOTONIC` time at which its byte arrived, in nanoseconds.
package struct Mark: Sendable, Equatable {
    /// Which event.
    package var name: MarkName
    /// `CLOCK_MONOTONIC` on the host, in nanoseconds.
    package var nanoseconds: UInt64

    package init(_ name: MarkName, nanoseconds: UInt64) {
        self.name = name
        self.nanoseconds = nanoseconds
    }
}
