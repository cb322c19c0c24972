import BenchmarkModel
import Harness
import Images
import Yams

/// All that the commands must know of one kind of platform: its keys in a suite, what a suite reaches with it, what a policy has
/// to say of it, and how it is made.
protocol PlatformRegistration: Sendable {
    /// Its key in a suite, with the keys of its settings.
    var key: SuiteKey { get }
    /// What its bare name stands for in a list of platforms; nil where settings must be given.
    var bare: PlatformKind? { get }
    /// Reads its settings.
    ///
    /// - Returns: nil where they are wrong; the parser has been told why.
    func parse(_ node: Node, _ parser: SuiteParser) -> PlatformKind?
    /// Whether a kind is of its sort.
    func holds(_ kind: PlatformKind) -> Bool
    /// What a suite reaches with it outside of its own folder, in words.
    func reach(_ spec: PlatformSpec) -> String
    /// Tells what of its settings a policy does not allow.
    func check(_ spec: PlatformSpec, against policy: Policy, _ refuse: Policy.Refuse)
    /// Makes a platform of a suite.
    ///
    /// - Throws: ``TareError`` when the host lacks what it needs.
    func make(_ spec: PlatformSpec, with parts: PlatformParts) throws -> any Platform
}

extension PlatformRegistration {
    var bare: PlatformKind? { nil }
    func check(_ spec: PlatformSpec, against policy: Policy, _ refuse: Policy.Refuse) {}
}

/// What platforms are made with.
struct PlatformParts {
    var cache: ImageCache
    var witness: String
    var environment: RunEnvironment
    var journal: any Journal
    /// Whether what was found out about KVM earlier in this boot is found out again.
    var triesKVMAgain = false
}

/// The kinds of platform: one line registers one.
enum PlatformRegistry {
    static let all: [any PlatformRegistration] = [
        ProcessRegistration(),
        NamespacesRegistration(),
        OCIRegistration(),
        EngineRegistration(.docker),
        EngineRegistration(.podman),
        EngineRegistration(.containerd),
        LibvirtRegistration(),
    ]

    /// The names that stand for a platform by themselves.
    static let bareNames = all.filter { $0.bare != nil }.map(\.key.name)

    /// - Throws: ``TareError`` for a kind that nobody registered.
    static func registration(of spec: PlatformSpec) throws -> any PlatformRegistration {
        guard let found = all.first(where: { $0.holds(spec.kind) }) else {
            throw TareError(.failed, "nothing can make the platform '\(spec.name)'")
        }
        return found
    }
}
