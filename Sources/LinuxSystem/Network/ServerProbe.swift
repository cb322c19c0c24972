internal import CLinuxShims
import Glibc

/// Asks a server of another process's network, or of the calling thread's.
package enum ServerProbe {
    /// How long a connection and an each part of an answer may take, in milliseconds.
    package static let patienceMilliseconds = 5_000

    /// What is wrong with a server on the loopback interface of a process's network, in words; nil where it accepts a connection, and
    /// answers where it is asked.
    ///
    /// The calling thread is moved into the namespace and stays there: use one that has no other purpose.
    ///
    /// - Parameters:
    ///   - port: a TCP port.
    ///   - request: the path of an HTTP GET that must be answered with a status from 200 to 399; nil to connect only.
    ///   - patience: how long a connection, and each part of an answer, may take, in milliseconds.
    package static func problem(
        inNetworkOf pid: Int32, port: UInt16, request: String?, patience: Int = patienceMilliseconds
    ) -> String? {
        let space = tare_open("/proc/\(pid)/ns/net", O_RDONLY | O_CLOEXEC, 0)
        guard space >= 0 else { return "process \(pid) is not there any more" }
        defer { close(space) }
        guard tare_setns(space, TARE_CLONE_NEWNET) == 0 else {
            return "\(SystemError("entering the network of \(pid)"))"
        }
        return problem(at: 0x7F00_0001, port: port, request: request, patience: patience)
    }

    /// The same of a server with an address in the calling thread's network.
    ///
    /// - Parameter address: in the host's order of bytes.
    package static func problem(
        at address: UInt32, port: UInt16, request: String?, patience: Int = patienceMilliseconds
    ) -> String? {
        let host = NetworkPlace.words(address)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return "\(SystemError("making a socket"))" }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: patience / 1_000, tv_usec: patience % 1_000 * 1_000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        var server = sockaddr_in()
        server.sin_family = sa_family_t(AF_INET)
        server.sin_port = port.bigEndian
        server.sin_addr.s_addr = address.bigEndian
        let connected = withUnsafePointer(to: &server) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return "\(SystemError("connecting to \(host):\(port)"))" }
        guard let request else { return nil }
        let text = Array("GET \(request) HTTP/1.0\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else {
            return "\(SystemError("asking port \(port)"))"
        }
        let words = beginning(of: descriptor).split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1].prefix(3)) else {
            return "port \(port) gave no HTTP answer"
        }
        return (200...399).contains(status) ? nil : "port \(port) answered with the status \(status)"
    }

    /// The first bytes of an answer, enough for its status: a server may send them in pieces.
    private static func beginning(of descriptor: Int32) -> String {
        // "HTTP/1.1 200"
        let enough = 12
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64)
        while answer.count < enough {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            answer += chunk[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }
}
