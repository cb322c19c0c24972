import BenchmarkModel
import Glibc
import Images
import LinuxSystem

/// A workload's volumes as disks of its guests: an empty file system is made once a run, and copied for every instance.
struct GuestVolumes {
    let user: QEMUUser
    let platform: String

    /// Makes the empty file systems, in the run's own directories on the file systems that the suite names.
    ///
    /// - Parameters:
    ///   - workload: with what its image says.
    ///   - runName: `tare-RUN`.
    ///   - tree: the image's root filesystem, in which the workload's user is looked up.
    /// - Throws: ``TareError``, also where QEMU's user could not reach them.
    func prepare(
        _ workload: Workload, _ furniture: Furniture, runName: String, tree: String
    ) async throws -> (volumes: [PreparedVolume], steps: [Preparation]) {
        var volumes: [PreparedVolume] = []
        var steps: [Preparation] = []
        for (index, volume) in workload.volumes.enumerated() {
            if let barrier = Reachable.barrier(on: volume.directory, for: user) {
                throw TareError(
                    .hostLacks,
                    "the user \(user.name), as whom guests run, cannot reach the volume's directory \(volume.directory): "
                        + "\(barrier) is closed to others",
                    remedy: "Open it (chmod o+x \(barrier)), or name another directory with 'in:'.",
                    concerns: "volumes")
            }
            let start = MonotonicClock.now()
            let place = volume.place(ofRun: runName)
            try Reachable.directory(place, for: user)
            let template = "\(place)/\(VolumeSpec.templatePrefix)\(platform)-\(workload.name)-\(index)"
            try await VolumeDisk.makeTemplate(
                bytes: volume.bytes, for: VolumeOwner(of: workload, in: tree), at: template)
            let cache: DomainXML.Cache = VolumeDisk.takesDirectAccess(template) ? .none : .writeback
            volumes.append(
                PreparedVolume(template: template, serial: furniture.volumes[index].serial, cache: cache))
            steps.append(
                Preparation(
                    workload: workload.name, platform: platform,
                    step: "disk of the volume \(volume.path) on \(volume.directory) (\(cache.words))",
                    seconds: Double(MonotonicClock.now() - start) / 1e9, cached: false))
        }
        return (volumes, steps)
    }

    /// Copies the empty file systems for an instance.
    ///
    /// - Throws: ``SystemError``; nothing is left then.
    func stage(_ request: LaunchRequest, _ prepared: [PreparedVolume]) throws {
        let volumes = InstanceVolumes(of: request)
        try volumes.make(for: VolumeOwner())
        do {
            for (directory, volume) in zip(volumes.directories, prepared) {
                try Reachable.directory(directory, for: user)
                let file = GuestVolumes.file(in: directory)
                try VolumeDisk.copy(volume.template, to: file)
                guard chown(file, user.uid, user.gid) == 0 else { throw SystemError("giving \(file) to \(user.name)") }
            }
        } catch {
            try? volumes.remove()
            throw error
        }
    }

    /// The disks of an instance as its domain has them.
    func disks(of request: LaunchRequest, _ prepared: [PreparedVolume]) -> [DomainXML.Volume] {
        zip(request.volumeDirectories, prepared).map { directory, volume in
            DomainXML.Volume(
                file: GuestVolumes.file(in: directory), serial: volume.serial, cache: volume.cache)
        }
    }

    private static func file(in directory: String) -> String { "\(directory)/\(VolumeDisk.name)" }
}

extension DomainXML.Cache {
    /// What it does, as it stands behind the name of a disk.
    var words: String {
        switch self {
        case .unsafe: "cache=unsafe: its flushes are ignored"
        case .writeback: "cache=writeback: through the host's page cache, and its flushes reach the disk"
        case .none: "cache=none: past the host's page cache, and its flushes reach the disk"
        }
    }
}
