/// How marks come from an instance to the host.
package enum ChannelKind: Sendable, Equatable {
    /// One end of a socket pair becomes the instance's standard input.
    case inherited
    /// The witness in the instance connects a UNIX socket on which tare listens; what the workload prints goes to a file in the
    /// instance's directory, which the witness opens. Both are brought into the instance.
    case connected
    /// The VMM, which runs as this user and group, connects two UNIX sockets on which tare listens: the mark channel and the
    /// console. Nobody else may.
    case sockets(user: UInt32, group: UInt32)
}
