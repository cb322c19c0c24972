import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Images

/// Disks of volumes, looked at with e2fsprogs.
@Suite(.needsRoot, .needs(program: "debugfs")) struct VolumeDiskTests {
    let scratch: TemporaryDirectory
    private var template: String { scratch.path + "/template-x" }

    init() throws { scratch = try TemporaryDirectory() }

    private func blocks(_ path: String) throws -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError("looking at \(path)") }
        return Int(status.st_blocks) * 512
    }

    @Test(arguments: [VolumeSpec.leastBytes, 1 << 30, (1 << 30) + 1_024] as [UInt64])
    func isEmptyAndItsOwners(_ bytes: UInt64) async throws {
        try await VolumeDisk.makeTemplate(bytes: bytes, for: VolumeOwner(user: 999, group: 34), at: template)
        try await Tool.run("e2fsck", ["-fn", template], doing: "checking the disk")
        let root = try await Tool.run("debugfs", ["-R", "stat /", template], doing: "reading the disk")
        #expect(
            root.contains("Mode:  0755") && root.contains("User:   999") && root.contains("Group:    34"), "\(root)")
        let names = try await Tool.run("debugfs", ["-R", "ls -p /", template], doing: "reading the disk")
        #expect(names.split(separator: "\n").count == 2 && !names.contains("lost+found"), "\(names)")
        // Equal blocks whatever the size, and a journal.
        let state = try await Tool.run("debugfs", ["-R", "stats -h", template], doing: "reading the disk")
        #expect(state.contains("has_journal") && state.contains("Block size:               4096"))
        #expect(HostFiles.size(template) == bytes / 4_096 * 4_096)
    }

    @Test func copiesAreEqualAndSparse() async throws {
        try await VolumeDisk.makeTemplate(bytes: 1 << 30, for: VolumeOwner(), at: template)
        let copy = scratch.path + "/disk.raw"
        try VolumeDisk.copy(template, to: copy)
        #expect(try blocks(copy) < 8 << 20)
        try await Tool.run("cmp", [template, copy], doing: "comparing")
        // What stands there already is not written through.
        #expect(throws: SystemError.self) { try VolumeDisk.copy(template, to: copy) }
    }

    @Test func whatCannotBeMadeLeavesNothing() async throws {
        let error = await #expect(throws: TareError.self) {
            // Less than a block of any group.
            try await VolumeDisk.makeTemplate(bytes: 4_096, for: VolumeOwner(), at: template)
        }
        #expect(error?.concerns == "volumes" && !HostFiles.exists(template))
    }

    @Test func looksWhatAFileSystemTakes() throws {
        try HostFiles.create(template, bytes: [1])
        // The kernel's own answer, by dd.
        let probe = Tool.find("dd", in: Tool.searchPath)
        let child = try ChildProcess.spawn(
            SpawnRequest(
                path: try #require(probe), arguments: ["dd", "if=\(template)", "iflag=direct", "of=/dev/null"],
                environment: ["PATH=/usr/bin:/bin"], descriptors: (0, 2, 2)))
        let takes = child.wait(deadlineMilliseconds: 10_000) == .exited(0)
        #expect(VolumeDisk.takesDirectAccess(template) == takes)
        #expect(!VolumeDisk.takesDirectAccess("/proc/self/oom_score_adj"))
    }
}

/// Whose a volume is: looked up as `Sources/witness/Command/Account.swift` does it.
@Suite struct VolumeOwnerTests {
    private func owner(_ user: String?, making: (String) throws -> Void = { _ in }) throws -> [UInt32] {
        let scratch = try TemporaryDirectory()
        try HostFiles.makeDirectory(scratch.path + "/etc")
        let passwd = "root:x:0:0::/root:/bin/sh\nbroken:x:y\nworker:x:999:34::/:/bin/sh\n7:x:70:71::/:/bin/sh\n"
        try HostFiles.create(scratch.path + "/etc/passwd", bytes: Array(passwd.utf8))
        try HostFiles.create(scratch.path + "/etc/group", bytes: Array("root:x:0:\nbackup:x:35:\n".utf8))
        try making(scratch.path)
        var workload = Workload(name: "w", image: .rootfs(path: scratch.path), command: ["/c"])
        workload.surroundings.user = user
        let owner = VolumeOwner(of: workload, in: scratch.path)
        return [owner.user, owner.group]
    }

    @Test func isTheCommandsUser() throws {
        #expect(try owner(nil) == [0, 0] && owner("") == [0, 0] && owner("root") == [0, 0])
        #expect(try owner("worker") == [999, 34] && owner("999") == [999, 34])
        #expect(try owner("worker:backup") == [999, 35] && owner("worker:1") == [999, 1])
        #expect(try owner("1234") == [1_234, 0] && owner("1234:5") == [1_234, 5])
        // A number is one, whoever bears it as a name.
        #expect(try owner("7") == [7, 0])
        #expect(try owner("nobody-here") == [0, 0] && owner("4294967295") == [0, 0])
    }

    @Test func aLinkOutOfTheImageIsNotFollowed() throws {
        let outside = try TemporaryDirectory()
        try HostFiles.create(outside.path + "/passwd", bytes: Array("worker:x:5:6::/:\n".utf8))
        let found = try owner("worker") { tree in
            unlink(tree + "/etc/passwd")
            guard symlink(outside.path + "/passwd", tree + "/etc/passwd") == 0 else { throw SystemError("linking") }
        }
        #expect(found == [0, 0])
        let pipe = try owner("worker") { tree in
            unlink(tree + "/etc/passwd")
            guard mkfifo(tree + "/etc/passwd", 0o600) == 0 else { throw SystemError("making a pipe") }
        }
        #expect(pipe == [0, 0])
    }
}
