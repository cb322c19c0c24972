import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import VirtualMachines

/// QEMU's process, user and directory, without QEMU.
@Suite struct HostSideTests {
    @Test func knowsADomainsEmulatorByItsWholeName() {
        func line(_ arguments: String...) -> String { arguments.joined(separator: "\0") + "\0" }
        let ordinary = line("/usr/bin/qemu-system-x86_64", "-name", "guest=tare-a-i1,debug-threads=on", "-S")
        #expect(EmulatorProcess.guestName(in: ordinary) == "tare-a-i1")
        #expect(EmulatorProcess.guestName(in: line("q", "-name", "debug-threads=on,guest=x")) == "x")
        // Who merely speaks of it, such as a shell or grep, does not run it.
        for spoken in [
            line("grep", "guest=tare-a-i1"), line("sh", "-c", "qemu -name guest=tare-a-i1"), line("q", "-name"), "",
            line("q", "-append", "-name guest=tare-a-i1"), line("q", "-names", "guest=tare-a-i1"),
        ] {
            #expect(EmulatorProcess.guestName(in: spoken) == nil, "\(spoken)")
        }
        #expect(EmulatorProcess.isEmulatorName("qemu-system-x86") && EmulatorProcess.isEmulatorName("qemu-kvm"))
        #expect(!EmulatorProcess.isEmulatorName("qemu-img") && !EmulatorProcess.isEmulatorName("not-qemu-system"))
    }

    @Test func knowsEmulatorsThatAreOnlyAsked() {
        func isAsked(_ words: String...) -> Bool {
            EmulatorProcess.isAsked(by: "20260101-000000-abcd", commandLine: words.joined(separator: "\0") + "\0")
        }
        let socket = "unix:/var/tmp/tare-20260101-000000-abcd/v/lib/qemu/qmp-1/qmp.monitor,server=on,wait=off"
        #expect(isAsked("q", "-S", "-qmp", socket, "-daemonize"))
        #expect(!isAsked("q", "-S", socket))
        #expect(!isAsked("q", "-qmp", socket.replacing("abcd", with: "abce")))
        #expect(!isAsked("q", "-qmp", "tcp:/tare-20260101-000000-abcd/"))
    }

    @Test func aProcessIsOneWithItsStartTime() throws {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let child = try ChildProcess.spawn(
            SpawnRequest(
                path: "/bin/sleep", arguments: ["sleep", "1000"], environment: [], descriptors: (null, null, null)))
        defer { child.end(graceMilliseconds: 0) }
        let process = try #require(PinnedProcess(pid: child.pid))
        #expect(process.runs)
        #expect(!process.waitUntilGone(deadline: MonotonicClock.now()))
        process.signal(SIGKILL)
        // A zombie runs no more, though its id is still taken.
        #expect(process.waitUntilGone(deadline: MonotonicClock.now() + 10_000_000_000))
        #expect(ProcessEntry(pid: child.pid) != nil)
        #expect(child.wait(deadlineMilliseconds: 10_000) == .signalled(SIGKILL))
        #expect(!process.runs && PinnedProcess(pid: child.pid) == nil)
        process.signal(SIGKILL)
    }

    @Test func judgesAFilesModeForAUser() {
        let user = QEMUUser(name: "tare-no-such-user", group: "x", uid: 64_055, gid: 64_056)
        func status(_ mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0) -> stat {
            var status = stat()
            (status.st_mode, status.st_uid, status.st_gid) = (S_IFCHR | mode, uid, gid)
            return status
        }
        #expect(!user.mayOpen(status(0o600)) && !user.mayOpen(status(0o660)) && user.mayOpen(status(0o666)))
        #expect(!user.mayOpen(status(0o662)) && !user.mayOpen(status(0o664)))
        #expect(user.mayOpen(status(0o660, gid: 64_056)) && !user.mayOpen(status(0o640, gid: 64_056)))
        #expect(user.mayOpen(status(0o600, uid: 64_055)) && !user.mayOpen(status(0o466, uid: 64_055)))
        // The nearest class decides, even where a wider one allows more.
        #expect(!user.mayOpen(status(0o606, gid: 64_056)))
        #expect(!user.mayOpen(status(0o066, uid: 64_055, gid: 64_056)))
    }

    @Test func findsWhatKeepsAUserFromADirectory() throws {
        let user = QEMUUser(name: "tare-no-such-user", group: "x", uid: 64_055, gid: 64_056)
        let scratch = try TemporaryDirectory()
        let inner = scratch.path + "/a/b"
        for path in [scratch.path + "/a", inner] { try HostFiles.makeDirectory(path) }
        for path in [scratch.path, scratch.path + "/a", inner] { #expect(chmod(path, 0o711) == 0) }
        #expect(Reachable.barrier(on: inner, for: user) == nil)
        #expect(chmod(scratch.path + "/a", 0o700) == 0)
        #expect(Reachable.barrier(on: inner, for: user) == scratch.path + "/a")
        // What cannot be looked at is nobody's barrier: whoever makes something there is told.
        #expect(Reachable.barrier(on: scratch.path + "/none", for: user) == nil)
    }

    @Test func aUserIsMemberOfFurtherGroups() throws {
        // Root's groups, whatever they are, count as memberships beside the given one.
        let root = QEMUUser(name: "root", group: "x", uid: 64_055, gid: 64_056)
        var status = stat()
        (status.st_mode, status.st_uid, status.st_gid) = (S_IFCHR | 0o660, 1, 64_056)
        #expect(root.mayOpen(status))
        status.st_gid = 64_057
        #expect(!root.mayOpen(status))
    }

    @Test func mountsNothingInTheHostsOwnNamespace() throws {
        let scratch = try TemporaryDirectory()
        // This process has not entered a namespace of its own, so a mount would outlive it.
        #expect(!Mounts.isNamespacePrivate)
        let user = QEMUUser(name: "tare-no-such-user", group: "x", uid: 64_055, gid: 64_056)
        try KVMAccess.grant(to: user, in: scratch.path, device: "/dev/mem")
        try KVMAccess.grant(to: user, in: scratch.path, device: "/dev/tare-absent")
        #expect(HostFiles.names(in: scratch.path).isEmpty)
        #expect(Mounts.lines(containing: " /dev/mem ").isEmpty)
    }

    @Test func anEmbeddedRootIsShort() throws {
        let user = QEMUUser(name: "u", group: "g", uid: 1, gid: 1)
        let scratch = try TemporaryDirectory()
        let long = scratch.path + "/" + String(repeating: "x", count: 60)
        let error = try #require(
            #expect(throws: TareError.self) {
                _ = try EmbedRoot(directory: long, cacheDirectory: scratch.path + "/cache", user: user)
            })
        #expect(error.code == .usage)
        #expect(error.message == "the run directory \(long) is too long for libvirt's sockets")
        #expect(error.remedy?.contains("TARE_RUN_DIRECTORY") == true)
        #expect(!HostFiles.exists(long))
    }

    @Test func anEmbeddedRootIsConfiguredAndKeepsCapabilities() throws {
        let user = QEMUUser(name: "somebody", group: "some", uid: 1, gid: 1)
        let scratch = try TemporaryDirectory()
        let cache = scratch.path + "/cache"
        try HostFiles.makeDirectory(cache)
        let root = try EmbedRoot(directory: scratch.path + "/v", cacheDirectory: cache, user: user)
        // A second platform of the same run finds it there.
        #expect(try EmbedRoot(directory: scratch.path + "/v", cacheDirectory: cache, user: user).uri == root.uri)
        #expect(root.uri == "qemu:///embed?root=\(scratch.path)/v")
        let text = try HostFiles.read(root.path + "/etc/qemu.conf")
        for line in [
            "stdio_handler = \"file\"", "user = \"somebody\"", "group = \"some\"", "seccomp_sandbox = 1",
            "dynamic_ownership = 0",
        ] {
            #expect(text.split(separator: "\n").contains { $0 == line }, "\(line)")
        }
        try HostFiles.create(root.path + "/cache/qemu/capabilities/ab.xml", bytes: Array("<a/>".utf8))
        try HostFiles.create(root.path + "/cache/qemu/capabilities/junk", bytes: [])
        root.keepCapabilities()
        let next = try EmbedRoot(directory: scratch.path + "/w", cacheDirectory: cache, user: user)
        #expect(HostFiles.names(in: next.path + "/cache/qemu/capabilities") == ["ab.xml"])
        #expect(try HostFiles.read(next.path + "/cache/qemu/capabilities/ab.xml") == "<a/>")
    }

    @Test func filesOfTheCacheGetNamesOfTheirOwn() throws {
        let scratch = try TemporaryDirectory()
        for name in ["/objects", "/objects/disk-1", "/objects/disk-2", "/run"] {
            try HostFiles.makeDirectory(scratch.path + name)
        }
        for index in 1...2 {
            try HostFiles.create("\(scratch.path)/objects/disk-\(index)/disk.raw", bytes: [UInt8(index)], mode: 0o600)
        }
        let user = try QEMUUser.find()
        let first = try Reachable.file(scratch.path + "/objects/disk-1/disk.raw", in: scratch.path + "/run", for: user)
        let second = try Reachable.file(scratch.path + "/objects/disk-2/disk.raw", in: scratch.path + "/run", for: user)
        #expect(first != second)
        #expect(try HostFiles.read(first) == "\u{1}" && HostFiles.read(second) == "\u{2}")
        #expect(
            try Reachable.file(scratch.path + "/objects/disk-1/disk.raw", in: scratch.path + "/run", for: user) == first
        )
        var status = stat()
        #expect(stat(first, &status) == 0 && status.st_mode & 0o777 == 0o640)
        #expect(status.st_gid == user.gid)
        #expect(throws: SystemError.self) { try Reachable.file("/nowhere/x", in: scratch.path + "/run", for: user) }
    }

    @Test(.needs(program: "qemu-img")) func aPrivateLayerNamesItsBaseAndFormat() async throws {
        let scratch = try TemporaryDirectory()
        let base = scratch.path + "/base.raw"
        try HostFiles.create(base, bytes: [])
        #expect(truncate(base, 8 << 20) == 0)
        let layer = try await QCOW2.template(over: base, scratch: scratch.path + "/t")
        #expect(layer.starts(with: [0x51, 0x46, 0x49, 0xfb]))
        let text = String(decoding: layer, as: UTF8.self)
        #expect(text.contains(base) && text.contains("raw"))
        #expect(HostFiles.names(in: scratch.path) == ["base.raw"])
        let error = try #require(
            await #expect(throws: TareError.self) {
                _ = try await QCOW2.template(over: scratch.path + "/absent", scratch: scratch.path + "/t")
            })
        #expect(error.code == .image && error.cause?.contains("absent") == true)
        #expect(HostFiles.names(in: scratch.path) == ["base.raw"])
    }
}
