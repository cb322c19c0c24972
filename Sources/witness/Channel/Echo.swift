import CWitnessShims

/// Sends back every byte until the stream ends or the end byte comes.
func echo(_ channel: MarkChannel) {
    let capacity = 4_096
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    while true {
        let got = read(channel.descriptor, buffer, capacity)
        if got < 0, witness_errno() == EINTR { continue }
        if got < 0, witness_errno() == EAGAIN {
            var wait = pollfd(fd: channel.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&wait, 1, -1)
            continue
        }
        guard got > 0 else { return }
        var count = 0
        while count < got, buffer[count] != MarkByte.endOfEcho {
            count += 1
        }
        channel.send(buffer, count: count)
        if count < got { return }
    }
}
