import Glibc

/// What the probe does as a child of itself, in a control group.
enum Child {
    /// CPU time that each thread of `work` uses at least, in nanoseconds. Several periods of a CPU quota.
    static let workNanoseconds: UInt64 = 400_000_000
    /// Anonymous memory that `work` touches, in bytes.
    static let anonymousBytes = 16 << 20
    /// What `work` writes into a tmpfs, in bytes.
    static let sharedBytes = 8 << 20
    /// Anonymous memory that `hog` touches, in bytes.
    static let hogBytes = 128 << 20

    static func main(_ word: String) -> Never {
        switch word {
        case "work": work()
        case "hog":
            touch(hogBytes)
            exit(0)
        default: exit(64)
        }
    }

    /// Uses what the parent then looks for, prints its own CPU time in nanoseconds, and sleeps.
    private static func work() -> Never {
        touch(anonymousBytes)
        let file = open("/tmp/probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let chunk = [UInt8](repeating: 1, count: 1 << 20)
        for _ in 0..<(sharedBytes / chunk.count) where write(file, chunk, chunk.count) != chunk.count { exit(1) }
        // Two threads want two CPUs, so that a quota of one throttles them.
        var other = pthread_t()
        let made = pthread_create(
            &other, nil,
            { _ in
                Child.burn()
                return nil
            }, nil)
        guard made == 0 else { exit(1) }
        burn()
        pthread_join(other, nil)
        let line = Array("\(nanoseconds(CLOCK_PROCESS_CPUTIME_ID))\n".utf8)
        _ = write(1, line, line.count)
        while true { pause() }
    }

    private static func touch(_ bytes: Int) {
        let pages = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let pages, pages != MAP_FAILED else { exit(1) }
        memset(pages, 1, bytes)
    }

    private static func burn() {
        while nanoseconds(CLOCK_THREAD_CPUTIME_ID) < workNanoseconds {}
    }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
