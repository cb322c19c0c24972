import CWitnessShims

/// A readiness condition that is asked again and again. A class, since Embedded Swift has no existentials of protocols.
class Probe {
    /// Asks once. Waits at most until a time on ``Clock``.
    func holds(until deadline: UInt64) -> Bool { false }

    /// Adds the condition in words and what was seen last.
    func describe(_ text: Message) {}

    /// Whether it can hold when the command has ended: a file stays, a service does not.
    var outlastsCommand: Bool { false }
}

/// `file`: the path exists.
final class FileProbe: Probe {
    private let path: UnsafePointer<CChar>
    private var lastError: Int32 = 0

    override var outlastsCommand: Bool { true }

    init(path: UnsafePointer<CChar>) {
        self.path = path
    }

    override func holds(until deadline: UInt64) -> Bool {
        if access(path, F_OK) == 0 { return true }
        lastError = witness_errno()
        return false
    }

    override func describe(_ text: Message) {
        text.add("the file ").quote(path).add(" exists; last seen: ").add(error: lastError)
    }
}

/// `tcp`: something accepts connections.
final class TCPProbe: Probe {
    private let port: UInt16
    private var lastError: Int32 = 0

    init(port: UInt16) {
        self.port = port
    }

    override func holds(until deadline: UInt64) -> Bool {
        let descriptor = witness_stream_socket()
        guard descriptor >= 0 else {
            lastError = witness_errno()
            return false
        }
        let begin = Clock.nanoseconds()
        let number = connectOwn(descriptor, port, until: attemptEnd(deadline))
        // Closed in the ordinary way: a reset would look like a fault to a server that has just accepted.
        close(descriptor)
        if lastError == 0 || !wasCutOff(number, begin: begin, deadline: deadline) { lastError = number }
        return number == 0
    }

    override func describe(_ text: Message) {
        text.add("TCP port ").add(UInt64(port)).add(ownAddress.place).add(" accepts a connection; last seen: ").add(
            error: lastError)
    }
}

/// When an attempt that begins now must end: an answer that got lost must not use up the whole deadline.
func attemptEnd(_ deadline: UInt64) -> UInt64 {
    min(deadline, Clock.nanoseconds() + 5_000_000_000)
}

/// Whether an attempt ended only because the deadline came right after its begin: then what was seen before it says more.
func wasCutOff(_ number: Int32, begin: UInt64, deadline: UInt64) -> Bool {
    number == ETIMEDOUT && deadline < begin + 100_000_000
}

/// Where the instance's own servers are asked: at its address on a bridge where it has one, else on loopback.
struct OwnAddress {
    /// In the network's order of bytes.
    var number: UInt32 = UInt32(0x7F00_0001).bigEndian

    /// Asks the kernel, whoever gave the address.
    mutating func find(_ witness: Witness) {
        let error = witness_interface_address(&number)
        if error != 0 { witness.fail(Message("cannot find the address of eth0: ").add(error: error)) }
    }

    var isLoopback: Bool { number == UInt32(0x7F00_0001).bigEndian }

    /// For sentences about a port.
    var place: StaticString { isLoopback ? "" : " of its address on the bridge" }

    /// As in the header of a request.
    func add(to text: Message) -> Message {
        let parts = UInt32(bigEndian: number)
        for shift in [24, 16, 8] as [UInt32] { text.add(UInt64(parts >> shift & 255)).add(".") }
        return text.add(UInt64(parts & 255))
    }
}

/// Set before the first probe.
nonisolated(unsafe) var ownAddress = OwnAddress()

/// Connects to a port of the instance's own; 0 or an error number.
func connectOwn(_ descriptor: Int32, _ port: UInt16, until end: UInt64) -> Int32 {
    if witness_connect(descriptor, ownAddress.number, port) == 0 { return 0 }
    let number = witness_errno()
    guard number == EINPROGRESS else { return number }
    guard awaitEvent(descriptor, POLLOUT, until: end) else { return ETIMEDOUT }
    return witness_socket_error(descriptor)
}

/// Waits for a descriptor; false when the time is over.
func awaitEvent(_ descriptor: Int32, _ events: Int32, until end: UInt64) -> Bool {
    while true {
        let now = Clock.nanoseconds()
        guard now < end else { return false }
        var wait = (
            pollfd(fd: descriptor, events: Int16(events), revents: 0),
            pollfd(fd: pump?.reading ?? -1, events: Int16(POLLIN), revents: 0)
        )
        let milliseconds = (end - now) / 1_000_000 + 1
        withUnsafeMutableBytes(of: &wait) { buffer in
            guard let start = buffer.baseAddress else { return }
            _ = poll(start.assumingMemoryBound(to: pollfd.self), 2, Int32(clamping: milliseconds))
        }
        if wait.1.revents != 0 { pump?.handOn(all: false) }
        if wait.0.revents != 0 { return true }
    }
}
