import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

/// Finds this host's image in a directory: a layout, or what an archive of `docker save` unpacks to.
struct OCILayout {
    /// How deep indexes may lie in each other.
    static let deepest = 4
    static let mostManifests = 1_000

    let directory: String
    /// How it is called in errors, such as `the image web.tar`.
    let image: String
    /// As images name it.
    static var hostArchitecture: String {
        var name = utsname()
        uname(&name)
        let machine = withUnsafeBytes(of: name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let names = [
            "x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386", "ppc64le": "ppc64le",
            "loongarch64": "loong64",
        ]
        return names[machine] ?? machine
    }

    /// - Throws: ``TareError`` that says what is wrong with the image.
    func read() throws -> OCIImage {
        if HostFiles.exists("\(directory)/oci-layout") || HostFiles.exists("\(directory)/index.json") {
            return try layout()
        }
        guard HostFiles.exists("\(directory)/manifest.json") else {
            let isRoot = ImageForm.of(directory) == .root
            throw TareError(
                .image,
                "\(image) is \(isRoot ? "a root filesystem, and " : "")no image: it has neither 'index.json' nor 'manifest.json'",
                remedy: isRoot
                    ? "Write it as 'rootfs:' in the suite."
                    : "Name an OCI image layout, or an archive of 'docker save' or 'podman save'.")
        }
        return try saved()
    }

    // MARK: - A layout

    private struct Found {
        var descriptor: OCIDocument.Descriptor
        var node: OCIDocument.Node
        var platform: OCIDocument.Platform
        /// The name that the outermost index gives it.
        var name: String?
        /// The entry of the outermost index below which it lies.
        var top: String
    }

    private func layout() throws -> OCIImage {
        let index = try OCIDocument.read(
            OCIDocument.Node.self, "\(directory)/index.json", sum: nil, image: image, called: "index.json")
        var found: [Found] = []
        var seen = 0
        for descriptor in index.manifests ?? [] {
            let name = descriptor.annotations?["org.opencontainers.image.ref.name"]
            try collect(descriptor, name: name, top: descriptor.digest, depth: 1, seen: &seen, into: &found)
        }
        guard !found.isEmpty else { throw OCIDocument.broken(image, "it holds no image") }
        let fitting = found.filter { OCILayout.fits($0.platform) }
        guard let first = fitting.first(where: { $0.platform.variant == nil }) ?? fitting.first else {
            throw OCILayout.unfit(image, found.map(\.platform))
        }
        let others = Set(fitting.map(\.top))
        guard others.count == 1 else {
            let names = Set(fitting.map { $0.name ?? $0.top }).sorted().prefix(8).joined(separator: ", ")
            throw TareError(
                .image, "\(image) holds several images: \(names)",
                remedy: "Copy the one that is meant to a layout of its own: 'skopeo copy oci:DIR:NAME oci:NEW'.")
        }
        return try manifest(first)
    }

    private func collect(
        _ descriptor: OCIDocument.Descriptor, name: String?, top: String, depth: Int, seen: inout Int,
        into found: inout [Found]
    ) throws {
        seen += 1
        guard seen <= OCILayout.mostManifests, depth <= OCILayout.deepest else {
            throw OCIDocument.broken(image, "its indexes hold too much, or lie too deep in each other")
        }
        // Notes about another manifest, such as how it was built.
        if descriptor.platform?.os == "unknown" { return }
        // What cannot run here need not be there: a layout may hold one platform of many.
        if let platform = descriptor.platform, platform.os != nil, !OCILayout.fits(platform) {
            found.append(Found(descriptor: descriptor, node: .init(), platform: platform, name: name, top: top))
            return
        }
        let node = try blob(OCIDocument.Node.self, descriptor)
        if let inner = node.manifests {
            for one in inner {
                try collect(one, name: name, top: top, depth: depth + 1, seen: &seen, into: &found)
            }
            return
        }
        guard let config = node.config, node.layers != nil else {
            throw OCIDocument.broken(image, "\(descriptor.digest) is neither an index nor a manifest")
        }
        let platform: OCIDocument.Platform
        if let named = descriptor.platform, named.os != nil {
            platform = named
        } else {
            let configuration = try blob(OCIDocument.Configuration.self, config)
            platform = .init(
                os: configuration.os, architecture: configuration.architecture, variant: configuration.variant)
        }
        found.append(Found(descriptor: descriptor, node: node, platform: platform, name: name, top: top))
    }

    private func manifest(_ found: Found) throws -> OCIImage {
        guard let config = found.node.config, let layers = found.node.layers else {
            throw OCIDocument.broken(image, "\(found.descriptor.digest) is no manifest")
        }
        let files = try layers.map { layer -> (path: String, sum: String?) in
            if layer.mediaType?.hasSuffix("+encrypted") == true {
                throw OCIDocument.broken(image, "its layers are encrypted")
            }
            let sum = try layer.sum(image)
            return ("blobs/sha256/\(sum)", sum)
        }
        return try OCIImage(try blob(OCIDocument.Configuration.self, config), files: files, image: image)
    }

    private func blob<Document: Decodable>(_ type: Document.Type, _ descriptor: OCIDocument.Descriptor) throws
        -> Document
    {
        let sum = try descriptor.sum(image)
        return try OCIDocument.read(
            type, "\(directory)/blobs/sha256/\(sum)", sum: sum, image: image, called: "the blob \(descriptor.digest)")
    }

    /// An image that says nothing of a platform is taken for this one's.
    static func fits(_ platform: OCIDocument.Platform) -> Bool {
        (platform.os ?? "linux") == "linux" && (platform.architecture ?? hostArchitecture) == hostArchitecture
    }

    static func unfit(_ image: String, _ platforms: [OCIDocument.Platform]) -> TareError {
        var texts: [String] = []
        for platform in platforms where !texts.contains(platform.text) { texts.append(platform.text) }
        return TareError(
            .image,
            "\(image) is not for linux/\(hostArchitecture): it is for \(texts.prefix(20).joined(separator: ", "))",
            remedy: "Name an image for this host's architecture.")
    }

    // MARK: - What `docker save` wrote before it wrote layouts

    private func saved() throws -> OCIImage {
        let images = try OCIDocument.read(
            [OCIDocument.Saved].self, "\(directory)/manifest.json", sum: nil, image: image, called: "manifest.json")
        guard let saved = images.first else { throw OCIDocument.broken(image, "it holds no image") }
        guard images.count == 1 else {
            let names = images.flatMap { $0.RepoTags ?? [] }.prefix(8).joined(separator: ", ")
            throw TareError(
                .image, "\(image) holds several images: \(names)", remedy: "Save the one that is meant by itself.")
        }
        let path = try OCIImage.file(saved.Config, in: directory, image: image)
        let stem = saved.Config.pathParts.last.map { $0.hasSuffix(".json") ? $0.dropLast(5) : $0 } ?? ""
        let configuration = try OCIDocument.read(
            OCIDocument.Configuration.self, path, sum: OCIDocument.isSum(stem) ? String(stem) : nil, image: image,
            called: "its configuration")
        let platform = OCIDocument.Platform(
            os: configuration.os, architecture: configuration.architecture, variant: configuration.variant)
        guard OCILayout.fits(platform) else { throw OCILayout.unfit(image, [platform]) }
        return try OCIImage(configuration, files: saved.Layers.map { ($0, nil) }, image: image)
    }
}
