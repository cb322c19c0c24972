import BenchmarkModel

/// Makes facts of the records that a witness sends of a world (specified at the head of Sources/witness/Channel/MarkProtocol.swift).
/// Whoever sent them: what is no such record, or holds what no record may hold, is refused, and nothing is believed beyond its
/// bounds.
enum WorldReader {
    /// Of all records, the mark and the empty one that ends them.
    static let mostBytes = 64 << 10
    static let mostFacts = 1_500

    /// - Parameter bytes: all records, each ended by a NUL, without the empty one.
    /// - Throws: ``TareError`` that says what is wrong.
    static func facts(_ bytes: [UInt8]) throws -> [Fact] {
        guard bytes.count <= mostBytes, bytes.last == 0 else { throw refusal("they do not end") }
        var world = World()
        // Where no control group can be seen, nothing is told of one.
        _ = world.take("memory-limit", "")
        _ = world.take("cpu-limit", "")
        for record in bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false) {
            guard record.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), let end = record.firstIndex(of: UInt8(ascii: "="))
            else { throw refusal("one is no 'key=value'") }
            let key = String(decoding: record[..<end], as: UTF8.self)
            let value = String(decoding: record[(end + 1)...], as: UTF8.self)
            guard world.take(key, value) else { throw refusal("one cannot be read: \(key.prefix(40))") }
            guard world.count <= mostFacts else { throw refusal("there are too many") }
        }
        return world.facts
    }

    private static func refusal(_ why: String) -> TareError {
        TareError(.platform, "what the witness told of the world is damaged: \(why)")
    }
}

/// The facts as they are gathered; of each name the last counts, for a later mount lies over an earlier one.
private struct World {
    private var plain: [String: String] = [:]
    private var items: [WorldFacts.Kind: [String: String]] = [:]
    private(set) var count = 0

    /// Everything in the order of showing.
    var facts: [Fact] {
        let order = World.order
        var facts = plain.map { Fact($0.key, $0.value) }
            .sorted { (order[$0.name] ?? .max, $0.name) < (order[$1.name] ?? .max, $1.name) }
        for kind in WorldFacts.Kind.allCases {
            facts += (items[kind] ?? [:]).sorted { $0.key < $1.key }.map { Fact(kind.name($0.key), $0.value) }
        }
        return facts
    }

    private static let order: [String: Int] = {
        let capabilities = ["CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"].compactMap {
            WorldFacts.capabilitySets[$0]
        }
        let names =
            [
                WorldFacts.cpusOnline, WorldFacts.cpusByAffinity, WorldFacts.cpuLimit, WorldFacts.memoryTotal,
                WorldFacts.memoryLimit, WorldFacts.sharedMemory, WorldFacts.kernel, WorldFacts.rootFileSystem,
                WorldFacts.user, WorldFacts.group, WorldFacts.groups,
            ] + capabilities + [WorldFacts.noNewPrivileges, WorldFacts.seccomp, WorldFacts.umask] + WorldFacts.limits
        return Dictionary(names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }()

    private mutating func set(_ name: String, _ value: String) -> Bool {
        plain[name] = value
        count += 1
        return true
    }

    /// Sets a fact to a number in words; false where there is no number.
    private mutating func set(_ name: String, number: String, _ words: (UInt64) -> String) -> Bool {
        guard let number = UInt64(number) else { return false }
        return set(name, words(number))
    }

    private mutating func add(_ kind: WorldFacts.Kind, _ item: String, _ value: String) -> Bool {
        guard !item.isEmpty else { return false }
        items[kind, default: [:]][item] = value
        count += 1
        return true
    }

    /// Whether a record could be read.
    mutating func take(_ key: String, _ value: String) -> Bool {
        switch key {
        case "cpus-online":
            guard let count = WorldWords.cpus(inList: value) else { return false }
            return set(WorldFacts.cpusOnline, "\(count)")
        case "cpus-counted": return set(WorldFacts.cpusOnline, number: value) { "\($0)" }
        case "cpus-affinity": return set(WorldFacts.cpusByAffinity, number: value) { "\($0)" }
        case "memory-total":
            guard value.hasSuffix(" kB"), let kibibytes = UInt64(value.dropLast(3)) else { return false }
            return set(WorldFacts.memoryTotal, "\(kibibytes >> 10) MiB")
        case "memory-limit": return set(WorldFacts.memoryLimit, WorldWords.memoryLimit(value))
        case "cpu-limit": return set(WorldFacts.cpuLimit, WorldWords.cpuLimit(value))
        case "shared-memory": return set(WorldFacts.sharedMemory, number: value) { WorldWords.size($0) }
        case "limit":
            guard let (name, words) = WorldWords.limit(value) else { return false }
            return set(name, words)
        case "status":
            guard let (name, words) = WorldWords.status(value) else { return false }
            return set(name, words)
        case "stream":
            guard let (name, words) = WorldWords.stream(value) else { return false }
            return set(name, words)
        case "node":
            guard let (name, words) = WorldWords.node(value) else { return false }
            return add(.node, name, words)
        case "mount":
            guard let (target, type, options) = WorldWords.mount(value) else { return false }
            if target == "/" { return set(WorldFacts.rootFileSystem, "\(type) \(options)") }
            return add(.mount, target, "\(type) \(options)")
        case "env":
            guard let end = value.firstIndex(of: "="), end > value.startIndex else { return false }
            return add(.variable, String(value[..<end]), String(value[value.index(after: end)...]))
        default:
            guard let name = World.asTold[key] else { return false }
            return set(name, value.isEmpty ? "none" : value)
        }
    }

    /// Records whose value stands for itself.
    private static let asTold = [
        "nice": WorldFacts.nice, "policy": WorldFacts.schedulingPolicy, "io-priority": WorldFacts.inputOutputPriority,
        "timer-slack": WorldFacts.timerSlack, "personality": WorldFacts.personality,
        "oom-score-adj": WorldFacts.outOfMemoryScore, "kernel": WorldFacts.kernel,
        "first-process": WorldFacts.firstProcess, "session-leader": WorldFacts.sessionLeader,
        "group-leader": WorldFacts.groupLeader, "cwd": WorldFacts.workingDirectory, "cut": WorldFacts.cut,
    ]
}
