import Dispatch
import Glibc
import Harness

/// Turns SIGINT, SIGTERM and SIGHUP into a request to end cleanly.
final class SignalWatch {
    private var sources: [any DispatchSourceSignal] = []

    init(_ interruption: Interruption, said: @escaping @Sendable () -> Void) {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // The default action would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                guard !interruption.isRequested else { return }
                interruption.request()
                said()
            }
            source.resume()
            sources.append(source)
        }
    }

    /// Gives the signals back their default action.
    func close() {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
    }
}
