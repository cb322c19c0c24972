internal import CLinuxShims
import Glibc

/// Threads that are known to run.
///
/// Foundation's `Thread` says nothing when the kernel refuses a thread (no memory, too many processes), and whoever waits for
/// its work then waits for ever.
package enum StartedThread {
    private final class Work: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// The id of the calling thread.
    package static var ownID: Int32 { Int32(tare_gettid()) }

    /// Starts a thread of which nothing else is kept.
    ///
    /// - Parameters:
    ///   - name: at most 15 bytes.
    ///   - stackBytes: the size of its stack.
    /// - Throws: ``SystemError`` where the kernel refuses it; nothing was begun then.
    package static func start(
        _ name: String, stackBytes: Int = 512 << 10, _ body: @escaping @Sendable () -> Void
    ) throws {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackBytes)
        let work = Unmanaged.passRetained(Work(name: name, body: body))
        var thread = pthread_t()
        let error = pthread_create(
            &thread, &attributes,
            { pointer in
                guard let pointer else { return nil }
                let work = Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
                _ = tare_name_thread(work.name)
                work.body()
                return nil
            }, work.toOpaque())
        guard error == 0 else {
            work.release()
            throw SystemError("starting the thread \(name)", number: error)
        }
    }
}
