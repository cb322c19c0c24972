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
        for path in layers + [directory] where path.utf8.contains(where: OverlayRoot.isSeparator) {
            throw TareError(
                .usage, "the path \(path) holds ':', ',' or '\\', which overlay mounts cannot take",
                remedy: "Use another cache directory (XDG_CACHE_HOME) or run directory (TARE_RUN_DIRECTORY).")
        }
        for path in [upper, work, merged] { try HostFiles.makeDirectory(path) }
        data = Mounts.overlayData(lower: layers, upper: upper, work: work)
    }

    /// By bytes: this is inside the measured time, and looking at whole characters takes ten times as long.
    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\\")
    }

    /// The mount as a step for a child in a mount namespace of its own.
    var step: SpawnStep {
        .mount(source: "overlay", target: merged, type: "overlay", flags: 0, data: data)
    }

    /// Mounts it in the calling process's namespace.
    func mount() throws {
        try Mounts.mount(source: "overlay", target: merged, type: "overlay", flags: 0, data: data)
    }

    /// Mounts it in the calling process's namespace with the host's /dev and /proc in it.
    ///
    /// - Returns: what was mounted, the innermost first.
    /// - Throws: ``SystemError``; nothing stays mounted then.
    func mountFurnished() throws -> [String] {
        var mounted: [String] = []
        do {
            try mount()
            mounted.insert(merged, at: 0)
            for source in ["/dev", "/proc"] {
                try HostFiles.makeDirectory(merged + source)
                try Mounts.mount(
                    source: source, target: merged + source, type: "none", flags: Mounts.Flag.bind, data: nil)
                mounted.insert(merged + source, at: 0)
            }
        } catch {
            for target in mounted { try? Mounts.unmount(target) }
            throw error
        }
        return mounted
    }
}
