import BenchmarkModel
import Glibc
import Images
import LinuxSystem
import Yams

extension SuiteParser {
    func image(_ node: Node) -> ImageSpec? {
        guard let keys = mapping(node, .image) else { return nil }
        let sources = ["packages", "rootfs", "oci", "registry"].filter { keys[$0] != nil }
        guard sources.count == 1 else {
            fail(
                node, "image: give one of 'packages', 'rootfs', 'oci' and 'registry'",
                "An image comes from one of the four.")
            return nil
        }
        for key in ["files", "release"] where keys["packages"] == nil {
            if let extra = keys[key] {
                fail(extra, "image: '\(key)' goes with 'packages'", "Put it into the image itself.")
            }
        }
        if let rootfs = keys["rootfs"] {
            return imagePath(rootfs, "rootfs", takes: [.root], "Name a directory or a tar archive.").map {
                .rootfs(path: $0)
            }
        }
        if let oci = keys["oci"] {
            return imagePath(oci, "oci", takes: [.layout, .saved], "Name an OCI image layout or an archive of one.").map
            {
                .oci(path: $0)
            }
        }
        if let registry = keys["registry"] {
            guard let reference = text(registry, "registry") else { return nil }
            guard ImageReference(reference) != nil else {
                fail(
                    registry, "registry: '\(printable(reference))' is no image of a registry with a tag or a digest",
                    "Write NAME:TAG or NAME@sha256:DIGEST, such as docker.io/library/nginx:1.27.")
                return nil
            }
            return .registry(reference: reference)
        }
        return packages(keys)
    }

    /// A path of this host that leads to an image of the right form.
    private func imagePath(_ node: Node, _ key: String, takes forms: [ImageForm], _ remedy: String) -> String? {
        guard let path = hostPath(node, key) else { return nil }
        guard access(path, R_OK) == 0 else {
            fail(node, "image: \(path) is not there or not readable", remedy)
            return nil
        }
        // A look at its beginning: what is further behind in a large archive is told when it is imported.
        if let form = ImageForm.of(path, mostBytes: 8 << 20), !forms.contains(form) {
            fail(node, "\(key): \(path) is \(form.text)", "Write it as '\(form == .root ? "rootfs" : "oci"):'.")
            return nil
        }
        return path
    }

    /// Whether a workload says what runs: its image may.
    func hasCommand(_ command: [String], _ keys: [String: Node], _ image: ImageSpec, _ node: Node) -> Bool {
        if keys["command"] == nil, !image.namesCommand {
            fail(node, "workload: 'command' is missing", "The program and its arguments.")
        }
        return !command.isEmpty || keys["command"] == nil && image.namesCommand
    }

    private func packages(_ keys: [String: Node]) -> ImageSpec? {
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789+.-"
        let names = items(keys["packages"], "packages").compactMap { node -> String? in
            guard let name = text(node, "packages") else { return nil }
            guard let first = name.first, first != "-", first != "+", first != ".", name.allSatisfy(allowed.contains)
            else {
                fail(
                    node, "packages: '\(printable(name))' is no name of a Debian package",
                    "Names hold lower-case letters, digits, '+', '-', '.'.")
                return nil
            }
            return name
        }
        let release = text(keys["release"], "release") ?? "bookworm"
        if let node = keys["release"],
            release.isEmpty || !release.allSatisfy(allowed.contains) || release.hasPrefix("-")
        {
            fail(node, "release: '\(printable(release))' is no name of a Debian release", "Write one such as bookworm.")
        }
        let files = keys["files"].map { texts($0, "files") } ?? [:]
        for path in files.keys
        where !path.hasPrefix("/") || path.pathParts.contains("..") || path.hasSuffix("/") {
            if let node = keys["files"] {
                fail(
                    node, "files: '\(printable(path))' is no absolute path of a file without '..'",
                    "Write the path in the image, from '/'.")
            }
        }
        return names.isEmpty ? nil : .packages(names, release: release, files: files)
    }
}
