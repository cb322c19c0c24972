import CWitnessShims

/// The memory and the CPU time that a program finds itself allowed: what the host has, and the limits of a control group where
/// one can be seen, which is where a JVM or Go's scheduler look.
enum Allowance {
    static func tell(_ text: WorldText) {
        ProcFile("/proc/meminfo").forEachLine { line in
            guard let total = value(of: line, "MemTotal:") else { return }
            text.begin("memory-total=").quote(total + blanks(total), until: UInt8(ascii: "\n")).end()
        }
        let groups = ProcFile("/proc/self/cgroup")
        var isMemoryTold = false
        var isTimeTold = false
        groups.forEachLine { line in
            guard let controllers = behindColon(line), let path = behindColon(controllers) else { return }
            let isUnified = controllers[0] == CChar(bitPattern: UInt8(ascii: ":"))
            if !isMemoryTold, isUnified || names(controllers, "memory") {
                isMemoryTold =
                    isUnified
                    ? tell("memory-limit=", path, "/sys/fs/cgroup", "/memory.max", nil, text)
                    : tell("memory-limit=", path, "/sys/fs/cgroup/memory", "/memory.limit_in_bytes", nil, text)
            }
            if !isTimeTold, isUnified || names(controllers, "cpu") {
                isTimeTold =
                    isUnified
                    ? tell("cpu-limit=", path, "/sys/fs/cgroup", "/cpu.max", nil, text)
                    : tell(
                        "cpu-limit=", path, "/sys/fs/cgroup/cpu", "/cpu.cfs_quota_us", "/cpu.cfs_period_us", text)
            }
        }
    }

    /// Reads a limit below the group's path, or, where what is mounted is that group itself, at the mount.
    ///
    /// - Returns: whether there was one to read.
    private static func tell(
        _ key: StaticString, _ path: UnsafePointer<CChar>, _ mount: StaticString, _ file: StaticString,
        _ second: StaticString?, _ text: WorldText
    ) -> Bool {
        func read(_ name: StaticString) -> ProcFile {
            let below = Message(mount)
            var index = 0
            while path[index] != 0, path[index] != CChar(bitPattern: UInt8(ascii: "\n")) {
                below.add(byte: UInt8(bitPattern: path[index]))
                index += 1
            }
            let own = withCString(of: below.add(name)) { ProcFile($0) }
            return own.isThere ? own : withCString(of: Message(mount).add(name)) { ProcFile($0) }
        }
        let first = read(file)
        guard first.isThere else { return false }
        text.begin(key).quote(first.text, until: UInt8(ascii: "\n"))
        if let second { text.add(" ").quote(read(second).text, until: UInt8(ascii: "\n")) }
        text.end()
        return true
    }

    private static func behindColon(_ text: UnsafeMutablePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
        strchr(text, Int32(UInt8(ascii: ":"))).map { $0 + 1 }
    }

    /// Whether a controller is in a list such as `cpu,cpuacct:`.
    private static func names(_ controllers: UnsafeMutablePointer<CChar>, _ name: StaticString) -> Bool {
        var at = controllers
        while true {
            if let rest = value(of: at, name) {
                if rest[0] == CChar(bitPattern: UInt8(ascii: ",")) || rest[0] == CChar(bitPattern: UInt8(ascii: ":")) {
                    return true
                }
            }
            while at[0] != CChar(bitPattern: UInt8(ascii: ",")) {
                if at[0] == 0 || at[0] == CChar(bitPattern: UInt8(ascii: ":")) { return false }
                at += 1
            }
            at += 1
        }
    }

    private static func blanks(_ text: UnsafePointer<CChar>) -> Int {
        var count = 0
        while text[count] == CChar(bitPattern: UInt8(ascii: " ")) { count += 1 }
        return count
    }
}
