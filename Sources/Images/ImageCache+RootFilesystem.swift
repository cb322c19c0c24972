package import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

extension ImageCache {
    /// The directory of a root filesystem, read-only by convention, built or found.
    ///
    /// - Throws: ``TareError`` with code `image` or `hostLacks`.
    package func rootFilesystem(_ spec: ImageSpec) async throws -> CachedItem {
        switch spec {
        case .packages(let names, let release, let files):
            return try await packages(names, release: release, files: files)
        case .rootfs(let path):
            return try await imported(path)
        case .oci(let path):
            return try await image(path)
        case .registry(let reference):
            return try await fetched(reference)
        }
    }

    private func packages(_ names: [String], release: String, files: [String: String]) async throws -> CachedItem {
        for name in names + [release] {
            let known = name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789+.-".utf8.contains($0) }
            guard known, let first = name.first, first.isLetter || first.isNumber else {
                throw TareError(
                    .usage, "'\(name)' is no name of a Debian package or release",
                    remedy: "Names hold lower-case letters, digits and '+', '-', '.'.")
            }
        }
        let texts = files.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let recipe = (["packages 5", release] + names.sorted() + texts).joined(separator: "\n")
        return try await entry("root", recipe: recipe) { partial in
            guard geteuid() == 0 else {
                throw TareError(
                    .hostLacks, "building an image of packages needs root", remedy: "Run tare as root.")
            }
            let tree = partial + "/tree"
            do {
                // `extract` unpacks and runs no script of a package: the tree depends on the packages alone.
                try await Tool.run(
                    "mmdebstrap",
                    [
                        "--variant=extract", "--quiet", "--include=\(names.joined(separator: ","))",
                        // What lists and caches hold depends on the day of the build.
                        "--customize-hook=rm -rf \"$1\"/var/lib/apt \"$1\"/var/cache/apt \"$1\"/var/log/apt \"$1\"/etc/apt",
                        release, tree,
                    ], doing: "unpacking \(names.joined(separator: ", ")) of Debian \(release)",
                    environment: ["SOURCE_DATE_EPOCH": "\(ImageCache.epoch)"])
            } catch var error as TareError where error.remedy == nil {
                error.remedy =
                    "Check the packages' names, that this host's apt can reach its mirror, and 'apt-get update'."
                throw error
            }
            try Furnishing.complete(tree, files: files)
            try await ImageCache.settleTimes(tree)
            return Product(payload: "tree", identity: try Digest.tree(tree))
        }.item
    }

    /// A directory or an archive that a user brings.
    private func imported(_ path: String) async throws -> CachedItem {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw TareError(
                .image, "the image \(path) is not there", remedy: "Name a directory or a tar archive.",
                cause: String(cString: strerror(errno)))
        }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        guard isDirectory || status.st_mode & S_IFMT == S_IFREG else {
            throw TareError(
                .image, "the image \(path) is neither a directory nor a file",
                remedy: "Name a directory or a tar archive.")
        }
        let content = isDirectory ? try TreeDigest.digest(path, skipsDevices: true) : try await Digest.file(path)
        return try await entry("root", recipe: "imported 4\n\(content)") { partial in
            let tree = partial + "/tree"
            try HostFiles.makeDirectory(tree)
            chmod(tree, 0o755)
            if let form = ImageForm.of(path), form != .root {
                throw TareError(
                    .image, "\(path) is \(form.text), and no root filesystem",
                    remedy: "Write it as 'oci:' in the suite.")
            }
            let passedOver: Int
            if isDirectory {
                passedOver = try Furnishing.refuseSpecialFiles(path)
                // Holes stay holes, and attributes stay; what is mounted below is the host's.
                try await Tool.run(
                    "cp", ["--archive", "--one-file-system", "--reflink=auto", "--", path + "/.", tree + "/"],
                    doing: "copying the image \(path)")
            } else {
                passedOver = try Archive.unpack(path, into: tree)
            }
            guard !HostFiles.names(in: tree).isEmpty else {
                throw TareError(.image, "the image \(path) is empty", remedy: "Put a root filesystem into it.")
            }
            let after = isDirectory ? try TreeDigest.digest(path, skipsDevices: true) : try await Digest.file(path)
            guard after == content else {
                throw TareError(
                    .image, "\(path) changed while it was read", remedy: "Leave it alone while tare prepares images.")
            }
            try Furnishing.complete(tree, files: [:])
            return Product(payload: "tree", identity: try Digest.tree(tree), notes: Furnishing.note(passedOver))
        }.item
    }

    /// A fixed time (2023-06-10, Debian 12's release) for all that carries one, so that equal recipes give equal bytes.
    static let epoch = 1_686_355_200

    private static func settleTimes(_ tree: String) async throws {
        try await Tool.run(
            "find",
            [
                tree, "-depth", "-newermt", "@\(epoch)", "-exec", "touch", "--no-dereference", "--date=@\(epoch)", "{}",
                "+",
            ],
            doing: "settling the times in the image")
    }
}

/// What an image needs to be a root filesystem, whatever made it.
enum Furnishing {
    private static let directories: [(String, UInt32)] = [
        (".tare", 0o755), ("dev", 0o755), ("etc", 0o755), ("proc", 0o755), ("root", 0o700), ("run", 0o755),
        ("sys", 0o755), ("tmp", 0o1777), ("usr", 0o755), ("var", 0o755), ("var/log", 0o755), ("var/tmp", 0o1777),
    ]

    /// The users that Debian's own packages expect; only where the image brings none (no script of a package has run).
    private static let passwd = """
        root:x:0:0:root:/root:/bin/sh
        daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
        www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

        """
    private static let group = """
        root:x:0:
        daemon:x:1:
        adm:x:4:
        tty:x:5:
        www-data:x:33:
        nogroup:x:65534:

        """

    /// Directories into which something is put here, or on which a platform mounts: they must be what they seem. Through a
    /// link in their place, files of the host would be written, hidden or removed.
    private static let mustBeReal = [".tare", "dev", "etc", "proc", "sys", "var"]

    static func complete(_ tree: String, files: [String: String]) throws {
        for name in mustBeReal {
            var status = stat()
            guard lstat("\(tree)/\(name)", &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { continue }
            throw TareError(
                .image, "'/\(name)' of the image is no directory", remedy: "Put a real directory in its place.")
        }
        var touched: Set<String> = [""]
        defer { for path in touched { settleTime("\(tree)/\(path)") } }
        for (name, mode) in directories where !HostFiles.exists("\(tree)/\(name)") {
            try HostFiles.makeDirectory("\(tree)/\(name)", mode: mode)
            chmod("\(tree)/\(name)", mode)
            touched.formUnion([name, (name as NSString).deletingLastPathComponent])
        }
        for (name, text) in [("etc/passwd", passwd), ("etc/group", group)] where !HostFiles.exists("\(tree)/\(name)") {
            try HostFiles.create("\(tree)/\(name)", bytes: Array(text.utf8))
            chmod("\(tree)/\(name)", 0o644)
            touched.formUnion([name, "etc"])
        }
        // Devices come from the platform; those in the image would only differ between the sides.
        if !HostFiles.names(in: "\(tree)/dev").isEmpty {
            try HostFiles.removeTree("\(tree)/dev")
            try HostFiles.makeDirectory("\(tree)/dev")
            chmod("\(tree)/dev", 0o755)
            touched.insert("")
        }
        touched.insert("dev")
        for (path, text) in files {
            let parts = path.pathParts
            guard path.hasPrefix("/"), !parts.contains(".."), !parts.isEmpty else {
                throw TareError(
                    .usage, "'\(path)' is no absolute path in the image", remedy: "Write it from '/', without '..'.")
            }
            var built = tree
            for part in parts.dropLast() {
                built += "/\(part)"
                var status = stat()
                if lstat(built, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
                    throw TareError(
                        .usage, "'\(path)' goes through '\(part)', which is no directory of the image",
                        remedy: "Write the path as it is in the image.")
                }
                try HostFiles.makeDirectory(built)
            }
            // The old file goes first: writing through a link could reach a file of the host.
            unlink("\(tree)\(path)")
            try HostFiles.create("\(tree)/\(parts.joined(separator: "/"))", bytes: Array(text.utf8))
        }
    }

    /// What is made here gets a fixed time, so that the same image, built again, has the same identity.
    private static func settleTime(_ path: String) {
        let time = timespec(tv_sec: ImageCache.epoch, tv_nsec: 0)
        utimensat(AT_FDCWD, path, [time, time], AT_SYMLINK_NOFOLLOW)
    }

    /// Refuses what no image can hold, and what is mounted where a file of the image should be.
    ///
    /// - Returns: how many devices, pipes and sockets lie below /dev, where they count nothing: they come from the platform.
    static func refuseSpecialFiles(_ path: String) throws -> Int {
        var passedOver = 0
        let root = try Directory(path)
        let device = try root.status().st_dev
        try root.visit { directory, name, status in
            let kind = status.st_mode & S_IFMT
            let place = "\(directory.path)/\(name.shown)"
            if kind == S_IFDIR, status.st_dev != device {
                // In the tree of a chroot these are mounts of the host, and mounted again by the platform.
                let usual = ["dev", "proc", "run", "sys", "tmp"].map { "\(root.path)/\($0)" }
                guard !usual.contains(where: { place == $0 || place.hasPrefix($0 + "/") }) else { return }
                throw TareError(
                    .image, "another file system is mounted at \(place)",
                    remedy: "Unmount it, or copy the whole tree to one file system.")
            }
            guard ![S_IFDIR, S_IFREG, S_IFLNK].contains(kind) else { return }
            guard place.hasPrefix("\(root.path)/dev/") else {
                throw TareError(
                    .image, "\(place) is a device, a pipe or a socket",
                    remedy: "Images hold files, directories and links only, and device nodes below /dev.")
            }
            passedOver += 1
        }
        return passedOver
    }

    /// What a person is told of it.
    static func note(_ passedOver: Int) -> [String] {
        passedOver == 0 ? [] : ["\(passedOver) device nodes below /dev passed over"]
    }
}
