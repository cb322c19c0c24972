import Glibc
import Synchronization

/// The run's network namespace, and the bridges in it. Nothing in it reaches any other network, and all of it ends with the process and
/// with what it started there.
package final class RunNetwork: Sendable {
    /// Who makes the bridge of an instance.
    package enum Maker: Sendable, Hashable {
        /// tare, for all that have none of their own.
        case run
        /// An engine: the platform's name.
        case engine(String)
    }

    private struct Bridge {
        let maker: Maker
        /// Its number in the kernel; nil for an engine's.
        let index: Int32?
        /// Slots that are taken, and the one that is tried next: what was given back last is used last, since the kernel takes a while
        /// to be done with it.
        var taken: Set<Int> = []
        var next = 0
    }

    private struct State {
        var namespace: NetworkNamespace?
        var thread: Int32?
        var links: NetworkLinks?
        var bridges: [Bridge] = []
    }
    private let state = Mutex(State())

    package init() {}

    /// Moves the calling thread into the run's network.
    package func enter() throws {
        try state.withLock { state in
            try RunNetwork.namespace(&state).enter()
            if state.thread == nil { state.thread = StartedThread.ownID }
        }
    }

    /// The first thread that entered, and is in it; nil before there is one.
    package var thread: Int32? { state.withLock { $0.thread } }

    /// How other processes open it.
    ///
    /// - Throws: ``SystemError`` where it cannot be made.
    package func path() throws -> String { try state.withLock { try RunNetwork.namespace(&$0).path } }

    /// Does something in it on the calling thread, which comes back. Not for what suspends.
    ///
    /// - Throws: ``SystemError``, and what the body throws.
    package func inside<Value>(_ body: () throws -> Value) throws -> Value {
        try state.withLock { try RunNetwork.namespace(&$0) }.inside(body)
    }

    /// What builds links in it.
    ///
    /// - Throws: ``SystemError``.
    package func links() throws -> NetworkLinks { try state.withLock { try RunNetwork.links(&$0) } }

    /// Ports of its largest bridge, and its taps; nil where nothing was made in it, or where it does not say.
    package func counts() -> (bridgePorts: Int, taps: Int)? {
        let links = state.withLock { $0.bridges.isEmpty ? nil : try? RunNetwork.links(&$0) }
        return try? links?.counts()
    }

    /// Takes a place for an instance. A bridge of tare's own is made where there is none with a free place; one of an engine's the engine
    /// makes.
    ///
    /// - Throws: ``SystemError``, `EADDRNOTAVAIL` where there are no more addresses.
    package func take(of maker: Maker) throws -> NetworkPlace {
        try state.withLock { state in
            for (number, bridge) in state.bridges.enumerated()
            where bridge.maker == maker && bridge.taken.count < NetworkPlace.mostOnBridge {
                return RunNetwork.take(number, &state)
            }
            let number = state.bridges.count
            guard number < NetworkPlace.mostBridges else {
                throw SystemError(
                    "finding an address: \(NetworkPlace.mostBridges) bridges of \(NetworkPlace.mostOnBridge) instances each are all that "
                        + "there are addresses for", number: EADDRNOTAVAIL)
            }
            var index: Int32?
            if maker == .run {
                let place = NetworkPlace(bridge: number, slot: 0)
                let (links, namespace) = (try RunNetwork.links(&state), try RunNetwork.namespace(&state))
                do {
                    index = try RunNetwork.make(place, links, in: namespace)
                } catch {
                    for name in [place.bridgeName, place.lastingPort] { links.discard(name) }
                    throw error
                }
            }
            state.bridges.append(Bridge(maker: maker, index: index))
            return RunNetwork.take(number, &state)
        }
    }

    /// Makes a bridge that carries. It has one port that lasts: without any it would carry nothing, and each first instance would pay for
    /// the time in which the kernel sees that it has one.
    ///
    /// - Returns: its number.
    private static func make(
        _ place: NetworkPlace, _ links: NetworkLinks, in namespace: NetworkNamespace
    ) throws -> Int32 {
        try links.addBridge(place.bridgeName, address: place.bridgeHardwareAddress)
        let bridge = try links.existing(place.bridgeName)
        try links.addAddress(place.gateway, prefix: NetworkPlace.prefix, to: bridge)
        try links.setUp(bridge)
        try links.addVeth(
            place.lastingPort, peer: place.lastingPeer, peerNamespace: namespace.descriptor, master: bridge)
        try links.setUp(try links.existing(place.lastingPeer))
        try links.waitUntilCarrying(try links.existing(place.lastingPort))
        try links.waitUntilCarrying(bridge)
        return bridge
    }

    private static func take(_ bridge: Int, _ state: inout State) -> NetworkPlace {
        while state.bridges[bridge].taken.contains(state.bridges[bridge].next) {
            state.bridges[bridge].next = (state.bridges[bridge].next + 1) % NetworkPlace.mostOnBridge
        }
        let slot = state.bridges[bridge].next
        state.bridges[bridge].taken.insert(slot)
        state.bridges[bridge].next = (slot + 1) % NetworkPlace.mostOnBridge
        return NetworkPlace(bridge: bridge, slot: slot)
    }

    /// Says for good in the calling thread's network, which is this, which hardware address belongs to a place, as the instance knows the
    /// bridge's: the kernel holds only so many addresses that it found out by itself (`neigh.default.gc_thresh3`, 1,024), in all
    /// namespaces together, and whoever asks a thousand instances in a row would find that limit and not theirs.
    ///
    /// Of an engine's bridges only the engine knows hardware addresses: there is nothing to say, and over about 500 instances on
    /// them the limit is met.
    ///
    /// - Throws: ``SystemError``.
    package func know(_ place: NetworkPlace) throws {
        guard let index = bridge(of: place) else { return }
        try links().addNeighbour(place.address, hardwareAddress: place.hardwareAddress, index: index)
    }

    /// The number of the bridge of a place; nil where tare made none there.
    func bridge(of place: NetworkPlace) -> Int32? {
        state.withLock { $0.bridges.indices.contains(place.bridge) ? $0.bridges[place.bridge].index : nil }
    }

    /// Gives a place back, once nothing of the instance is left.
    package func give(back place: NetworkPlace) {
        state.withLock { state in
            guard state.bridges.indices.contains(place.bridge) else { return }
            state.bridges[place.bridge].taken.remove(place.slot)
        }
    }

    /// Made on a thread of its own: whoever asks first shall not be moved.
    private static func namespace(_ state: inout State) throws -> NetworkNamespace {
        if let made = state.namespace { return made }
        let made = try NetworkNamespace.make()
        try made.inside { NetworkNamespace.leaveOutIPv6() }
        state.namespace = made
        return made
    }

    private static func links(_ state: inout State) throws -> NetworkLinks {
        if let made = state.links { return made }
        let made = try namespace(&state).inside { try NetworkLinks() }
        state.links = made
        return made
    }
}
