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
    /// Without a port for the output where the kernel has no driver for it.
    private let found: Mutex<GuestHardware>
    private var hardware: GuestHardware { found.withLock { $0 } }
    private let cache: ImageCache
    private let witness: String
    private let runDirectory: String
    private let cgroup: String
    private let user: QEMUUser
    private let domains: LibvirtDomains
    private let cacheDirectory: String
    private let triesKVMAgain: Bool
    private let isAccelerated = Mutex(false)
    /// Whether the device can be opened, and not only its file is there.
    private let hasVhost: Bool

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
        found = Mutex(.pc(machine: settings.machine))
        self.cache = cache
        self.witness = witness
        self.runDirectory = runDirectory
        self.cgroup = cgroup
        self.cacheDirectory = cacheDirectory
        self.triesKVMAgain = triesKVMAgain
        let vhost = open("/dev/vhost-net", O_RDWR | O_CLOEXEC)
        hasVhost = vhost >= 0
        if vhost >= 0 { Glibc.close(vhost) }
        user = try QEMUUser.find()
        channelKind = .sockets(user: user.uid, group: user.gid)
        try Reachable.directory(runDirectory, for: user)
        domains = try LibvirtDomains(
            uri: settings.uri, isEmbedded: settings.isEmbedded, runDirectory: runDirectory,
            cacheDirectory: cacheDirectory, user: user, journal: journal)
    }

    /// Finds the guest kernel, tries KVM where that is not known yet, and reads all versions.
    package func probe() async throws -> PlatformRecord {
        let kernel = try await kernel()
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
                Fact(
                    "the workload's output",
                    hardware.output == nil
                        ? "over the serial console, together with the kernel's messages: the kernel has no driver for virtio "
                            + "consoles"
                        : "over a port of a virtio console; the kernel's messages over the serial console"),
                Fact(
                    "network interface, where a workload has one",
                    isVhost(accelerated: choice.hardware)
                        ? "\(hardware.network.model), its packets moved by the host's kernel (vhost)"
                        : "\(hardware.network.model), its packets moved by QEMU, without vhost"),
                Fact("private disk", LibvirtPlatform.privateDisk),
                Fact("guest kernel", "\(kernel.version) (\(kernel.origin))", mustAgree: true),
                Fact("guest kernel command line", KernelCommandLine.text(for: hardware, .workload)),
            ], emulated: !choice.hardware)
    }

    /// What becomes of what a guest writes to its own root, in words.
    private static let privateDisk =
        "a copy-on-write layer (\(DomainXML.Cache.unsafe.words)); of commands that end ('completed') and of workloads with volumes "
        + DomainXML.Cache.writeback.words

    /// Only under hardware virtualisation is the host's kernel used by libvirt for that.
    private func isVhost(accelerated: Bool) -> Bool { accelerated && hasVhost }

    private func interface(of request: LaunchRequest) -> DomainXML.Interface? {
        request.place.map { place in
            DomainXML.Interface(
                bridge: place.bridgeName, link: place.linkName, hardwareAddress: place.hardwareWords,
                isVhost: isVhost(accelerated: isAccelerated.withLock { $0 }))
        }
    }

    /// The guest's kernel. One that lacks the driver of the port for the output has the console for it.
    ///
    /// - Parameter further: drivers besides those that every guest needs.
    private func kernel(_ further: [String] = []) async throws -> GuestKernel {
        do {
            return try await cache.guestKernel(named: settings.kernel, drivers: hardware.drivers + further)
        } catch let error as TareError where hardware.output?.drivers.contains(error.concerns ?? "") == true {
            found.withLock { $0 = $0.withoutOutput }
            return try await cache.guestKernel(named: settings.kernel, drivers: hardware.drivers + further)
        }
    }

    /// All that decides whether a guest boots under KVM.
    private func question(hypervisor version: String, _ kernel: GuestKernel) -> String {
        [
            settings.uri, "QEMU \(version)", "kernel \(kernel.identity)",
            KernelCommandLine.text(for: hardware, .echo), hardware.identity,
        ].joined(separator: "; ")
    }

    /// Builds or finds disk, kernel and initramfs, and puts them where QEMU reaches them.
    package func prepare(_ workload: Workload) async throws -> PreparedWorkload {
        let tree = try await cache.rootFilesystem(workload.image)
        let workload = try tree.completing(workload)
        let disk = try await cache.guestDisk(of: tree)
        let kernel = try await kernel(workload.network == .bridge ? [hardware.network.driver] : [])
        let furniture = try MountPoints.furniture(of: workload, in: tree.path)
        let initramfs = try await cache.initramfs(
            kernel: kernel, witness: witness, workload: workload, devices: hardware.devices, furniture: furniture)
        try GuestMemory.check(workload, kernel: kernel.imagePath, initramfs: initramfs.bytes)
        let start = MonotonicClock.now()
        let directory = "\(runDirectory)/d"
        try Reachable.directory(directory, for: user)
        let (volumes, volumeSteps) = try await self.volumes.prepare(
            workload, furniture, runName: LibvirtPlatform.name(ofRunIn: runDirectory), tree: tree.path)
        let layerCache: DomainXML.Cache = workload.needsHonestDisk ? .writeback : .unsafe
        // QEMU's user cannot reach the cache, which may be in a home directory.
        let guest = PreparedGuest(
            kernel: try Reachable.file(kernel.imagePath, in: directory, for: user),
            initramfs: try Reachable.file(initramfs.path, in: directory, for: user),
            base: try Reachable.file(disk.path, in: directory, for: user),
            layerTemplate: try await QCOW2.template(
                over: "\(directory)/\(Reachable.name(of: disk.path))",
                scratch: "\(directory)/template-\(spec.name)-\(workload.name)"),
            layerCache: layerCache, volumes: volumes)
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        func step(_ name: String, _ item: CachedItem) -> Preparation {
            item.preparation(name, workload: workload.name, platform: spec.name)
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
                    workload: workload.name, platform: spec.name,
                    step: "disk where QEMU reaches it, layer template (\(layerCache.words))",
                    seconds: seconds, cached: false),
            ] + volumeSteps, payload: guest)
    }

    private var volumes: GuestVolumes { GuestVolumes(user: user, platform: spec.name) }

    private static func name(ofRunIn directory: String) -> String {
        directory.split(separator: "/").last.map(String.init) ?? directory
    }

    /// Makes the disks of volumes, and tells the journal of a domain that would outlive tare, before t0.
    package func stage(_ request: LaunchRequest) throws {
        try volumes.stage(request, guest(of: request).volumes)
        do {
            try domains.announce(request.name)
        } catch {
            try? InstanceVolumes(of: request).remove()
            throw error
        }
    }

    private func guest(of request: LaunchRequest) throws -> PreparedGuest {
        guard let guest = request.prepared.payload as? PreparedGuest else {
            throw TareError(.failed, "\(request.prepared.workload.name) was prepared by another platform")
        }
        return guest
    }

    /// Copies the private layer, writes the XML and creates the domain; all of it is inside the measured time.
    package func launch(_ request: LaunchRequest) throws -> any Instance {
        let guest = try guest(of: request)
        let volumes = InstanceVolumes(of: request)
        do {
            return try launch(request, guest, volumes)
        } catch {
            try? volumes.remove()
            throw error
        }
    }

    private func launch(
        _ request: LaunchRequest, _ guest: PreparedGuest, _ volumes: InstanceVolumes
    ) throws -> LibvirtInstance {
        let layer = request.directory + "/disk.qcow2"
        try HostFiles.create(layer, bytes: guest.layerTemplate, mode: 0o600)
        guard chown(layer, user.uid, user.gid) == 0 else { throw SystemError("giving \(layer) to \(user.name)") }
        let xml = DomainXML.text(
            DomainXML.Parameters(
                name: request.name, memoryBytes: request.prepared.workload.memoryBytes,
                cpus: request.prepared.workload.cpus, hardware: hardware,
                hardwareAccelerated: isAccelerated.withLock { $0 }, kernel: guest.kernel,
                initramfs: guest.initramfs,
                commandLine: KernelCommandLine.text(for: hardware, request.purpose, at: request.place),
                disk: DomainXML.Disk(
                    layer: layer, base: guest.base, cache: guest.layerCache,
                    serial: guest.volumes.isEmpty ? nil : Furniture.rootSerial),
                volumes: self.volumes.disks(of: request, guest.volumes), consoleSocket: request.marks.consoleSocketPath,
                marksSocket: request.marks.marksSocketPath, outputSocket: request.marks.outputSocketPath,
                partition: domains.partition(in: request.cgroup), pinnedTo: request.cpus.map(CPUList.text),
                interface: interface(of: request)))
        do {
            // The witness still listens where the suite names a signal.
            let marks = request.marks
            let ask: @Sendable () -> Void = { marks.askToEnd() }
            return try domains.create(
                xml: xml, name: request.name, askToEnd: request.stopSignal == nil ? nil : ask, volumes: volumes)
        } catch let failure as LibvirtFailure {
            throw TareError(
                .platform, "libvirt could not start the domain \(request.name)",
                remedy: "'tare doctor' tries the platform by itself.",
                cause: domains.words(of: failure, name: request.name))
        }
    }

    package func daemons() -> Daemons { Daemons(pids: domains.daemons()) }

    package func close() async { domains.close() }
}
