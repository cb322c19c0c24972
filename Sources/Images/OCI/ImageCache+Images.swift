import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

extension ImageCache {
    /// The root filesystem of an image on this host: a layout's directory or archive, or an archive of `docker save`.
    ///
    /// It is kept under the sums of its unpacked layers: however an image is packed, it is unpacked once.
    func image(_ path: String) async throws -> CachedItem {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw TareError(
                .image, "the image \(path) is not there", remedy: "Name an OCI image layout or an archive of one.",
                cause: String(cString: strerror(errno)))
        }
        let name = "the image \(path)"
        if status.st_mode.isDirectory {
            return try await root(of: try OCILayout(directory: path, image: name).read(), image: name) { _ in path }
        }
        guard status.st_mode.isFile else {
            throw TareError(
                .image, "\(name) is neither a directory nor a file",
                remedy: "Name an OCI image layout or an archive of one.")
        }
        let start = MonotonicClock.now()
        let found = try await described(path, name)
        var item = try await root(of: found.image, image: name) { partial in
            let layout = partial + "/layout"
            try HostFiles.makeDirectory(layout)
            try Archive.unpack(path, into: layout)
            return layout
        }
        item.seconds = Double(MonotonicClock.now() - start) / 1e9
        item.cached = item.cached && found.cached
        return item
    }

    /// What an archive's documents say, kept under the archive's own sum so that it is looked through once.
    private func described(_ path: String, _ name: String) async throws -> (image: OCIImage, cached: Bool) {
        let content = try await Digest.file(path)
        let recipe = "image 2\n\(OCILayout.hostArchitecture)\n\(content)"
        let (item, _, _) = try await entry("image", recipe: recipe) { partial in
            let layout = partial + "/layout"
            try HostFiles.makeDirectory(layout)
            if ImageForm.of(path) == .root {
                throw TareError(
                    .image, "\(path) is a root filesystem, and no image", remedy: "Write it as 'rootfs:' in the suite.")
            }
            try Archive.unpack(path, into: layout, filesUpTo: UInt64(OCIDocument.mostBytes))
            let image = try OCILayout(directory: layout, image: name).read()
            try HostFiles.removeTree(layout)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try HostFiles.create(partial + "/image.json", bytes: Array(try encoder.encode(image)))
            return Product(payload: "image.json", identity: try await Digest.file(partial + "/image.json"))
        }
        guard let data = FileManager.default.contents(atPath: item.path) else {
            throw SystemError("reading \(item.path)", number: EIO)
        }
        return (try JSONDecoder().decode(OCIImage.self, from: data), item.cached)
    }

    /// - Parameter layout: makes or names the directory of the layers, given that of the entry.
    private func root(of image: OCIImage, image name: String, layout: (String) async throws -> String) async throws
        -> CachedItem
    {
        var (item, _, _) = try await entry("root", recipe: image.recipe) { partial in
            guard geteuid() == 0 else {
                throw TareError(.hostLacks, "unpacking an image needs root", remedy: "Run tare as root.")
            }
            let tree = partial + "/tree"
            try HostFiles.makeDirectory(tree)
            chmod(tree, 0o755)
            let files = try await layout(partial)
            let passedOver = try await image.unpack(from: files, into: tree, image: name)
            if files.hasPrefix(partial + "/") { try HostFiles.removeTree(files) }
            try Furnishing.complete(tree, files: [:])
            return Product(payload: "tree", identity: try Digest.tree(tree), notes: Furnishing.note(passedOver))
        }
        item.defaults = image.defaults
        return item
    }

    // MARK: - Registries

    /// The root filesystem of an image of a registry, fetched with skopeo and kept under its digest.
    func fetched(_ text: String) async throws -> CachedItem {
        guard let reference = ImageReference(text) else {
            throw TareError(
                .usage, "'\(text)' is no image of a registry", remedy: "Write NAME:TAG or NAME@sha256:DIGEST.",
                concerns: "image")
        }
        let start = MonotonicClock.now()
        let digest = try await resolved.digest(of: text) { try await ImageCache.digest(reference) }
        let source = "\(reference.name)@\(digest)"
        let recipe = "fetched 1\n\(OCILayout.hostArchitecture)\n\(source)"
        let (layout, _, _) = try await entry("fetched", recipe: recipe) { partial in
            let options = reference.isLoopback ? ["--src-tls-verify=false"] : []
            try await ImageCache.skopeo(
                ["copy", "--quiet", "--override-os", "linux", "--override-arch", OCILayout.hostArchitecture] + options
                    + ["docker://\(source)", "oci:\(partial)/layout"], reference, doing: "fetching the image \(source)")
            return Product(payload: "layout", identity: digest)
        }
        let name = "the image \(text)"
        let image = try OCILayout(directory: layout.path, image: name).read()
        var item = try await root(of: image, image: name) { _ in layout.path }
        item.seconds = Double(MonotonicClock.now() - start) / 1e9
        item.cached = item.cached && layout.cached
        item.notes.insert(reference.tag == nil ? "image \(digest)" : "\(text) is \(digest)", at: 0)
        return item
    }

    /// What a registry says that a reference is, as the sum of its very answer.
    private static func digest(_ reference: ImageReference) async throws -> String {
        if let digest = reference.digest { return digest }
        let text = "\(reference.name):\(reference.tag ?? "")"
        let options = reference.isLoopback ? ["--tls-verify=false"] : []
        let answer = try await skopeo(
            ["inspect", "--raw"] + options + ["docker://\(text)"], reference, doing: "asking for the image \(text)")
        if let node = try? JSONDecoder().decode(OCIDocument.Node.self, from: Data(answer.utf8)),
            case let platforms = node.manifests?.compactMap(\.platform).filter({ $0.os != "unknown" }) ?? [],
            !platforms.isEmpty, !platforms.contains(where: OCILayout.fits)
        {
            throw OCILayout.unfit("the image \(text)", platforms)
        }
        return "sha256:" + (try await Digest.text(answer))
    }

    @discardableResult
    private static func skopeo(_ arguments: [String], _ reference: ImageReference, doing: String) async throws -> String
    {
        guard Tool.find("skopeo", in: Tool.searchPath) != nil else {
            throw TareError(
                .hostLacks, "the program 'skopeo' was not found while \(doing)",
                remedy:
                    "Install it (on Debian: apt-get install skopeo), or save the image to a file and write it as 'oci:'.",
                concerns: "image")
        }
        do {
            return try await Tool.run("skopeo", arguments, doing: doing)
        } catch var error as TareError where error.remedy == nil {
            error.remedy =
                "Check the name, that this host reaches \(reference.registry ?? "the registry"), and 'skopeo login' where it asks who you are."
            throw error
        }
    }
}

/// What the tags of a run stand for.
final actor ResolvedTags {
    private var digests: [String: Task<String, any Error>] = [:]

    /// The digest of a tag, asked for once, also by several at the same time.
    func digest(of reference: String, ask: @escaping @Sendable () async throws -> String) async throws -> String {
        if let known = digests[reference] { return try await known.value }
        let task = Task { try await ask() }
        digests[reference] = task
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch {
            digests[reference] = nil
            throw error
        }
    }
}
