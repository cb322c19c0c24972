/// What an OCI image says of its command: the defaults of a workload that runs it (OCI Image Specification, "Image
/// Configuration").
package struct ImageDefaults: Sendable, Equatable, Codable {
    package var entrypoint: [String]
    package var command: [String]
    package var environment: [String: String]
    /// `NAME`, `NAME:GROUP`, `UID` or `UID:GID`.
    package var user: String?
    package var workingDirectory: String?
    /// As `SIGQUIT`.
    package var stopSignal: String?

    package init(
        entrypoint: [String] = [], command: [String] = [], environment: [String: String] = [:], user: String? = nil,
        workingDirectory: String? = nil, stopSignal: String? = nil
    ) {
        self.entrypoint = entrypoint
        self.command = command
        self.environment = environment
        self.user = user
        self.workingDirectory = workingDirectory
        self.stopSignal = stopSignal
    }
}

extension Workload {
    /// With what the image says where the suite says nothing. A suite's command replaces the image's whole: entrypoint and
    /// arguments; its variables are put over the image's, one by one.
    ///
    /// - Throws: ``TareError`` where neither names a command.
    package func completed(by defaults: ImageDefaults) throws -> Workload {
        var whole = self
        if whole.command.isEmpty { whole.command = defaults.entrypoint + defaults.command }
        guard let program = whole.command.first, !program.isEmpty else {
            throw TareError(
                .usage, "workload '\(name)' has no command, and its image names none",
                remedy: "Give it a 'command:'.", concerns: "image")
        }
        whole.environment = defaults.environment.merging(environment) { _, own in own }
        whole.workingDirectory = workingDirectory ?? defaults.workingDirectory
        whole.surroundings.user = surroundings.user ?? defaults.user
        whole.surroundings.stopSignal = surroundings.stopSignal ?? defaults.stopSignal
        return whole
    }
}
