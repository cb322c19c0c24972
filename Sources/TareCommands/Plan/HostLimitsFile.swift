import Analysis
import BenchmarkModel
import Yams

// What a host has of limited resources, as `--host-limits FILE` reads it: YAML, one mapping.
//
//   NAME        the limit: a whole number; of `disk` a size with a unit, such as 1TiB. Names are those that a plan prints: pid_max,
//               threads-max, "memory cgroups", mount-max, ... pids.max and cgroup.max.descendants are of the control group that holds
//               all instances, "open files of tare" is of one process. A disk without inodes is a whole one that is made as ext4: inodes
//               are derived, and what ext4 itself takes is taken off
//   in-use      { NAME: what is in use of it before the first instance }
//
// What is not named has the kernel's default, and is in use as it was on the measured host.

/// Reads limits of a host. What the file holds stands at the head of this one.
enum HostLimitsFile {
    /// - Parameter defaults: what holds where the file says nothing.
    /// - Throws: ``TareError`` where the file cannot be read, ``SuiteErrors`` with the place of everything that is wrong in it.
    static func read(_ path: String, defaults: HostLimits) throws -> HostLimits {
        try parse(try SuiteReader.text(of: path, kind: .hostLimits), file: path, defaults: defaults)
    }

    /// - Throws: ``SuiteErrors``.
    static func parse(_ text: String, file: String, defaults: HostLimits) throws -> HostLimits {
        let parser = SuiteParser(file: file, baseDirectory: "/", kind: .hostLimits)
        guard let root = try SuiteReader.compose(text, parser), let limits = parser.hostLimits(root, defaults),
            parser.errors.isEmpty
        else { throw SuiteErrors(errors: SuiteReader.sorted(parser.errors)) }
        return limits
    }
}

extension SuiteParser {
    fileprivate func hostLimits(_ root: Node, _ defaults: HostLimits) -> HostLimits? {
        guard let keys = mapping(root, .hostLimits) else { return nil }
        if isEmpty(root) { fail(root, "the host limits say nothing", YAMLKind.hostLimits.example) }
        var limits = defaults
        limits.name = file.printable
        for resource in LimitedResource.allCases {
            if let node = keys[resource.rawValue], let value = amount(node, resource, from: 1) {
                limits.limits[resource] = KernelLimit(value, source: file.printable)
            }
        }
        if limits.limits[.diskInodes] == nil, let disk = limits.limits[.diskBytes] {
            limits = limits.with(diskBytes: disk.value, source: disk.source)
        }
        guard let place = keys["in-use"], let used = mapping(place, .inUse) else { return limits }
        if isEmpty(place) { fail(place, "in-use says nothing", "Remove it, or name what is in use.") }
        for resource in LimitedResource.allCases {
            if let node = used[resource.rawValue], let value = amount(node, resource, from: 0) {
                limits.inUse[resource] = Double(value)
            }
        }
        return limits
    }

    private func isEmpty(_ node: Node) -> Bool {
        if case .mapping(let mapping) = node { mapping.isEmpty } else { false }
    }

    /// A whole number, of the disk a size.
    private func amount(_ node: Node, _ resource: LimitedResource, from least: Int) -> UInt64? {
        let what = resource.rawValue
        guard resource == .diskBytes else { return integer(node, what, least...Int.max).map { UInt64($0) } }
        guard let text = text(node, what) else { return nil }
        if let bytes = ByteSize.bytes(text), bytes >= UInt64(least) { return bytes }
        fail(
            node, "\(what): expected a size with a unit, found \(describe(node))",
            "Write a number with \(ByteSize.unitWords), such as 1TiB.")
        return nil
    }
}

extension YAMLKind {
    static let hostLimits = YAMLKind(
        word: "host limits",
        example: "Name \((HostLimits.systems + ["this"]).alternatives), or a YAML file such as {pid_max: 65536}.",
        tooLarge: "It names the limits of one host.")
}

extension SuiteKeys {
    private static let resources = LimitedResource.allCases.map { resource in
        SuiteKey(
            name: resource.rawValue, shape: resource == .diskBytes ? memory : .integer(0...Int.max),
            description: "How many \(resource.noun).")
    }

    fileprivate static let inUse = SuiteKeys(name: "in-use", keys: resources)

    fileprivate static let hostLimits = SuiteKeys(
        name: "host limits",
        keys: resources + [
            SuiteKey(
                name: "in-use", shape: .object(inUse),
                description: "What is in use before the first instance. Default: as much as on the measured host.")
        ])
}

extension [String] {
    /// `a, b or c`.
    fileprivate var alternatives: String {
        guard count > 1, let last else { return joined() }
        return dropLast().joined(separator: ", ") + " or \(last)"
    }
}
