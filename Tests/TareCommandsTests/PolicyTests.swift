import BenchmarkModel
import Glibc
import TestSupport
import Testing

@testable import TareCommands

/// What a suite of a stranger may ask for.
@Suite struct PolicyTests {
    private static let suite = """
        name: stranger
        workloads:
          - name: web
            image: {packages: [nginx-light], release: trixie}
            command: [nginx]
            memory: 2GiB
          - name: tree
            image: {rootfs: /usr}
            command: [/bin/true]
        platforms:
          - process
          - {name: own, oci: {runtime: /opt/own, options: [--debug, --hooks=/x]}}
          - {name: vm, libvirt: {uri: "qemu:///system", kernel: /proc/version}}
        experiments:
          startup: {modes: [{concurrent: 40}]}
          footprint: {cap: 64}
        """

    private func document(_ text: String = suite) throws -> SuiteDocument {
        try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/")
    }

    private func policy(_ text: String) throws -> Policy {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/policy.yaml"
        let descriptor = creat(path, 0o644)
        #expect(write(descriptor, text, text.utf8.count) == text.utf8.count)
        close(descriptor)
        return try PolicyReader.read(path)
    }

    @Test func withoutAPolicyNothingOfTheHostIsAllowed() throws {
        let refusals = Policy().refusals(try document())
        let told = refusals.map { "\($0.location?.line ?? 0): \($0.message)" }
        #expect(told.contains { $0.hasPrefix("11: the platform 'process' (process) is not allowed") }, "\(told)")
        #expect(told.contains { $0.hasPrefix("12: the runtime /opt/own is not allowed") })
        #expect(told.contains { $0.hasPrefix("13: the connection qemu:///system is not allowed") })
        #expect(told.contains { $0.hasPrefix("13: the kernel /proc/version is not allowed") })
        #expect(told.contains { $0.hasPrefix("8: the root filesystem /usr is not allowed") })
        #expect(refusals.allSatisfy { $0.code == .usage && $0.remedy?.contains("/etc/tare/policy.yaml") == true })
        #expect(told.count == 5)
        let harmless = try document(
            """
            name: plain
            workloads: [{name: web, image: {packages: [nginx-light]}, command: [nginx]}]
            platforms: [{name: runc, oci: {}}, {name: vm, libvirt: {}}]
            experiments: {startup: {}}
            """)
        #expect(Policy().refusals(harmless).isEmpty)
        let options = try document(
            """
            name: plain
            workloads: [{name: web, image: {packages: [nginx-light]}, command: [nginx]}]
            platforms: [{name: runc, oci: {options: [--debug]}}]
            experiments: {startup: {}}
            """)
        #expect(Policy().refusals(options).map(\.message).first?.hasPrefix("the runtime's option --debug") == true)
    }

    /// An engine is root, and so is whoever may use its socket.
    @Test func anEnginesSocketAndRuntimeMustBeNamed() throws {
        let asked = try document(
            """
            name: engines
            workloads: [{name: web, image: {packages: [nginx-light]}, command: [nginx]}]
            platforms:
              - {name: d, docker: {socket: /srv/s}}
              - {name: own, docker: {start: true, runtime: env, options: [--debug]}}
              - {name: c, containerd: {start: true, runtime: /opt/own}}
            experiments: {startup: {}}
            """)
        func told(_ policy: Policy) -> [String] {
            policy.refusals(asked).map { "\($0.location?.line ?? 0): \($0.message)" }
        }
        let without = told(Policy())
        #expect(without.contains { $0.hasPrefix("4: the platform 'd' (docker) is not allowed") }, "\(without)")
        let platforms = told(try policy("platforms: [docker, containerd]"))
        #expect(platforms.contains { $0.hasPrefix("4: the socket /srv/s is not allowed") }, "\(platforms)")
        #expect(platforms.contains { $0.hasPrefix("5: the runtime's option --debug is not allowed") })
        #expect(platforms.contains { $0.hasPrefix("5: the runtime env is not allowed") })
        #expect(platforms.contains { $0.hasPrefix("6: the runtime /opt/own is not allowed") })
        let named = told(
            try policy(
                "platforms: [docker, containerd]\nsockets: [/srv/s]\nruntimes: [{path: /opt/own}, {path: /usr/bin/env}]"
            ))
        #expect(named.count == 1 && named[0].hasPrefix("5: the runtime's option"), "\(named)")
    }

    @Test func whatAPolicyNamesIsAllowedAndTheRestIsNot() throws {
        let policy = try policy(
            """
            platforms: [process, oci, libvirt]
            runtimes: [{path: /opt/own, options: ["--deb*"]}]
            uris: [embed, "qemu:///system"]
            kernels: ["/proc/v*"]
            rootfs: [/usr]
            packages: ["nginx-*"]
            releases: [bookworm]
            budgets: {memory: 1GiB, instances: 50, time: 10min}
            """)
        #expect(policy.seconds == 600 && policy.memoryBytes == 1 << 30)
        let told = policy.refusals(try document()).map { "\($0.location?.line ?? 0): \($0.message)" }
        #expect(told.count == 4, "\(told)")
        #expect(told[0].hasPrefix("12: the runtime's option --hooks=/x is not allowed by the policy "))
        #expect(told.contains { $0.contains("6: memory of 2048 MiB") })
        #expect(told.contains { $0.contains("4: the Debian release trixie") })
        #expect(told.contains { $0.contains("16: 64 instances at once in 'footprint'") })
    }

    @Test func aLinkDoesNotLeadOutOfAnAllowedFolder() throws {
        let scratch = try TemporaryDirectory()
        #expect(symlink("/usr", scratch.path + "/out") == 0)
        #expect(mkdir(scratch.path + "/in", 0o755) == 0)
        func refusals(_ path: String) throws -> Int {
            var policy = Policy()
            policy.rootfs = [scratch.path]
            return policy.refusals(
                try document(
                    """
                    name: plain
                    workloads: [{name: tree, image: {rootfs: \(path)}, command: [/x]}]
                    platforms: [{name: runc, oci: {}}]
                    experiments: {startup: {}}
                    """)
            ).count
        }
        #expect(try refusals(scratch.path + "/in") == 0)
        #expect(try refusals(scratch.path + "/out") == 1)
    }

    @Test func imagesOfRegistriesAreNamed() throws {
        func refusals(_ patterns: [String], _ image: String) throws -> [String] {
            var policy = Policy()
            policy.registries = patterns
            return policy.refusals(
                try document(
                    """
                    name: plain
                    workloads: [{name: web, image: \(image)}]
                    platforms: [{name: runc, oci: {}}]
                    experiments: {startup: {}}
                    """)
            ).map(\.message)
        }
        let allowed = try refusals(["docker.io/library/*:*"], "{registry: 'docker.io/library/nginx:1'}")
        let deeper = try refusals(["docker.io/library/*:*"], "{registry: 'docker.io/x/library/nginx:1'}")
        let none = try refusals([], "{registry: 'nginx:1'}")
        let file = try refusals(["*"], "{oci: /etc/hostname}")
        #expect(allowed.isEmpty && deeper.count == 1)
        #expect(none.first?.contains("the image nginx:1 of a registry") == true)
        #expect(file.first?.contains("the image /etc/hostname is not allowed") == true)
    }

    @Test(arguments: [
        ("platforms: [lxd]", "'lxd' is no kind of platform"),
        ("uris: [\"qemu+ssh://x/system\"]", "is none that a suite can name"),
        ("runtimes: [{path: runc}]", "is no absolute path"),
        ("budget: {}", "unknown key 'budget'"),
        ("budgets: {time: 5}", "expected a number with a unit"),
    ]) func aPolicyThatIsWrong(text: String, message: String) throws {
        let error = try #require(#expect(throws: SuiteErrors.self) { try policy(text) })
        #expect(error.description.contains(message) && error.description.contains("policy.yaml:1:"), "\(error)")
    }

    @Test func whatASuiteReaches() throws {
        let lines = SuiteReach.lines(try document().suite, folder: "/srv")
        #expect(lines.contains { $0.contains("'process': commands run as root of this host, without isolation") })
        #expect(
            lines.contains {
                $0.contains("runs the runtime /opt/own (not found) as root, with the options --debug --hooks=/x")
            })
        #expect(lines.contains { $0.contains("the daemon at qemu:///system and the guest kernel /proc/version") })
        #expect(lines.contains { $0.contains("packages of Debian trixie") })
        #expect(lines.contains { $0.contains("reads the root filesystem /usr") })
        #expect(SuiteReach.lines(try document().suite, folder: "").count == 4, "what lies in the folder is no news")
    }
}
