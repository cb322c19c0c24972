import BenchmarkModel
import LinuxSystem

/// A private writable view of a shared read-only root filesystem: the per-instance layer of every platform but VMs.
struct OverlayRoot: Sendable {
    /// The upper, work and mount directories of one instance.
    let upper: String
    let work: String
    let merged: String
    /// Data for the mount.
    let data: String

    /// Makes the directories in the instance's own directory.
    init(directory: String, layers: [String]) throws {
        upper = directory + "/upper"
        work = directory + "/work"
        merged = directory + "/root"
        for path in layers + [directory] where !Mounts.overlayTakes(path) {
            throw TareError(
                .usage, "the path \(path) holds ':', ',' or '\\', which overlay mounts cannot take",
                remedy: "Use another cache directory (XDG_CACHE_HOME) or run directory (TARE_RUN_DIRECTORY).")
        }
        for path in [upper, work, merged] { try HostFiles.makeDirectory(path) }
        data = Mounts.overlayData(lower: layers, upper: upper, work: work)
    }

    /// The mount as a step for a child in a mount namespace of its own.
    var step: SpawnStep {
        .mount(source: "overlay", target: merged, type: "overlay", flags: 0, data: data)
    }

    /// Mounts it in the calling process's namespace.
    func mount() throws {
        try Mounts.mount(source: "overlay", target: merged, type: "overlay", flags: 0, data: data)
    }

    /// Mounts it in the calling process's namespace, with a /dev that was made for the instance and the host's /proc in it.
    ///
    /// - Returns: what was mounted, the innermost first.
    /// - Throws: ``SystemError``; nothing stays mounted then.
    func mountFurnished(dev: String) throws -> [String] {
        var mounted = [dev]
        do {
            try mount()
            mounted.insert(merged, at: 0)
            // With the terminals and the shared memory that are mounted in it.
            let whole = Mounts.Flag.bind | Mounts.Flag.recursive
            for (source, name, flags) in [(dev, "/dev", whole), ("/proc", "/proc", Mounts.Flag.bind)] {
                try HostFiles.makeDirectory(merged + name)
                try Mounts.mount(source: source, target: merged + name, type: "none", flags: flags, data: nil)
                mounted.insert(merged + name, at: 0)
            }
        } catch {
            for target in mounted { try? Mounts.unmount(target) }
            throw error
        }
        return mounted
    }
}
