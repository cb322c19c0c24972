import BenchmarkModel
import Images
import LinuxSystem

/// Boots the smallest guest under KVM and waits for the witness's first byte.
struct KVMTrial {
    let domains: LibvirtDomains
    let hardware: GuestHardware
    let user: QEMUUser
    let runDirectory: String
    let cgroup: String

    static let memoryBytes: UInt64 = 128 << 20

    /// - Throws: ``TareError`` where the trial cannot be made or its guest cannot be ended.
    func run(kernel: GuestKernel, witness: String, cache: ImageCache) async throws -> Accelerator.Outcome {
        let workload = Workload(
            name: "trial", image: .rootfs(path: "/"), command: ["/"], memoryBytes: KVMTrial.memoryBytes)
        let initramfs = try await cache.initramfs(
            kernel: kernel, witness: witness, workload: workload, devices: hardware.devices,
            furniture: Furniture(of: workload, temporary: []))
        let directory = "\(runDirectory)/k"
        try Reachable.directory(directory, for: user)
        defer { try? HostFiles.removeTree(directory) }
        let sockets = try TrialSockets(directory: directory, user: user)
        defer { sockets.close() }
        let name = runDirectory.split(separator: "/").last.map { "\($0)-kvm" } ?? "tare-kvm"
        let xml = DomainXML.text(
            DomainXML.Parameters(
                name: name, memoryBytes: KVMTrial.memoryBytes, cpus: 1, hardware: hardware, hardwareAccelerated: true,
                kernel: try Reachable.file(kernel.imagePath, in: directory, for: user),
                initramfs: try Reachable.file(initramfs.path, in: directory, for: user),
                commandLine: KernelCommandLine.text(for: hardware, .echo), disk: nil,
                consoleSocket: sockets.consolePath, marksSocket: sockets.marksPath,
                partition: domains.partition(in: cgroup)))
        try domains.announce(name)
        let instance: LibvirtInstance
        do {
            instance = try domains.create(xml: xml, name: name)
        } catch let failure as LibvirtFailure {
            return Accelerator.Outcome(of: failure, words: domains.words(of: failure, name: name))
        }
        let progress = sockets.waitForEntry(seconds: Accelerator.deadlineSeconds)
        try instance.stop(deadline: .seconds(10))
        return Accelerator.Outcome(of: progress, words: domains.words(of: nil, name: name))
    }
}

extension Accelerator.Outcome {
    /// Of a guest that was started.
    init(of progress: TrialSockets.Progress, words: String) {
        let place = "its first instruction in user space under KVM"
        switch progress {
        case .entered: self = .works
        case .late: self = .failed("a small guest did not reach \(place) within \(Accelerator.deadlineSeconds) s")
        case .ended: self = .failed("a small guest ended before \(place)" + (words.isEmpty ? "" : ": " + words))
        }
    }

    /// Of a guest that could not be started.
    init(of failure: LibvirtFailure, words: String) {
        let reason = "libvirt could not start a small guest under KVM: " + words
        if failure.meansBusy {
            self = .untried(reason)
        } else if failure.meansUnsupported {
            self = .refused(reason)
        } else {
            self = .failed(reason)
        }
    }
}
