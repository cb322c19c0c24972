import CWitnessShims

// The mark protocol, version 1
// ============================
//
// One byte stream joins the witness, the first process of an instance, to tare on the host: a UNIX stream socket that
// is the witness's standard input (or its descriptor 3), or, in a guest, the serial port that `/.tare/guest` names. The
// witness writes
//
//     E            entered: the witness runs
//     X            executed: the command has been exec'd
//     R            ready: the readiness condition holds
//     F text \n    failed: UTF-8 text of at most 1000 bytes without control characters, then a line feed
//
// in the order E X R, at most once each, each with one write(2); X and R of the condition `started` share one write,
// because they are the same event. F may take the place of X or R, and is the last of the stream. The time of a mark is
// the time at which its byte arrives at the host; nothing in the instance reads a clock for it. The stream ends when
// the witness's part is over: after R, after F, or when the instance dies.
//
// How the witness is called (argv):
//
//     /.tare/witness            the first process of an instance: marks, then the command of /.tare/config
//     /.tare/witness --echo     sends E, then sends back every byte that it receives, until the stream ends or a byte
//                               0x04 comes (which is not sent back); then it ends. So the channel itself is measured.
//     /.tare/witness --preserved [--echo]
//                               the same, where the channel is descriptor 3: a runtime in the foreground puts pipes of
//                               its own in the place of the standard streams
//     /.tare/witness pause      an idle program: waits for SIGTERM or SIGINT, reaps children, exits with 0
//
// As PID 1 with a file `/.tare/guest` it is the init of a guest (GuestConfiguration.swift): it ignores arguments other
// than `--echo`, since a kernel hands on those that it does not know, and where it would exit, it powers the guest off.
//
// Exit codes: 0 done; 64 called with unknown arguments; 127 the command could not be executed, or the instance not be
// arranged for it (an F has said why).

/// The events of the protocol, as the bytes that stand for them.
enum MarkByte {
    static let entered = UInt8(ascii: "E")
    static let executed = UInt8(ascii: "X")
    static let ready = UInt8(ascii: "R")
    static let failed = UInt8(ascii: "F")
    static let endOfEcho: UInt8 = 0x04
}

/// The instance's end of the mark channel.
struct MarkChannel {
    /// The descriptor; -1 where there is none.
    let descriptor: Int32

    /// How long a write may wait for a host that does not read, in milliseconds.
    static let patienceMilliseconds: Int32 = 10_000

    func send(_ mark: UInt8) {
        withUnsafePointer(to: mark) { send($0, count: 1) }
    }

    func send(_ first: UInt8, _ second: UInt8) {
        let both = (first, second)
        withUnsafeBytes(of: both) { buffer in
            guard let start = buffer.baseAddress else { return }
            send(start, count: buffer.count)
        }
    }

    func sendFailure(_ text: Message) {
        let length = text.count + 2
        let line = UnsafeMutablePointer<UInt8>.allocate(capacity: length)
        line[0] = MarkByte.failed
        for index in 0..<text.count {
            line[index + 1] = text.bytes[index]
        }
        line[length - 1] = UInt8(ascii: "\n")
        send(line, count: length)
        line.deallocate()
    }

    /// Sends bytes, with one write where the channel takes them at once. A host that has gone is no error of ours.
    func send(_ bytes: UnsafeRawPointer, count: Int) {
        guard descriptor >= 0 else { return }
        var sent = 0
        while sent < count {
            // A socket is written without SIGPIPE: its disposition must not change, for the command inherits it.
            var written = CWitnessShims.send(descriptor, bytes + sent, count - sent, Int32(MSG_NOSIGNAL))
            if written < 0, witness_errno() == ENOTSOCK {
                written = write(descriptor, bytes + sent, count - sent)
            }
            if written > 0 {
                sent += written
            } else if written < 0, witness_errno() == EINTR {
                continue
            } else if written < 0, witness_errno() == EAGAIN {
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&wait, 1, MarkChannel.patienceMilliseconds) == 0 { return }
            } else {
                return
            }
        }
    }
}
