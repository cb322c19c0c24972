/// A value as it stands in the database, with the version of its encoding.
///
/// A released encoding is never changed: a new one gets the next version, and the types of the old one stay in `Records/`
/// as they were, with a conversion to the model. What the database holds does so not depend on how the model is written today.
struct VersionedText {
    var version: Int
    var text: String

    init(_ version: Int, _ text: String) {
        self.version = version
        self.text = text
    }

    /// The error of a version that no branch of a reader knows.
    func unknown(_ what: String) -> UnreadableValue {
        UnreadableValue(description: "this tare does not know version \(version) of \(what)")
    }
}
