import BenchmarkModel

/// A kind of platform with its settings, version 2.
struct KindForm: Form, Codable {
    var `is`: String
    var parts: [String]?
    var runtime: String?
    var options: [String]?
    var detach: Bool?
    var uri: String?
    var machine: String?
    var accelerator: String?
    var kernel: String?
    var client: String?
    var socket: String?
    var starts: Bool?
    var addsInit: Bool?
    var logDriver: String?

    init(_ kind: PlatformKind) {
        switch kind {
        case .process: `is` = "process"
        case .namespaces: `is` = "namespaces"
        case .isolation(let parts):
            `is` = "isolation"
            self.parts = parts.map(\.rawValue)
        case .oci(let settings):
            `is` = "oci"
            runtime = settings.runtime
            options = settings.options
            detach = settings.detach
        case .engine(let settings):
            `is` = settings.engine.rawValue
            client = settings.client.rawValue
            socket = settings.socket
            starts = settings.starts
            runtime = settings.runtime
            options = settings.options
            addsInit = settings.addsInit
            logDriver = settings.logDriver
        case .libvirt(let settings):
            `is` = "libvirt"
            uri = settings.uri
            machine = settings.machine
            accelerator = settings.accelerator.rawValue
            kernel = settings.kernel
        }
    }

    func model() throws -> PlatformKind {
        switch `is` {
        case "process": return .process
        case "namespaces": return .namespaces
        case "isolation": return .isolation(try parts.needed("parts").map { try KindForm.part($0) })
        case "oci":
            return .oci(
                OCISettings(
                    runtime: try runtime.needed("runtime"), options: try options.needed("options"),
                    detach: try detach.needed("detach")))
        case "libvirt":
            return .libvirt(
                LibvirtSettings(
                    uri: try uri.needed("uri"), machine: try machine.needed("machine"),
                    accelerator: try KindForm.accelerator(try accelerator.needed("accelerator")), kernel: kernel))
        case let word where EngineSettings.Engine(rawValue: word) != nil: return .engine(try engine(word))
        default: throw UnreadableValue(description: "no kind of platform is '\(`is`)'")
        }
    }

    private func engine(_ word: String) throws -> EngineSettings {
        guard let engine = EngineSettings.Engine(rawValue: word),
            let client = EngineSettings.Client(rawValue: try client.needed("client"))
        else { throw UnreadableValue(description: "no client of an engine is '\(client ?? "")'") }
        return EngineSettings(
            engine, client: client, socket: socket, starts: try starts.needed("starts"), runtime: runtime,
            options: try options.needed("options"), addsInit: try addsInit.needed("addsInit"),
            logDriver: try logDriver.needed("logDriver"))
    }

    static func part(_ word: String) throws -> IsolationPart {
        guard let part = IsolationPart(rawValue: word) else {
            throw UnreadableValue(description: "no part of isolation is '\(word)'")
        }
        return part
    }

    static func accelerator(_ word: String) throws -> LibvirtSettings.Accelerator {
        guard let accelerator = LibvirtSettings.Accelerator(rawValue: word) else {
            throw UnreadableValue(description: "no accelerator is '\(word)'")
        }
        return accelerator
    }
}
