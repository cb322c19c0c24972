/// The host's side of an instance's mark channel, open before t0.
package protocol MarkChannel: Sendable {
    /// The instance's end, which becomes its standard input (``ChannelKind/inherited``); -1 otherwise.
    var instanceDescriptor: Int32 { get }
    /// The instance's standard output and error (``ChannelKind/inherited``): a file in its directory; -1 otherwise.
    var outputDescriptor: Int32 { get }
    /// The socket on which tare awaits the mark channel (``ChannelKind/sockets``, ``ChannelKind/connected``); empty
    /// otherwise.
    var marksSocketPath: String { get }
    /// The socket on which tare awaits the console (``ChannelKind/sockets``); empty otherwise.
    var consoleSocketPath: String { get }
    /// The socket on which tare awaits what the workload prints, where a guest has a port for it; empty otherwise.
    var outputSocketPath: String { get }
    /// Records a mark that the host itself saw, at this `CLOCK_MONOTONIC` time in nanoseconds.
    func record(_ name: MarkName, at nanoseconds: UInt64)
    /// Asks the command to end, by the witness that is still listening in a guest. One that is gone is no error.
    func askToEnd()
}

extension MarkChannel {
    /// Nobody listens.
    package func askToEnd() {}
}

extension MarkChannel {
    package var outputSocketPath: String { "" }
}
