/// What the harness, the analysis and the reports may ask of a platform. They ask these, never its kind.
package struct PlatformTraits: Sendable, Equatable {
    /// What its instances are.
    package enum Role: String, Sendable {
        /// Processes of the host, without a runtime: what isolation costs is measured against them.
        case floor
        /// Containers under a runtime or an engine.
        case container
        /// Virtual machines with a kernel of their own.
        case guest
    }

    /// How much of the kernel's isolation its instances have.
    package enum Isolation: Sendable, Equatable {
        case none
        /// Only some parts, to learn what each of them costs.
        case parts([IsolationPart])
        case whole
    }

    /// In which control groups the processes of its instances are.
    package enum Whereabouts: Sendable, Equatable {
        /// Below the run's own: what is charged to that, and its CPU time, is the instances'.
        case runGroup
        /// In groups that a daemon makes, found through each instance's processes. Nothing that holds for the run's group binds
        /// them; `daemon` is its name, for sentences.
        case daemonGroups(daemon: String)
        /// Below the run's own, while what stays of the engine for each of them is in groups of the daemon's: `daemon` is its name, for
        /// sentences.
        case besideDaemon(daemon: String)

        /// Whether what holds for the run's group binds the workload's processes.
        package var isInRunGroup: Bool { if case .daemonGroups = self { false } else { true } }
    }

    package var role: Role
    package var isolation: Isolation
    /// Whether each instance has a network of its own.
    package var hasOwnNetwork: Bool
    package var whereabouts: Whereabouts
    /// Whether the host can ask an instance again whether it is ready, through its processes.
    package var canBeAskedAgain: Bool
    /// Where an instance runs, in words that follow a figure: `under runc`.
    package var place: String
    /// Files that tare itself holds open for each instance: the channel, a handle of the process, connections; one on a bridge has one more.
    package var openFilesPerInstance: Int

    package init(
        role: Role, isolation: Isolation = .whole, hasOwnNetwork: Bool = true, whereabouts: Whereabouts = .runGroup,
        canBeAskedAgain: Bool = true, place: String, openFilesPerInstance: Int = 3
    ) {
        self.role = role
        self.isolation = isolation
        self.hasOwnNetwork = hasOwnNetwork
        self.whereabouts = whereabouts
        self.canBeAskedAgain = canBeAskedAgain
        self.place = place
        self.openFilesPerInstance = openFilesPerInstance
    }

    /// Whether ratios are taken against it: no isolation, or the kernel's own with all its parts.
    package var isFloor: Bool { role == .floor && parts == nil }

    /// Where the parts of the kernel's isolation are switched on one at a time: which are.
    package var parts: [IsolationPart]? { if case .parts(let parts) = isolation { parts } else { nil } }

    /// Whether an instance runs on a kernel of its own, so that a fault of it hits no other.
    package var hasOwnKernel: Bool { role == .guest }
}

extension PlatformSpec {
    /// The traits of its kind and settings.
    package var traits: PlatformTraits {
        switch kind {
        case .process:
            PlatformTraits(
                role: .floor, isolation: .none, hasOwnNetwork: false,
                place: name == "process" ? "with no isolation" : "with no isolation (\(name))")
        case .namespaces:
            PlatformTraits(
                role: .floor, place: name == "namespaces" ? "in bare namespaces" : "in bare namespaces (\(name))")
        case .isolation(let parts) where Set(parts) == Set(IsolationPart.allCases):
            PlatformTraits(role: .floor, place: "in bare namespaces (\(name))")
        case .isolation(let parts):
            PlatformTraits(
                role: .floor, isolation: .parts(parts), hasOwnNetwork: parts.contains(.network),
                place: "in a part of the isolation (\(name))")
        case .oci: PlatformTraits(role: .container, place: "under \(name)")
        case .engine(let settings):
            // Podman's monitors go with the containers into the run's group; shims of containerd's stay in the daemon's.
            PlatformTraits(
                role: .container,
                whereabouts: settings.engine == .podman ? .runGroup : .besideDaemon(daemon: settings.engine.title),
                place: "under \(name)")
        case .libvirt(let settings):
            PlatformTraits(
                role: .guest,
                whereabouts: settings.isEmbedded ? .runGroup : .daemonGroups(daemon: "the daemon at \(settings.uri)"),
                canBeAskedAgain: false, place: "in the VM \(name)", openFilesPerInstance: 12)
        }
    }
}
