import BenchmarkModel
import Foundation
import Testing

@testable import Engines

/// What an engine is asked for, read back from the form in which it is asked.
struct Asked: Equatable {
    struct Bind: Equatable {
        var source: String
        var target: String
        var isReadOnly: Bool
    }

    var name: String?
    var labels: [String]
    var image: String?
    var program: String?
    var arguments: [String]
    var environment: [String]
    var directory: String?
    var memoryBytes: UInt64?
    var cpuQuota: Int?
    var cpuPeriod: Int?
    /// In the order of mounting.
    var binds: [Bind]
    /// The options of file systems in memory, by their places.
    var temporary: [String: Set<String>]
    var addedCapabilities: [String]
    var droppedCapabilities: [String]
    var parentGroup: String?
}

/// The body of `POST /containers/create`, as the Docker Engine API has it; what is missing in it is nil.
struct CreateBody: Decodable {
    struct Host: Decodable {
        struct Mount: Decodable {
            var `Type`: String
            var Source: String
            var Target: String
            var ReadOnly: Bool
        }
        struct Log: Decodable { var `Type`: String }

        var Memory: UInt64
        var CpuPeriod: Int
        var CpuQuota: Int
        var ShmSize: UInt64
        var NetworkMode: String
        var LogConfig: Log
        var Mounts: [Mount]
        var CgroupParent: String?
        var CpusetCpus: String?
        var CapAdd: [String]?
        var CapDrop: [String]?
        var Runtime: String?
        var Init: Bool?
        var Tmpfs: [String: String]?
    }

    var Image: String
    var Hostname: String
    var User: String
    var WorkingDir: String
    var Entrypoint: [String]
    var Cmd: [String]
    var Env: [String]
    var Labels: [String: String]
    var StopTimeout: Int
    var HostConfig: Host
    var NetworkingConfig: Networking?

    struct Networking: Decodable {
        struct Endpoint: Decodable {
            struct Addresses: Decodable { var IPv4Address: String }
            var IPAMConfig: Addresses
        }
        var EndpointsConfig: [String: Endpoint]
    }

    init(_ container: ContainerRequest, _ settings: EngineSettings) throws {
        self = try JSONDecoder().decode(CreateBody.self, from: Data(try container.json(settings)))
    }

    var asked: Asked {
        Asked(
            name: Hostname, labels: Labels.map { "\($0)=\($1)" }.sorted(), image: Image, program: Entrypoint.first,
            arguments: Cmd, environment: Env, directory: WorkingDir, memoryBytes: HostConfig.Memory,
            cpuQuota: HostConfig.CpuQuota, cpuPeriod: HostConfig.CpuPeriod,
            binds: HostConfig.Mounts.filter { $0.Type == "bind" }.map {
                Asked.Bind(source: $0.Source, target: $0.Target, isReadOnly: $0.ReadOnly)
            },
            temporary: (HostConfig.Tmpfs ?? [:]).mapValues { Set($0.split(separator: ",").map(String.init)) },
            addedCapabilities: HostConfig.CapAdd ?? [], droppedCapabilities: HostConfig.CapDrop ?? [],
            parentGroup: HostConfig.CgroupParent)
    }
}

/// A command line, taken apart as its program would.
struct CommandLine {
    /// The values of options by their names, in the order of the line; of those without a value an empty one.
    private(set) var options: [String: [String]] = [:]
    /// What follows the options.
    private(set) var words: [String]
    /// The values of `--mount`, each as its keys.
    private(set) var mounts: [[String: String]] = []

    private static let bare: Set<String> = ["--detach", "--init", "--null-io", "--allow-new-privs"]

    init(_ line: [String]) throws {
        try #require(line.first == "run")
        words = Array(line.dropFirst())
        while let option = words.first, option.hasPrefix("--") {
            words.removeFirst()
            if CommandLine.bare.contains(option) {
                options[option, default: []].append("")
            } else {
                try #require(!words.isEmpty, "\(option) has no value")
                options[option, default: []].append(words.removeFirst())
            }
        }
        mounts = (options["--mount"] ?? []).map { value in
            let fields = CommandLine.fields(of: value).map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            return Dictionary(
                fields.map { ($0[0], $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { "\($0) and \($1)" })
        }
    }

    /// The value of an option that is given once at the most.
    subscript(option: String) -> String? {
        guard let values = options[option] else { return nil }
        return values.joined(separator: " and ")
    }

    func all(_ option: String) -> [String] { options[option] ?? [] }

    /// As the programs read the value of `--mount`: a line of comma-separated values, in which a field that holds a
    /// comma stands between quotes (RFC 4180).
    private static func fields(of line: String) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }

    /// As docker(1) and podman(1) understand it.
    func askedOfEngine() throws -> Asked {
        Asked(
            name: self["--name"], labels: all("--label"), image: words.first, program: self["--entrypoint"],
            arguments: Array(words.dropFirst()), environment: all("--env"), directory: self["--workdir"],
            // A number without a unit is one of bytes too, but in Podman's older releases.
            memoryBytes: self["--memory"].flatMap { $0.hasSuffix("b") ? UInt64($0.dropLast()) : nil },
            cpuQuota: self["--cpu-quota"].flatMap { Int($0) }, cpuPeriod: self["--cpu-period"].flatMap { Int($0) },
            binds: mounts.filter { $0["type"] == "bind" }.map {
                Asked.Bind(source: $0["source"] ?? "", target: $0["target"] ?? "", isReadOnly: $0["readonly"] != nil)
            },
            temporary: Dictionary(
                all("--tmpfs").map { value in
                    let parts = value.split(separator: ":", maxSplits: 1).map(String.init)
                    return (parts[0], Set(parts.dropFirst().joined().split(separator: ",").map(String.init)))
                }, uniquingKeysWith: { $0.union($1) }),
            addedCapabilities: all("--cap-add"), droppedCapabilities: all("--cap-drop"),
            parentGroup: self["--cgroup-parent"])
    }

    /// As ctr(1) understands it: image, id, command.
    func askedOfContainerd() throws -> Asked {
        try #require(words.count > 2)
        func options(_ mount: [String: String]) -> [String] {
            (mount["options"] ?? "").split(separator: ":").map(String.init)
        }
        func names(_ capabilities: [String]) throws -> [String] {
            try capabilities.map { name in
                try #require(name.hasPrefix("CAP_"), "ctr takes no other form")
                return String(name.dropFirst("CAP_".count))
            }
        }
        let group = try #require(self["--cgroup"])
        return Asked(
            name: words[1], labels: all("--label"), image: words[0], program: words[2],
            arguments: Array(words.dropFirst(3)), environment: all("--env"), directory: self["--cwd"],
            memoryBytes: self["--memory-limit"].flatMap { UInt64($0) },
            cpuQuota: self["--cpu-quota"].flatMap { Int($0) }, cpuPeriod: self["--cpu-period"].flatMap { Int($0) },
            binds: mounts.filter { $0["type"] == "bind" }.map {
                Asked.Bind(source: $0["src"] ?? "", target: $0["dst"] ?? "", isReadOnly: options($0).contains("ro"))
            },
            temporary: Dictionary(
                // Others take the size of /dev/shm in words of their own.
                mounts.filter { $0["type"] == "tmpfs" && $0["dst"] != "/dev/shm" }.map {
                    ($0["dst"] ?? "", Set(options($0)))
                },
                uniquingKeysWith: { $0.union($1) }),
            addedCapabilities: try names(all("--cap-add")), droppedCapabilities: try names(all("--cap-drop")),
            // It is told the container's own group.
            parentGroup: group.split(separator: "/").dropLast().map { "/" + $0 }.joined())
    }
}
