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
        case "devices": devices()
        case "threads": threads()
        case "hog":
            touch(hogBytes)
            exit(0)
        default: exit(64)
        }
    }

    /// Uses what the parent then looks for, prints its own CPU time in nanoseconds, and sleeps.
    private static func work() -> Never {
        touch(anonymousBytes)
        let file = open("/dev/shm/probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
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

    /// Makes threads until the kernel refuses one, prints how many there are and the error, and sleeps.
    private static func threads() -> Never {
        var (count, error): (Int, Int32) = (1, 0)
        while error == 0, count < 99 {
            var thread = pthread_t()
            error = pthread_create(
                &thread, nil,
                { _ in
                    while true { pause() }
                }, nil)
            if error == 0 { count += 1 }
        }
        let line = Array("\(count), then \(error)\n".utf8)
        _ = write(1, line, line.count)
        while true { pause() }
    }

    /// Tries what a group with a limit to /dev/null and terminals may and may not do, and prints what came of it.
    private static func devices() -> Never {
        var wrong: [String] = []
        func opens(_ path: String, _ shall: Bool) {
            let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
            let number = errno
            if descriptor >= 0 { close(descriptor) }
            let opened = descriptor >= 0 || number != EPERM
            if opened != shall { wrong.append("\(path) \(opened ? "opens" : "does not open")") }
        }
        func makes(_ path: String, _ kind: mode_t, _ device: UInt64, _ shall: Bool) {
            let made = mknod(path, kind | 0o600, dev_t(device)) == 0
            if made { unlink(path) }
            if made != shall { wrong.append("\(path) \(made ? "is made" : "is not made")") }
        }
        opens("/dev/null", true)
        for path in ["/dev/zero", "/dev/vda", "/dev/ttyS1"] { opens(path, false) }
        makes("/made-null", S_IFCHR, 1 << 8 | 3, true)
        makes("/made-terminal", S_IFCHR, 136 << 8 | 7, true)
        makes("/made-memory", S_IFCHR, 1 << 8 | 1, false)
        makes("/made-disk", S_IFBLK, 254 << 8, false)
        let line = Array((wrong.isEmpty ? "as allowed" : wrong.joined(separator: ", ")).utf8) + [10]
        _ = write(1, line, line.count)
        exit(0)
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
