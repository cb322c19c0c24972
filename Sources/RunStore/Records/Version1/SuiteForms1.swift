import BenchmarkModel

// The enumerations of a suite, version 1: objects with one key, the name of the case, as Swift's own coding writes them. These
// are the model's types as they were then; they do not change.

typealias SuiteRecord1 = SuiteRecord<ImageForm1, ReadinessForm1, KindForm1, ModeForm1>

enum ImageForm1: Form {
    case packages([String], release: String, files: [String: String])
    case rootfs(path: String)

    func model() throws -> ImageSpec {
        switch self {
        case .packages(let packages, let release, let files): .packages(packages, release: release, files: files)
        case .rootfs(let path): .rootfs(path: path)
        }
    }
}

enum ReadinessForm1: Form {
    case started
    case line(String)
    case tcp(port: UInt16)
    case http(port: UInt16, path: String)
    case file(path: String)

    func model() throws -> Readiness {
        switch self {
        case .started: .started
        case .line(let pattern): .line(pattern)
        case .tcp(let port): .tcp(port: port)
        case .http(let port, let path): .http(port: port, path: path)
        case .file(let path): .file(path: path)
        }
    }
}

enum KindForm1: Form {
    struct OCI: Decodable {
        var runtime: String
        var options: [String]
        var detach: Bool
    }

    struct Libvirt: Decodable {
        var uri: String
        var machine: String
        var accelerator: String
        var kernel: String?
    }

    case process
    case namespaces
    case isolation([String])
    case oci(OCI)
    case libvirt(Libvirt)

    func model() throws -> PlatformKind {
        switch self {
        case .process: .process
        case .namespaces: .namespaces
        case .isolation(let parts): .isolation(try parts.map { try KindForm.part($0) })
        case .oci(let settings):
            .oci(OCISettings(runtime: settings.runtime, options: settings.options, detach: settings.detach))
        case .libvirt(let settings):
            .libvirt(
                LibvirtSettings(
                    uri: settings.uri, machine: settings.machine,
                    accelerator: try KindForm.accelerator(settings.accelerator), kernel: settings.kernel))
        }
    }
}

enum ModeForm1: Form {
    case warm
    case cold
    case concurrent(Int)
    case occupied(Int)

    func model() throws -> StartupMode {
        switch self {
        case .warm: .warm
        case .cold: .cold
        case .concurrent(let count): .concurrent(try Bounded.count(count, "'concurrent'"))
        case .occupied(let count): .occupied(try Bounded.count(count, "'occupied'"))
        }
    }
}
