package import BenchmarkModel

/// Stands for a platform that could not be tried or prepared, so that a run goes on with the others: each of its starts fails with the
/// reason, and is counted.
package struct UnusablePlatform: Platform {
    package let spec: PlatformSpec
    package let channelKind = ChannelKind.inherited
    package let livenessCheck = "nothing: it cannot be used"
    private let reason: TareError

    package init(spec: PlatformSpec, reason: TareError) {
        self.spec = spec
        self.reason = reason
    }

    package func probe() async throws -> PlatformRecord {
        let words = reason.message + (reason.cause.map { ": \($0)" } ?? "")
        return PlatformRecord(platform: spec.name, details: [Fact("cannot be used", words)], emulated: false)
    }

    package func prepare(_ workload: Workload) async throws -> PreparedWorkload {
        PreparedWorkload(workload: workload, steps: [], payload: ())
    }

    package func launch(_ request: LaunchRequest) throws -> any Instance { throw reason }
}
