/// The rule for every name that a user gives: it becomes part of cgroup, container and domain names.
package enum Names {
    /// The rule in words, for messages.
    package static let rule =
        "1 to 31 characters: lower-case letters, digits and '-', starting with a letter or a digit"

    /// Whether a name matches `[a-z0-9][a-z0-9-]{0,30}`.
    package static func isValid(_ name: String) -> Bool {
        let scalars = Array(name.unicodeScalars)
        guard (1...31).contains(scalars.count), scalars[0] != "-" else { return false }
        return scalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
    }
}
