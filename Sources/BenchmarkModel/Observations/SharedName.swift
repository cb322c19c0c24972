/// A name whose beginning many others have too: they share it, and the rest is short enough to need no room of its own.
package struct SharedName: Sendable, Equatable {
    private var beginning: String
    private var rest: String

    /// - Parameter beginning: one text for all that share it.
    package init(beginning: String = "", _ rest: String) {
        self.beginning = beginning
        self.rest = rest
    }

    package var text: String { beginning.isEmpty ? rest : beginning + rest }
    package var isEmpty: Bool { beginning.isEmpty && rest.isEmpty }

    package static func == (one: SharedName, other: SharedName) -> Bool {
        one.beginning == other.beginning ? one.rest == other.rest : one.text == other.text
    }
}
