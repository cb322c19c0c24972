import BenchmarkModel
import Glibc
import LinuxSystem
import Synchronization

/// The host's side of one instance's marks, without the harness.
final class TestChannel: MarkChannel {
    private struct State {
        var instance: Int32
        var output: Int32
        var marks: [MarkName] = []
        var received = ""
    }
    private let own: Int32
    private let state: Mutex<State>
    let marksSocketPath = ""
    let consoleSocketPath = ""

    /// - Parameter output: the file that becomes the instance's standard output and error.
    init(output: String) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw SystemError("making a socket pair")
        }
        own = ends[0]
        state = Mutex(State(instance: ends[1], output: open(output, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)))
    }

    deinit {
        closeInstanceSide()
        close(own)
    }

    var instanceDescriptor: Int32 { state.withLock { $0.instance } }
    var outputDescriptor: Int32 { state.withLock { $0.output } }
    /// Marks that the platform recorded.
    var marks: [MarkName] { state.withLock { $0.marks } }

    func record(_ name: MarkName, at nanoseconds: UInt64) {
        state.withLock { $0.marks.append(name) }
    }

    func closeInstanceSide() {
        state.withLock { state in
            for descriptor in [state.instance, state.output] where descriptor >= 0 { close(descriptor) }
            (state.instance, state.output) = (-1, -1)
        }
    }

    /// What the witness sent until the instance was ready or failed, its stream ended, or half a minute passed.
    func text() -> String {
        let end = MonotonicClock.now() + 30_000_000_000
        var received: [UInt8] = []
        while MonotonicClock.now() < end, received.last != UInt8(ascii: "R"), received.last != UInt8(ascii: "\n") {
            var polled = pollfd(fd: own, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, 200) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 1_024)
            let count = recv(own, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer.prefix(count)
        }
        return String(decoding: received, as: UTF8.self)
    }
}
