/// The version of tare, in every run and report.
package enum TareVersion {
    /// Semantic version.
    package static let current = "0.1.0"
}
