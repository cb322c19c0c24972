import Glibc
import LinuxSystem

/// The host's side of the trial guest's serial ports.
final class TrialSockets {
    let marksPath: String
    let consolePath: String
    private var listeners: [GuardedListener] = []
    private var connections: [Int32] = []

    init(directory: String, user: QEMUUser) throws {
        marksPath = directory + "/m"
        consolePath = directory + "/c"
        listeners = try [marksPath, consolePath].map { try GuardedListener($0, user: user.uid, group: user.gid) }
    }

    /// How far the guest came.
    enum Progress { case entered, ended, late }

    /// Waits for the witness's first byte.
    func waitForEntry(seconds: Int) -> Progress {
        let end = MonotonicClock.now() + UInt64(seconds) * 1_000_000_000
        var marks: Int32 = -1
        while MonotonicClock.now() < end {
            let waiting = listeners.map(\.descriptor).filter { $0 >= 0 }
            var polled = (waiting + connections).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), 100) > 0 else { continue }
            for entry in polled where entry.revents != 0 {
                if let listener = listeners.first(where: { $0.descriptor == entry.fd }) {
                    guard let connection = listener.accept() else { continue }
                    connections.append(connection)
                    if listener.path == marksPath { marks = connection }
                    continue
                }
                var buffer = [UInt8](repeating: 0, count: 512)
                let count = read(entry.fd, &buffer, buffer.count)
                if entry.fd == marks, count > 0, buffer[..<count].contains(UInt8(ascii: "E")) { return .entered }
                if count <= 0 { return .ended }
            }
        }
        return .late
    }

    func close() {
        for listener in listeners { listener.close() }
        for descriptor in connections { Glibc.close(descriptor) }
        listeners = []
        connections = []
    }
}
