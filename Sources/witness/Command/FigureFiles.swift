import CWitnessShims

/// Sends the files that figures are read from to the host, as MarkProtocol.swift says: when the command has ended, and its end
/// has been told.
///
/// The witness is in the instance's root, so that no link leads out of it, and has all rights there. It holds one piece at a
/// time: the instance's memory is the command's.
///
/// - Parameter paths: ended by nil.
func sendFigureFiles(_ paths: Configuration.Strings, over channel: MarkChannel) {
    guard paths[0] != nil else { return }
    let piece = UnsafeMutablePointer<UInt8>.allocate(capacity: FigureFile.pieceCapacity)
    var index = 0
    while let path = paths[index] {
        guard channel.send(MarkByte.figureFile), FigureFile(path: path, piece: piece).send(over: channel) else { break }
        index += 1
    }
    piece.deallocate()
}

/// One of them.
private struct FigureFile {
    static let pieceCapacity = 16 << 10
    /// The host looks for figures in no more. What is longer is not sent.
    static let mostBytes = 4 << 20

    let path: UnsafePointer<CChar>
    let piece: UnsafeMutablePointer<UInt8>

    /// - Returns: whether the host takes any more.
    func send(over channel: MarkChannel) -> Bool {
        // What is no regular file must not keep the witness waiting: a pipe for its other end, a terminal for a line.
        let descriptor = witness_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return refuse(Message("").add(error: witness_errno()), over: channel) }
        defer { close(descriptor) }
        let size = witness_file_size(descriptor)
        guard size >= 0 else { return refuse(Message("it is no regular file"), over: channel) }
        guard size <= FigureFile.mostBytes else { return refuseLength(over: channel) }
        var sent = 0
        while true {
            let got = read(descriptor, piece, FigureFile.pieceCapacity)
            if got < 0, witness_errno() == EINTR { continue }
            guard got >= 0 else { return refuse(Message("").add(error: witness_errno()), over: channel) }
            let head = Message("").add(UInt64(got)).add("\n")
            guard channel.send(head.bytes, count: head.count) else { return false }
            if got == 0 { return true }
            guard channel.send(piece, count: got) else { return false }
            sent += got
            // Something may go on writing to it.
            guard sent <= FigureFile.mostBytes else { return refuseLength(over: channel) }
        }
    }

    private func refuseLength(over channel: MarkChannel) -> Bool {
        refuse(
            Message("it is longer than the ").add(UInt64(FigureFile.mostBytes >> 20)).add(
                " MiB in which figures are looked for"), over: channel)
    }

    private func refuse(_ reason: Message, over channel: MarkChannel) -> Bool {
        channel.sendLine(UInt8(ascii: "-"), reason)
    }
}
