import ArgumentParser
import BenchmarkModel

/// How far a suite is trusted.
struct PolicyOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Take the suite for a stranger's: only what the policy allows may be asked of this host.",
            discussion: "The policy is \(Policy.place); where there is none, nothing of the host is allowed."))
    var untrusted = false

    @Option(help: "Another policy, which must be root's alone; --untrusted is then understood.", completion: .file())
    var policy: String?

    /// The policy that applies; nil where the suite is trusted.
    ///
    /// - Throws: where it cannot be believed or read.
    func read() throws -> Policy? { untrusted || policy != nil ? try PolicyReader.read(policy) : nil }

    /// Applies it to a suite, before anything starts.
    ///
    /// - Returns: the policy, whose budgets the run keeps.
    /// - Throws: ``SuiteErrors`` with every refusal.
    func apply(to document: SuiteDocument) throws -> Policy? {
        guard let policy = try read() else { return nil }
        let refusals = policy.refusals(document)
        guard refusals.isEmpty else { throw SuiteErrors(errors: refusals) }
        return policy
    }
}
