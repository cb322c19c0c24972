import Foundation
import Glibc
import TestSupport
import Testing

@testable import LinuxSystem

/// Places on bridges, as far as no kernel is needed for them: an engine makes its bridges by itself.
@Suite struct NetworkPlaceTests {
    /// python3 -c "from ipaddress import *; n=list(ip_network('198.18.0.0/15').subnets(new_prefix=22)); print(len(n), n[127], n[127][1],
    /// n[127][1001], n[127].broadcast_address)"
    @Test func addressesAreOfTheNetworkForBenchmarks() {
        let first = NetworkPlace(bridge: 0, slot: 0)
        #expect(first.subnet == "198.18.0.0/22" && first.gatewayWords == "198.18.0.1")
        #expect(first.addressWords == "198.18.0.2" && first.hardwareWords == "02:01:c6:12:00:02")
        let last = NetworkPlace(bridge: NetworkPlace.mostBridges - 1, slot: NetworkPlace.mostOnBridge - 1)
        #expect(last.subnet == "198.19.252.0/22" && last.gatewayWords == "198.19.252.1")
        #expect(last.addressWords == "198.19.255.233")
        // IFNAMSIZ is 16 with the closing NUL.
        #expect(last.linkName.utf8.count < 16 && last.bridgeName.utf8.count < 16)
    }

    @Test func nobodyGetsAPlaceThatIsTaken() throws {
        let network = RunNetwork()
        let places = try (0..<2_500).map { _ in try network.take(of: .engine("docker")) }
        #expect(Set(places.map(\.address)).count == 2_500 && Set(places.map(\.linkName)).count == 2_500)
        #expect((0...2).map { bridge in places.count { $0.bridge == bridge } } == [1_000, 1_000, 500])
        // Another's bridges are others.
        #expect(try network.take(of: .engine("podman")) == NetworkPlace(bridge: 3, slot: 0))
        #expect(try network.take(of: .engine("docker")) == NetworkPlace(bridge: 2, slot: 500))
        // What was given back is used again, and not at once where there are others.
        network.give(back: places[2_400])
        #expect(try network.take(of: .engine("docker")).slot == 501)
        network.give(back: places[7])
        #expect(try network.take(of: .engine("docker")) == places[7])
    }

    @Test func thereAreOnlySoManyAddresses() throws {
        let network = RunNetwork()
        for number in 0..<NetworkPlace.mostBridges { _ = try network.take(of: .engine("\(number)")) }
        let error = #expect(throws: SystemError.self) { try network.take(of: .engine("one more")) }
        #expect(error?.number == EADDRNOTAVAIL)
    }
}

/// Namespaces on bridges, looked at by iproute2.
@Suite(.needsRoot, .needs(program: "ip"), .needs(program: "nsenter")) struct BridgedNamespaceTests {
    private func ip(in path: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        process.arguments = ["nsenter", "--net=\(path)", "ip", "-o"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    @Test func hasWhatAContainerOfAnEngineHas() throws {
        let network = RunNetwork()
        let home = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self/ns/net")
        let made = try (0..<3).map { _ in
            let place = try network.take(of: .run)
            return (place, try BridgedNamespace(place, in: network))
        }
        // Whoever made them is where it was.
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self/ns/net") == home)
        for (place, namespace) in made {
            let addresses = try ip(in: namespace.path, "addr")
            #expect(addresses.contains("inet \(place.addressWords)/22") && addresses.contains("inet 127.0.0.1/8"))
            #expect(!addresses.contains("fe80"), "\(addresses)")
            #expect(try ip(in: namespace.path, "link").contains(place.hardwareWords))
            #expect(try ip(in: namespace.path, "route").contains("default via \(place.gatewayWords) dev eth0"))
        }
        let outside = try ip(in: try network.path(), "link")
        #expect(made.allSatisfy { outside.contains("\($0.0.linkName)@") } && outside.contains("tare0:"), "\(outside)")
        #expect(!(try ip(in: try network.path(), "addr")).contains("fe80"))
        // The host asks one at its address.
        let listener = try made[1].1.inside { try listen(at: made[1].0.address) }
        defer { close(listener) }
        func problem(_ place: NetworkPlace) throws -> String? {
            try network.inside {
                try network.know(place)
                return ServerProbe.problem(at: place.address, port: 8_080, request: nil)
            }
        }
        #expect(try problem(made[1].0) == nil)
        #expect(try problem(made[0].0)?.contains("connecting to 198.18.0.2:8080") == true)

        made[0].1.remove()
        made[0].1.remove()
        let left = try ip(in: try network.path(), "link")
        #expect(!left.contains("\(made[0].0.linkName)@") && left.contains("\(made[1].0.linkName)@"))
    }

    private func listen(at address: UInt32) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try attach(descriptor, to: address, listens: true)
        return descriptor
    }

    /// Nothing is left of one that could not be made; what stayed of another at its place makes room.
    @Test func whatCannotBeMadeLeavesNothing() throws {
        let network = RunNetwork()
        let place = try network.take(of: .run)
        let first = try BridgedNamespace(place, in: network)
        let second = try BridgedNamespace(place, in: network)
        #expect(!(try ip(in: first.path, "addr")).contains(place.addressWords))
        #expect(try ip(in: second.path, "addr").contains(place.addressWords))
        #expect(throws: SystemError.self) { try BridgedNamespace(NetworkPlace(bridge: 9, slot: 0), in: network) }
        // The loopback, the bridge, its lasting port with the other end, and one instance's.
        let links = try ip(in: try network.path(), "link").split(separator: "\n")
        #expect(links.count == 5, "\(links)")
        let counts = try #require(network.counts())
        #expect(counts.bridgePorts == 2 && counts.taps == 0)
        let tap = try network.inside { try NetworkLinks.addTap("t-test", owner: nil) }
        #expect(network.counts()?.taps == 1)
        close(tap)
    }

    /// A kernel that refuses a part of a bridge leaves nothing of it, and the next one is tried anew.
    @Test func aBridgeThatCannotBeMadeIsTriedAnew() throws {
        let network = RunNetwork()
        let place = NetworkPlace(bridge: 0, slot: 0)
        try network.links().addBridge(place.lastingPeer)
        #expect(throws: SystemError.self) { try network.take(of: .run) }
        let links = try ip(in: try network.path(), "link")
        #expect(!links.contains("\(place.bridgeName):") && !links.contains(place.lastingPort), "\(links)")
        if let index = try network.links().index(of: place.lastingPeer) { try network.links().delete(index) }
        #expect(try network.take(of: .run) == place)
    }

    /// The kernel gives a bridge 1,023 ports; what comes after the thousandth instance has another bridge.
    @Test func aThousandAndOneHaveTwoBridges() throws {
        let network = RunNetwork()
        let places = try (0...NetworkPlace.mostOnBridge).map { _ in try network.take(of: .run) }
        let last = try #require(places.last)
        #expect(last == NetworkPlace(bridge: 1, slot: 0))
        let made = try [places[999], last].map { try BridgedNamespace($0, in: network) }
        #expect(try ip(in: made[1].path, "route").contains("default via 198.18.4.1"))
        #expect(try ip(in: try network.path(), "link").contains("master tare1"))
    }
}
