import BenchmarkModel

/// Values of a world's records in words; nil where one is none.
enum WorldWords {
    /// How many CPUs a list of the kernel's names, such as `0-3,8`.
    static func cpus(inList list: String) -> Int? {
        var count = 0
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first >= 0,
                last >= first,
                last < 1 << 20
            else { return nil }
            count += last - first + 1
        }
        return count
    }

    /// A size in the largest unit that it is a whole number of.
    static func size(_ bytes: UInt64) -> String {
        if bytes > 0, bytes % (1 << 20) == 0 { return "\(bytes >> 20) MiB" }
        if bytes > 0, bytes % (1 << 10) == 0 { return "\(bytes >> 10) KiB" }
        return "\(bytes) bytes"
    }

    /// Version 1 of control groups has no word for "none", but a number near 2^63.
    static func memoryLimit(_ value: String) -> String {
        if value == "max" { return "no limit" }
        return UInt64(value).map { $0 >= 1 << 60 ? "no limit" : size($0) } ?? "none seen"
    }

    static func cpuLimit(_ value: String) -> String {
        let parts = value.split(separator: " ")
        guard parts.count == 2, let period = UInt64(parts[1]), period > 0 else { return "none seen" }
        guard let quota = UInt64(parts[0]), quota < 1 << 40 else { return "no limit" }
        let hundredths = quota * 100 / period
        let rest = hundredths % 100
        let decimals = rest == 0 ? "" : rest < 10 ? ".0\(rest)" : ".\(rest)"
        return "\(hundredths / 100)\(decimals) CPU\(hundredths == 100 ? "" : "s")"
    }

    /// `7 1024 max`.
    static func limit(_ value: String) -> (name: String, words: String)? {
        let parts = value.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let resource = Int(parts[0]), WorldFacts.limits.indices.contains(resource) else {
            return nil
        }
        let ends = parts[1...].map { $0 == "max" ? "unlimited" : UInt64($0).map { "\($0)" } }
        guard let soft = ends[0], let hard = ends[1] else { return nil }
        return (WorldFacts.limits[resource], soft == hard ? soft : "\(soft):\(hard)")
    }

    /// A line of /proc/self/status.
    static func status(_ line: String) -> (name: String, words: String)? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let key = String(line[..<colon])
        let words = line[line.index(after: colon)...].split(separator: " ").map(String.init)
        if let set = WorldFacts.capabilitySets[key] {
            guard let mask = words.first.flatMap({ UInt64($0, radix: 16) }) else { return nil }
            return (set, names(in: mask) { Capabilities.name(of: $0)?.lowercased() ?? "capability-\($0)" })
        }
        switch key {
        case "Umask": return (WorldFacts.umask, words.first ?? "unknown")
        case "Uid": return (WorldFacts.user, identity(words))
        case "Gid": return (WorldFacts.group, identity(words))
        case "Groups": return (WorldFacts.groups, words.isEmpty ? "none" : words.joined(separator: " "))
        case "NoNewPrivs": return (WorldFacts.noNewPrivileges, words.first == "1" ? "yes" : "no")
        case "Seccomp":
            let modes = ["0": "off", "1": "strict", "2": "filter"]
            return (WorldFacts.seccomp, words.first.flatMap { modes[$0] } ?? "unknown")
        case "SigBlk", "SigIgn":
            guard let mask = words.first.flatMap({ UInt64($0, radix: 16) }) else { return nil }
            let name = key == "SigBlk" ? WorldFacts.signalsBlocked : WorldFacts.signalsIgnored
            return (name, names(in: mask) { StopSignal.name(of: $0 + 1) ?? "signal-\($0 + 1)" })
        default: return key.hasPrefix("Seccomp") ? ("seccomp filters", words.first ?? "unknown") : nil
        }
    }

    /// Real, effective, saved and of file systems: one where they agree.
    private static func identity(_ ids: [String]) -> String {
        Set(ids).count == 1 ? ids[0] : ids.joined(separator: "/")
    }

    private static func names(in mask: UInt64, _ name: (Int) -> String) -> String {
        let names = (0..<64).filter { mask >> UInt64($0) & 1 == 1 }.map(name).sorted()
        return names.isEmpty ? "none" : names.joined(separator: " ")
    }

    /// `0 c 1:3`.
    static func stream(_ value: String) -> (name: String, words: String)? {
        let parts = value.split(separator: " ").map(String.init)
        let names = ["0": WorldFacts.standardInput, "1": WorldFacts.standardOutput, "2": WorldFacts.standardError]
        guard parts.count >= 2, let name = names[parts[0]] else { return nil }
        if parts.count == 3 { return (name, parts[2] == "1:3" ? "the null device" : "device \(parts[2])") }
        return (name, kinds[parts[1]] ?? "unknown")
    }

    /// `null c 666 1:3`.
    static func node(_ value: String) -> (name: String, words: String)? {
        let parts = value.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        // A name may hold blanks; what stands behind it may not, save the target of a link.
        guard let place = parts.indices.dropFirst().first(where: { kinds[parts[$0]] != nil }), parts.count > place + 1,
            let mode = UInt64(parts[place + 1], radix: 8)
        else { return nil }
        let name = parts[..<place].joined(separator: " ")
        let rest = parts[(place + 2)...].joined(separator: " ")
        let kind = kinds[parts[place]] ?? ""
        switch parts[place] {
        case "l": return (name, "link to \(rest)")
        case "d": return (name, "directory\(rest.isEmpty ? "" : ", another file system"), mode \(octal(mode))")
        default: return (name, "\(kind)\(rest.isEmpty ? "" : " \(rest)"), mode \(octal(mode))")
        }
    }

    private static func octal(_ mode: UInt64) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static let kinds = [
        "b": "block device", "c": "character device", "d": "directory", "f": "a file", "l": "link", "p": "a pipe",
        "s": "a socket",
    ]

    /// `/dev/shm tmpfs rw,nosuid rw,size=65536k`: the options of the mount, and of its file system those that a workload can
    /// feel, in an order of their own, separated by blanks.
    static func mount(_ value: String) -> (target: String, type: String, options: String)? {
        let parts = value.split(separator: " ").map(String.init)
        guard parts.count == 4, parts[0].hasPrefix("/") else { return nil }
        let flags = parts[2].split(separator: ",").map(String.init)
        let own = parts[3].split(separator: ",").map(String.init)
        var options = Set(flags)
        if own.contains("ro"), options.remove("rw") != nil { options.insert("ro") }
        for option in own {
            guard let end = option.firstIndex(of: "="), felt.contains(String(option[..<end])) else { continue }
            let size = option.dropFirst(5)
            let isSize = option.hasPrefix("size=") && size.last == "k"
            let bytes = isSize ? UInt64(size.dropLast()).flatMap { $0 < 1 << 50 ? $0 << 10 : nil } : nil
            options.insert(bytes.map { "size=\(WorldWords.size($0).replacing(" ", with: ""))" } ?? option)
        }
        return (parts[0], parts[1], options.sorted { rank($0) < rank($1) }.joined(separator: " "))
    }

    private static let felt: Set<String> = ["size", "mode", "gid", "uid", "ptmxmode", "hidepid"]

    /// `rw` or `ro` first.
    private static func rank(_ option: String) -> String { option == "rw" || option == "ro" ? " " : option }
}
