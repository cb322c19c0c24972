import BenchmarkModel
import Containers
import Harness
import Yams

struct ProcessRegistration: PlatformRegistration {
    let key = SuiteKey(name: "process", shape: .object(.nothing), description: "No isolation: the first floor.")
    let bare: PlatformKind? = .process

    func parse(_ node: Node, _ parser: SuiteParser) -> PlatformKind? {
        parser.mapping(node, .nothing).map { _ in .process }
    }

    func holds(_ kind: PlatformKind) -> Bool { kind == .process }

    func reach(_ spec: PlatformSpec) -> String { "commands run as root of this host, without isolation" }

    func make(_ spec: PlatformSpec, with parts: PlatformParts) throws -> any Platform {
        ProcessPlatform(spec: spec, cache: parts.cache, witness: parts.witness, groups: parts.environment.groups)
    }
}
