/// A directory of tare's own on a named file system of the host, which an instance sees: so that figures of a disk are of that
/// disk.
///
/// A container has the directory itself, bound. A guest has an ext4 disk of ``bytes`` in it, whose flushes are honoured: that is
/// what each of the two can have of a file system of the host, and an inherent difference between them.
package struct VolumeSpec: Sendable, Equatable, Codable {
    /// Where the instance sees it: an absolute path without links, not the root.
    package var path: String
    /// A directory of the host; tare makes a new one in it for each instance, and removes that with the instance.
    package var directory: String
    /// The size of a guest's disk, in bytes. A container is not limited to it.
    package var bytes: UInt64

    package init(path: String, directory: String, bytes: UInt64) {
        self.path = path
        self.directory = directory
        self.bytes = bytes
    }

    /// Unless the suite says otherwise: 1 GiB.
    package static let defaultBytes: UInt64 = 1 << 30
    /// The least that ext4 with its journal is made of: 16 MiB.
    package static let leastBytes: UInt64 = 16 << 20
    /// The most volumes of a workload.
    package static let most = 4
}

extension VolumeSpec {
    /// The directory of a run's own in ``directory``, in which those of its instances are.
    ///
    /// - Parameter name: the name that all bears which the run makes: `tare-RUN`.
    package func place(ofRun name: String) -> String {
        var base = directory[...]
        while base.hasSuffix("/") { base.removeLast() }
        return "\(base)/\(name)"
    }

    /// How the name of an empty file system begins, of which guests get copies.
    package static let templatePrefix = "template-"

    /// Whether a name in a run's own directory is one that tare gives: `iN-K` of an instance's volume, a template's, or that of
    /// something whose removal was cut short.
    package static func isOwn(_ name: String) -> Bool {
        if name.hasPrefix(templatePrefix) || name.hasPrefix("tare-removal-") { return true }
        guard name.hasPrefix("i") else { return false }
        let parts = name.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }
}

extension Workload {
    /// Whether what it forces to the disk must get there, also from the private disk of a guest: the time of a command that flushes,
    /// or a figure of a disk, is none where flushes are ignored. Other workloads' private disks die with them, and nothing is gained
    /// by forcing anything.
    package var needsHonestDisk: Bool { readiness == .completed || !figures.isEmpty || !volumes.isEmpty }
}
