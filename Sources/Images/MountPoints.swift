package import BenchmarkModel
import Glibc
import LinuxSystem

/// Where in an image file systems are mounted. Looked at once, before anything starts: links are followed as the workload itself
/// would follow them, within the image, so that no mount of tare's ever goes through one to the host.
package enum MountPoints {
    /// The furniture of a workload in an image.
    ///
    /// - Parameter tree: the image's root filesystem on the host.
    /// - Throws: ``TareError`` where a path leads out of the image, to what is no directory, or to what every instance has there.
    package static func furniture(of workload: Workload, in tree: String) throws -> Furniture {
        for name in ["/dev", "/proc", "/sys"] {
            var status = stat()
            guard lstat(tree + name, &status) == 0 else { continue }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw TareError(
                    .image, "\(name) in the image of '\(workload.name)' is no directory",
                    remedy: "Every instance gets a file system there; make it an empty directory.")
            }
        }
        var temporary: [TemporaryFileSystem] = []
        for wanted in workload.surroundings.temporary {
            let path = try resolve(wanted.path, in: tree)
            guard isFree(path), !temporary.contains(where: { $0.path == path }) else {
                throw refusal(wanted.path, "leads to \(path), where something is mounted already")
            }
            temporary.append(TemporaryFileSystem(path: path, bytes: wanted.bytes))
        }
        var volumes: [String] = []
        for volume in workload.volumes {
            let path = try resolve(volume.path, in: tree, key: "volumes")
            // Told as it is mounted, which must be what the suite says.
            guard path == volume.path else {
                throw refusal(volume.path, "leads to \(path) in the image", key: "volumes")
            }
            guard isFree(path), !(temporary.map(\.path) + volumes).contains(where: { overlap($0, path) }) else {
                throw refusal(path, "lies where something else is mounted", key: "volumes")
            }
            volumes.append(path)
        }
        return Furniture(of: workload, temporary: temporary, volumes: volumes)
    }

    /// Whether a path is no place of what every instance has.
    private static func isFree(_ path: String) -> Bool {
        guard let first = path.pathParts.first else { return false }
        return !Furniture.ownPaths.contains("/" + first)
    }

    /// Whether one of two paths lies within the other, or both are the same.
    private static func overlap(_ first: String, _ second: String) -> Bool {
        let (one, two) = (first.pathParts, second.pathParts)
        return one.starts(with: two) || two.starts(with: one)
    }

    /// As many links as the kernel follows in one path.
    private static let mostLinks = 40

    /// A path of an image without its links. What is absent is taken as it is written: it will be made.
    ///
    /// - Parameter key: of the suite, which an error names.
    static func resolve(_ path: String, in tree: String, key: String = "tmpfs") throws -> String {
        var left = parts(path)
        var resolved: [String] = []
        var links = 0
        while let part = left.popLast() {
            if part == ".." {
                guard resolved.popLast() != nil else { throw refusal(path, "leads out of the image", key: key) }
                continue
            }
            let here = tree + "/" + (resolved + [part]).joined(separator: "/")
            var status = stat()
            guard lstat(here, &status) == 0 else {
                resolved.append(part)
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: resolved.append(part)
            case S_IFLNK:
                links += 1
                guard links <= mostLinks, let target = HostFiles.target(ofLink: here) else {
                    throw refusal(path, "is a circle of links", key: key)
                }
                if target.hasPrefix("/") { resolved = [] }
                left += parts(target)
            default: throw refusal(path, "is no directory in the image", key: key)
            }
        }
        return "/" + resolved.joined(separator: "/")
    }

    /// The parts of a path, the last one first.
    private static func parts(_ path: String) -> [String] {
        // By bytes: to Swift a slash with an accent behind it is another character, to the kernel it is a slash.
        path.pathParts.filter { $0 != "." }.reversed().map(String.init)
    }

    private static func refusal(_ path: String, _ why: String, key: String = "tmpfs") -> TareError {
        TareError(
            .image, "\(key): \(path) \(why)", remedy: "Name another path, or the directory to which it should lead.",
            concerns: key)
    }
}
