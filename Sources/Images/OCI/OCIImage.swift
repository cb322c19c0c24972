import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

/// One image for this host's architecture: its layers, and what it says of its command.
struct OCIImage: Codable, Equatable {
    struct Layer: Codable, Equatable {
        /// Where it is, below the layout.
        var path: String
        /// The sum of the file itself; nil where the form of the image names none.
        var sum: String?
        /// The sum of the layer when it is unpacked.
        var unpackedSum: String
    }

    var layers: [Layer]
    var defaults: ImageDefaults

    /// Everything that the tree depends on.
    var recipe: String { "oci 2\n" + layers.map(\.unpackedSum).joined(separator: "\n") }

    /// Writes the layers one over the other.
    ///
    /// - Parameters:
    ///   - layout: the directory in which their files are.
    ///   - image: how the image is called in errors.
    /// - Returns: how many device nodes below /dev were passed over.
    /// - Throws: ``TareError``, ``SystemError``.
    func unpack(from layout: String, into tree: String, image: String) async throws -> Int {
        let writer = try TreeWriter(tree, isLayered: true)
        var limits = ByteSource.Limits()
        for (index, layer) in layers.enumerated() {
            let name = "layer \(index + 1) of \(image)"
            let path = try OCIImage.file(layer.path, in: layout, image: image)
            if let sum = layer.sum, try await Digest.file(path) != sum {
                throw OCIDocument.broken(image, "layer \(index + 1) does not have the sum that names it")
            }
            let unpacked = try Archive.reading(name, remedy: OCIImage.remedy, limits: limits) {
                let source = try ByteSource(path, limits: limits, digesting: true)
                var reader = TarReader(source, needsEnd: false)
                try writer.write(&reader)
                let unpacked = try source.finish()
                limits.bytes -= source.total
                return unpacked
            }
            // The tree is kept under these sums, for every image that names them.
            guard unpacked == layer.unpackedSum else {
                throw OCIDocument.broken(image, "layer \(index + 1) is another one than its configuration names")
            }
        }
        return writer.passedOver
    }

    static let remedy = "Build the image again, with layers as an engine makes them."

    /// A file of an image: a plain one, or a link to one of the same image.
    static func file(_ path: String, in layout: String, image: String) throws -> String {
        let full = "\(layout)/\(path)"
        let isInside = !path.hasPrefix("/") && !path.pathParts.contains("..")
        guard isInside, let real = realpath(full, nil), let root = realpath(layout, nil) else {
            throw OCIDocument.broken(image, "\(path) is missing")
        }
        defer {
            free(real)
            free(root)
        }
        var status = stat()
        guard String(cString: real).hasPrefix(String(cString: root) + "/"), stat(real, &status) == 0,
            status.st_mode.isFile
        else { throw OCIDocument.broken(image, "\(path) is no file of the image") }
        return String(cString: real)
    }
}

extension OCIImage {
    /// Puts together what a configuration says.
    ///
    /// - Parameter files: the layers' files, each with its sum where one is known.
    init(_ configuration: OCIDocument.Configuration, files: [(path: String, sum: String?)], image: String) throws {
        guard let sums = configuration.rootfs?.diff_ids else {
            throw OCIDocument.broken(image, "its configuration names no layers; it may be no image for containers")
        }
        guard sums.count == files.count else {
            throw OCIDocument.broken(
                image, "its manifest has \(files.count) layers and its configuration names \(sums.count)")
        }
        guard !sums.isEmpty else { throw OCIDocument.broken(image, "it has no layers") }
        layers = try zip(files, sums).map { file, sum in
            guard sum.hasPrefix("sha256:"), OCIDocument.isSum(sum.dropFirst(7)) else {
                throw OCIDocument.broken(image, "its configuration names a layer by '\(sum.prefix(80))'")
            }
            return Layer(path: file.path, sum: file.sum, unpackedSum: String(sum.dropFirst(7)))
        }
        defaults = try OCIImage.defaults(configuration.config, image: image)
    }

    private static func defaults(_ command: OCIDocument.Configuration.Command?, image: String) throws -> ImageDefaults {
        var defaults = ImageDefaults(entrypoint: command?.Entrypoint ?? [], command: command?.Cmd ?? [])
        for variable in command?.Env ?? [] {
            guard let equals = variable.firstIndex(of: "="), equals > variable.startIndex else {
                throw OCIDocument.broken(image, "'\(variable.prefix(80))' is no variable of an environment")
            }
            defaults.environment[String(variable[..<equals])] = String(variable[variable.index(after: equals)...])
        }
        defaults.user = text(command?.User)
        if let directory = text(command?.WorkingDir) {
            guard !directory.pathParts.contains("..") else {
                throw OCIDocument.broken(image, "its working directory holds '..'")
            }
            defaults.workingDirectory = directory.hasPrefix("/") ? directory : "/" + directory
        }
        if let wanted = text(command?.StopSignal) {
            guard let signal = StopSignal.canonical(wanted) else {
                throw OCIDocument.broken(image, "its stop signal '\(wanted.prefix(80))' is no signal")
            }
            defaults.stopSignal = signal
        }
        // As for a suite's own: what no kernel takes would end every start.
        let texts =
            defaults.entrypoint + defaults.command + defaults.environment.map { "\($0.key)=\($0.value)" }
            + [defaults.user, defaults.workingDirectory, defaults.stopSignal].compactMap { $0 }
        for text in texts {
            guard !text.utf8.contains(0) else { throw OCIDocument.broken(image, "its configuration holds a NUL") }
            guard text.utf8.count < 131_072 else {
                throw OCIDocument.broken(image, "its configuration holds a text that is longer than the kernel takes")
            }
        }
        return defaults
    }

    private static func text(_ value: String?) -> String? { value?.isEmpty == true ? nil : value }
}
