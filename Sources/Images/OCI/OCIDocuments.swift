import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

// What is read of an image (OCI Image Specification 1.1; docker's "Image Specification" 1.2):
//
//   oci-layout                 {"imageLayoutVersion": "1.0.0"}
//   index.json                 {"manifests": [DESCRIPTOR, ...]}, an index
//   blobs/sha256/HEX           an index, a manifest {"config": DESCRIPTOR, "layers": [DESCRIPTOR, ...]}, a configuration, a layer
//   DESCRIPTOR                 {"digest": "sha256:HEX", "size": N, "platform": {"os", "architecture"}, "annotations": {...}}
//   configuration              {"os", "architecture", "rootfs": {"diff_ids": [SUM OF AN UNPACKED LAYER, ...]}, "config": {...}}
//
// An archive of `docker save` without a layout:
//   manifest.json              [{"Config": "HEX.json", "RepoTags": [...], "Layers": ["NAME/layer.tar", ...]}]

/// What an image's documents say. Everything but what cannot be done without may be absent.
enum OCIDocument {
    struct Platform: Decodable, Equatable {
        var os: String?
        var architecture: String?
        var variant: String?

        /// As people write it.
        var text: String {
            [os ?? "?", architecture ?? "?", variant].compactMap { $0 }.joined(separator: "/")
        }
    }

    struct Descriptor: Decodable {
        var mediaType: String?
        var digest: String
        var size: UInt64?
        var platform: Platform?
        var annotations: [String: String]?

        /// The hexadecimal digits, which are a file's name: nothing else can be in them.
        ///
        /// - Throws: ``TareError``.
        func sum(_ image: String) throws -> String {
            let prefix = "sha256:"
            let digits = digest.dropFirst(prefix.count)
            guard digest.hasPrefix(prefix), OCIDocument.isSum(digits) else {
                throw TareError(
                    .image, "\(image) names a blob by '\(digest.prefix(80))', which is no SHA-256",
                    remedy: "Make the image again with sums of that kind, for example with 'skopeo copy'.")
            }
            return String(digits)
        }
    }

    /// An index or a manifest: what it has decides.
    struct Node: Decodable {
        var manifests: [Descriptor]?
        var config: Descriptor?
        var layers: [Descriptor]?
    }

    struct Saved: Decodable {
        var Config: String
        var RepoTags: [String]?
        var Layers: [String]
    }

    struct Configuration: Decodable {
        struct Root: Decodable {
            var diff_ids: [String]?
        }
        struct Command: Decodable {
            var User: String?
            var Env: [String]?
            var Entrypoint: [String]?
            var Cmd: [String]?
            var WorkingDir: String?
            var StopSignal: String?
        }
        var os: String?
        var architecture: String?
        var variant: String?
        var rootfs: Root?
        var config: Command?
    }

    static func isSum(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (48...57).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }

    /// No document of an image is as large as this; the parser's own bound keeps its depth.
    static let mostBytes = 4 << 20

    /// Reads a document, which must be a plain file, and checks its sum where one is known.
    ///
    /// - Throws: ``TareError`` that names the image and the file.
    static func read<Document: Decodable>(
        _ type: Document.Type, _ path: String, sum: String?, image: String, called name: String
    ) throws -> Document {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw broken(image, "\(name) is missing") }
        guard status.st_mode.isFile else { throw broken(image, "\(name) is no plain file") }
        guard status.st_size <= mostBytes else { throw broken(image, "\(name) is larger than \(mostBytes >> 20) MiB") }
        guard let data = FileManager.default.contents(atPath: path), data.count <= mostBytes else {
            throw broken(image, "\(name) cannot be read")
        }
        if let sum {
            let digest = try StreamDigest()
            try digest.add(Array(data))
            guard try digest.finish() == sum else { throw broken(image, "\(name) does not have the sum that names it") }
        }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw broken(image, "\(name) cannot be understood", cause: reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String? {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "/"))' is of another kind than it should be"
        case .dataCorrupted: "it is no JSON"
        default: nil
        }
    }

    static func broken(_ image: String, _ why: String, cause: String? = nil) -> TareError {
        TareError(
            .image, "\(image) is refused: \(why)",
            remedy: "Make it again, for example with 'skopeo copy', 'docker save' or 'podman save'.", cause: cause)
    }
}
