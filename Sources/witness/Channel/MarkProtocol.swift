import CWitnessShims

// The mark protocol, version 2
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
//     D how \n     the command ended: `e` and its exit status, or `s` and the signal's number, in decimal
//     T time \n    for `completed`, after R or D: the nanoseconds from X to there on the instance's own clock, in decimal
//     P pieces     after T: a file that figures are read from, for each `figure-file` of the configuration, in their order
//     W records    the world: what the command would see, in the place of X
//
// in the order E X R, at most once each, each with one write(2); X and R of the condition `started` share one write,
// because they are the same event. F may take the place of X or R, and is the last of the stream. The time of a mark is
// the time at which its byte arrives at the host; nothing in the instance reads a clock for it. The stream ends when
// the witness's part is over: after R, after F, after what follows the end of a `completed` command, or when the
// instance dies.
//
// T says how long the command took where the tools in the instance look at a clock, so that the host can compare: the
// witness reads CLOCK_MONOTONIC right before it sends X, and right before it sends R or D.
//
// A piece is its length in decimal, from 1 to 65536, a line feed, and so many bytes; `0` and a line feed end the file.
// Instead of a piece may come `-`, a reason as in F, and a line feed: the file could not be read, or not all of it. Files
// come when the end has been told, so that reading them costs no measured time, over this channel, which the command
// does not hold: whatever it prints cannot be taken for one.
//
// What a command did before it ended counts. Who sees its end depends on where it runs:
//
//   - In a guest the witness stays the first process, and the command is its child; for `completed` that is so everywhere.
//     The witness asks once more when the command has ended (`file`), sends R for `completed` and status 0, and else D; D
//     comes after R too, and is the last of the stream but for T and P.
//   - Elsewhere the command takes over the first process, so that an idle instance is the command and nothing else. With a
//     PID namespace's first process the kernel kills all of it at once: no process inside can judge after that. The stream
//     then ends without R, and the host judges: it knows how its child ended, and what lies in its output and its files.
//   - `output` (a line that matches) is judged by the host alone, on every platform: the helper sends X, and keeps the
//     stream open until the command ends or the host has closed its sending half.
//
// The host writes nothing but
//
//     S            the command is to end: in a guest whose configuration names a `stop-signal`, the witness sends it that
//
// and elsewhere sends the signal itself.
//
// How the witness is called (argv):
//
//     /.tare/witness            the first process of an instance: marks, then the command of /.tare/config
//     /.tare/witness --echo     sends E, then sends back every byte that it receives, until the stream ends or a byte
//                               0x04 comes (which is not sent back); then it ends. So the channel itself is measured.
//     /.tare/witness --world    does all that it does before a command, sends E, and right where it would execute the
//                               command W instead of X; after that it sends back what it receives as --echo does
//     /.tare/witness --preserved [--echo | --world]
//                               the same, where the channel is descriptor 3: a runtime in the foreground puts pipes of
//                               its own in the place of the standard streams
//     /.tare/witness --connect [--engine-log] [--echo | --world]
//                               the same, where nothing can be handed down, as under an engine: the channel is a connection to
//                               the UNIX socket /.tare/marks, and standard output and error become the file /.tare/output; with
//                               --engine-log they stay what the engine made them
//     /.tare/witness pause      an idle program: waits for SIGTERM or SIGINT, reaps children, exits with 0
//
// As PID 1 with a file `/.tare/guest` it is the init of a guest (GuestConfiguration.swift): it ignores arguments other
// than `--echo` and `--world`, since a kernel hands on those that it does not know, and where it would exit, it powers
// the guest off.
//
// The records of a world are `key=value`, each ended by a NUL, and an empty one ends them; at most 64 KiB in all and 1000
// bytes each, without control characters (a tab becomes a blank, others `?`). A key may come again and again; what cannot
// be read is left out:
//
//     cpus-online=LIST          /sys/devices/system/cpu/online, as the C library reads it
//     cpus-counted=N            the CPUs in /proc/stat, where there is no such file
//     cpus-affinity=N           sched_getaffinity(2)
//     memory-total=N kB         /proc/meminfo
//     memory-limit=BYTES        of the control group, where one can be seen; `max` for none
//     cpu-limit=QUOTA PERIOD    likewise, in microseconds; `max` or -1 for none
//     limit=RESOURCE SOFT HARD  getrlimit(2), the resource as a number of the kernel's; `max` for none
//     status=LINE               a line of /proc/self/status: umask, user, groups, capabilities, no_new_privs, seccomp, signals
//     nice=N  policy=N  io-priority=N  timer-slack=NS  personality=OCTAL  oom-score-adj=N
//     kernel=RELEASE  first-process=yes|no  session-leader=yes|no  group-leader=yes|no  cwd=PATH
//     shared-memory=BYTES       the size of the file system at /dev/shm
//     stream=N KIND [M:N]       a standard stream: b, c (with the device's numbers), d, f (a file), p (a pipe), s (a socket)
//     node=NAME KIND MODE [M:N | TARGET | mounted]   what is in /dev (Nodes.swift)
//     mount=TARGET TYPE OPTIONS OPTIONS              of the mount and of the file system, as /proc/self/mountinfo has them
//     env=NAME=VALUE            the environment of the command
//     cut=                      a record was cut short or left out for want of space
//
// Exit codes: 0 done; 64 called with unknown arguments; 127 the command could not be executed, or the instance not be
// arranged for it (an F has said why).

/// The events of the protocol, as the bytes that stand for them.
enum MarkByte {
    static let entered = UInt8(ascii: "E")
    static let executed = UInt8(ascii: "X")
    static let ready = UInt8(ascii: "R")
    static let failed = UInt8(ascii: "F")
    static let ended = UInt8(ascii: "D")
    static let stop = UInt8(ascii: "S")
    static let world = UInt8(ascii: "W")
    static let ownTime = UInt8(ascii: "T")
    static let figureFile = UInt8(ascii: "P")
    static let endOfEcho: UInt8 = 0x04
}

/// The instance's end of the mark channel.
struct MarkChannel {
    /// The descriptor; -1 where there is none.
    let descriptor: Int32

    /// How long a write may wait for a host that does not read, in milliseconds.
    static let patienceMilliseconds: Int32 = 10_000

    @discardableResult
    func send(_ mark: UInt8) -> Bool {
        withUnsafePointer(to: mark) { send($0, count: 1) }
    }

    func send(_ first: UInt8, _ second: UInt8) {
        let both = (first, second)
        withUnsafeBytes(of: both) { buffer in
            guard let start = buffer.baseAddress else { return }
            send(start, count: buffer.count)
        }
    }

    func sendFailure(_ text: Message) { sendLine(MarkByte.failed, text) }

    /// Sends a byte, a text and a line feed, with one write where the channel takes them at once.
    ///
    /// - Returns: whether all was sent.
    @discardableResult
    func sendLine(_ first: UInt8, _ text: Message) -> Bool {
        let length = text.count + 2
        let line = UnsafeMutablePointer<UInt8>.allocate(capacity: length)
        defer { line.deallocate() }
        line[0] = first
        for index in 0..<text.count {
            line[index + 1] = text.bytes[index]
        }
        line[length - 1] = UInt8(ascii: "\n")
        return send(line, count: length)
    }

    /// Sends bytes, with one write where the channel takes them at once. A host that has gone is no error of ours.
    ///
    /// - Returns: whether all was sent.
    @discardableResult
    func send(_ bytes: UnsafeRawPointer, count: Int) -> Bool {
        guard descriptor >= 0 else { return false }
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
                if poll(&wait, 1, MarkChannel.patienceMilliseconds) == 0 { return false }
            } else {
                return false
            }
        }
        return true
    }
}
