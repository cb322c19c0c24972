import BenchmarkModel
import Glibc
import LinuxSystem

/// What is mounted for an instance without mounts of its own, before it is asked for: in tare's mount namespace, instrumentation for
/// parity, and no part of a start. It is moved into the instance's root when that is there.
struct StagedRoot {
    private static let tops = ["/dev", "/proc", "/sys"]
    private let directory: String

    /// - Parameter directory: the instance's own directory on the host.
    init(in directory: String) { self.directory = directory + "/furniture" }

    /// Makes it.
    ///
    /// - Throws: ``SystemError``; nothing stays mounted then.
    func make(_ root: InstanceRoot, _ furniture: Furniture, view: InstanceRoot.GroupView, online: String?) throws {
        try HostFiles.makeDirectory(directory)
        do {
            for step in root.steps(furniture, at: directory, view: view, online: online) { try step.perform() }
        } catch {
            unmount()
            throw error
        }
    }

    /// Moves it into a root that is mounted.
    ///
    /// - Throws: ``SystemError``.
    func move(into root: String) throws {
        for top in StagedRoot.tops {
            try HostFiles.makeDirectory(root + top)
            try Mounts.move(directory + top, to: root + top)
        }
    }

    /// Takes away what was not moved.
    func unmount() {
        for top in StagedRoot.tops { try? Mounts.unmount(directory + top) }
    }
}

extension OverlayRoot {
    /// Mounts it in the calling process's namespace, with what was made for the instance beforehand in it.
    ///
    /// - Throws: ``SystemError``; nothing stays mounted then.
    func mountFurnished(_ staged: StagedRoot, then steps: [SpawnStep]) throws {
        do {
            try mount()
            try staged.move(into: merged)
            for step in steps { try step.perform() }
        } catch {
            staged.unmount()
            try? Mounts.unmount(merged)
            throw error
        }
    }
}
