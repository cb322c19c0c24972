public import BenchmarkModel
import Foundation
import Glibc
public import Images
import LinuxSystem
import Synchronization

/// A virtual machine that libvirt runs: direct kernel boot, root on a virtio disk with a private copy-on-write layer over one
/// shared read-only base, marks over a serial port.
public final class LibvirtPlatform: Platform {
    /// The specification it was made from.
    public let spec: PlatformSpec
    /// QEMU connects to sockets on which tare listens.
    public let channelKind: ChannelKind
    /// What is looked at to see whether an instance lives.
    public let livenessCheck =
        "QEMU lives, and libvirt calls the domain running"
    private let settings: LibvirtSettings
    private let cache: ImageCache
    private let witness: String
    private let runDirectory: String
    private let cgroup: String
    private let journal: any Journal
    private let user: QEMUUser
    private let root: EmbedRoot?
    private let connection: LibvirtConnection
    private let cacheDirectory: String
    private struct State {
        var accelerated = false
        var rows: [String: Int64] = [:]
    }
    private let state = Mutex(State())

    /// Opens the connection.
    ///
    /// - Parameters:
    ///   - witness: the path of the witness binary on the host.
    ///   - runDirectory: the run's directory; libvirt's own files go below it.
    ///   - cacheDirectory: where what was found out is remembered from run to run.
    ///   - cgroup: the run's cgroup.
    ///   - journal: told of every domain of an external daemon before it exists.
    /// - Throws: ``TareError`` when libvirt or QEMU is missing.
    public init(
        spec: PlatformSpec, settings: LibvirtSettings, cache: ImageCache, witness: String, runDirectory: String,
        cacheDirectory: String, cgroup: String, journal: any Journal
    ) throws {
        self.spec = spec
        self.settings = settings
        self.cache = cache
        self.witness = witness
        self.runDirectory = runDirectory
        self.cgroup = cgroup
        self.journal = journal
        self.cacheDirectory = cacheDirectory
        user = try QEMUUser.find()
        channelKind = .sockets(user: user.uid, group: user.gid)
        try Reachable.directory(runDirectory, for: user)
        LibvirtRuntime.logTo(runDirectory + "/libvirt.log")
        if settings.uri == "embed" {
            let root = try EmbedRoot.shared(runDirectory: runDirectory, cacheDirectory: cacheDirectory, user: user)
            self.root = root
            connection = try LibvirtConnection(uri: root.uri)
        } else {
            root = nil
            connection = try LibvirtConnection(uri: settings.uri)
        }
    }

    /// Finds the guest kernel, tries KVM where that is not known yet, and reads all versions.
    public func probe() async throws -> PlatformRecord {
        let kernel = try await cache.guestKernel(named: settings.kernel)
        let (version, library) = try versions()
        let choice = try await Accelerator.choose(
            settings.accelerator, cacheDirectory: cacheDirectory, identity: "\(version) \(kernel.identity)"
        ) { try await self.trialUnderKVM(kernel) }
        state.withLock { $0.accelerated = choice.hardware }
        return PlatformRecord(
            platform: spec.name,
            details: [
                Fact("accelerator", choice.hardware ? "kvm" : "tcg (software emulation)", mustAgree: true),
                Fact("why this accelerator", choice.reason),
                Fact("libvirt", "\(library), \(settings.uri)", mustAgree: true),
                Fact("QEMU", version, mustAgree: true),
                Fact("machine", settings.machine, mustAgree: true),
                Fact("guest kernel", "\(kernel.version) (\(kernel.origin))", mustAgree: true),
                Fact("guest kernel command line", KernelCommandLine.text(echo: false)),
            ], emulated: !choice.hardware)
    }

    /// Of the hypervisor and of libvirt.
    private func versions() throws -> (hypervisor: String, library: String) {
        do {
            return (try connection.hypervisorVersion(), try connection.libraryVersion())
        } catch let failure as LibvirtFailure {
            throw failure.asConnectionError(uri: settings.uri)
        }
    }

    /// Builds or finds disk, kernel and initramfs, and puts them where QEMU reaches them.
    public func prepare(_ workload: Workload) async throws -> PreparedWorkload {
        let tree = try await cache.rootFilesystem(workload.image)
        let disk = try await cache.guestDisk(of: tree)
        let kernel = try await cache.guestKernel(named: settings.kernel)
        let initramfs = try await cache.initramfs(kernel: kernel, witness: witness, workload: workload)
        try GuestMemory.check(workload, kernel: kernel.imagePath, initramfs: initramfs.bytes)
        let start = MonotonicClock.now()
        let directory = "\(runDirectory)/d"
        try Reachable.directory(directory, for: user)
        // QEMU's user cannot reach the cache, which may be in a home directory.
        let guest = PreparedGuest(
            kernel: try Reachable.file(kernel.imagePath, in: directory, for: user),
            initramfs: try Reachable.file(initramfs.path, in: directory, for: user),
            base: try Reachable.file(disk.path, in: directory, for: user),
            layerTemplate: try await QCOW2.template(
                over: "\(directory)/\(Reachable.name(of: disk.path))",
                scratch: "\(directory)/template-\(spec.name)-\(workload.name)"))
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        func step(_ name: String, _ item: CachedItem) -> Preparation {
            Preparation(
                workload: workload.name, platform: spec.name, step: name, seconds: item.seconds, cached: item.cached,
                identity: item.identity)
        }
        return PreparedWorkload(
            workload: workload,
            steps: [
                step("root filesystem", tree), step("guest disk", disk),
                Preparation(
                    workload: workload.name, platform: spec.name, step: "guest kernel", seconds: kernel.seconds,
                    cached: kernel.cached, identity: kernel.identity),
                step("guest initramfs", initramfs),
                Preparation(
                    workload: workload.name, platform: spec.name, step: "disk where QEMU reaches it, layer template",
                    seconds: seconds, cached: false),
            ], payload: guest)
    }

    /// Tells the journal of a domain that would outlive tare, before t0.
    public func stage(_ request: LaunchRequest) throws {
        try announce(request.name)
    }

    private func announce(_ name: String) throws {
        // The embedded driver's domains end with the run's cgroup and directory; those of a daemon outlive tare.
        guard root == nil else { return }
        let row = try journal.open(Intent(.domain, "\(settings.uri) \(name)"))
        state.withLock { $0.rows[name] = row }
    }

    /// Copies the private layer, writes the XML and creates the domain; all of it is inside the measured time.
    public func launch(_ request: LaunchRequest) throws -> any Instance {
        guard let guest = request.prepared.payload as? PreparedGuest else {
            throw TareError(.failed, "\(request.prepared.workload.name) was prepared by another platform")
        }
        let layer = request.directory + "/disk.qcow2"
        try HostFiles.create(layer, bytes: guest.layerTemplate, mode: 0o600)
        guard chown(layer, user.uid, user.gid) == 0 else { throw SystemError("giving \(layer) to \(user.name)") }
        let xml = DomainXML.text(
            DomainXML.Parameters(
                name: request.name, memoryBytes: request.prepared.workload.memoryBytes,
                cpus: request.prepared.workload.cpus, machine: settings.machine,
                hardwareAccelerated: state.withLock { $0.accelerated }, kernel: guest.kernel,
                initramfs: guest.initramfs, commandLine: KernelCommandLine.text(echo: request.purpose == .echo),
                disk: DomainXML.Disk(layer: layer, base: guest.base), consoleSocket: request.marks.consoleSocketPath,
                marksSocket: request.marks.marksSocketPath, partition: root == nil ? nil : request.cgroup))
        return try start(xml: xml, name: request.name)
    }

    private func start(xml: String, name: String) throws -> LibvirtInstance {
        do {
            try connection.create(xml: xml)
        } catch {
            closeRow(of: name)
            let log = root.map { HostFiles.tail("\($0.path)/log/\(name).log", bytes: 1_024) } ?? ""
            let last = log.split(separator: "\n").suffix(2).joined(separator: " | ")
            throw TareError(
                .platform, "libvirt could not start the domain \(name)",
                remedy: "'tare doctor' tries the platform by itself.",
                cause: "\(error)" + (last.isEmpty ? "" : " | \(last)"))
        }
        return LibvirtInstance(
            name: name, connection: connection, emulator: EmulatorProcess.running(domain: name).first,
            gone: { [weak self] in self?.closeRow(of: name) })
    }

    private func closeRow(of name: String) {
        let row = state.withLock { $0.rows.removeValue(forKey: name) }
        // A row that stays open only makes `tare clean` look for a domain that is gone.
        if let row { try? journal.close(row) }
    }

    /// Keeps what libvirt probed for later runs, and closes the connection.
    public func close() async {
        root?.keepCapabilities()
        connection.close()
    }

    /// Boots the smallest guest under KVM and waits for the witness's first byte.
    private func trialUnderKVM(_ kernel: GuestKernel) async throws -> String? {
        let workload = Workload(name: "trial", image: .rootfs(path: "/"), command: ["/"], memoryBytes: 128 << 20)
        let initramfs = try await cache.initramfs(kernel: kernel, witness: witness, workload: workload)
        let directory = "\(runDirectory)/k"
        try Reachable.directory(directory, for: user)
        defer { try? HostFiles.removeTree(directory) }
        let trial = try AcceleratorTrial(directory: directory, user: user)
        defer { trial.close() }
        let name = runDirectory.split(separator: "/").last.map { "\($0)-kvm" } ?? "tare-kvm"
        let xml = DomainXML.text(
            DomainXML.Parameters(
                name: name, memoryBytes: 128 << 20, cpus: 1, machine: settings.machine, hardwareAccelerated: true,
                kernel: try Reachable.file(kernel.imagePath, in: directory, for: user),
                initramfs: try Reachable.file(initramfs.path, in: directory, for: user),
                commandLine: KernelCommandLine.text(echo: true), disk: nil, consoleSocket: trial.consolePath,
                marksSocket: trial.marksPath, partition: root == nil ? nil : cgroup))
        try announce(name)
        let instance: LibvirtInstance
        do {
            instance = try start(xml: xml, name: name)
        } catch let error as TareError {
            return "libvirt could not start a small guest under KVM: \(error.cause ?? error.message)"
        }
        let entered = trial.waitForEntry(seconds: Accelerator.deadlineSeconds)
        try instance.stop(deadline: .seconds(10))
        return entered
            ? nil
            : "a small guest did not reach its first instruction within \(Accelerator.deadlineSeconds) s under KVM"
    }
}

extension EmbedRoot {
    /// The run's one root: several platforms of a suite may use it, and the driver takes one root a process.
    static func shared(runDirectory: String, cacheDirectory: String, user: QEMUUser) throws -> EmbedRoot {
        try EmbedRoot(directory: runDirectory + "/v", cacheDirectory: cacheDirectory, user: user)
    }
}
