import BenchmarkModel
import Dispatch
import Foundation
import LinuxSystem
import Synchronization

/// Asks instances again whether they are ready, from the host, where the host can reach them: through the network
/// namespace and the root directory of their first process. The witness is gone by then, on purpose.
enum ReadinessCheck {
    /// How an instance of such a platform is asked, in words; nil where nothing is left to ask.
    static func words(for readiness: Readiness, kind: PlatformKind?) -> String? {
        if case .libvirt? = kind { return "a guest's readiness cannot be asked again from the host" }
        switch readiness {
        case .started, .line: return nil
        case .tcp(let port): return "TCP port \(port) of each accepted a connection at the end of the hold"
        case .http(let port, let path): return "HTTP GET :\(port)\(path) of each was answered at the end of the hold"
        case .file(let path): return "the file \(path) of each existed at the end of the hold"
        }
    }

    /// Takes those that are not ready any more out of the crowd.
    ///
    /// - Returns: why, for each.
    static func bury(_ crowd: Crowd, readiness: Readiness, network: RunNetwork) throws -> [String] {
        switch readiness {
        case .started, .line: return []
        case .tcp, .http, .file: break
        }
        // A thread of its own: it moves from one network namespace to the next.
        let outcome = Mutex<[Int32: String]>([:])
        let targets = crowd.instances.map { $0.processes() }.compactMap { processes in
            processes.first { $0.role == .workload }?.pid
        }
        let done = DispatchSemaphore(value: 0)
        try StartedThread.start("tare-recheck", stackBytes: 1 << 20) {
            for pid in targets {
                if let reason = reason(readiness, pid: pid) { outcome.withLock { $0[pid] = reason } }
            }
            done.signal()
        }
        done.wait()
        let reasons = outcome.withLock { $0 }
        guard !reasons.isEmpty else { return [] }
        return crowd.buryDead { instance in
            instance.processes().compactMap { reasons[$0.pid] }.first
        }
    }

    private static func reason(_ readiness: Readiness, pid: Int32) -> String? {
        switch readiness {
        case .started, .line: return nil
        case .file(let path):
            return HostFiles.exists(path, inRoot: "/proc/\(pid)/root")
                ? nil : "the file \(path) is not there any more"
        case .tcp(let port): return LoopbackProbe.problem(inNetworkOf: pid, port: port, request: nil)
        case .http(let port, let path):
            return LoopbackProbe.problem(inNetworkOf: pid, port: port, request: path)
        }
    }
}
