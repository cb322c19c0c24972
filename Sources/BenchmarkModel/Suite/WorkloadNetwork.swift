/// The network that each instance of a workload has.
package enum WorkloadNetwork: String, Sendable, Codable, CaseIterable {
    /// Nothing but a loopback interface of its own; without isolation, the run's network, which all share.
    case none
    /// An interface with an address of its own on a bridge in the run's network, which leads nowhere else.
    case bridge
    /// That of the run, which all instances share: what is called the host's network, and here is kept from the host's own.
    case host
}

/// A place on a bridge of the run's, by numbers from 0.
package struct NetworkSlot: Sendable, Equatable {
    package var bridge: Int
    package var slot: Int

    package init(bridge: Int, slot: Int) {
        self.bridge = bridge
        self.slot = slot
    }
}

extension PlatformTraits {
    /// Who makes an instance's end of a bridge.
    package enum Bridging: Sendable, Equatable {
        /// tare, in a network namespace or for a guest.
        case tare
        /// The engine, on networks of its own.
        case engine
        /// Nobody; why, in words.
        case impossible(String)
    }
}

extension PlatformSpec {
    /// How its instances come to a bridge of the run's.
    package var bridging: PlatformTraits.Bridging {
        switch kind {
        case .process: .impossible("without a network of its own an instance has no address on a bridge")
        case .namespaces: .tare
        case .oci(let settings):
            settings.options.contains("--network=none")
                ? .impossible("the runtime's option --network=none keeps its instances from any network") : .tare
        case .isolation(let parts):
            parts.contains(.network)
                ? .tare
                : .impossible(
                    "without the part '\(IsolationPart.network.rawValue)' an instance has no network of its own")
        case .engine(let settings):
            if settings.options.contains("--network=none") {
                .impossible("the runtime's option --network=none keeps its instances from any network")
            } else if settings.starts {
                settings.engine == .containerd ? .tare : .engine
            } else {
                .impossible(PlatformSpec.hostsNetwork("\(settings.engine.title) at its socket"))
            }
        case .libvirt(let settings):
            settings.isEmbedded ? .tare : .impossible(PlatformSpec.hostsNetwork("the daemon at \(settings.uri)"))
        }
    }

    /// gVisor's or Kata's, by the name under which it is called.
    private static func isSandbox(_ runtime: String) -> Bool {
        let name = runtime.split(separator: "/").last ?? ""
        return name.contains("runsc") || name.contains("kata")
    }

    private static func hostsNetwork(_ daemon: String) -> String {
        "the networks of \(daemon) are the host's, and no traffic of a run reaches them: only what tare itself starts is in the run's"
    }

    /// Why its instances cannot have a network, in words; nil where they can.
    package func problem(with network: WorkloadNetwork) -> String? {
        switch network {
        case .none: return nil
        case .bridge:
            if case .impossible(let why) = bridging { return "'network: bridge': \(why)" }
            return nil
        case .host:
            switch kind {
            case .isolation(let parts) where parts.contains(.network):
                return "'network: host': the part '\(IsolationPart.network.rawValue)' is a network of its own"
            case .oci(let settings) where PlatformSpec.isSandbox(settings.runtime):
                return "'network: host': a sandbox has a network of its own"
            case .engine(let settings) where PlatformSpec.isSandbox(settings.runtime ?? ""):
                return "'network: host': a sandbox has a network of its own"
            case .libvirt: return "'network: host': a guest has a kernel, and so a network, of its own"
            case .engine(let settings) where !settings.starts:
                return "'network: host': \(PlatformSpec.hostsNetwork("\(settings.engine.title) at its socket"))"
            case .process, .namespaces, .isolation, .oci, .engine: return nil
            }
        }
    }

    /// Whether each instance of a workload has a network of its own there.
    package func givesOwnNetwork(to workload: Workload) -> Bool { workload.network != .host && traits.hasOwnNetwork }

    /// Whether the host can ask an instance of a workload again whether it is ready: through its processes, or over a bridge.
    package func canBeAskedAgain(_ workload: Workload) -> Bool {
        guard !traits.canBeAskedAgain else { return true }
        return workload.network == .bridge && workload.readiness.isServer
    }
}

extension Readiness {
    /// Whether a server of the instance's is asked.
    package var isServer: Bool {
        switch self {
        case .tcp, .http: true
        case .started, .line, .file, .completed: false
        }
    }
}
