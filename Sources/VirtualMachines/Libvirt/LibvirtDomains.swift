import BenchmarkModel
import Images
import LinuxSystem
import Synchronization

/// The domains of one connection: inside tare, or under a daemon of the host.
final class LibvirtDomains: Sendable {
    private let uri: String
    private let connection: LibvirtConnection
    /// Where the driver lives inside tare; nil under a daemon.
    private let root: EmbedRoot?
    private let daemon: LibvirtDaemon?
    private let journal: any Journal
    /// The journal's rows of domains that are to be closed.
    private let rows = Mutex<[String: Int64]>([:])

    /// Opens the connection.
    ///
    /// - Throws: ``TareError`` where libvirt or QEMU is missing.
    init(
        uri: String, isEmbedded: Bool, runDirectory: String, cacheDirectory: String, user: QEMUUser,
        journal: any Journal
    ) throws {
        self.uri = uri
        self.journal = journal
        LibvirtRuntime.logTo(runDirectory + "/libvirt.log")
        if isEmbedded {
            // The driver takes one root a process, so that all platforms of a run share it.
            let root = try EmbedRoot(directory: runDirectory + "/v", cacheDirectory: cacheDirectory, user: user)
            self.root = root
            daemon = nil
            connection = try LibvirtConnection(uri: root.uri)
        } else {
            root = nil
            daemon = LibvirtDaemon(uri: uri)
            connection = try LibvirtConnection(uri: uri)
        }
    }

    /// Of the hypervisor and of libvirt.
    ///
    /// - Throws: ``TareError``.
    func versions() throws -> (hypervisor: String, library: String) {
        do {
            return (try connection.hypervisorVersion(), try connection.libraryVersion())
        } catch let failure as LibvirtFailure {
            throw failure.asConnectionError(uri: uri)
        }
    }

    /// The ids of the daemon's processes.
    func daemons() -> [Int32] { daemon?.processes().map(\.pid) ?? [] }

    /// Below which control group libvirt is to put a domain; nil under a daemon, which has groups of its own.
    func partition(in group: String) -> String? { root == nil ? nil : group }

    /// Tells the journal of a domain that would outlive tare, before it exists. The embedded driver's domains end with the run's
    /// control group and directory.
    func announce(_ name: String) throws {
        guard root == nil else { return }
        let row = try journal.open(Intent(.domain, "\(uri) \(name)"))
        rows.withLock { $0[name] = row }
    }

    /// Creates a domain and starts it.
    ///
    /// - Parameters:
    ///   - askToEnd: has the command end, and with it the guest; nil where it is destroyed at once.
    ///   - volumes: removed once the domain is gone.
    /// - Throws: ``LibvirtFailure``; nothing is left of the domain then.
    func create(
        xml: String, name: String, askToEnd: (@Sendable () -> Void)? = nil, volumes: InstanceVolumes? = nil
    ) throws -> LibvirtInstance {
        do {
            try connection.create(xml: xml)
        } catch {
            closeRow(of: name)
            throw error
        }
        return LibvirtInstance(
            name: name, connection: connection,
            find: { [root, daemon] in
                EmulatorProcess.find(
                    domain: name, pidFiles: root?.pidFiles(of: name) ?? daemon?.pidFiles(of: name) ?? [])
            }, askToEnd: askToEnd, volumes: volumes,
            gone: { [weak self] in self?.closeRow(of: name) })
    }

    /// What libvirt said, and what QEMU wrote last besides, where tare may see it.
    func words(of failure: LibvirtFailure?, name: String) -> String {
        let log = root.map { HostFiles.tail($0.logFile(of: name), bytes: 4_096) } ?? ""
        let said = failure.map { [$0.text] } ?? []
        return (said + EmulatorLog.lastWords(of: log, beside: failure?.text ?? "")).joined(separator: " | ")
    }

    private func closeRow(of name: String) {
        let row = rows.withLock { $0.removeValue(forKey: name) }
        // A row that stays open only makes `tare clean` look for a domain that is gone.
        if let row { try? journal.close(row) }
    }

    /// Keeps what libvirt probed for later runs, and closes the connection.
    func close() {
        root?.keepCapabilities()
        connection.close()
    }
}
