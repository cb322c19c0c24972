/// Settings of a container engine: a daemon, or a program, that runs containers for others.
package struct EngineSettings: Sendable, Equatable, Codable {
    /// Which engine.
    package enum Engine: String, Sendable, Codable, CaseIterable {
        case docker
        case podman
        case containerd

        /// The program that is its daemon.
        package var daemon: String {
            switch self {
            case .docker: "dockerd"
            case .podman: "podman"
            case .containerd: "containerd"
            }
        }

        /// As its makers write it.
        package var title: String {
            switch self {
            case .docker: "Docker"
            case .podman: "Podman"
            case .containerd: "containerd"
            }
        }
    }

    /// By what an instance is asked for.
    package enum Client: String, Sendable, Codable, CaseIterable {
        /// Requests over the engine's socket.
        case api
        /// The engine's own command-line client, a process for each request: what a script pays.
        case cli
    }

    package var engine: Engine
    package var client: Client
    /// The socket of a daemon that runs already; nil for where the engine has it by default.
    package var socket: String?
    /// Whether tare starts a daemon of its own in the run's directory, and ends it.
    package var starts: Bool
    /// The OCI runtime, as the engine knows it; nil for the engine's default. A daemon of tare's own is told where it is.
    package var runtime: String?
    /// Global options of the runtime, for a daemon of tare's own.
    package var options: [String]
    /// Whether the engine puts an init of its own before the command (`--init`).
    package var addsInit: Bool
    /// Where the engine lets what a container prints go; `none` keeps it out of the way.
    package var logDriver: String

    /// What the engine does by itself with what a container prints, where tare does without.
    package static let noLog = "none"

    package init(
        _ engine: Engine, client: Client? = nil, socket: String? = nil, starts: Bool = false, runtime: String? = nil,
        options: [String] = [], addsInit: Bool = false, logDriver: String = noLog
    ) {
        self.engine = engine
        self.client = client ?? (engine == .containerd ? .cli : .api)
        self.socket = socket
        self.starts = starts
        self.runtime = runtime
        self.options = options
        self.addsInit = addsInit
        self.logDriver = logDriver
    }
}
