/// The version of tare, in every run and report.
public enum TareVersion {
    /// Semantic version.
    public static let current = "0.1.0"
}
