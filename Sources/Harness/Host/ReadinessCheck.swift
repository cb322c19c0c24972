import BenchmarkModel
import Dispatch
import Glibc
import LinuxSystem
import Synchronization

/// Asks instances again whether they are ready, from the host, where the host can reach them: over the bridge on which they are, or
/// through the network namespace and the root directory of their first process. The witness is gone by then, on purpose.
enum ReadinessCheck {
    /// How long an answer may take once one did not come, in milliseconds.
    private static let furtherPatience = 500

    /// How an instance is asked, in words; nil where nothing is left to ask.
    static func words(for workload: Workload, on platform: PlatformSpec) -> String? {
        guard platform.canBeAskedAgain(workload) else {
            return
                "\(platform.traits.role == .guest ? "a guest" : "an instance")'s readiness cannot be asked again from the host"
        }
        let way = workload.network == .bridge ? " over the bridge" : ""
        switch workload.readiness {
        case .started, .line, .completed: return nil
        case .tcp(let port): return "TCP port \(port) of each accepted a connection\(way) at the end of the hold"
        case .http(let port, let path):
            return "HTTP GET :\(port)\(path) of each was answered\(way) at the end of the hold"
        case .file(let path): return "the file \(path) of each existed at the end of the hold"
        }
    }

    /// Why instances are not ready any more, by their names.
    ///
    /// - Parameter patience: how long a connection, and each part of an answer, may take, in milliseconds.
    static func problems(
        of instances: [AskedInstance], readiness: Readiness, in network: RunNetwork,
        patience: Int = ServerProbe.patienceMilliseconds
    ) throws -> [String: String] {
        let outcome = Mutex<[String: String]>([:])
        @Sendable func ask() {
            // Who was waited for in vain once is not waited for so long again: of a thousand that are silent, none answers.
            var patience = patience
            for instance in instances {
                guard let reason = reason(readiness, instance, network, patience: patience) else { continue }
                outcome.withLock { $0[instance.name] = reason }
                patience = min(patience, ReadinessCheck.furtherPatience)
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

    private static func reason(
        _ readiness: Readiness, _ instance: AskedInstance, _ network: RunNetwork, patience: Int
    ) -> String? {
        switch readiness {
        case .started, .line, .completed: return nil
        case .file(let path):
            guard let process = instance.process else { return nil }
            return HostFiles.exists(path, inRoot: "/proc/\(process)/root")
                ? nil : "the file \(path) is not there any more"
        case .tcp(let port): return problem(of: instance, network, port: port, request: nil, patience: patience)
        case .http(let port, let path):
            return problem(of: instance, network, port: port, request: path, patience: patience)
        }
    }

    private static func problem(
        of instance: AskedInstance, _ network: RunNetwork, port: UInt16, request: String?, patience: Int
    ) -> String? {
        if let slot = instance.place {
            let place = NetworkPlace(slot)
            do {
                try network.enter()
                try network.know(place)
            } catch {
                return "\(error)"
            }
            return ServerProbe.problem(at: place.address, port: port, request: request, patience: patience)
        }
        return instance.process.flatMap {
            ServerProbe.problem(inNetworkOf: $0, port: port, request: request, patience: patience)
        }
    }
}

extension NetworkPlace {
    init(_ slot: NetworkSlot) { self.init(bridge: slot.bridge, slot: slot.slot) }
}
