/// A place that runs instances of a workload: a container runtime, a hypervisor, or nothing but the kernel.
///
/// `launch` is called on a thread of its own, between t0 and the arrival of the marks: it does what the platform must
/// do for each instance, and nothing that could have been done in `prepare` or `stage`.
package protocol Platform: Sendable {
    /// The specification it was made from.
    var spec: PlatformSpec { get }

    /// What may be asked of it.
    var traits: PlatformTraits { get }

    /// How marks come from an instance to the host.
    var channelKind: ChannelKind { get }

    /// Finds out what is really there (versions, accelerator), or says what is missing. Called once a run.
    func probe() async throws -> PlatformRecord

    /// Image work. Not timed as startup; its own duration is reported.
    func prepare(_ workload: Workload) async throws -> PreparedWorkload

    /// tare's own instrumentation for an instance, before t0: never what the platform must do for each instance.
    func stage(_ request: LaunchRequest) throws

    /// Asks for one instance. Returns once the platform accepted it; readiness arrives as a mark.
    ///
    /// - Throws: when the platform refused. Nothing of the instance is then left behind.
    func launch(_ request: LaunchRequest) throws -> any Instance

    /// What ``Instance/death()`` looks at, in words, for reports.
    var livenessCheck: String { get }

    /// What serves all instances and outlives them, such as an engine's daemon: the CPU time that it spends on an instance is part
    /// of what that costs, its memory is a fixed cost of its own.
    func daemons() -> Daemons

    /// Gives back what the platform holds for the whole run. Called once, after the last instance.
    func close() async
}

extension Platform {
    /// Those of its kind and settings.
    package var traits: PlatformTraits { spec.traits }
    /// Nothing to stage.
    package func stage(_ request: LaunchRequest) throws {}
    /// Nobody serves its instances but what it starts itself.
    package func daemons() -> Daemons { Daemons() }
    /// Nothing to give back.
    package func close() async {}
}
