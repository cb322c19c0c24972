package import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

extension ImageCache {
    /// A host directory that holds `.tare/witness`, `.tare/config`, perhaps `.tare/input`, and nothing else: an overlay's uppermost lower layer.
    ///
    /// - Parameter witness: the witness binary on the host.
    /// - Throws: ``TareError`` with code `image`.
    package func witnessLayer(witness: String, workload: Workload) async throws -> CachedItem {
        let configuration = WitnessConfiguration.encode(workload, own: OwnLimits.hard)
        let input = try StandardInput.bytes(of: workload)
        let binary = try await Digest.file(witness)
        let recipe =
            "witness layer 3\n\(try await ImageCache.line(of: input))\(binary)\n"
            + String(decoding: configuration, as: UTF8.self)
        return try await entry("witness", recipe: recipe) { partial in
            let layer = partial + "/layer"
            try HostFiles.makeDirectory(layer)
            try ImageCache.putWitness(witness, configuration, input, in: layer)
            // Where an engine's container finds its mark channel and its output: another file is mounted over each.
            for name in WitnessConfiguration.mountedFiles {
                try HostFiles.create("\(layer)/.tare/\(name)", bytes: [])
                chmod("\(layer)/.tare/\(name)", 0o444)
            }
            return Product(payload: "layer", identity: try Digest.tree(layer))
        }.item
    }

    /// What a recipe says of a standard input; nothing where there is none.
    private static func line(of input: [UInt8]?) async throws -> String {
        guard let input else { return "" }
        let sum = try await Tool.feed(input, to: "sha256sum", ["--zero", "-"], doing: "reading a standard input")
        return "input \(sum.prefix(64))\n"
    }

    private static func putWitness(
        _ witness: String, _ configuration: [UInt8], _ input: [UInt8]?, in layer: String
    ) throws {
        try HostFiles.makeDirectory(layer + "/.tare")
        guard let binary = FileManager.default.contents(atPath: witness) else {
            throw TareError(.hostLacks, "the witness \(witness) cannot be read", remedy: "Build it with 'swift build'.")
        }
        try HostFiles.create(layer + "/.tare/witness", bytes: Array(binary), mode: 0o755)
        chmod(layer + "/.tare/witness", 0o755)
        try HostFiles.create(layer + "/.tare/config", bytes: configuration)
        if let input {
            try HostFiles.create(layer + "/.tare/input", bytes: input)
            chmod(layer + "/.tare/input", 0o444)
        }
    }

    /// An initramfs with the witness as `/init`, the workload's configuration and the kernel's modules.
    ///
    /// It is not compressed: the guest would pay for the decompression at every start.
    ///
    /// - Throws: ``TareError`` with code `image`.
    package func initramfs(
        kernel: GuestKernel, witness: String, workload: Workload, devices: GuestDevices, furniture: Furniture
    ) async throws -> CachedItem {
        let configuration = WitnessConfiguration.encode(workload, own: OwnLimits.hard)
        let binary = try await Digest.file(witness)
        let input = try StandardInput.bytes(of: workload)
        let records =
            [
                "root=\(devices.root)", "fstype=\(ImageCache.guestFileSystem)", "channel=\(devices.marks)",
                "hostname=tare",
            ] + (devices.output.map { ["output=\($0)"] } ?? [])
            + (devices.outputName.map { ["output-name=\($0)"] } ?? [])
            // Of several disks only their serial numbers say which is which.
            + (furniture.volumes.isEmpty ? [] : ["root-serial=\(Furniture.rootSerial)"])
            + furniture.guestRecords(kernelShowsMemory: HostFiles.exists("/proc/kcore"))
        let recipe =
            (["initramfs 3", try await ImageCache.line(of: input) + binary, kernel.identity] + kernel.modules + records)
            .map { $0 + "\n" }.joined()
            + String(decoding: configuration, as: UTF8.self)
        return try await entry("initramfs", recipe: recipe) { partial in
            let tree = partial + "/tree"
            for name in ["", "/dev", "/proc", "/sys", "/newroot", "/modules"] {
                try HostFiles.makeDirectory(tree + name)
            }
            try ImageCache.putWitness(witness, configuration, input, in: tree)
            guard rename(tree + "/.tare/witness", tree + "/init") == 0 else { throw SystemError("placing /init") }
            var guest: [UInt8] = []
            func add(_ record: String) { guest += Array(record.utf8) + [0] }
            for module in kernel.modules {
                let name = module.split(separator: "/").last.map(String.init) ?? module
                guard let bytes = FileManager.default.contents(atPath: module) else {
                    throw TareError(.image, "the kernel module \(module) cannot be read")
                }
                try HostFiles.create("\(tree)/modules/\(name)", bytes: Array(bytes))
                add("module=/modules/\(name)")
            }
            for record in records { add(record) }
            try HostFiles.create(tree + "/.tare/guest", bytes: guest)
            try await ImageCache.archive(tree, to: partial + "/initramfs.cpio")
            try HostFiles.removeTree(tree)
            return Product(
                payload: "initramfs.cpio", identity: try await Digest.file(partial + "/initramfs.cpio"))
        }.item
    }

    /// Writes a tree as a newc archive. The names go through a file of NUL-terminated names, because a pipe between two
    /// programs would need a shell.
    private static func archive(_ tree: String, to path: String) async throws {
        try await Tool.run(
            "find", [tree, "-exec", "touch", "--no-dereference", "--date=@\(epoch)", "{}", "+"], doing: "settling times"
        )
        var names: [String] = ["."]
        func collect(_ directory: String, _ prefix: String) {
            for name in HostFiles.names(in: directory) {
                names.append(prefix + name)
                var status = stat()
                if lstat("\(directory)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                    collect("\(directory)/\(name)", "\(prefix)\(name)/")
                }
            }
        }
        collect(tree, "")
        let list = Array(names.joined(separator: "\0").utf8) + [0]
        try await Tool.feed(
            list, to: "cpio",
            ["--create", "--null", "--format=newc", "--owner=+0:+0", "--reproducible", "--quiet", "--file", path],
            doing: "writing the initramfs", in: tree)
    }
}
