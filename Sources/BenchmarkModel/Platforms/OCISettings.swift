/// Settings of an OCI runtime.
package struct OCISettings: Sendable, Equatable, Codable {
    /// The runtime's name, looked up in `PATH`, or its absolute path.
    package var runtime: String
    /// Global options put before the runtime's subcommand.
    package var options: [String]
    /// Whether the runtime leaves once the container runs, as it does under an engine (`run --detach`); else it stays as parent.
    package var detach: Bool

    package init(runtime: String = "runc", options: [String] = [], detach: Bool = true) {
        self.runtime = runtime
        self.options = options
        self.detach = detach
    }
}
