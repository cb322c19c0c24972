/// Where an instance is on a network of the run's: an address on a bridge.
///
/// Addresses are of 198.18.0.0/15, which is set aside for benchmarks (RFC 2544, appendix C.2.2, and RFC 6890) and so is nobody's. Each
/// bridge has a /22 of it, the first of whose addresses is its own.
package struct NetworkPlace: Sendable, Equatable {
    /// How many bits of an address name the network.
    package static let prefix: UInt8 = 22
    /// The name of an instance's own interface, inside.
    package static let interface = "eth0"
    /// Instances on one bridge. The kernel gives a bridge 1,023 ports, and traffic of the last of them has been seen to fail.
    package static let mostOnBridge = 1_000
    /// How many bridges there are addresses for.
    static let mostBridges = 128

    /// The number of the bridge, from 0.
    package let bridge: Int
    /// The number on the bridge, from 0.
    package let slot: Int

    package init(bridge: Int, slot: Int) {
        self.bridge = bridge
        self.slot = slot
    }

    /// The name of the bridge.
    package var bridgeName: String { "tare\(bridge)" }
    /// The name of the instance's end on the bridge. One that begins with a word of libvirt's own (`vnet`, `tap`) would be replaced.
    package var linkName: String { "t\(bridge)-\(slot)" }
    /// The port of the bridge that is always there, and what is at its other end.
    var lastingPort: String { "tare\(bridge)-port" }
    var lastingPeer: String { "tare\(bridge)-end" }
    /// The bridge's own address, by which the host reaches the instances: in the host's order of bytes.
    package var gateway: UInt32 { NetworkPlace.network(bridge) + 1 }
    /// The instance's address, in the host's order of bytes.
    package var address: UInt32 { NetworkPlace.network(bridge) + 2 + UInt32(slot) }
    /// The network, `198.18.0.0/22`.
    package var subnet: String { "\(NetworkPlace.words(NetworkPlace.network(bridge)))/\(NetworkPlace.prefix)" }
    package var gatewayWords: String { NetworkPlace.words(gateway) }
    package var addressWords: String { NetworkPlace.words(address) }
    /// The hardware address of the instance's own end, which nobody else has in this network: 02 says that it was not given by a maker.
    package var hardwareAddress: [UInt8] { NetworkPlace.hardware(1, address) }
    package var hardwareWords: String {
        hardwareAddress.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
    /// That of the bridge.
    var bridgeHardwareAddress: [UInt8] { NetworkPlace.hardware(0, gateway) }

    private static func network(_ bridge: Int) -> UInt32 { 0xC612_0000 + UInt32(bridge) << (32 - UInt32(prefix)) }

    private static func hardware(_ kind: UInt8, _ address: UInt32) -> [UInt8] {
        [2, kind] + [24, 16, 8, 0].map { UInt8(address >> $0 & 255) }
    }

    /// `198.18.0.1`.
    static func words(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { "\(address >> $0 & 255)" }.joined(separator: ".")
    }
}
