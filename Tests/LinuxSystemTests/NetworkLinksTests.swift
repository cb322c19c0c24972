import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import LinuxSystem

/// A network namespace of a test's own, which ends with this and with what was opened in it.
private final class Space: Sendable {
    let descriptor: Int32
    private let namespace: NetworkNamespace

    init() throws {
        (namespace, descriptor) = try Space.onThread {
            let namespace = try NetworkNamespace()
            return (namespace, open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC))
        }
        guard descriptor >= 0 else { throw SystemError("holding a network namespace") }
    }

    deinit { close(descriptor) }

    /// Does something in the namespace, on a thread that ends.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        try Space.onThread { [namespace] in
            try namespace.enter()
            return try body()
        }
    }

    func links() throws -> NetworkLinks { try perform { try NetworkLinks() } }

    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let result = Mutex<Result<Value, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        try StartedThread.start("tare-test-net") {
            let found = Result { try body() }
            result.withLock { $0 = found }
            done.signal()
        }
        done.wait()
        return try #require(result.withLock { $0 }).get()
    }

    /// What iproute2 says in the namespace: an independent reader.
    func ip(_ arguments: String...) throws -> (output: Data, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        process.arguments = ["nsenter", "--net=/proc/\(getpid())/fd/\(descriptor)", "ip"] + arguments
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        // An error is one line, for which the pipe has room.
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (data, text)
    }

    private func read<Value: Decodable>(_ type: Value.Type, _ arguments: [String]) throws -> Value {
        let process = try ip("-d", "-j", arguments[0], arguments[1])
        return try JSONDecoder().decode(type, from: process.output)
    }

    func ipLinks() throws -> [Link] { try read([Link].self, ["link", "show"]) }
    func ipAddresses() throws -> [Link] { try read([Link].self, ["address", "show"]) }
    func ipRoutes() throws -> [Route] { try read([Route].self, ["route", "show"]) }
    func ipNeighbours() throws -> [Neighbour] { try read([Neighbour].self, ["neighbour", "show"]) }

    /// A TCP socket of the namespace with an address, which is bound or connected to.
    func tcp(_ address: UInt32, listens: Bool, patienceMilliseconds: Int = 5_000) throws -> Int32 {
        let made = try perform { socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0) }
        var patience = timeval(tv_sec: patienceMilliseconds / 1_000, tv_usec: patienceMilliseconds % 1_000 * 1_000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(made, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        try attach(made, to: address, listens: listens)
        return made
    }
}

/// Binds a TCP socket to port 8080 of an address and listens, or connects it; one with which that fails is closed.
func attach(_ made: Int32, to address: UInt32, listens: Bool) throws {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = UInt16(8_080).bigEndian
    name.sin_addr.s_addr = address.bigEndian
    let outcome = withUnsafePointer(to: &name) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            return listens ? bind(made, $0, size) | listen(made, 4) : connect(made, $0, size)
        }
    }
    guard outcome == 0 else {
        let error = SystemError(listens ? "listening" : "connecting")
        close(made)
        throw error
    }
}

/// A link as iproute2 shows it.
private struct Link: Decodable {
    struct Address: Decodable {
        var family: String
        var local: String
        var prefixlen: Int
    }
    struct Info: Decodable {
        struct Details: Decodable {
            var forward_delay: Int?
            var ageing_time: Int?
            var stp_state: Int?
            var mcast_snooping: Int?
            var type: String?
            var vnet_hdr: Bool?
            var persist: Bool?
            var user: Int?
        }
        var info_kind: String?
        var info_data: Details?
    }
    var ifindex: Int32
    var ifname: String
    var flags: [String]
    var master: String?
    var address: String
    var linkinfo: Info?
    var addr_info: [Address]?
}

private struct Route: Decodable {
    var dst: String
    var gateway: String?
    var dev: String
}

private struct Neighbour: Decodable {
    var dst: String
    var dev: String
    var lladdr: String?
    var state: [String]
}

extension Trait where Self == ConditionTrait {
    /// Runs where the kernel has taps, which containers often do not see.
    fileprivate static var needsTun: Self {
        .enabled(if: Requirement.isEnforced || HostFiles.exists("/dev/net/tun"), "needs /dev/net/tun")
    }
}

/// What is built is held against what iproute2 finds.
@Suite(.needsRoot, .needs(program: "ip"), .needs(program: "nsenter")) struct NetworkLinksTests {
    /// 10.99.0.`last`.
    private static func address(_ last: UInt32) -> UInt32 { 10 << 24 | 99 << 16 | last }

    private static func hardware(_ last: UInt8) -> [UInt8] { [0x02, 0x54, 0, 0, 0, last] }

    /// Two guests on a bridge that is their gateway too.
    @Test func namespacesTalkOverABridge() throws {
        let home = try Space()
        let guests = [try Space(), try Space()]
        let links = try home.links()
        // Higher than those of its ports: it would take the lowest of them, were this not its own.
        let own: [UInt8] = [0x02, 0x54, 0xff, 0, 0, 1]
        try links.addBridge("tb0", address: own)
        let bridge = try #require(try links.index(of: "tb0"))
        try links.addAddress(Self.address(1), prefix: 24, to: bridge)
        try links.addAddress(10 << 24 | 98 << 16 | 1, prefix: 32, to: bridge)
        try links.setUp(bridge)
        for (number, guest) in guests.enumerated() {
            let last = UInt8(number + 2)
            try links.addVeth(
                "tv\(number)", peer: "eth0", peerNamespace: guest.descriptor, master: bridge,
                address: Self.hardware(last + 100), peerAddress: Self.hardware(last))
            let inner = try guest.links()
            let index = try #require(try inner.index(of: "eth0"))
            #expect(try guest.ipLinks().first { $0.ifindex == index }?.flags.contains("UP") == false)
            try inner.addAddress(Self.address(UInt32(last)), prefix: 24, to: index)
            try inner.setUp(index)
            try inner.addDefaultRoute(via: Self.address(1))
            try inner.addNeighbour(Self.address(1), hardwareAddress: own, index: index)
            try links.waitUntilCarrying(try #require(try links.index(of: "tv\(number)")))
        }
        try links.waitUntilCarrying(bridge)

        let host = try home.ipLinks()
        #expect(try links.names() == host.map(\.ifname) && host.map(\.ifname) == ["lo", "tb0", "tv0", "tv1"])
        let found = try #require(host.first { $0.ifname == "tb0" })
        let details = try #require(found.linkinfo?.info_data)
        #expect(found.ifindex == bridge && found.address == "02:54:ff:00:00:01" && found.flags.contains("UP"))
        #expect(found.linkinfo?.info_kind == "bridge" && details.stp_state == 0 && details.forward_delay == 0)
        #expect(details.mcast_snooping == 0 && details.ageing_time == 30_000)
        for number in 0...1 {
            let port = try #require(host.first { $0.ifname == "tv\(number)" })
            #expect(port.master == "tb0" && port.flags.contains("UP") && port.linkinfo?.info_kind == "veth")
            #expect(port.address == "02:54:00:00:00:\(String(102 + number, radix: 16))")
            let peer = try #require(try guests[number].ipAddresses().first { $0.ifname == "eth0" })
            #expect(peer.address == "02:54:00:00:00:0\(2 + number)" && peer.flags.contains("LOWER_UP"))
            let addresses = peer.addr_info?.filter { $0.family == "inet" }
            #expect(addresses?.map(\.local) == ["10.99.0.\(2 + number)"] && addresses?.first?.prefixlen == 24)
            let routes = try guests[number].ipRoutes().filter { $0.dst == "default" }
            #expect(routes.map(\.gateway) == ["10.99.0.1"] && routes.first?.dev == "eth0")
            let neighbours = try guests[number].ipNeighbours().filter { $0.dst == "10.99.0.1" }
            #expect(neighbours.map(\.lladdr) == ["02:54:ff:00:00:01"] && neighbours.first?.state == ["PERMANENT"])
        }

        // From guest to guest, and by the default route to an address of the gateway's outside of their network.
        let far: UInt32 = 10 << 24 | 98 << 16 | 1
        for (server, address) in [(guests[0], Self.address(2)), (home, Self.address(1)), (home, far)] {
            let listener = try server.tcp(address, listens: true)
            defer { close(listener) }
            let client = try guests[1].tcp(address, listens: false)
            defer { close(client) }
            let accepted = accept(listener, nil, nil)
            defer { close(accepted) }
            var byte: UInt8 = 42
            #expect(send(client, &byte, 1, Int32(MSG_NOSIGNAL)) == 1)
            byte = 0
            #expect(recv(accepted, &byte, 1, 0) == 1 && byte == 42)
        }
    }

    /// A neighbour that is said for good is believed, and not asked for: with a wrong address nothing arrives.
    @Test func aNeighbourReplacesWhatWasLearnt() throws {
        let (home, guest) = (try Space(), try Space())
        let (links, inner) = (try home.links(), try guest.links())
        try links.addVeth("tv0", peer: "eth0", peerNamespace: guest.descriptor, master: nil)
        let outer = try #require(try links.index(of: "tv0"))
        let index = try #require(try inner.index(of: "eth0"))
        try links.addAddress(Self.address(1), prefix: 24, to: outer)
        try inner.addAddress(Self.address(2), prefix: 24, to: index)
        #expect(throws: SystemError("waiting for the interface \(outer) to carry", number: ETIMEDOUT)) {
            try links.waitUntilCarrying(outer, patienceMilliseconds: 20)
        }
        try inner.setUp(index)
        try links.waitUntilCarrying(outer)
        let listener = try home.tcp(Self.address(1), listens: true)
        defer { close(listener) }
        close(try guest.tcp(Self.address(1), listens: false))
        func neighbours() throws -> [Neighbour] { try guest.ipNeighbours().filter { $0.dst == "10.99.0.1" } }
        let learnt = try neighbours()
        #expect(learnt.count == 1 && learnt.first?.state != ["PERMANENT"])
        try inner.addNeighbour(Self.address(1), hardwareAddress: Self.hardware(99), index: index)
        let said = try neighbours()
        #expect(said.map(\.lladdr) == ["02:54:00:00:00:63"] && said.first?.state == ["PERMANENT"])
        #expect(throws: SystemError.self) {
            close(try guest.tcp(Self.address(1), listens: false, patienceMilliseconds: 300))
        }
    }

    /// Of 1,024 numbers of ports 0 is reserved. The one too many is refused whole, whether it is born a port or becomes
    /// one.
    @Test func aBridgeHas1023Ports() throws {
        let (home, guest) = (try Space(), try Space())
        let links = try home.links()
        try links.addBridge("tb0")
        let bridge = try #require(try links.index(of: "tb0"))
        for number in 1...1_023 {
            try links.addVeth("tv\(number)", peer: "tp\(number)", peerNamespace: guest.descriptor, master: bridge)
        }
        let full = String(cString: strerror(EXFULL))
        let atBirth = #expect(throws: SystemError.self) {
            try links.addVeth("one", peer: "many", peerNamespace: guest.descriptor, master: bridge)
        }
        #expect(atBirth?.number == EXFULL)
        #expect(atBirth?.description == "adding the veth one with its peer many: \(full)")
        let names = try links.names()
        #expect(names.sorted() == (["lo", "tb0"] + (1...1_023).map { "tv\($0)" }).sorted())
        let ports = try home.ipLinks()
        #expect(ports.map(\.ifname) == names && ports.count { $0.master == "tb0" } == 1_023)
        #expect(try guest.links().names().sorted() == (["lo"] + (1...1_023).map { "tp\($0)" }).sorted())

        try links.addVeth("one", peer: "many", peerNamespace: guest.descriptor, master: nil)
        let one = try #require(try links.index(of: "one"))
        let later = #expect(throws: SystemError.self) { try links.setMaster(one, to: bridge) }
        #expect(later?.description == "attaching the interface \(one) to \(bridge): \(full)")
        // Where one goes there is room again.
        try links.setMaster(try #require(try links.index(of: "tv7")), to: 0)
        try links.setMaster(one, to: bridge)
        let after = try home.ipLinks()
        #expect(after.first { $0.ifname == "tv7" }?.master == nil)
        #expect(after.first { $0.ifname == "one" }?.master == "tb0")
    }

    /// A link ends with its namespace, and its peer elsewhere with it: so the end of a namespace is seen from another.
    @Test(.needsTun) func linksEndWithTheNamespaces() throws {
        let witness = try Space()
        let seen = try witness.links()
        var home: Space? = try Space()
        var guest: Space? = try Space()
        let tap: Int32
        do {
            let (outer, inner) = (try #require(home), try #require(guest))
            let links = try outer.links()
            try links.addBridge("tb0")
            let bridge = try #require(try links.index(of: "tb0"))
            try links.addVeth("tv0", peer: "eth0", peerNamespace: inner.descriptor, master: bridge)
            try links.addVeth("tw0", peer: "home", peerNamespace: witness.descriptor, master: bridge)
            try inner.links().addVeth("tw0", peer: "guest", peerNamespace: witness.descriptor, master: nil)
            tap = try outer.perform { try NetworkLinks.addTap("tt0", owner: nil) }
            #expect(try seen.names() == ["lo", "home", "guest"])
        }
        // The end of the guest takes the port of the bridge with it.
        guest = nil
        let links = try #require(home).links()
        #expect(eventually { (try? seen.names()) == ["lo", "home"] })
        #expect(eventually { (try? links.names()) == ["lo", "tb0", "tw0", "tt0"] })
        home = nil
        // What is open keeps it: a netlink socket, and a tap.
        usleep(100_000)
        #expect(try links.names() == ["lo", "tb0", "tw0", "tt0"])
        links.close()
        usleep(100_000)
        #expect(try seen.names() == ["lo", "home"])
        close(tap)
        #expect(eventually { (try? seen.names()) == ["lo"] })
    }

    @Test(.needsTun) func tapsEndWithTheirDescriptors() throws {
        let home = try Space()
        let links = try home.links()
        let first = try home.perform { try NetworkLinks.addTap("tt0", owner: nil) }
        let second = try home.perform { try NetworkLinks.addTap("tt1", owner: 2_000_000_000, persistent: true) }
        try links.addBridge("tb0")
        let bridge = try #require(try links.index(of: "tb0"))
        let index = try #require(try links.index(of: "tt0"))
        try links.setMaster(index, to: bridge)
        try links.setUp(index)
        #expect(try links.names() == ["lo", "tt0", "tt1", "tb0"])
        let taps = try home.ipLinks().filter { $0.linkinfo?.info_kind == "tun" }
        #expect(taps.map(\.ifname) == ["tt0", "tt1"] && taps.map(\.linkinfo?.info_data?.type) == ["tap", "tap"])
        #expect(taps.map(\.linkinfo?.info_data?.vnet_hdr) == [true, true])
        #expect(taps.map(\.linkinfo?.info_data?.persist) == [false, true])
        #expect(taps.map(\.linkinfo?.info_data?.user) == [nil, 2_000_000_000])
        #expect(taps[0].master == "tb0" && taps[0].flags.contains("UP"))
        #expect(fcntl(first, F_GETFD) == FD_CLOEXEC)
        let busy = #expect(throws: SystemError.self) {
            close(try home.perform { try NetworkLinks.addTap("tt0", owner: nil) })
        }
        #expect(busy == SystemError("adding the tap tt0 by /dev/net/tun", number: EBUSY))
        close(first)
        close(second)
        #expect(try links.names() == ["lo", "tt1", "tb0"])
        // A persistent one is there to be opened again.
        close(try home.perform { try NetworkLinks.addTap("tt1", owner: nil) })
        try links.delete(try #require(try links.index(of: "tt1")))
        #expect(try links.names() == ["lo", "tb0"])
    }

    @Test func renamesAndRemoves() throws {
        let (home, guest) = (try Space(), try Space())
        let links = try home.links()
        try links.addVeth("tv0", peer: "eth0", peerNamespace: guest.descriptor, master: nil)
        let index = try #require(try links.index(of: "tv0"))
        let inner = try guest.links()
        try inner.rename(try #require(try inner.index(of: "eth0")), to: "abcdefghijklmno")
        #expect(try inner.names() == ["lo", "abcdefghijklmno"])
        #expect(try guest.ipLinks().map(\.ifname) == ["lo", "abcdefghijklmno"])
        #expect(try links.index(of: "nowhere") == nil && links.index(of: "eth0") == nil)
        try links.delete(index)
        try links.delete(index)
        #expect(try links.names() == ["lo"] && inner.names() == ["lo"])
    }

    /// The kernel's words are those that iproute2 shows.
    @Test func errorsSayWhatTheKernelSays() throws {
        let home = try Space()
        let links = try home.links()
        try links.addBridge("tb0")
        let bridge = try #require(try links.index(of: "tb0"))
        let twice = #expect(throws: SystemError.self) { try links.addBridge("tb0") }
        #expect(twice?.number == EEXIST && twice?.description == "adding the bridge tb0: File exists")
        try links.addBridge("tb1")
        let other = try #require(try links.index(of: "tb1"))
        let nested = #expect(throws: SystemError.self) { try links.setMaster(other, to: bridge) }
        let kernel = try words(home.ip("link", "set", "tb1", "master", "tb0").errors)
        #expect(nested == SystemError("attaching the interface \(other) to \(bridge) (\(kernel))", number: ELOOP))
        let route = #expect(throws: SystemError.self) { try links.addDefaultRoute(via: Self.address(1)) }
        let gateway = try words(home.ip("route", "add", "default", "via", "10.99.0.1").errors)
        let adding = "adding the default route via 10.99.0.1"
        #expect(route == SystemError("\(adding) (\(gateway))", number: ENETUNREACH))
        // There it has none.
        let loopback = #expect(throws: SystemError.self) { try links.setMaster(1, to: bridge) }
        #expect(loopback == SystemError("attaching the interface 1 to \(bridge)", number: EINVAL))
        let long = #expect(throws: SystemError.self) { try links.addAddress(Self.address(1), prefix: 33, to: bridge) }
        #expect(long?.attempt.hasPrefix("adding the address 10.99.0.1/33 to the interface \(bridge)") == true)
        let short = #expect(throws: SystemError.self) { try links.addBridge("tb1", address: [2, 0, 0]) }
        #expect(short?.number == EINVAL)
        // What was refused has made nothing.
        #expect(try links.names() == ["lo", "tb0", "tb1"])
    }

    /// What iproute2 shows of an extended acknowledgement, to which it adds a full stop where there is none.
    private func words(_ errors: String) throws -> String {
        let line = try #require(errors.split(separator: "\n").first)
        #expect(line.hasPrefix("Error: ") && line.hasSuffix("."))
        return String(line.dropFirst("Error: ".count).dropLast())
    }

    /// The kernel would take some of these, and choose a name by itself.
    @Test(arguments: ["", "tb%d", "abcdefghijklmnop", "a b", "a/b", "a:b", ".."])
    func namesAreMeantAsTheyStand(name: String) throws {
        let home = try Space()
        let links = try home.links()
        #expect(throws: SystemError.self) { try links.addBridge(name) }
        #expect(throws: SystemError.self) { try links.rename(1, to: name) }
        #expect(throws: SystemError.self) { try home.perform { close(try NetworkLinks.addTap(name, owner: nil)) } }
        #expect(try links.names() == ["lo"])
    }

    @Test func aClosedOneFails() throws {
        let links = try Space().links()
        links.close()
        links.close()
        let error = #expect(throws: SystemError.self) { try links.names() }
        #expect(error == SystemError("listing the interfaces", number: EBADF))
    }

    /// What changes while it is listed is listed again: what stays is always there, once.
    @Test func listsWholeWhileLinksComeAndGo() throws {
        let (home, guest) = (try Space(), try Space())
        let links = try home.links()
        for number in 1...100 {
            try links.addVeth("tv\(number)", peer: "tp\(number)", peerNamespace: guest.descriptor, master: nil)
        }
        let stays = try links.names()
        let others = try home.links()
        let socket = try home.perform { try NetlinkSocket() }
        let isDone = Mutex(false)
        let ended = DispatchSemaphore(value: 0)
        let changes = Mutex(0)
        try StartedThread.start("tare-test-churn") {
            while !isDone.withLock({ $0 }) {
                guard (try? others.addBridge("tb0")) != nil, let index = try? others.index(of: "tb0") else { break }
                try? others.delete(index)
                changes.withLock { $0 += 1 }
            }
            ended.signal()
        }
        for _ in 0..<200 {
            #expect(try links.names().filter { $0 != "tb0" } == stays)
            #expect(try links.index(of: "tv50") != nil)
        }
        // The kernel says of some lists that they are not whole, and those are the ones that are asked for again.
        #expect(eventually { (try? socket.ask(NetworkLinks.list, "listing")) == false })
        isDone.withLock { $0 = true }
        ended.wait()
        #expect(changes.withLock { $0 } > 0)
    }
}
