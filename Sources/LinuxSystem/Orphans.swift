internal import CLinuxShims
import Glibc

/// Processes whose parent ended: runtimes leave containers behind on purpose. While tare measures it adopts them, because
/// the host's first process may reap them late (in many containers it is no init), and runtimes wait for that.
public enum Orphans {
    /// Lets this process adopt the orphans among its descendants.
    public static func adopt() {
        _ = tare_adopt_orphans(1)
    }

    /// Reaps these processes as far as they are children of this one.
    ///
    /// - Parameter deadline: `CLOCK_MONOTONIC` in nanoseconds, until which an ending process is waited for.
    static func reap(_ pids: Set<Int32>, deadline: UInt64) {
        for pid in pids {
            // 0 means: a child that has not quite ended.
            while waitpid(pid, nil, WNOHANG) == 0, MonotonicClock.now() < deadline { usleep(100) }
        }
    }
}
