internal import CLinuxShims
import Glibc

/// A network namespace for one instance, with a veth whose other end is a port of a bridge, as an engine or an orchestrator makes it: a
/// loopback interface that is up, `eth0` with an address, a default route, and no IPv6, whose announcements would be traffic.
package final class BridgedNamespace: Sendable {
    private let namespace: NetworkNamespace
    private let links: NetworkLinks
    private let place: NetworkPlace

    /// Makes it. When it is there, both ends carry what they are given.
    ///
    /// - Throws: ``SystemError``; nothing is left then.
    package init(_ place: NetworkPlace, in network: RunNetwork) throws {
        self.place = place
        links = try network.links()
        let links = links
        var made: (namespace: NetworkNamespace, links: NetworkLinks)?
        var failure: (any Error)?
        try NetworkNamespace.excursion {
            do {
                let namespace = try NetworkNamespace()
                NetworkNamespace.leaveOutIPv6()
                made = (namespace, try NetworkLinks())
            } catch {
                failure = error
            }
        }
        guard let made else { throw failure ?? SystemError("making a network namespace", number: EINVAL) }
        namespace = made.namespace
        defer { made.links.close() }
        guard let bridge = network.bridge(of: place) else {
            throw SystemError("finding the bridge \(place.bridgeName)", number: ENODEV)
        }
        func addVeth() throws {
            try links.addVeth(
                place.linkName, peer: NetworkPlace.interface, peerNamespace: namespace.descriptor, master: bridge,
                peerAddress: place.hardwareAddress)
        }
        do {
            try addVeth()
        } catch let error as SystemError where error.number == EEXIST {
            // Of one that could not be ended: nobody else has this place.
            remove()
            try addVeth()
        }
        do {
            let (inner, outer) = (
                try made.links.existing(NetworkPlace.interface), try links.existing(place.linkName)
            )
            try made.links.addAddress(place.address, prefix: NetworkPlace.prefix, to: inner)
            try made.links.setUp(inner)
            try made.links.addDefaultRoute(via: place.gateway)
            // Nobody must ask for it, and it counts among no addresses that were found out (see ``RunNetwork/know(_:)``).
            try made.links.addNeighbour(
                place.gateway, hardwareAddress: place.bridgeHardwareAddress, index: inner)
            try links.waitUntilCarrying(outer)
        } catch {
            remove()
            throw error
        }
    }

    /// How a runtime opens it.
    package var path: String { namespace.path }

    /// Does something in it on the calling thread, which comes back.
    package func inside<Value>(_ body: () throws -> Value) throws -> Value { try namespace.inside(body) }

    /// Takes the veth away, at once: with its namespace it would go only when the kernel comes to it. Idempotent.
    package func remove() { links.discard(place.linkName) }
}
