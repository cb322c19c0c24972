package import BenchmarkModel
import Foundation
import Glibc
package import Images
import LinuxSystem
import Synchronization

/// A virtual machine that libvirt runs: direct kernel boot, root on a virtio disk with a private copy-on-write layer over one
/// shared read-only base, marks over a serial port.
package final class LibvirtPlatform: Platform {
    package let spec: PlatformSpec
    package let channelKind: ChannelKind
    package let livenessCheck = "QEMU lives, and libvirt calls the domain running"
    private let settings: LibvirtSettings
    private let hardware: GuestHardware
    private let cache: ImageCache
    private let witness: String
    private let runDirectory: String
    private let cgroup: String
    private let user: QEMUUser
    private let domains: LibvirtDomains
    private let cacheDirectory: String
    private let triesKVMAgain: Bool
    private let isAccelerated = Mutex(false)

    /// Opens the connection.
    ///
    /// - Parameters:
    ///   - witness: the path of the witness binary on the host.
    ///   - runDirectory: the run's directory; libvirt's own files go below it.
    ///   - cacheDirectory: where what was found out is remembered from run to run.
    ///   - cgroup: the run's cgroup.
    ///   - journal: told of every domain of an external daemon before it exists.
    ///   - triesKVMAgain: whether a guest is tried under KVM even where the answer is remembered.
    /// - Throws: ``TareError`` when libvirt or QEMU is missing.
    package init(
        spec: PlatformSpec, settings: LibvirtSettings, cache: ImageCache, witness: String, runDirectory: String,
        cacheDirectory: String, cgroup: String, journal: any Journal, triesKVMAgain: Bool = false
    ) throws {
        self.spec = spec
        self.settings = settings
        hardware = .pc(machine: settings.machine)
        self.cache = cache
        self.witness = witness
        self.runDirectory = runDirectory
        self.cgroup = cgroup
        self.cacheDirectory = cacheDirectory
        self.triesKVMAgain = triesKVMAgain
        user = try QEMUUser.find()
        channelKind = .sockets(user: user.uid, group: user.gid)
        try Reachable.directory(runDirectory, for: user)
        domains = try LibvirtDomains(
            uri: settings.uri, isEmbedded: settings.isEmbedded, runDirectory: runDirectory,
            cacheDirectory: cacheDirectory, user: user, journal: journal)
    }

    /// Finds the guest kernel, tries KVM where that is not known yet, and reads all versions.
    package func probe() async throws -> PlatformRecord {
        let kernel = try await cache.guestKernel(named: settings.kernel, drivers: hardware.drivers)
        let (version, library) = try domains.versions()
        let choice = try await Accelerator.choose(
            settings.accelerator, triesAgain: triesKVMAgain, question: question(hypervisor: version, kernel),
            memory: AcceleratorMemory(cacheDirectory: cacheDirectory)
        ) {
            let trial = KVMTrial(
                domains: domains, hardware: hardware, user: user, runDirectory: runDirectory, cgroup: cgroup)
            return try await trial.run(kernel: kernel, witness: witness, cache: cache)
        }
        isAccelerated.withLock { $0 = choice.hardware }
        return PlatformRecord(
            platform: spec.name,
            details: [
                Fact("accelerator", choice.hardware ? "kvm" : "tcg (software emulation)", mustAgree: true),
                Fact("why this accelerator", choice.reason),
                Fact("libvirt", "\(library), \(settings.uri)", mustAgree: true),
                Fact("QEMU", version, mustAgree: true),
                Fact("machine", hardware.machine, mustAgree: true),
                Fact("guest kernel", "\(kernel.version) (\(kernel.origin))", mustAgree: true),
                Fact("guest kernel command line", KernelCommandLine.text(for: hardware, echo: false)),
            ], emulated: !choice.hardware)
    }

    /// All that decides whether a guest boots under KVM.
    private func question(hypervisor version: String, _ kernel: GuestKernel) -> String {
        [
            settings.uri, "QEMU \(version)", "kernel \(kernel.identity)",
            KernelCommandLine.text(for: hardware, echo: true), hardware.identity,
        ].joined(separator: "; ")
    }

    /// Builds or finds disk, kernel and initramfs, and puts them where QEMU reaches them.
    package func prepare(_ workload: Workload) async throws -> PreparedWorkload {
        let tree = try await cache.rootFilesystem(workload.image)
        let disk = try await cache.guestDisk(of: tree)
        let kernel = try await cache.guestKernel(named: settings.kernel, drivers: hardware.drivers)
        let initramfs = try await cache.initramfs(
            kernel: kernel, witness: witness, workload: workload, devices: hardware.devices)
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
    package func stage(_ request: LaunchRequest) throws {
        try domains.announce(request.name)
    }

    /// Copies the private layer, writes the XML and creates the domain; all of it is inside the measured time.
    package func launch(_ request: LaunchRequest) throws -> any Instance {
        guard let guest = request.prepared.payload as? PreparedGuest else {
            throw TareError(.failed, "\(request.prepared.workload.name) was prepared by another platform")
        }
        let layer = request.directory + "/disk.qcow2"
        try HostFiles.create(layer, bytes: guest.layerTemplate, mode: 0o600)
        guard chown(layer, user.uid, user.gid) == 0 else { throw SystemError("giving \(layer) to \(user.name)") }
        let xml = DomainXML.text(
            DomainXML.Parameters(
                name: request.name, memoryBytes: request.prepared.workload.memoryBytes,
                cpus: request.prepared.workload.cpus, hardware: hardware,
                hardwareAccelerated: isAccelerated.withLock { $0 }, kernel: guest.kernel,
                initramfs: guest.initramfs,
                commandLine: KernelCommandLine.text(for: hardware, echo: request.purpose == .echo),
                disk: DomainXML.Disk(layer: layer, base: guest.base), consoleSocket: request.marks.consoleSocketPath,
                marksSocket: request.marks.marksSocketPath, partition: domains.partition(in: request.cgroup)))
        do {
            return try domains.create(xml: xml, name: request.name)
        } catch let failure as LibvirtFailure {
            throw TareError(
                .platform, "libvirt could not start the domain \(request.name)",
                remedy: "'tare doctor' tries the platform by itself.",
                cause: domains.words(of: failure, name: request.name))
        }
    }

    package func daemons() -> [Int32] { domains.daemons() }

    package func close() async { domains.close() }
}
