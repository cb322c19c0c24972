import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Images

/// An image layout that a test writes as it wants, also as no tool would.
final class Layout {
    let path: String
    private(set) var layers: [[String: Any]] = []
    private(set) var sums: [String] = []
    var configuration: [String: Any] = ["os": "linux", "architecture": OCILayout.hostArchitecture]
    var command: [String: Any] = ["Cmd": ["/bin/x"]]

    init(_ path: String) throws {
        self.path = path
        for name in ["", "/blobs", "/blobs/sha256"] { try HostFiles.makeDirectory(path + name) }
        try HostFiles.replace(path + "/oci-layout", bytes: Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8))
    }

    func blob(_ bytes: [UInt8]) throws -> [String: Any] {
        let digest = try StreamDigest()
        try digest.add(bytes)
        let sum = try digest.finish()
        try HostFiles.replace("\(path)/blobs/sha256/\(sum)", bytes: bytes)
        return ["digest": "sha256:\(sum)", "size": bytes.count]
    }

    func document(_ object: Any) throws -> [String: Any] {
        try blob(Array(try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)))
    }

    func add(_ tar: TarFile) throws {
        let layer = try blob(tar.bytes + [UInt8](repeating: 0, count: 1_024))
        layers.append(layer)
        sums.append(layer["digest"] as? String ?? "")
    }

    /// The manifest of what was added.
    func manifest() throws -> [String: Any] {
        var configuration = configuration
        configuration["rootfs"] = ["type": "layers", "diff_ids": sums]
        configuration["config"] = command
        return try document(["schemaVersion": 2, "config": try document(configuration), "layers": layers])
    }

    func index(_ manifests: [[String: Any]]) throws {
        let data = try JSONSerialization.data(withJSONObject: ["schemaVersion": 2, "manifests": manifests])
        try HostFiles.replace(path + "/index.json", bytes: Array(data))
    }

    func finish() throws { try index([try manifest()]) }
}

@Suite(.needsRoot) struct OCIImageTests {
    let scratch: TemporaryDirectory
    let cache: ImageCache
    let layout: Layout
    var outside: String { scratch.path + "/outside" }

    init() throws {
        scratch = try TemporaryDirectory()
        cache = try ImageCache(directory: scratch.path + "/cache")
        layout = try Layout(scratch.path + "/layout")
        try HostFiles.makeDirectory(outside)
        try HostFiles.replace(outside + "/secret", bytes: Array("secret".utf8))
    }

    private func layer(_ fill: (inout TarFile) -> Void) throws {
        var tar = TarFile()
        fill(&tar)
        try layout.add(tar)
    }

    private func root() async throws -> CachedItem {
        try layout.finish()
        return try await cache.rootFilesystem(.oci(path: layout.path))
    }

    private func refused(finish: Bool = true) async throws -> TareError {
        if finish { try layout.finish() }
        let error = try #require(
            await #expect(throws: TareError.self) { try await cache.rootFilesystem(.oci(path: layout.path)) })
        #expect(error.code == .image && error.remedy?.isEmpty == false)
        #expect(HostFiles.names(in: scratch.path + "/cache/partial").isEmpty)
        #expect(HostFiles.names(in: scratch.path + "/cache/objects").isEmpty)
        #expect(HostFiles.names(in: outside) == ["secret"])
        #expect(try HostFiles.read(outside + "/secret") == "secret")
        return error
    }

    @Test func laterLayersHideAndReplace() async throws {
        try layer { tar in
            tar.add("gone", text: "1")
            tar.add("kept/a", text: "1")
            tar.add("opaque/lower", text: "1")
            tar.add("opaque/deep/lower", text: "1")
            tar.add("file-then-directory", text: "1")
            tar.add("directory-then-file/x", text: "1")
            tar.add("changed", text: "1")
            tar.add("link", kind: "2", link: "kept")
        }
        try layer { tar in
            tar.add(".wh.gone")
            tar.add("opaque/deep/upper", text: "2")
            // Behind what the same layer brings, which it must not hide.
            tar.add("opaque/.wh..wh..opq")
            tar.add("opaque/upper", text: "2")
            tar.add("file-then-directory/x", text: "2")
            tar.add("directory-then-file", text: "2")
            tar.add("changed", text: "2")
            tar.add(".wh.changed")
            tar.add("kept/.wh.none")
            tar.add("none/.wh.none")
            tar.add(".wh..wh.plnk/1.2")
            tar.add("link", text: "2")
        }
        let tree = try await root().path
        #expect(!HostFiles.exists(tree + "/gone") && !HostFiles.exists(tree + "/none"))
        #expect(HostFiles.names(in: tree + "/kept") == ["a"])
        #expect(HostFiles.names(in: tree + "/opaque") == ["deep", "upper"])
        #expect(HostFiles.names(in: tree + "/opaque/deep") == ["upper"])
        #expect(try HostFiles.read(tree + "/file-then-directory/x") == "2")
        #expect(try HostFiles.read(tree + "/directory-then-file") == "2")
        #expect(try HostFiles.read(tree + "/changed") == "2")
        #expect(try HostFiles.read(tree + "/link") == "2")
        #expect(HostFiles.names(in: tree).allSatisfy { !$0.hasPrefix(".wh.") })
    }

    /// As Debian's images have them since /bin is a link.
    @Test func aRelativeLinkOfALowerLayerIsResolvedInside() async throws {
        try layer { tar in
            tar.add("usr/bin/a", text: "1")
            tar.add("bin", kind: "2", link: "usr/bin")
            tar.add("lib", kind: "2", link: "./usr/../usr/lib")
        }
        try layer { tar in
            tar.add("bin/b", text: "2")
            tar.add("bin/.wh.a")
            tar.add("lib/x/c", text: "2")
            tar.add("d", kind: "1", link: "bin/b")
        }
        let tree = try await root().path
        #expect(HostFiles.target(ofLink: tree + "/bin") == "usr/bin")
        #expect(HostFiles.names(in: tree + "/usr/bin") == ["b"])
        #expect(try HostFiles.read(tree + "/usr/lib/x/c") == "2" && HostFiles.read(tree + "/d") == "2")
    }

    enum Escape: CaseIterable {
        case climbs, absolute, throughLink, throughLinkOfThis, throughClimbingLink, throughLoop, hardLink, device,
            whiteout,
            emptyWhiteout
    }

    @Test(arguments: Escape.allCases) func aLayerThatEscapesIsRefused(_ escape: Escape) async throws {
        try layer { tar in
            tar.add("l", kind: "2", link: outside)
            tar.add("loop", kind: "2", link: "loop")
        }
        try layer { tar in
            switch escape {
            case .climbs: tar.add("../outside/secret", text: "new")
            case .absolute: tar.add(outside + "/secret", text: "new")
            case .throughLink: tar.add("l/secret", text: "new")
            case .throughLinkOfThis:
                tar.add("m", kind: "2", link: "x")
                tar.add("m/secret", text: "new")
            case .throughClimbingLink: tar.add("c", kind: "2", link: "../../outside")
            case .throughLoop: tar.add("loop/x", text: "new")
            case .hardLink: tar.add("h", kind: "1", link: "l/secret")
            case .device: tar.add("sda", kind: "4")
            case .whiteout: tar.add("l/.wh.secret")
            case .emptyWhiteout: tar.add(".wh...")
            }
        }
        let error = try await refused()
        #expect(error.message.hasPrefix("layer 2 of the image \(layout.path) is refused: "), "\(error)")
        let reasons: [Escape: String] = [
            .climbs: "holds '..'", .absolute: "is an absolute path", .device: "is a device",
            .throughClimbingLink: "points out of the root", .emptyWhiteout: "names nothing",
        ]
        #expect(error.message.contains(reasons[escape] ?? "lies below the link"), "\(error)")
    }

    @Test func theImageSaysWhatRuns() async throws {
        try layer { $0.add("x", text: "1") }
        layout.command = [
            "Entrypoint": ["/bin/x", "-a"], "Cmd": ["b c"], "Env": ["PATH=/bin", "A=b=c"], "User": "33:nogroup",
            "WorkingDir": "srv", "StopSignal": "3",
        ]
        let defaults = try #require(try await root().defaults)
        #expect(
            defaults
                == ImageDefaults(
                    entrypoint: ["/bin/x", "-a"], command: ["b c"], environment: ["PATH": "/bin", "A": "b=c"],
                    user: "33:nogroup", workingDirectory: "/srv", stopSignal: "SIGQUIT"))
        // Another command over the same layers is the same tree.
        layout.command = ["Cmd": ["/bin/y"]]
        let other = try await root()
        #expect(other.cached && other.defaults?.command == ["/bin/y"])
        var workload = Workload(name: "w", image: .oci(path: layout.path), command: [])
        #expect(try other.completing(workload).command == ["/bin/y"])
        layout.command = [:]
        let none = try await root()
        let error = #expect(throws: TareError.self) { try none.completing(workload) }
        #expect(error?.concerns == "image" && error?.message.contains("its image names none") == true)
        workload.command = ["own"]
        #expect(try none.completing(workload).command == ["own"])
    }

    @Test(arguments: [
        ("Env", ["A"], "'A' is no variable"), ("Env", ["A=\u{0}root=/dev/x"], "holds a NUL"),
        ("Cmd", ["x\u{0}y"], "holds a NUL"),
        ("Cmd", [String(repeating: "x", count: 131_072)], "longer than the kernel"),
    ]) func whatNoKernelTakesIsRefused(key: String, value: [String], reason: String) async throws {
        try layer { $0.add("x", text: "1") }
        layout.command = [key: value]
        #expect(try await refused().message.contains(reason))
    }

    @Test func thisHostsPlatformIsChosen() async throws {
        try layer { $0.add("x", text: "1") }
        var own = try layout.manifest()
        own["platform"] = ["os": "linux", "architecture": OCILayout.hostArchitecture]
        let far: [String: Any] = [
            "digest": "sha256:" + String(repeating: "0", count: 64), "size": 1,
            "platform": ["os": "linux", "architecture": "sparc", "variant": "v9"],
        ]
        let note: [String: Any] = [
            "digest": "sha256:" + String(repeating: "1", count: 64), "size": 1,
            "platform": ["os": "unknown", "architecture": "unknown"],
        ]
        // Indexes in an index.
        try layout.index([try layout.document(["manifests": [far, note, try layout.document(["manifests": [own]])]])])
        let item = try await cache.rootFilesystem(.oci(path: layout.path))
        #expect(try HostFiles.read(item.path + "/x") == "1")
        _ = try cache.removeAll()
        try layout.index([far, note])
        let error = try await refused(finish: false)
        #expect(error.message.hasSuffix("is not for linux/\(OCILayout.hostArchitecture): it is for linux/sparc/v9"))
        layout.configuration["architecture"] = "sparc"
        #expect(try await refused().message.hasSuffix("it is for linux/sparc"))
    }

    @Test func severalImagesAreNotGuessedAmong() async throws {
        try layer { $0.add("x", text: "1") }
        var first = try layout.manifest()
        first["annotations"] = ["org.opencontainers.image.ref.name": "one"]
        layout.command = ["Cmd": ["/other"]]
        var second = try layout.manifest()
        second["annotations"] = ["org.opencontainers.image.ref.name": "two"]
        try layout.index([first, second])
        #expect(try await refused(finish: false).message.hasSuffix("holds several images: one, two"))
    }

    enum Damage: CaseIterable {
        case layerChanged, layerMissing, layerIsAnother, configChanged, noIndex, noJSON, deep, large, escapingDigest,
            manyIndexes, blobIsALink, noLayers
    }

    @Test(arguments: Damage.allCases) func damageIsSeen(_ damage: Damage) async throws {
        try layer { $0.add("x", text: "1") }
        let layer = layout.path + "/blobs/sha256/" + (layout.sums[0].dropFirst(7))
        let manifest = try layout.manifest()
        try layout.index([manifest])
        let file = "\(layout.path)/blobs/sha256/\((manifest["digest"] as? String ?? "").dropFirst(7))"
        let reason: String
        switch damage {
        case .layerChanged:
            try HostFiles.replace(layer, bytes: Array(try HostFiles.read(layer).utf8.dropLast()) + [1])
            reason = "layer 1 does not have the sum that names it"
        case .layerMissing:
            unlink(layer)
            reason = "is missing"
        case .layerIsAnother:
            // Sound by itself, but not what its configuration names: it would be kept under another image's sums.
            var tar = TarFile()
            tar.add("x", text: "2")
            let other = try layout.blob(tar.bytes)
            let sums = ["rootfs": ["diff_ids": layout.sums]]
            try layout.index([try layout.document(["config": try layout.document(sums), "layers": [other]])])
            reason = "layer 1 is another one than its configuration names"
        case .configChanged:
            try HostFiles.replace(file, bytes: Array(try HostFiles.read(file).utf8) + [32])
            reason = "does not have the sum that names it"
        case .noIndex:
            unlink(layout.path + "/index.json")
            reason = "index.json is missing"
        case .noJSON:
            try HostFiles.replace(layout.path + "/index.json", bytes: Array("{".utf8))
            reason = "index.json cannot be understood"
        case .deep:
            let text = String(repeating: "[", count: 100_000)
            try HostFiles.replace(layout.path + "/index.json", bytes: Array("{\"manifests\":\(text)".utf8))
            reason = "index.json cannot be understood"
        case .large:
            try HostFiles.replace(layout.path + "/index.json", bytes: [UInt8](repeating: 32, count: 5 << 20))
            reason = "index.json is larger than 4 MiB"
        case .escapingDigest:
            try layout.index([["digest": "sha256:../../../outside/secret", "size": 6]])
            reason = "which is no SHA-256"
        case .manyIndexes:
            var inner = manifest
            for _ in 0..<5 { inner = try layout.document(["manifests": [inner]]) }
            try layout.index([inner])
            reason = "lie too deep"
        case .blobIsALink:
            #expect(rename(file, scratch.path + "/moved") == 0 && symlink(scratch.path + "/moved", file) == 0)
            reason = "is no plain file"
        case .noLayers:
            try layout.index([
                try layout.document(["config": try layout.document([:] as [String: String]), "layers": []])
            ])
            reason = "names no layers"
        }
        let error = try await refused(finish: false)
        #expect(error.message.contains(reason), "\(error)")
        #expect(error.message.contains("the image \(layout.path) ") || damage == .escapingDigest)
    }

    @Test func theRightKeyIsNamed() async throws {
        try layer { $0.add("x", text: "1") }
        try layout.finish()
        let asRoot = try #require(
            await #expect(throws: TareError.self) { try await cache.rootFilesystem(.rootfs(path: layout.path)) })
        #expect(asRoot.message == "\(layout.path) is an OCI image layout, and no root filesystem")
        #expect(asRoot.remedy == "Write it as 'oci:' in the suite.")
        let tree = scratch.path + "/tree"
        for name in ["", "/etc", "/usr"] { try HostFiles.makeDirectory(tree + name) }
        let archive = scratch.path + "/tree.tar.gz"
        try await Tool.run("tar", ["-czf", archive, "-C", tree, "."], doing: "testing")
        for path in [tree, archive] {
            let error = try #require(
                await #expect(throws: TareError.self) { try await cache.rootFilesystem(.oci(path: path)) })
            #expect(error.message.contains("is a root filesystem, and no image"))
            #expect(error.remedy == "Write it as 'rootfs:' in the suite.")
        }
        let saved = scratch.path + "/saved.tar"
        var tar = TarFile()
        tar.add("manifest.json", text: "[]")
        try tar.write(to: saved)
        #expect(ImageForm.of(saved) == .saved && ImageForm.of(archive) == .root && ImageForm.of("/dev/null") == nil)
        let error = try #require(
            await #expect(throws: TareError.self) { try await cache.rootFilesystem(.rootfs(path: saved)) })
        #expect(error.message.contains("is an image as 'docker save'"))
    }
}
