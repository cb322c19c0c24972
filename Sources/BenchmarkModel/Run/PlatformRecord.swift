/// What was really used on a platform: versions, accelerator, kernel.
package struct PlatformRecord: Sendable, Equatable, Codable {
    /// The platform's name.
    package var platform: String
    /// Named details in the order of showing, such as `runtime: runc 1.1.5` or `accelerator: tcg`.
    package var details: [Fact]
    /// Whether guests ran under software emulation, so that no figure of it is a virtual machine's figure.
    package var emulated: Bool

    package init(platform: String, details: [Fact], emulated: Bool) {
        self.platform = platform
        self.details = details
        self.emulated = emulated
    }
}

/// One step of image work: fetching, unpacking, building a disk. Never part of startup.
package struct Preparation: Sendable, Equatable, Codable {
    /// The workload's name.
    package var workload: String
    /// The platform's name.
    package var platform: String
    /// What was done, such as `root filesystem` or `guest disk`.
    package var step: String
    /// How long it took, in seconds.
    package var seconds: Double
    /// Whether it was found in the cache instead of made.
    package var cached: Bool
    /// The SHA-256 of what came out, in hexadecimal, or another identity; empty where there is none.
    package var identity: String

    package init(
        workload: String, platform: String, step: String, seconds: Double, cached: Bool, identity: String = ""
    ) {
        self.workload = workload
        self.platform = platform
        self.step = step
        self.seconds = seconds
        self.cached = cached
        self.identity = identity
    }
}

/// Round trips of single bytes over a platform's mark channel: the bound on the error of every mark.
package struct ChannelEcho: Sendable, Equatable, Codable {
    /// The platform's name.
    package var platform: String
    /// Each round trip in nanoseconds; empty where the measurement failed.
    package var roundTripsNanoseconds: [UInt64]
    /// Why there is none, in words; nil where there is one.
    package var failure: String?

    package init(platform: String, roundTripsNanoseconds: [UInt64], failure: String? = nil) {
        self.platform = platform
        self.roundTripsNanoseconds = roundTripsNanoseconds
        self.failure = failure
    }
}
