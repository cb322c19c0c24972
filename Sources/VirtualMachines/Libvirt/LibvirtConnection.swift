import BenchmarkModel
internal import CLibvirt
import Glibc
import Synchronization

/// A connection to a libvirt driver. All methods block; they may be called from any number of threads.
final class LibvirtConnection: Sendable {
    /// The URI as it was opened.
    let uri: String
    // Safe to share: libvirt's connections are thread-safe; the mutex guards only the pointer's life.
    private struct Handle: @unchecked Sendable { var pointer: OpaquePointer? }
    private let handle: Mutex<Handle>

    /// Opens a connection.
    ///
    /// - Throws: ``TareError`` (`hostLacks`) with libvirt's text and a remedy.
    init(uri: String) throws {
        try LibvirtRuntime.start()
        let opened = OrphanReaper.shared.whileReaping { virConnectOpen(uri) }
        guard let pointer = opened else { throw LibvirtFailure.last().asConnectionError(uri: uri) }
        self.uri = uri
        handle = Mutex(Handle(pointer: pointer))
    }

    deinit { close() }

    /// Closes it once calls that are under way have returned. Idempotent.
    func close() {
        let pointer = handle.withLock { handle in
            defer { handle.pointer = nil }
            return Handle(pointer: handle.pointer)
        }
        if let pointer = pointer.pointer { OrphanReaper.shared.whileReaping { _ = virConnectClose(pointer) } }
    }

    private func with<Value>(_ body: (OpaquePointer) throws -> Value) throws -> Value {
        // A reference of its own keeps the connection alive if another thread closes it meanwhile.
        let held = handle.withLock { handle in
            if let pointer = handle.pointer { virConnectRef(pointer) }
            return Handle(pointer: handle.pointer)
        }
        guard let pointer = held.pointer else {
            throw LibvirtFailure(code: 0, domain: 0, text: "the connection to libvirt is closed")
        }
        defer { virConnectClose(pointer) }
        // Any call may probe an emulator and wait for its end.
        return try OrphanReaper.shared.whileReaping { try body(pointer) }
    }

    /// The version of the libvirt library that serves the connection, such as `9.0.0`.
    func libraryVersion() throws -> String {
        try version(of: virConnectGetLibVersion)
    }

    /// The version of the hypervisor, such as `7.2.22`.
    func hypervisorVersion() throws -> String {
        try version(of: virConnectGetVersion)
    }

    private func version(of read: (OpaquePointer, UnsafeMutablePointer<UInt>) -> Int32) throws -> String {
        try with { pointer in
            var number: UInt = 0
            guard read(pointer, &number) == 0 else { throw LibvirtFailure.last() }
            return "\(number / 1_000_000).\(number / 1_000 % 1_000).\(number % 1_000)"
        }
    }

    /// Creates a transient domain and starts it.
    ///
    /// - Throws: ``LibvirtFailure``; libvirt leaves nothing of the domain then.
    func create(xml: String) throws {
        try with { pointer in
            // No flags: libvirt's embedded driver refuses VIR_DOMAIN_START_AUTODESTROY.
            guard let domain = virDomainCreateXML(pointer, xml, 0) else { throw LibvirtFailure.last() }
            virDomainFree(domain)
        }
    }

    /// Ends a domain and waits until libvirt has removed it.
    ///
    /// - Returns: false when there was no such domain any more.
    /// - Throws: ``LibvirtFailure``.
    @discardableResult
    func destroy(name: String) throws -> Bool {
        try with { pointer in
            guard let domain = virDomainLookupByName(pointer, name) else {
                let failure = LibvirtFailure.last()
                if failure.meansAlreadyGone { return false }
                throw failure
            }
            defer { virDomainFree(domain) }
            if virDomainDestroy(domain) != 0 {
                let failure = LibvirtFailure.last()
                if failure.meansAlreadyGone { return false }
                throw failure
            }
            return true
        }
    }

    /// Whether a domain runs: not paused, crashed or being shut down.
    ///
    /// - Throws: ``LibvirtFailure`` where there is no such domain.
    func isRunning(name: String) throws -> Bool {
        try with { pointer in
            guard let domain = virDomainLookupByName(pointer, name) else { throw LibvirtFailure.last() }
            defer { virDomainFree(domain) }
            var state: Int32 = 0
            guard virDomainGetState(domain, &state, nil, 0) == 0 else { throw LibvirtFailure.last() }
            return state == Int32(VIR_DOMAIN_RUNNING.rawValue)
        }
    }

    func runningDomains() throws -> [String] {
        try with { pointer in
            var domains: UnsafeMutablePointer<OpaquePointer?>?
            let count = virConnectListAllDomains(pointer, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE.rawValue)
            guard count >= 0, let domains else { throw LibvirtFailure.last() }
            defer { free(domains) }
            return (0..<Int(count)).compactMap { index in
                guard let domain = domains[index] else { return nil }
                defer { virDomainFree(domain) }
                return virDomainGetName(domain).map { String(cString: $0) }
            }
        }
    }
}
