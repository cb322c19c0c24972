import BenchmarkModel
import Foundation
import LinuxSystem

/// An image as engines take it.
package enum EngineImage {
    /// The label that all of tare's images bear, so that they are found again.
    package static let label = "tare.image"

    /// How their names begin.
    package static let repository = "localhost/tare:"

    /// By what name an engine knows the image of a tree: its host part keeps engines from completing it with a registry's.
    package static func reference(of tree: CachedItem) -> String { repository + "\(tree.identity.prefix(32))" }
}

extension ImageCache {
    /// A root filesystem as an archive that engines load (`docker save`'s form: one layer, a configuration, a manifest). The same bytes as
    /// the tree's, extended attributes included.
    ///
    /// - Throws: ``TareError`` with code `image`.
    package func engineImage(of tree: CachedItem) async throws -> CachedItem {
        let recipe = "engine image 1\n\(tree.identity)\n"
        return try await entry("engine", recipe: recipe) { partial in
            let doing = "packing an image for engines"
            try await Tool.run(
                "tar",
                [
                    "--create", "--file", partial + "/layer.tar", "--directory", tree.path, "--numeric-owner",
                    "--format=posix", "--pax-option=delete=atime,delete=ctime", "--sort=name", "--sparse", "--xattrs",
                    "--xattrs-include=*", ".",
                ], doing: doing)
            let layer = try await Digest.file(partial + "/layer.tar")
            let configuration: [String: Any] = [
                "architecture": ImageCache.architecture, "os": "linux", "created": "1970-01-01T00:00:00Z",
                "config": ["Labels": [EngineImage.label: String(tree.identity.prefix(32))]],
                "rootfs": ["type": "layers", "diff_ids": ["sha256:" + layer]],
                "history": [["created": "1970-01-01T00:00:00Z", "created_by": "tare"]],
            ]
            let manifest: [[String: Any]] = [
                [
                    "Config": "config.json", "RepoTags": [EngineImage.reference(of: tree)], "Layers": ["layer.tar"],
                ]
            ]
            for (name, object) in [("config.json", configuration as Any), ("manifest.json", manifest as Any)] {
                let data = try JSONSerialization.data(
                    withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
                try HostFiles.create("\(partial)/\(name)", bytes: Array(data))
            }
            let parts = ["manifest.json", "config.json", "layer.tar"]
            try await Tool.run(
                "tar",
                [
                    "--create", "--file", partial + "/image.tar", "--directory", partial, "--format=posix",
                    "--pax-option=delete=atime,delete=ctime", "--numeric-owner", "--owner=0", "--group=0",
                    "--mtime=@\(ImageCache.epoch)",
                ] + parts, doing: doing)
            for name in parts { unlink("\(partial)/\(name)") }
            return Product(payload: "image.tar", identity: layer)
        }.item
    }

    /// As images name it.
    private static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }
}
