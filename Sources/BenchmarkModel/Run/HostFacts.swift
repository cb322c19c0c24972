/// A named fact.
package struct Fact: Sendable, Equatable, Codable {
    /// What it is about, such as `CPU model`.
    package var name: String
    /// What was found, in words; `not readable: ...` where it could not be.
    package var value: String
    /// Whether two runs must agree on it to be comparable.
    package var mustAgree: Bool

    package init(_ name: String, _ value: String, mustAgree: Bool = false) {
        self.name = name
        self.value = value
        self.mustAgree = mustAgree
    }
}

/// What is known about the host, in the order of showing.
package struct HostFacts: Sendable, Equatable, Codable {
    /// The facts.
    package var facts: [Fact]

    package init(facts: [Fact] = []) {
        self.facts = facts
    }

    /// The value of a fact, or nil.
    package subscript(name: String) -> String? {
        facts.first { $0.name == name }?.value
    }
}
