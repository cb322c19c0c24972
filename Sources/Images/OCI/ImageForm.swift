import BenchmarkModel
import Glibc
import LinuxSystem

/// What a directory or an archive seems to be: so that the right key of a suite can be named.
package enum ImageForm: Sendable, Equatable {
    /// A root filesystem.
    case root
    /// An OCI image layout.
    case layout
    /// What `docker save` writes without a layout, and `podman save`.
    case saved

    /// How it reads behind "is".
    package var text: String {
        switch self {
        case .root: "a root filesystem"
        case .layout: "an OCI image layout"
        case .saved: "an image as 'docker save' or 'podman save' writes it"
        }
    }

    /// Directories that no image has beside its layers, and every root filesystem has some of.
    private static let rootNames: Set<String> = [
        "bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "proc", "root", "run", "sbin",
        "srv",
        "sys", "tmp", "usr", "var",
    ]

    /// - Parameter mostBytes: how much of an archive is looked at.
    /// - Returns: nil where it cannot be told: another tree than is usual, a file that is no archive, a path that is not there.
    package static func of(_ path: String, mostBytes: UInt64 = ByteSource.Limits().bytes) -> ImageForm? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        if status.st_mode.isDirectory { return form(of: HostFiles.names(in: path)) }
        var names: Set<String> = []
        var limits = ByteSource.Limits()
        limits.bytes = mostBytes
        guard let source = try? ByteSource(path, limits: limits) else { return nil }
        var reader = TarReader(source)
        while let entry = try? reader.next() {
            let parts = entry.name.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
            guard let first = parts.first.map({ String(decoding: $0, as: UTF8.self) }) else { continue }
            names.insert(first)
            if rootNames.contains(first) || first == "oci-layout" { break }
        }
        return form(of: Array(names))
    }

    private static func form(of names: [String]) -> ImageForm? {
        if names.contains(where: rootNames.contains) { return .root }
        if names.contains("oci-layout") { return .layout }
        return names.contains("manifest.json") ? .saved : nil
    }
}
