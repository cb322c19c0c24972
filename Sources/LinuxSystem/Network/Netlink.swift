internal import CLinuxShims
import Glibc
import Synchronization

// netlink(7). A message is a `nlmsghdr`, the header that its type has (`ifinfomsg` for links), and attributes. An
// attribute is its length and its kind, of two bytes each, and its value; some hold a header, and attributes in their
// turn. All of these are filled up to multiples of four bytes, which no length counts. Numbers are in the host's order
// of bytes, addresses in the network's.

/// A message to the kernel that is being written.
struct NetlinkRequest {
    private(set) var bytes: [UInt8] = []

    /// Begins one whose receipt the kernel confirms.
    ///
    /// - Parameters:
    ///   - type: such as `RTM_NEWLINK`.
    ///   - flags: beside those of each request, such as `NLM_F_CREATE`.
    ///   - header: what stands before the attributes of this type.
    init(_ type: Int, flags: Int32 = 0, header: some BitwiseCopyable) {
        let flags = UInt16(NLM_F_REQUEST | NLM_F_ACK | flags)
        append(nlmsghdr(nlmsg_len: 0, nlmsg_type: UInt16(type), nlmsg_flags: flags, nlmsg_seq: 0, nlmsg_pid: 0))
        append(header)
    }

    /// A header, which stands in a message, and in a few attributes, before the attributes.
    mutating func append(_ header: some BitwiseCopyable) {
        withUnsafeBytes(of: header) { bytes += $0 }
        fill()
    }

    /// An attribute of a number of as many bytes as its type has.
    mutating func append(_ kind: Int, _ number: some FixedWidthInteger & BitwiseCopyable) {
        nest(kind) { request in withUnsafeBytes(of: number) { request.bytes += $0 } }
    }

    /// An attribute of bytes as they are.
    mutating func append(_ kind: Int, bytes value: [UInt8]) {
        nest(kind) { $0.bytes += value }
    }

    /// An attribute of a text with its closing NUL.
    mutating func append(_ kind: Int, text: String) {
        append(kind, bytes: text.utf8 + [0])
    }

    /// An attribute that holds what is appended meanwhile.
    mutating func nest(_ kind: Int, _ content: (inout NetlinkRequest) -> Void) {
        let start = bytes.count
        append(nlattr(nla_len: 0, nla_type: UInt16(kind)))
        content(&self)
        let length = UInt16(bytes.count - start)
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: start, as: UInt16.self) }
        fill()
    }

    /// The whole message.
    func finished(sequence: UInt32) -> [UInt8] {
        var whole = bytes
        whole.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: UInt32(bytes.count), toByteOffset: 0, as: UInt32.self)
            bytes.storeBytes(of: sequence, toByteOffset: 8, as: UInt32.self)
        }
        return whole
    }

    private mutating func fill() {
        while bytes.count % 4 != 0 { bytes.append(0) }
    }
}

/// What came from the kernel, as long as its bytes are there.
struct NetlinkMessage {
    let header: nlmsghdr
    /// What follows the header.
    let body: UnsafeRawBufferPointer

    /// The first message in bytes; nil where they end in it.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let size = MemoryLayout<nlmsghdr>.size
        guard bytes.count >= size else { return nil }
        header = bytes.loadUnaligned(as: nlmsghdr.self)
        guard header.nlmsg_len >= size, header.nlmsg_len <= bytes.count else { return nil }
        body = UnsafeRawBufferPointer(rebasing: bytes[size..<Int(header.nlmsg_len)])
    }

    /// The text of an attribute, without its closing NUL; nil where there is none.
    ///
    /// - Parameter start: how many bytes of the body stand before the attributes.
    func text(_ kind: Int, from start: Int) -> String? { NetlinkMessage.text(kind, in: body, from: start) }

    /// The same of attributes in an attribute.
    static func text(_ kind: Int, in attributes: UnsafeRawBufferPointer, from start: Int = 0) -> String? {
        value(kind, in: attributes, from: start).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The value of an attribute; nil where there is none.
    func value(_ kind: Int, from start: Int) -> UnsafeRawBufferPointer? {
        NetlinkMessage.value(kind, in: body, from: start)
    }

    private static func value(
        _ kind: Int, in attributes: UnsafeRawBufferPointer, from start: Int
    ) -> UnsafeRawBufferPointer? {
        var start = start
        while start + 4 <= attributes.count {
            let length = Int(attributes.loadUnaligned(fromByteOffset: start, as: UInt16.self))
            // The highest bits say that there are attributes in it, or in which order its bytes are.
            let found = attributes.loadUnaligned(fromByteOffset: start + 2, as: UInt16.self) & 0x3FFF
            guard length >= 4, start + length <= attributes.count else { return nil }
            if found == UInt16(kind) { return UnsafeRawBufferPointer(rebasing: attributes[start + 4..<start + length]) }
            start += (length + 3) & ~3
        }
        return nil
    }

    /// The errno with which an answer ends, 0 where all went well; nil where it goes on.
    var outcome: Int32? {
        let type = Int32(header.nlmsg_type)
        guard type == NLMSG_ERROR || type == NLMSG_DONE else { return nil }
        return body.count < 4 ? 0 : -body.loadUnaligned(as: Int32.self)
    }

    /// What the kernel says beside the errno.
    var reason: String? {
        guard Int32(header.nlmsg_flags) & NLM_F_ACK_TLVS != 0 else { return nil }
        // Behind the errno stands the request that failed: its header only, as NETLINK_CAP_ACK asks for.
        let isRefusal = Int32(header.nlmsg_type) == NLMSG_ERROR
        return text(Int(NLMSGERR_ATTR_MSG.rawValue), from: isRefusal ? MemoryLayout<nlmsgerr>.size : 4)
    }
}

/// A socket to the part of the kernel that keeps links, addresses and routes. It belongs to the network namespace in
/// which the calling thread was when it was made, whichever threads use it later, and keeps that namespace.
final class NetlinkSocket: Sendable {
    /// How long an answer is waited for. The kernel does what it is asked inside of send(2), however long that takes,
    /// and its answer is there then.
    static let patienceNanoseconds: UInt64 = 5_000_000_000

    private struct State {
        var descriptor: Int32
        var sequence: UInt32 = 0
        /// The kernel puts up to 32 KiB of a list in one packet.
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
    }
    private let state: Mutex<State>

    /// Opens one that gets its messages from the kernel alone.
    ///
    /// - Throws: ``SystemError``.
    init() throws {
        let descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), NETLINK_ROUTE)
        guard descriptor >= 0 else { throw SystemError("making a netlink socket") }
        var isOn: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Reasons in words, and refusals that do not repeat the request.
        var isMade = setsockopt(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, &isOn, size) == 0
        isMade = isMade && setsockopt(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &isOn, size) == 0
        // A `sockaddr_nl` that is zero but for its family means the kernel: whoever else sends to this socket is
        // refused then.
        var kernel = sockaddr()
        kernel.sa_family = sa_family_t(AF_NETLINK)
        isMade = isMade && connect(descriptor, &kernel, socklen_t(MemoryLayout<sockaddr>.size)) == 0
        guard isMade else {
            let error = SystemError("connecting a netlink socket")
            Glibc.close(descriptor)
            throw error
        }
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { close() }

    /// Idempotent; whatever is asked later fails with `EBADF`.
    func close() {
        state.withLock { state in
            if state.descriptor >= 0 { Glibc.close(state.descriptor) }
            state.descriptor = -1
        }
    }

    /// Asks, and waits for the end of the answer.
    ///
    /// - Parameters:
    ///   - attempt: what is attempted, in the words of an error.
    ///   - each: gets the messages of the answer but the one that ends it.
    /// - Returns: whether the answer is whole; false where what is listed has changed meanwhile.
    /// - Throws: ``SystemError``, with the kernel's own words where it has some; `ETIMEDOUT` where no answer came.
    @discardableResult
    func ask(
        _ request: NetlinkRequest, _ attempt: @autoclosure () -> String, each: (NetlinkMessage) -> Void = { _ in }
    ) throws -> Bool {
        try state.withLock { state in
            state.sequence &+= 1
            let end = MonotonicClock.now() + NetlinkSocket.patienceNanoseconds
            let message = request.finished(sequence: state.sequence)
            while send(state.descriptor, message, message.count, 0) < 0 {
                guard errno == EINTR else { throw SystemError(attempt()) }
            }
            var isWhole = true
            while true {
                let count = NetlinkSocket.receive(&state, until: end)
                guard count >= 0 else { throw SystemError(attempt()) }
                let outcome = state.buffer.withUnsafeBytes { buffer -> (number: Int32, reason: String?)? in
                    var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    while let message = NetlinkMessage(rest) {
                        rest = UnsafeRawBufferPointer(
                            rebasing: rest.dropFirst((Int(message.header.nlmsg_len) + 3) & ~3))
                        // An answer that came too late for an earlier request.
                        guard message.header.nlmsg_seq == state.sequence else { continue }
                        if Int32(message.header.nlmsg_flags) & NLM_F_DUMP_INTR != 0 { isWhole = false }
                        if let number = message.outcome { return (number, message.reason) }
                        each(message)
                    }
                    return nil
                }
                guard let outcome else { continue }
                guard outcome.number != 0 else { return isWhole }
                let reason = outcome.reason.map { " (\($0))" } ?? ""
                throw SystemError(attempt() + reason, number: outcome.number)
            }
        }
    }

    /// The size of the packet that is now in the buffer; -1 with errno.
    private static func receive(_ state: inout State, until end: UInt64) -> Int {
        while true {
            let flags = Int32(MSG_DONTWAIT | MSG_TRUNC)
            let count = recv(state.descriptor, &state.buffer, state.buffer.count, flags)
            if count > state.buffer.count {
                errno = EMSGSIZE
                return -1
            }
            if count >= 0 { return count }
            guard errno == EAGAIN || errno == EINTR else { return -1 }
            let now = MonotonicClock.now()
            guard now < end else {
                errno = ETIMEDOUT
                return -1
            }
            var polled = pollfd(fd: state.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&polled, 1, Int32((end - now + 999_999) / 1_000_000))
        }
    }
}
