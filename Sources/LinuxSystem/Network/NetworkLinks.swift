internal import CLinuxShims
import Glibc

/// The links of a network namespace with their addresses and routes, changed without starting a program: what `ip` does
/// in milliseconds of a process of its own is one system call and its answer here.
///
/// The namespace is the one in which the calling thread was when this was made. It lives as long as this is open, even
/// where no process is in it any more. May be used from several threads, one of which asks at a time.
package struct NetworkLinks: Sendable {
    private let socket: NetlinkSocket

    /// Opens those of the calling thread's network namespace.
    ///
    /// - Throws: ``SystemError``.
    package init() throws {
        socket = try NetlinkSocket()
    }

    /// Lets go of the namespace. Idempotent; later calls fail with `EBADF`.
    package func close() {
        socket.close()
    }

    /// The number of a link; nil where there is none of that name.
    ///
    /// - Throws: ``SystemError``.
    package func index(of name: String) throws -> Int32? {
        var request = NetlinkRequest(RTM_GETLINK, header: ifinfomsg())
        request.append(IFLA_IFNAME, text: try NetworkLinks.checked(name))
        request.append(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
        var index: Int32?
        do {
            try socket.ask(request, "looking for the interface \(name)") {
                index = $0.body.loadUnaligned(as: ifinfomsg.self).ifi_index
            }
        } catch let error as SystemError where error.number == ENODEV {
            return nil
        }
        return index
    }

    /// The number of a link that is there.
    ///
    /// - Throws: ``SystemError``, `ENODEV` where there is none of that name.
    func existing(_ name: String) throws -> Int32 {
        guard let index = try index(of: name) else {
            throw SystemError("finding the interface \(name)", number: ENODEV)
        }
        return index
    }

    /// Takes the link of a name away, as far as there is one and the kernel does it.
    func discard(_ name: String) {
        if let index = try? index(of: name) { try? delete(index) }
    }

    /// The names of all links, in the kernel's order.
    ///
    /// - Throws: ``SystemError``, `EBUSY` where they change all the time.
    package func names() throws -> [String] {
        for _ in 0..<20 {
            var names: [String] = []
            let isWhole = try socket.ask(NetworkLinks.list, "listing the interfaces") { message in
                if let name = message.text(Int(IFLA_IFNAME), from: MemoryLayout<ifinfomsg>.size) { names.append(name) }
            }
            if isWhole { return names }
        }
        throw SystemError("listing the interfaces, which change all the time", number: EBUSY)
    }

    /// How many ports the bridge with the most of them has, and how many taps there are.
    ///
    /// - Throws: ``SystemError``, `EBUSY` where they change all the time.
    package func counts() throws -> (bridgePorts: Int, taps: Int) {
        for _ in 0..<20 {
            var ports: [Int32: Int] = [:]
            var taps = 0
            let start = MemoryLayout<ifinfomsg>.size
            let isWhole = try socket.ask(NetworkLinks.list, "counting the interfaces") { message in
                if let master = message.value(Int(IFLA_MASTER), from: start), master.count >= 4 {
                    ports[master.loadUnaligned(as: Int32.self), default: 0] += 1
                }
                let kind = message.value(Int(IFLA_LINKINFO), from: start)
                if kind.flatMap({ NetlinkMessage.text(Int(IFLA_INFO_KIND), in: $0) }) == "tun" { taps += 1 }
            }
            if isWhole { return (ports.values.max() ?? 0, taps) }
        }
        throw SystemError("counting the interfaces, which change all the time", number: EBUSY)
    }

    /// Asks for all links, without the counters of each, which are most of its bytes.
    static var list: NetlinkRequest {
        var request = NetlinkRequest(RTM_GETLINK, flags: NLM_F_ROOT | NLM_F_MATCH, header: ifinfomsg())
        request.append(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
        return request
    }

    /// Makes a bridge that forwards at once and floods what it does not know, as a plain switch does: without spanning
    /// tree, with no delay before a port forwards, and without looking into multicast. What it has learnt it keeps as
    /// long as the kernel usually does.
    ///
    /// - Parameter address: its hardware address. Without one it has the lowest of its ports', which changes as ports
    ///   come and go, so that a neighbour entry for it becomes wrong.
    /// - Throws: ``SystemError``, `EEXIST` where there is a link of that name.
    package func addBridge(_ name: String, address: [UInt8]? = nil) throws {
        var request = NetlinkRequest(RTM_NEWLINK, flags: NLM_F_CREATE | NLM_F_EXCL, header: ifinfomsg())
        request.append(IFLA_IFNAME, text: try NetworkLinks.checked(name))
        if let address { request.append(IFLA_ADDRESS, bytes: address) }
        request.nest(IFLA_LINKINFO) { info in
            info.append(IFLA_INFO_KIND, text: "bridge")
            info.nest(IFLA_INFO_DATA) { data in
                // Allowed to be 0 only while there is no spanning tree.
                data.append(IFLA_BR_STP_STATE, UInt32(0))
                data.append(IFLA_BR_FORWARD_DELAY, UInt32(0))
                data.append(IFLA_BR_MCAST_SNOOPING, UInt8(0))
            }
        }
        try socket.ask(request, "adding the bridge \(name)")
    }

    /// Makes a pair of links: what goes into one comes out of the other. This namespace's end is up at once; the peer,
    /// which is born in the other namespace, is down. Both go when either does, also by the end of its namespace. Where
    /// this fails, nothing is left.
    ///
    /// - Parameters:
    ///   - peerNamespace: a descriptor of the other network namespace.
    ///   - master: the number of the bridge of which this namespace's end becomes a port.
    ///   - address: the hardware address of this namespace's end; a random one where nil.
    ///   - peerAddress: the hardware address of the peer; a random one where nil.
    /// - Throws: ``SystemError``, `EEXIST` where there is a link of either name, `EXFULL` where the bridge has 1,023
    ///   ports, which is the most that the kernel gives one.
    package func addVeth(
        _ name: String, peer: String, peerNamespace: Int32, master: Int32?, address: [UInt8]? = nil,
        peerAddress: [UInt8]? = nil
    ) throws {
        let peerName = try NetworkLinks.checked(peer)
        let header = NetworkLinks.header(isUp: true)
        var request = NetlinkRequest(RTM_NEWLINK, flags: NLM_F_CREATE | NLM_F_EXCL, header: header)
        request.append(IFLA_IFNAME, text: try NetworkLinks.checked(name))
        if let master { request.append(IFLA_MASTER, master) }
        if let address { request.append(IFLA_ADDRESS, bytes: address) }
        request.nest(IFLA_LINKINFO) { info in
            info.append(IFLA_INFO_KIND, text: "veth")
            info.nest(IFLA_INFO_DATA) { data in
                data.nest(VETH_INFO_PEER) { peer in
                    peer.append(ifinfomsg())
                    peer.append(IFLA_IFNAME, text: peerName)
                    peer.append(IFLA_NET_NS_FD, peerNamespace)
                    if let peerAddress { peer.append(IFLA_ADDRESS, bytes: peerAddress) }
                }
            }
        }
        try socket.ask(request, "adding the veth \(name) with its peer \(peer)")
    }

    /// Makes a tap in the network namespace of the calling thread, or opens the persistent one of that name. Each frame
    /// has a `virtio_net_hdr` before it, as QEMU wants it. It is down, and no port of a bridge.
    ///
    /// - Parameters:
    ///   - owner: the user who alone may open it, besides root. Where nil, whoever may open `/dev/net/tun` may open a
    ///     persistent one.
    ///   - persistent: whether it stays when its descriptor is closed.
    /// - Returns: a descriptor, which the caller closes; it keeps the namespace.
    /// - Throws: ``SystemError``, `EBUSY` where somebody has it open.
    package static func addTap(_ name: String, owner: UInt32?, persistent: Bool = false) throws -> Int32 {
        let descriptor = tare_open_tap(try checked(name), owner.map { Int64($0) } ?? -1, persistent ? 1 : 0)
        guard descriptor >= 0 else { throw SystemError("adding the tap \(name) by /dev/net/tun") }
        return descriptor
    }

    /// Raises a link. Where it is the peer of another, see ``waitUntilCarrying(_:patienceMilliseconds:)``.
    ///
    /// - Throws: ``SystemError``.
    package func setUp(_ index: Int32) throws {
        let request = NetlinkRequest(RTM_SETLINK, header: NetworkLinks.header(index, isUp: true))
        try socket.ask(request, "raising the interface \(index)")
    }

    /// Waits until a link carries what it is given.
    ///
    /// When one end of a veth pair is raised, the other end begins to send only once a work of the kernel's own has
    /// run, which comes late where links come and go elsewhere; what it sends until then is lost. A lost answer to a
    /// question for an address costs a whole second. To be called for the end that was raised first, and for the
    /// bridge with its first port. Since Linux 6.8 the question itself makes the kernel do that work.
    ///
    /// - Throws: ``SystemError``, `ETIMEDOUT` where it carries nothing, as while its peer is down.
    package func waitUntilCarrying(_ index: Int32, patienceMilliseconds: UInt64 = 5_000) throws {
        let end = MonotonicClock.now() + patienceMilliseconds * 1_000_000
        var request = NetlinkRequest(RTM_GETLINK, header: NetworkLinks.header(index))
        request.append(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
        let attempt = "waiting for the interface \(index) to carry"
        while true {
            var isRunning = false
            try socket.ask(request, attempt) {
                isRunning = $0.body.loadUnaligned(as: ifinfomsg.self).ifi_flags & UInt32(IFF_RUNNING) != 0
            }
            if isRunning { return }
            guard MonotonicClock.now() < end else { throw SystemError(attempt, number: ETIMEDOUT) }
            usleep(200)
        }
    }

    /// Makes a link a port of a bridge; 0 takes it out of the one of which it is.
    ///
    /// - Throws: ``SystemError``, `EXFULL` where the bridge has 1,023 ports.
    package func setMaster(_ index: Int32, to master: Int32) throws {
        var request = NetlinkRequest(RTM_SETLINK, header: NetworkLinks.header(index))
        request.append(IFLA_MASTER, master)
        try socket.ask(request, "attaching the interface \(index) to \(master)")
    }

    /// Gives a link another name. Older kernels refuse that (`EBUSY`) while it is up.
    ///
    /// - Throws: ``SystemError``.
    package func rename(_ index: Int32, to name: String) throws {
        var request = NetlinkRequest(RTM_SETLINK, header: NetworkLinks.header(index))
        request.append(IFLA_IFNAME, text: try NetworkLinks.checked(name))
        try socket.ask(request, "renaming the interface \(index) to \(name)")
    }

    /// Takes a link away; one that is not there is no error. The ports of a bridge stay.
    ///
    /// - Throws: ``SystemError``.
    package func delete(_ index: Int32) throws {
        let request = NetlinkRequest(RTM_DELLINK, header: NetworkLinks.header(index))
        do {
            try socket.ask(request, "removing the interface \(index)")
        } catch let error as SystemError where error.number == ENODEV {}
    }

    /// Gives a link an IPv4 address.
    ///
    /// - Parameters:
    ///   - address: in the host's order of bytes: 10.0.0.1 is 0x0A00_0001.
    ///   - prefix: how many bits of it name the network.
    /// - Throws: ``SystemError``, `EEXIST` where it has that address.
    package func addAddress(_ address: UInt32, prefix: UInt8, to index: Int32) throws {
        let header = ifaddrmsg(
            ifa_family: UInt8(AF_INET), ifa_prefixlen: prefix, ifa_flags: 0,
            ifa_scope: UInt8(RT_SCOPE_UNIVERSE.rawValue),
            ifa_index: UInt32(bitPattern: index))
        var request = NetlinkRequest(RTM_NEWADDR, flags: NLM_F_CREATE | NLM_F_EXCL, header: header)
        // The second is that of the other end, which on anything but a point-to-point link is the same.
        for kind in [IFA_LOCAL, IFA_ADDRESS] { request.append(Int(kind), address.bigEndian) }
        let words = "\(NetworkPlace.words(address))/\(prefix)"
        try socket.ask(request, "adding the address \(words) to the interface \(index)")
    }

    /// Says for good which hardware address an IPv4 address has, so that it is never asked for. What was learnt is
    /// replaced.
    ///
    /// - Parameter address: in the host's order of bytes.
    /// - Throws: ``SystemError``.
    package func addNeighbour(_ address: UInt32, hardwareAddress: [UInt8], index: Int32) throws {
        let header = ndmsg(
            ndm_family: UInt8(AF_INET), ndm_pad1: 0, ndm_pad2: 0, ndm_ifindex: index, ndm_state: UInt16(NUD_PERMANENT),
            ndm_flags: 0, ndm_type: UInt8(RTN_UNICAST))
        var request = NetlinkRequest(RTM_NEWNEIGH, flags: NLM_F_CREATE | NLM_F_REPLACE, header: header)
        request.append(NDA_DST, address.bigEndian)
        request.append(NDA_LLADDR, bytes: hardwareAddress)
        try socket.ask(request, "adding the neighbour \(NetworkPlace.words(address)) to the interface \(index)")
    }

    /// Sends what no other route is for by way of an IPv4 address, which must be reachable already.
    ///
    /// - Parameter gateway: in the host's order of bytes.
    /// - Throws: ``SystemError``, `EEXIST` where there is a default route, `ENETUNREACH` where the gateway cannot be
    ///   reached.
    package func addDefaultRoute(via gateway: UInt32) throws {
        let header = rtmsg(
            rtm_family: UInt8(AF_INET), rtm_dst_len: 0, rtm_src_len: 0, rtm_tos: 0,
            rtm_table: UInt8(RT_TABLE_MAIN.rawValue), rtm_protocol: UInt8(RTPROT_BOOT),
            rtm_scope: UInt8(RT_SCOPE_UNIVERSE.rawValue), rtm_type: UInt8(RTN_UNICAST), rtm_flags: 0)
        var request = NetlinkRequest(RTM_NEWROUTE, flags: NLM_F_CREATE | NLM_F_EXCL, header: header)
        request.append(Int(RTA_GATEWAY.rawValue), gateway.bigEndian)
        try socket.ask(request, "adding the default route via \(NetworkPlace.words(gateway))")
    }

    private static func header(_ index: Int32 = 0, isUp: Bool = false) -> ifinfomsg {
        // Flags that are not in the mask of changes stay as they are.
        let flags = isUp ? UInt32(IFF_UP) : 0
        return ifinfomsg(
            ifi_family: UInt8(AF_UNSPEC), __ifi_pad: 0, ifi_type: 0, ifi_index: index, ifi_flags: flags,
            ifi_change: flags)
    }

    /// A name as it may be given to the kernel, which for an empty one, and for one with `%d`, would choose another.
    private static func checked(_ name: String) throws -> String {
        guard (1..<Int(IFNAMSIZ)).contains(name.utf8.count) else {
            throw SystemError("naming an interface \(name), which is not 1 to 15 bytes long", number: EINVAL)
        }
        guard name.utf8.allSatisfy({ $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "/") })
        else { throw SystemError("naming an interface \(name)", number: EINVAL) }
        return name
    }
}
