import BenchmarkModel
import Synchronization
import TestSupport
import Testing

@testable import VirtualMachines

extension FakeLibvirtTests {
    /// Against libvirt's own fake, in the place of a daemon whose domains would outlive tare.
    @Suite struct LibvirtDomainsTests {
        private final class RecordingJournal: Journal {
            private let state = Mutex<[Int64: String]>([:])
            private let count = Atomic<Int64>(0)

            func open(_ intent: Intent) throws -> Int64 {
                let row = count.add(1, ordering: .relaxed).newValue
                state.withLock { $0[row] = "\(intent.kind) \(intent.subject)" }
                return row
            }

            func close(_ row: Int64) throws { _ = state.withLock { $0.removeValue(forKey: row) } }

            var open: [String] { state.withLock { $0.values.sorted() } }
        }

        private let scratch: TemporaryDirectory
        private let journal = RecordingJournal()
        private let domains: LibvirtDomains

        init() throws {
            scratch = try TemporaryDirectory()
            // It stays for this process, longer than the directory.
            LibvirtRuntime.logTo("/dev/null")
            domains = try LibvirtDomains(
                uri: "test:///default", isEmbedded: false, runDirectory: scratch.path, cacheDirectory: scratch.path,
                user: QEMUUser(name: "u", group: "g", uid: 1, gid: 1), journal: journal)
        }

        private func xml(_ name: String) -> String {
            "<domain type='test'><name>\(name)</name><memory>8192</memory><os><type>hvm</type></os></domain>"
        }

        @Test func aDomainIsInTheJournalAsLongAsItIsThere() throws {
            try domains.announce("tare-e-i1")
            #expect(journal.open == ["domain test:///default tare-e-i1"])
            let instance = try domains.create(xml: xml("tare-e-i1"), name: "tare-e-i1")
            #expect(journal.open.count == 1)
            try instance.stop(deadline: .seconds(5))
            #expect(journal.open.isEmpty)
            try instance.stop(deadline: .seconds(5))
        }

        @Test func oneThatCouldNotBeStartedIsInNoJournal() throws {
            try domains.announce("tare-e-i2")
            let failure = try #require(
                #expect(throws: LibvirtFailure.self) { _ = try domains.create(xml: "<domain", name: "tare-e-i2") })
            #expect(journal.open.isEmpty)
            // There is no log of QEMU that tare may see.
            #expect(domains.words(of: failure, name: "tare-e-i2") == failure.text)
        }

        @Test func leavesItsGroupToTheDaemon() {
            #expect(domains.partition(in: "/tare-x.run") == nil)
        }
    }
}
