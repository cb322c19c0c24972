import Glibc

/// The one clock: the host's `CLOCK_MONOTONIC`.
package enum MonotonicClock {
    /// Nanoseconds since an arbitrary point that is the same for all processes of the host.
    @inline(__always)
    package static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
