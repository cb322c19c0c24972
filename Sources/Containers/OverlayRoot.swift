import BenchmarkModel
import Glibc
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
        // The root directory of the instance, whatever mask tare was started with.
        chmod(upper, 0o755)
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
}
