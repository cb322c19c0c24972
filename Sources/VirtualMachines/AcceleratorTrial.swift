internal import CLinuxShims
import Glibc
import LinuxSystem

/// The host's side of the trial guest's serial ports.
final class AcceleratorTrial {
    let marksPath: String
    let consolePath: String
    private var listeners: [Int32] = []
    private var connections: [Int32] = []

    init(directory: String) throws {
        marksPath = directory + "/m"
        consolePath = directory + "/c"
        for path in [marksPath, consolePath] {
            let descriptor = tare_listen_unix(path)
            guard descriptor >= 0 else {
                let error = SystemError("listening on \(path)")
                close()
                throw error
            }
            chmod(path, 0o666)
            listeners.append(descriptor)
        }
    }

    /// Whether the witness's first byte arrives in time.
    func waitForEntry(seconds: Int) -> Bool {
        let end = MonotonicClock.now() + UInt64(seconds) * 1_000_000_000
        var marks: Int32 = -1
        while MonotonicClock.now() < end {
            var polled = (listeners + connections).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), 100) > 0 else { continue }
            for entry in polled where entry.revents != 0 {
                if let index = listeners.firstIndex(of: entry.fd) {
                    let connection = tare_accept(entry.fd)
                    guard connection >= 0 else { continue }
                    connections.append(connection)
                    if index == 0 { marks = connection }
                    continue
                }
                var buffer = [UInt8](repeating: 0, count: 512)
                let count = read(entry.fd, &buffer, buffer.count)
                if entry.fd == marks, count > 0, buffer[..<count].contains(UInt8(ascii: "E")) { return true }
                // The guest ended: it will not enter any more.
                if count <= 0 { return false }
            }
        }
        return false
    }

    func close() {
        for descriptor in listeners + connections { Glibc.close(descriptor) }
        listeners = []
        connections = []
    }
}
