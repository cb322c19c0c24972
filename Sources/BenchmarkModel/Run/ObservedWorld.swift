/// What a workload sees on a platform, told from inside by the witness right where it would execute the command.
package struct ObservedWorld: Sendable, Equatable, Codable {
    /// The workload's name.
    package var workload: String
    /// The platform's name.
    package var platform: String
    /// What was seen, in the order of showing; each by the name that it has on every platform.
    package var facts: [Fact]
    /// Why there is none, in words; nil where there is one.
    package var failure: String?

    package init(workload: String, platform: String, facts: [Fact], failure: String? = nil) {
        self.workload = workload
        self.platform = platform
        self.facts = facts
        self.failure = failure
    }

    /// The value of a fact, or nil.
    package subscript(name: String) -> String? { facts.first { $0.name == name }?.value }
}
