import BenchmarkModel
import Dispatch
import Glibc
import LinuxSystem
import Synchronization

/// Asks instances again whether they are ready, from the host, where the host can reach them: through the network
/// namespace and the root directory of their first process. The witness is gone by then, on purpose.
enum ReadinessCheck {
    /// How an instance is asked, in words; nil where nothing is left to ask.
    static func words(for readiness: Readiness, traits: PlatformTraits) -> String? {
        guard traits.canBeAskedAgain else {
            return
                "\(traits.role == .guest ? "a guest" : "an instance")'s readiness cannot be asked again from the host"
        }
        switch readiness {
        case .started, .line, .completed: return nil
        case .tcp(let port): return "TCP port \(port) of each accepted a connection at the end of the hold"
        case .http(let port, let path): return "HTTP GET :\(port)\(path) of each was answered at the end of the hold"
        case .file(let path): return "the file \(path) of each existed at the end of the hold"
        }
    }

    /// Why processes are not ready any more, by their ids.
    static func problems(of processes: [Int32], readiness: Readiness) throws -> [Int32: String] {
        let outcome = Mutex<[Int32: String]>([:])
        @Sendable func ask() {
            for pid in processes {
                if let reason = reason(readiness, pid: pid) { outcome.withLock { $0[pid] = reason } }
            }
        }
        // A thread of its own: it moves from one network namespace to the next.
        let done = DispatchSemaphore(value: 0)
        do {
            try StartedThread.start("tare-recheck", stackBytes: 1 << 20) {
                ask()
                done.signal()
            }
            done.wait()
        } catch let error as SystemError where error.number == EAGAIN {
            // A ramp may have taken the last process id that there is.
            try NetworkNamespace.excursion(ask)
        }
        return outcome.withLock { $0 }
    }

    private static func reason(_ readiness: Readiness, pid: Int32) -> String? {
        switch readiness {
        case .started, .line, .completed: return nil
        case .file(let path):
            return HostFiles.exists(path, inRoot: "/proc/\(pid)/root")
                ? nil : "the file \(path) is not there any more"
        case .tcp(let port): return LoopbackProbe.problem(inNetworkOf: pid, port: port, request: nil)
        case .http(let port, let path):
            return LoopbackProbe.problem(inNetworkOf: pid, port: port, request: path)
        }
    }
}
