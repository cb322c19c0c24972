import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Images

/// Where an image's file systems in memory are mounted: never outside of it.
@Suite struct MountPointsTests {
    private func furniture(
        _ paths: [String], making: (String) throws -> Void = { _ in }
    ) throws -> [String] {
        let scratch = try TemporaryDirectory()
        try making(scratch.path)
        var workload = Workload(name: "w", image: .rootfs(path: scratch.path), command: ["/c"])
        workload.surroundings.temporary = paths.map { TemporaryFileSystem(path: $0, bytes: 1 << 20) }
        return try MountPoints.furniture(of: workload, in: scratch.path).temporary.map(\.target)
    }

    private func link(_ target: String, _ path: String) throws {
        guard symlink(target, path) == 0 else { throw SystemError("linking \(path)") }
    }

    @Test func linksAreFollowedWithinTheImage() throws {
        let found = try furniture(["/var/run/x", "/data", "/new/deep", "/run"]) { root in
            for name in ["/var", "/run", "/srv"] { try HostFiles.makeDirectory(root + name) }
            try link("/run", root + "/var/run")
            try link("var/../srv/./data", root + "/data")
        }
        // One within another comes after it.
        #expect(found == ["/new/deep", "/run", "/run/x", "/srv/data"])
    }

    @Test(arguments: [
        ("/out", "../../etc", "leads out of the image"), ("/out", "/../etc", "leads out of the image"),
        ("/out/deeper", "out", "is a circle of links"), ("/out", "/proc/sys", "leads to /proc/sys"),
        ("/out/.tare/x", "/", "leads to /.tare/x"), ("/out", ".", "leads to /,"),
    ])
    func whatLeadsElsewhereIsRefused(_ path: String, _ target: String, _ words: String) throws {
        let error = try #require(
            #expect(throws: TareError.self) { try furniture([path]) { try link(target, $0 + "/out") } })
        #expect(error.message.contains(words) && error.concerns == "tmpfs" && error.remedy != nil, "\(error)")
    }

    @Test func whatIsNoDirectoryIsRefused() throws {
        let error = try #require(
            #expect(throws: TareError.self) {
                try furniture(["/file/x"]) { try HostFiles.create($0 + "/file", bytes: []) }
            })
        #expect(error.message.contains("/file/x is no directory in the image"))
        #expect(throws: TareError.self) {
            try furniture(["/run", "/alias"]) { root in
                try HostFiles.makeDirectory(root + "/run")
                try link("run", root + "/alias")
            }
        }
    }

    private func volumes(
        _ paths: [String], temporary: [String] = [], making: (String) throws -> Void = { _ in }
    ) throws -> [Furniture.Volume] {
        let scratch = try TemporaryDirectory()
        try making(scratch.path)
        var workload = Workload(name: "w", image: .rootfs(path: scratch.path), command: ["/c"])
        workload.surroundings.temporary = temporary.map { TemporaryFileSystem(path: $0, bytes: 1 << 20) }
        workload.volumes = paths.map { VolumeSpec(path: $0, directory: "/mnt", bytes: 1 << 30) }
        return try MountPoints.furniture(of: workload, in: scratch.path).volumes
    }

    @Test func volumesKeepTheirOrder() throws {
        let found = try volumes(["/srv/z", "/a b/c"], temporary: ["/run"]) { try HostFiles.makeDirectory($0 + "/srv") }
        #expect(found.map(\.target) == ["/srv/z", "/a b/c"])
        #expect(found.map(\.serial) == ["tare-volume-0", "tare-volume-1"])
        // virtio cuts longer ones.
        #expect(found.allSatisfy { $0.serial.utf8.count <= 20 } && Furniture.rootSerial.utf8.count <= 20)
        #expect(!found.contains { $0.serial == Furniture.rootSerial })
    }

    @Test(arguments: [
        (["/out"], "../../etc", "leads out of the image"), (["/out/x"], "/srv", "leads to /srv/x in the image"),
        (["/a", "/a/b"], "x", "lies where something else is mounted"),
        (["/run/x"], "x", "lies where something else is mounted"), (["/proc/x"], "x", "lies where something else"),
    ])
    func aVolumeIsNowhereElse(_ paths: [String], _ target: String, _ words: String) throws {
        let error = try #require(
            #expect(throws: TareError.self) {
                try volumes(paths, temporary: ["/run"]) { try link(target, $0 + "/out") }
            })
        #expect(error.message.contains(words) && error.concerns == "volumes" && error.remedy != nil, "\(error)")
    }

    @Test(arguments: ["dev", "proc", "sys"]) func anImageWhoseOwnMountPointIsALinkIsRefused(_ name: String) throws {
        let error = try #require(
            #expect(throws: TareError.self) { try furniture([]) { try link("/etc", "\($0)/\(name)") } })
        #expect(error.code == .image && error.message.hasPrefix("/\(name) in the image"))
    }
}
