/// How marks come from an instance to the host.
package enum ChannelKind: Sendable, Equatable {
    /// One end of a socket pair becomes the instance's standard input.
    case inherited
    /// The VMM, which runs as this user and group, connects two UNIX sockets on which tare listens: the mark channel and the
    /// console. Nobody else may.
    case sockets(user: UInt32, group: UInt32)
}
