import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

extension ImageCache {
    /// A kernel for guests: the named one, else the host's own where it is readable, else Debian's cloud kernel, fetched and
    /// unpacked into the cache without being installed.
    ///
    /// - Parameter drivers: those that the guest's hardware needs, as modprobe names them, beside that of its file system. What is
    ///   built into the kernel needs no file.
    /// - Throws: ``TareError`` with code `image`.
    package func guestKernel(named: String?, drivers: [String]) async throws -> GuestKernel {
        let drivers = drivers + [ImageCache.guestFileSystem]
        if let named { return try await local(named, origin: "named", drivers: drivers) }
        let release = HostFiles.value("/proc/sys/kernel/osrelease") ?? ""
        let own = "/boot/vmlinuz-\(release)"
        if access(own, R_OK) == 0, HostFiles.exists("/lib/modules/\(release)/modules.dep") {
            return try await local(own, origin: "host's own", drivers: drivers)
        }
        return try await debian(drivers: drivers)
    }

    /// A kernel image on the host, with its modules where its distribution puts them.
    private func local(_ path: String, origin: String, drivers: [String]) async throws -> GuestKernel {
        let version = try ImageCache.version(of: path)
        let identity = try await Digest.file(path)
        let base = (path as NSString).deletingLastPathComponent
        let places = ["\(base)/../lib/modules/\(version)", "/lib/modules/\(version)"]
        let modules = places.first { HostFiles.exists($0) }
        let recipe = "kernel 2\n\(identity)\n\(modules ?? "none")\n\(drivers.joined(separator: " "))"
        let made = try await entry("kernel", recipe: recipe) { partial in
            let payload = partial + "/kernel"
            try HostFiles.makeDirectory(payload)
            try await Tool.run(
                "cp", ["--dereference", "--", path, payload + "/vmlinuz"], doing: "copying the kernel \(path)")
            let names = try await ImageCache.takeModules(drivers, from: modules, version: version, to: payload)
            return Product(payload: "kernel", identity: identity, notes: names)
        }
        return ImageCache.kernel(made.item, notes: made.manifest.notes, version: version, origin: origin)
    }

    private func debian(drivers: [String]) async throws -> GuestKernel {
        let package = try await ImageCache.cloudKernelPackage()
        let recipe = "debian kernel 2\n\(package.name)\n\(package.version)\n\(drivers.joined(separator: " "))"
        let made = try await entry("kernel", recipe: recipe) { partial in
            let download = partial + "/download"
            try HostFiles.makeDirectory(download)
            // apt fetches as its own user, who must be able to write here.
            chmod(partial, 0o777)
            chmod(download, 0o777)
            do {
                try await Tool.run(
                    "apt-get", ["download", "-qq", "\(package.name)=\(package.version)"],
                    doing: "fetching the kernel package \(package.name)", in: download)
            } catch var error as TareError where error.remedy == nil {
                error.remedy = "Check that apt reaches its mirror, or name a kernel with 'kernel:' under 'libvirt:'."
                throw error
            }
            guard let file = HostFiles.names(in: download).first(where: { $0.hasSuffix(".deb") }) else {
                throw TareError(.image, "apt-get fetched no package \(package.name)", remedy: "Run 'apt-get update'.")
            }
            try await Tool.run(
                "dpkg", ["-x", "\(download)/\(file)", partial + "/unpacked"], doing: "unpacking \(file)")
            guard let image = HostFiles.names(in: partial + "/unpacked/boot").first(where: { $0.hasPrefix("vmlinuz-") })
            else {
                throw TareError(.image, "the package \(package.name) holds no kernel")
            }
            let version = String(image.dropFirst("vmlinuz-".count))
            let payload = partial + "/kernel"
            try HostFiles.makeDirectory(payload)
            guard rename("\(partial)/unpacked/boot/\(image)", payload + "/vmlinuz") == 0 else {
                throw SystemError("placing the kernel")
            }
            let names = try await ImageCache.takeModules(
                drivers, from: "\(partial)/unpacked/lib/modules/\(version)", version: version, to: payload)
            try HostFiles.removeTree(download)
            try HostFiles.removeTree(partial + "/unpacked")
            chmod(partial, 0o755)
            return Product(
                payload: "kernel", identity: try await Digest.file(payload + "/vmlinuz"), notes: [version] + names)
        }
        let version = made.manifest.notes.first ?? package.version
        return ImageCache.kernel(
            made.item, notes: Array(made.manifest.notes.dropFirst()), version: version,
            origin: "Debian package \(package.name) \(package.version)")
    }

    private static func kernel(_ item: CachedItem, notes: [String], version: String, origin: String) -> GuestKernel {
        GuestKernel(
            imagePath: item.path + "/vmlinuz", version: version, origin: origin,
            modules: notes.map { "\(item.path)/\($0)" }, identity: item.identity, seconds: item.seconds,
            cached: item.cached)
    }

    /// The package that `linux-image-cloud-amd64` stands for today, and its version.
    private static func cloudKernelPackage() async throws -> (name: String, version: String) {
        let doing = "looking for Debian's cloud kernel"
        func find() async throws -> String? {
            let text = try await Tool.run("apt-cache", ["depends", "linux-image-cloud-amd64"], doing: doing)
            let line = text.split(separator: "\n").first { $0.contains("Depends: linux-image-") }
            return line?.split(separator: " ").last.map(String.init)
        }
        var name = try? await find()
        if name == nil {
            try await Tool.run("apt-get", ["update", "-qq"], doing: "updating apt's lists to find a guest kernel")
            name = try? await find()
        }
        guard let name else {
            throw TareError(
                .image, "this host's kernel is not readable, and apt knows no package linux-image-cloud-amd64",
                remedy: "Name a kernel with 'kernel:' under 'libvirt:'.")
        }
        let shown = try await Tool.run("apt-cache", ["show", "--no-all-versions", name], doing: doing)
        let version = shown.split(separator: "\n").first { $0.hasPrefix("Version: ") }
        return (name, version.map { String($0.dropFirst("Version: ".count)) } ?? "unknown")
    }

    /// Reads the version out of a bzImage (the kernel's own boot protocol, Documentation/arch/x86/boot.rst: magic `HdrS` at
    /// 0x202, offset of the version string at 0x20e, counted from 0x200).
    static func version(of path: String) throws -> String {
        let remedy = "Name a bzImage of Linux for x86-64, such as /boot/vmlinuz-VERSION."
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: 64 << 10) else {
            throw TareError(.image, "the kernel \(path) cannot be read", remedy: remedy)
        }
        let bytes = Array(data)
        guard bytes.count > 0x210, Array(bytes[0x202..<0x206]) == Array("HdrS".utf8) else {
            throw TareError(.image, "\(path) is no Linux kernel image (bzImage)", remedy: remedy)
        }
        let offset = 0x200 + Int(bytes[0x20e]) + Int(bytes[0x20f]) << 8
        guard offset < bytes.count else { return "unknown" }
        let text = String(decoding: bytes[offset...].prefix { $0 != 0 && $0 != 32 }, as: UTF8.self)
        // It becomes part of paths.
        return text.isEmpty || text.contains("/") || text.hasPrefix(".") ? "unknown" : text
    }

    /// Copies the modules that the drivers need, uncompressed.
    ///
    /// - Returns: their names below `payload`, in the order of loading.
    private static func takeModules(
        _ drivers: [String], from directory: String?, version: String, to payload: String
    ) async throws -> [String] {
        guard let directory else { return [] }
        let builtin = (try? HostFiles.read("\(directory)/modules.builtin")) ?? ""
        let base = "\(directory)/../../.."
        if !HostFiles.exists("\(directory)/modules.dep") {
            try await Tool.run("depmod", ["--basedir", base, version], doing: "finding the guest kernel's drivers")
        }
        let order = try order(of: try HostFiles.read("\(directory)/modules.dep"), builtin: builtin, for: drivers)
        var names: [String] = []
        for path in order {
            let file = (path as NSString).lastPathComponent
            let source = "\(directory)/\(path)"
            let plain = payload + "/" + (file.components(separatedBy: ".ko").first ?? file) + ".ko"
            let doing = "unpacking the kernel module \(file)"
            if file.hasSuffix(".ko") {
                try await Tool.run("cp", ["--", source, plain], doing: doing)
            } else {
                try await Tool.run("cp", ["--", source, "\(payload)/\(file)"], doing: doing)
                let tool = file.hasSuffix(".xz") ? "unxz" : file.hasSuffix(".zst") ? "unzstd" : "gunzip"
                try await Tool.run(
                    tool, (tool == "unzstd" ? ["-q", "--rm"] : []) + ["\(payload)/\(file)"], doing: doing)
            }
            names.append((plain as NSString).lastPathComponent)
        }
        return names
    }

    /// Modules in the order of loading, from `modules.dep`: each line is `MODULE: WHAT IT NEEDS`, the nearest need first.
    static func order(of dependencies: String, builtin: String, for drivers: [String]) throws -> [String] {
        func name(_ path: Substring) -> String {
            let file = path.split(separator: "/").last ?? path
            return file.components(separatedBy: ".ko")[0].replacing("-", with: "_")
        }
        var needs: [String: (path: String, needs: [String])] = [:]
        for line in dependencies.split(separator: "\n") {
            let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            needs[name(halves[0])] = (
                String(halves[0]), halves.count > 1 ? halves[1].split(separator: " ").map { name($0) } : []
            )
        }
        let inside = Set(builtin.split(separator: "\n").map { name($0) })
        var order: [String] = []
        for driver in drivers {
            guard let entry = needs[driver] else {
                // Without any list of what is built in, the boot itself must show whether it is.
                guard builtin.isEmpty || inside.contains(driver) else {
                    throw TareError(
                        .image, "the guest kernel has no driver '\(driver)'",
                        remedy: "Name a kernel that has it with 'kernel:' under 'libvirt:'.", concerns: driver)
                }
                continue
            }
            for need in entry.needs.reversed() + [driver] {
                if let path = needs[need]?.path, !order.contains(path) { order.append(path) }
            }
        }
        return order
    }
}
