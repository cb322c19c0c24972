/// What is written in YAML and read by the same parser: how it is called in errors, and how large it may be.
struct YAMLKind: Sendable {
    var word: String
    var mostBytes = 1 << 20
    var mostNodes = 10_000
    /// What to do where there is none, or nothing in it.
    var example: String
    /// What to do where it is too large.
    var tooLarge: String

    /// Suites, and the policies of what a suite may ask for.
    static let suite = YAMLKind(
        word: "suite", mostBytes: SuiteReader.mostBytes, mostNodes: SuiteReader.mostNodes,
        example: "Name a YAML file; Benchmarks/suites has examples.",
        tooLarge: "A suite names images and does not contain them.")

    static let baseline = YAMLKind(
        word: "baseline", mostBytes: 32 << 20, mostNodes: 4_000_000,
        example: "'tare baseline update --baseline FILE' writes one from a run.",
        tooLarge: "Write it anew with 'tare baseline update'.")

    static let gatePolicy = YAMLKind(
        word: "gate policy", example: "Name a YAML file; 'tare gate --schema' prints what it may hold.",
        tooLarge: "A gate policy holds a few rules.")
}
