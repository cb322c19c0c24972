import Dispatch
import Glibc
import Harness
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into a request to end cleanly.
///
/// The first asks. The second says what is waited for. The third gives up the wait.
final class SignalWatch {
    private var sources: [any DispatchSourceSignal] = []
    private let watched: [Int32]
    private let counter = Counter()

    /// - Parameter heard: told how many came, from 1.
    init(_ interruption: Interruption, heard: @escaping @Sendable (Int) -> Void) {
        // What whoever started tare ignores (nohup, a shell's background job) stays ignored.
        watched = [SIGINT, SIGTERM, SIGHUP].filter { !SignalWatch.isIgnored($0) }
        for number in watched {
            // The default action would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [counter] in
                interruption.request()
                heard(counter.next())
            }
            source.resume()
            sources.append(source)
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)

        var isAtZero: Bool { count.withLock { $0 == 0 } }

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN is a pointer made of a number.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Gives the signals back their default action, unless one came: whoever asks again while the report of what was measured is
    /// written shall not lose it.
    func close() {
        for source in sources { source.cancel() }
        for number in watched { signal(number, counter.isAtZero ? SIG_DFL : { _ in }) }
    }
}
