import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import VirtualMachines

extension IntegrationTests {
    /// libvirt's own QEMU driver in this process, with guests that have no disk and no kernel. Beside tests of containers it cannot
    /// be: while it adopts the orphans of this process, theirs would be adopted too.
    @Suite("libvirt's embedded driver", .serialized, .needs(program: "qemu-system-x86_64"))
    struct EmbeddedDriverTests {
        private func xml(_ name: String, _ further: String = "") -> String {
            """
            <domain type='qemu'><name>\(name)</name><memory unit='MiB'>32</memory><os><type machine='q35'>hvm</type></os>
            <devices><controller type='usb' model='none'/><memballoon model='none'/></devices>\(further)</domain>
            """
        }

        /// The driver takes one root a process, so that all is asked in one test.
        @Test func writesWhereItIsLookedFor() throws {
            // libvirt waits for the end of each emulator that it asks what it can do, which must be reaped for that.
            Orphans.adopt()
            defer { Orphans.leave() }
            let scratch = try TemporaryDirectory()
            LibvirtRuntime.logTo("/dev/null")
            let user = try QEMUUser.find()
            try Reachable.directory(scratch.path, for: user)
            let root = try EmbedRoot(directory: scratch.path + "/v", cacheDirectory: scratch.path, user: user)
            let connection = try LibvirtConnection(uri: root.uri)
            defer { connection.close() }
            let name = "tare-test-\(getpid())-i1"
            try connection.create(xml: xml(name))
            let instance = LibvirtInstance(
                name: name, connection: connection,
                find: {
                    EmulatorProcess.find(domain: name, pidFiles: root.pidFiles(of: name)) { _ in
                        Issue.record("all processes were searched")
                        return nil
                    }
                }, gone: {})
            let processes = try instance.processes()
            #expect(processes.map(\.role) == [.vmm])
            #expect(processes.map(\.pid) == EmulatorProcess.running { $0 == name }.map(\.pid))
            #expect(instance.death() == nil)
            let log = try HostFiles.read(root.logFile(of: name))
            #expect(log.contains("qemu-system-x86_64"))
            // It has nothing to say of itself while all goes well.
            #expect(EmulatorLog.lastWords(of: log, beside: "").isEmpty, "\(log)")
            try instance.stop(deadline: .seconds(20))
            #expect(EmulatorProcess.running { $0 == name }.isEmpty)
            #expect(instance.death() == "QEMU of \(name) ended")
            // A second stop finds nothing to do.
            try instance.stop(deadline: .seconds(20))
        }
    }
}
