import BenchmarkModel
import Containers
import Images
import Harness
import LinuxSystem
import Yams

struct OCIRegistration: PlatformRegistration {
    private static let settings = SuiteKeys(
        name: "oci",
        keys: [
            SuiteKey(
                name: "runtime", shape: .string, description: "The runtime's name or absolute path. Default runc."),
            SuiteKey(name: "options", shape: .strings, description: "Global options of the runtime."),
            SuiteKey(
                name: "detach", shape: .boolean,
                description: "Whether the runtime leaves once the container runs, as under an engine. Default true."),
        ])

    let key = SuiteKey(name: "oci", shape: .object(settings), description: "A container under an OCI runtime.")

    func parse(_ node: Node, _ parser: SuiteParser) -> PlatformKind? {
        guard let keys = parser.mapping(node, OCIRegistration.settings) else { return nil }
        var settings = OCISettings()
        if let runtime = keys["runtime"], let name = parser.text(runtime, "runtime") {
            settings.runtime = name
            if name.isEmpty || name.hasPrefix("-")
                || (name.utf8.contains(UInt8(ascii: "/")) && (!name.hasPrefix("/") || name.pathParts.contains("..")))
            {
                parser.fail(
                    runtime, "runtime: '\(parser.printable(name))' is neither a name nor an absolute path",
                    "Write runc, or /usr/bin/runc.")
            }
        }
        for item in parser.items(keys["options"], "options") {
            guard let option = parser.text(item, "options", multiline: true) else { continue }
            settings.options.append(option)
            OCIRegistration.refuseOwnOptions(option, item, parser)
        }
        settings.detach = parser.boolean(keys["detach"], "detach") ?? true
        return .oci(settings)
    }

    /// Where a runtime keeps its state and its log is tare's own affair: elsewhere they would outlive the run.
    static func refuseOwnOptions(_ option: String, _ item: Node, _ parser: SuiteParser) {
        let name = option.drop { $0 == "-" }.prefix { $0 != "=" }
        if option.hasPrefix("-"), ["root", "log", "log-format"].contains(name) {
            parser.fail(item, "options: tare itself sets '\(parser.printable(option))'", "Leave it out.")
        }
    }

    func holds(_ kind: PlatformKind) -> Bool { if case .oci = kind { true } else { false } }

    func reach(_ spec: PlatformSpec) -> String {
        guard case .oci(let settings) = spec.kind else { return "" }
        let path = Executables.find(settings.runtime) ?? "not found"
        let options = settings.options.isEmpty ? "" : ", with the options \(settings.options.joined(separator: " "))"
        return "runs the runtime \(settings.runtime) (\(path)) as root\(options)"
    }

    func check(_ spec: PlatformSpec, against policy: Policy, _ refuse: Policy.Refuse) {
        guard case .oci(let settings) = spec.kind else { return }
        guard let runtimes = policy.runtimes else {
            if settings.runtime != OCISettings().runtime {
                refuse("runtime", "the runtime \(settings.runtime)", "runtimes: only \(OCISettings().runtime)")
            } else if let option = settings.options.first {
                refuse("options", "the runtime's option \(option)", "runtimes: options of none")
            }
            return
        }
        let path = Executables.find(settings.runtime) ?? settings.runtime
        guard let rule = runtimes.first(where: { $0.path == path }) else {
            return refuse("runtime", "the runtime \(path)", "runtimes: \(runtimes.map(\.path))")
        }
        for option in settings.options where !rule.options.contains(where: { Policy.fits(option, $0) }) {
            refuse("options", "the runtime's option \(option)", "options of \(path): \(rule.options)")
        }
    }

    func make(_ spec: PlatformSpec, with parts: PlatformParts) throws -> any Platform {
        guard case .oci(let settings) = spec.kind else { throw TareError(.failed, "\(spec.name) has no runtime") }
        return try OCIPlatform(
            spec: spec, settings: settings, cache: parts.cache, witness: parts.witness,
            groups: parts.environment.groups, runDirectory: parts.environment.directory,
            network: parts.environment.network)
    }
}
