import BenchmarkModel
import Testing

@testable import VirtualMachines

extension FakeLibvirtTests {
    /// Against libvirt's own fake in this process, which needs no hypervisor. Its state is one for all connections.
    @Suite(.serialized) struct LibvirtConnectionTests {
        let connection: LibvirtConnection

        init() throws { connection = try LibvirtConnection(uri: "test:///default") }

        private func xml(_ name: String) -> String {
            "<domain type='test'><name>\(name)</name><memory>8192</memory><os><type>hvm</type></os></domain>"
        }

        @Test func createsFindsAndDestroys() throws {
            #expect(try connection.runningDomains() == ["test"])
            try connection.create(xml: xml("tare-a-i1"))
            #expect(try connection.runningDomains().sorted() == ["tare-a-i1", "test"])
            #expect(try connection.destroy(name: "tare-a-i1"))
            #expect(try connection.runningDomains() == ["test"])
            // One that is gone already is no error.
            #expect(try !connection.destroy(name: "tare-a-i1"))
        }

        @Test func saysWhatLibvirtSaid() throws {
            let bad = try #require(#expect(throws: LibvirtFailure.self) { try connection.create(xml: "<domain") })
            #expect(!bad.text.isEmpty && bad.code != 0 && !bad.meansAlreadyGone)
            try connection.create(xml: xml("tare-a-i2"))
            let twice = try #require(
                #expect(throws: LibvirtFailure.self) { try connection.create(xml: xml("tare-a-i2")) })
            #expect(twice.description.contains("tare-a-i2"))
            #expect(try connection.destroy(name: "tare-a-i2"))
        }

        @Test func tellsVersions() throws {
            for version in [try connection.libraryVersion(), try connection.hypervisorVersion()] {
                #expect(version.split(separator: ".").compactMap { Int($0) }.count == 3, "\(version)")
            }
            #expect(try connection.libraryVersion() != "0.0.0")
        }

        @Test func aClosedConnectionSaysSo() throws {
            let other = try LibvirtConnection(uri: "test:///default")
            other.close()
            other.close()
            let failure = try #require(#expect(throws: LibvirtFailure.self) { try other.runningDomains() })
            #expect(failure.text == "the connection to libvirt is closed")
            #expect(try connection.runningDomains() == ["test"])
        }

        @Test func aConnectionMayBeClosedWhileOthersUseIt() async throws {
            let other = try LibvirtConnection(uri: "test:///default")
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        for _ in 0..<50 {
                            if index == 0 { other.close() } else { _ = try? other.runningDomains() }
                        }
                    }
                }
            }
            #expect(throws: LibvirtFailure.self) { try other.runningDomains() }
        }

        @Test func saysWhatToDoWhereNothingAnswers() throws {
            let error = try #require(
                #expect(throws: TareError.self) {
                    _ = try LibvirtConnection(uri: "qemu+unix:///system?socket=/nowhere")
                })
            #expect(error.code == .hostLacks)
            #expect(error.message == "libvirt cannot open 'qemu+unix:///system?socket=/nowhere'")
            #expect(error.remedy?.contains("'uri: embed'") == true && error.cause?.isEmpty == false)
            let nonsense = try #require(
                #expect(throws: TareError.self) { _ = try LibvirtConnection(uri: "nonsense:///x") })
            #expect(nonsense.cause?.isEmpty == false)
            let embedded = LibvirtFailure(code: 1, domain: 1, text: "x").asConnectionError(uri: "qemu:///embed?root=/r")
            #expect(embedded.remedy?.contains("libvirt-daemon-driver-qemu") == true)
        }

        @Test func reapsADomainThatADeadRunLeft() throws {
            try connection.create(xml: xml("tare-dead-i7"))
            try LibvirtReaper.reap(intent: "test:///default tare-dead-i7")
            #expect(try connection.runningDomains() == ["test"])
            try LibvirtReaper.reap(intent: "test:///default tare-dead-i7")
            // Not even a journal that somebody wrote into makes it end a domain that is not tare's.
            for subject in ["test:///default test", "test:///default", "", "test:///default a tare-b"] {
                let error = try #require(
                    #expect(throws: TareError.self) { try LibvirtReaper.reap(intent: subject) })
                #expect(error.message == "the journal names a domain that is not tare's: \(subject)")
            }
            #expect(try connection.runningDomains() == ["test"])
        }
    }
}
