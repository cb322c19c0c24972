import CWitnessShims

/// The clock by which the witness bounds its own waits, and which it compares with the host's (T). No mark is taken from it.
enum Clock {
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    static func sleep(nanoseconds: UInt64) {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        // An interrupted sleep only makes the next probe come earlier.
        nanosleep(&time, nil)
    }
}
