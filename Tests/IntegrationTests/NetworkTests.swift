import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// Instances on a network, of every kind of platform: what they have is what tare says, they are reached, and nothing leads out of the
    /// run.
    @Suite(
        "Networks", .serialized, .needsRoot, .needs(program: "runc"), .needs(program: "dockerd"),
        .needs(program: "podman"), .needs(program: "containerd"), .needs(program: "qemu-system-x86_64"))
    struct NetworkTests {
        private static let bare = ["namespaces", SuiteText.runc]
        private static let names = ["namespaces", "runc"] + EnginePlatforms.names + ["q35"]

        /// By the instance's own word (iproute2 of busybox, the kernel's files) and by a listener of the host's.
        @Test("Each instance has an address on a bridge, is reached there, and reaches nothing else")
        func truth() throws {
            let place = try Place()
            let host = try HostListener()
            // What it prints ends with what could not be.
            let script =
                "PATH=/bin; busybox ip -o -4 addr show dev eth0; busybox ip -4 route; busybox ls /sys/class/net; "
                + "busybox ls /proc/sys/net/ipv6/conf/eth0 >/dev/null 2>&1 && busybox ip -o -6 addr show dev eth0; "
                + "busybox wget -q -T 1 -O /dev/null http://\(host.address):\(host.port)/ && echo leaked; exit 0"
            try place.write(
                "suite.yaml",
                """
                name: networks
                defaults: {network: bridge, memory: 96MiB}
                workloads:
                  - {name: web, image: {rootfs: root}, command: [/bin/busybox, httpd, -f, -p, "8080", -h, /bin], ready: {http: 8080/busybox}}
                  - {name: told, image: {rootfs: root}, command: [/bin/sh, -c, "\(script)"], ready: completed}
                  - {name: shared, image: {rootfs: root}, command: [/bin/sh, -c, "PATH=/bin; busybox ls /sys/class/net"], ready: completed, network: host}
                platforms:
                \(NetworkTests.list(NetworkTests.bare + EnginePlatforms.all + [SuiteText.q35]))
                experiments:
                  startup: {samples: 1, warm-up: 0, echoes: 1}

                """)
            let before = NetworkTests.hosts()
            let finished = try place.tare(
                "run", "suite.yaml", "--keep-output", "--output", place.path + "/report", deadlineSeconds: 400)
            #expect(finished.hasMeasured, "\(finished.errors)")
            let run = try place.export()
            #expect(run.accounting.holds && run.samples.count == 3 * NetworkTests.names.count - 1)
            #expect(run.samples.allSatisfy { $0.isSound }, "\(run.samples.map(\.reasons))")
            #expect(host.count() == 0)
            #expect(NetworkTests.hosts() == before)
            // A guest has the CPUs of its allowance, a container sees the host's.
            let differing = run.parity.filter { !$0.deviating.isEmpty && !$0.fact.hasPrefix("CPUs ") }
            #expect(differing.isEmpty, "\(differing)")
            var addresses: Set<String> = []
            for name in NetworkTests.names {
                let told = try NetworkTests.output(of: "told", name, in: place)
                let words = told.split { $0.isWhitespace }.map(String.init)
                let address = try #require(
                    words.first { $0.hasPrefix("198.1") && $0.hasSuffix("/22") }, "\(name): \(told)")
                #expect(addresses.insert(address).inserted, "\(name): \(address) is another's too")
                // The first address of its network is the bridge's.
                let parts = address.split(separator: "/")[0].split(separator: ".").compactMap { Int($0) }
                let gateway = "\(parts[0]).\(parts[1]).\(parts[2] & ~3).1"
                #expect(told.contains("default via \(gateway) dev eth0"), "\(name): \(told)")
                #expect(!told.contains("leaked"), "\(name): \(told)")
                // What Podman makes is Podman's affair.
                #expect(!told.contains("fe80") || name.hasPrefix("podman"), "\(name): \(told)")
                guard name != "q35" else { continue }
                let shared = try NetworkTests.output(of: "shared", name, in: place)
                let seen = Set(shared.split(whereSeparator: \.isNewline).map(String.init))
                // The bridge of bare namespaces, which is there from their first instance on.
                #expect(seen.contains("lo") && !seen.contains("eth0"), "\(name): \(shared)")
            }
            try Leftovers.expectNone(of: run.run.id, in: place)
        }

        private static func list(_ platforms: [String]) -> String {
            platforms.map { "  - \($0)" }.joined(separator: "\n")
        }

        /// What the one instance of a workload printed there.
        private static func output(of workload: String, _ platform: String, in place: Place) throws -> String {
            let directory = place.path + "/report/output"
            let name = try #require(
                HostFiles.names(in: directory).first { $0.hasSuffix("-\(workload)-\(platform).log") }, "\(platform)")
            return try HostFiles.read("\(directory)/\(name)")
        }

        /// The host asks over the bridge, also a guest, whose processes it cannot see: of a server that went while its instance lives.
        @Test(
            "A server that is gone in the hold is missed",
            arguments: [("stays", SuiteText.runc), ("goes", SuiteText.q35)])
        func recheck(_ name: String, _ platform: String) throws {
            let place = try Place()
            let script =
                name == "stays"
                ? "exec busybox httpd -f -p 8080 -h /bin"
                : "busybox httpd -f -p 8080 -h /bin & busybox sleep 1; kill $!; exec busybox sleep 1000"
            try place.write(
                "suite.yaml",
                """
                name: recheck
                workloads:
                  - {name: \(name), image: {rootfs: root}, command: [/bin/sh, -c, "PATH=/bin; \(script)"], ready: {tcp: 8080}, network: bridge, memory: 96MiB}
                platforms:
                \(NetworkTests.list([platform]))
                experiments:
                  density: {budget: 1GiB, ceiling: 1, ramps: 1, hold: 3s}

                """)
            let finished = try place.tare("run", "suite.yaml", "--output", "report", deadlineSeconds: 200)
            #expect([0, 1].contains(finished.exitCode), "\(finished.errors)")
            let told = try place.start(["export", "--format", "json"]).finish().output
            let run = try JSONDecoder().decode(ExportedClimbs.self, from: Data(told.utf8))
            let ramp = try #require(run.ramps?.first)
            if name == "stays" {
                #expect(ramp.outcome == "ok" && ramp.instances == 1, "\(ramp.reasons)")
            } else {
                #expect(ramp.instances == 0 && told.contains("connecting to 198.18.0."), "\(ramp.reasons)")
            }
            #expect(told.contains("TCP port 8080 of each accepted a connection over the bridge"))
            try Leftovers.expectNone(of: run.run.id, in: place)
        }

        @Test("doctor tries a bridge where the suite has one, and each engine that it finds") func doctor() throws {
            let place = try Place()
            try place.write("suite.yaml", SuiteText(network: "bridge", platforms: NetworkTests.bare).text)
            let told = try place.tare("doctor", "suite.yaml", deadlineSeconds: 200)
            #expect(told.exitCode == 0, "\(told.output) \(told.errors)")
            #expect(
                told.output.components(separatedBy: "an instance on a bridge was ready in").count == 3, "\(told.output)"
            )
            for engine in ["docker", "podman", "containerd"] {
                let line = told.output.split(separator: "\n").first { $0.contains("engine \(engine)") }
                #expect(line?.hasPrefix("works") == true, "\(told.output)")
            }
        }

        /// tare killed while instances are on bridges: after `tare clean` there is no namespace, link, tap or rule more than before.
        @Test("Nothing is left of a killed run's networks") func killed() throws {
            let place = try Place()
            let slowly = SuiteText.slowly(seconds: "0.3")
            let platforms = NetworkTests.bare + [EnginePlatforms.podman, SuiteText.q35]
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: slowly.command, ready: slowly.ready, network: "bridge", platforms: platforms, samples: 2,
                    echoes: 1
                ).text)
            let before = NetworkTests.hosts()
            let namespaces = NetworkTests.namespaces()
            let (strike, _) = try Strike.run(place, signal: "KILL", at: "rows:observation:3")
            #expect(strike.struck)
            let cleaned = try place.tare("clean")
            #expect(cleaned.exitCode == 0, "\(cleaned.errors)")
            try Leftovers.expectNone(of: strike.run, in: place, killedBy: strike)
            #expect(NetworkTests.hosts() == before)
            #expect(eventually { NetworkTests.namespaces().isSubset(of: namespaces) })
        }

        /// What an engine would change of the host's network: links, tables of packet filters, forwarding.
        private static func hosts() -> [String] {
            HostFiles.names(in: "/sys/class/net").sorted()
                + ["/proc/net/ip_tables_names", "/proc/sys/net/ipv4/ip_forward"].map { (try? HostFiles.read($0)) ?? "" }
        }

        /// The network namespaces in which processes are.
        private static func namespaces() -> Set<String> {
            Set(
                ProcessTable.pids().compactMap {
                    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/ns/net")
                })
        }
    }
}

/// A listener on an address of the host's, which nothing of a run may reach.
private final class HostListener {
    let address: String
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        var list: UnsafeMutablePointer<ifaddrs>?
        getifaddrs(&list)
        defer { freeifaddrs(list) }
        var found: [String] = []
        var next = list
        while let one = next {
            next = one.pointee.ifa_next
            guard let name = one.pointee.ifa_addr, name.pointee.sa_family == sa_family_t(AF_INET) else { continue }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            getnameinfo(
                name, socklen_t(MemoryLayout<sockaddr_in>.size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            found.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        // A host with no network has its loopback address alone, which is another for an instance.
        address = found.first { !$0.hasPrefix("127.") } ?? "127.0.0.1"
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(made, $0, size) == 0 && listen(made, 8) == 0 && getsockname(made, $0, &size) == 0
            }
        }
        descriptor = made
        guard isListening else { throw SystemError("listening on the host") }
        port = UInt16(bigEndian: name.sin_port)
    }

    /// How many have connected since it was last asked.
    func count() -> Int {
        var count = 0
        while true {
            let accepted = accept(descriptor, nil, nil)
            guard accepted >= 0 else { return count }
            close(accepted)
            count += 1
        }
    }

    deinit { close(descriptor) }
}
