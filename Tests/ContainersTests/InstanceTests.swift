import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Containers

/// Real instances with the real witness, on every platform that is no virtual machine.
@Suite(.needsRoot, .needs(program: "busybox"), .serialized) struct InstanceTests {
    enum Kind: CaseIterable { case process, namespaces, runc }

    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private func platform(_ kind: Kind) throws -> any Platform {
        switch kind {
        case .process: fixture.process()
        case .namespaces: fixture.namespaces()
        case .runc: try fixture.oci()
        }
    }

    @Test(arguments: Kind.allCases) func runsWithinItsAllowances(_ kind: Kind) async throws {
        let script = "hostname > /hostname; echo said; exec sleep 1000"
        let launched = try await fixture.launch(try platform(kind), fixture.workload(script))
        #expect(launched.channel.text() == "EXR")
        #expect(launched.channel.marks == [.spawned])
        let pid = try #require(try launched.pid())

        // The limits are those of the suite, in the group in which the process really is.
        let memory = launched.setting("memory", "memory.limit_in_bytes", "memory.max")
        #expect(memory == "\(48 << 20)")
        if fixture.groups.mode == .v2 {
            #expect(launched.setting("cpu", "", "cpu.max") == "200000 100000")
        } else {
            let period = launched.setting("cpu", "cpu.cfs_period_us", "").flatMap { Int($0) }
            let quota = launched.setting("cpu", "cpu.cfs_quota_us", "").flatMap { Int($0) }
            #expect(try #require(quota) == 2 * #require(period))
        }
        let membership = try HostFiles.read("/proc/\(pid)/cgroup")
        #expect(fixture.groups.group(in: membership, controller: "memory") == launched.group)
        #expect(fixture.groups.group(in: membership, controller: "cpu") == launched.group)

        // The shell became the command, which is the first process of its namespace and sees nothing else.
        let root = "/proc/\(pid)/root"
        let commandLine = "sleep\u{0}1000\u{0}"
        #expect(eventually { (try? HostFiles.read("/proc/\(pid)/cmdline")) == commandLine })
        let hostname = HostFiles.value(root + "/hostname")
        if kind == .process {
            #expect(hostname == HostFiles.value("/proc/sys/kernel/hostname"))
        } else {
            #expect(hostname == launched.request.name)
            #expect(try HostFiles.read(root + "/proc/1/cmdline") == commandLine)
            // The helper that sent `ready` ends after it; beside a command that does not wait it stays defunct.
            #expect(eventually { living(in: root + "/proc") == ["1"] })
            #expect(HostFiles.exists(root + "/dev/null") && !HostFiles.exists(root + "/dev/kvm"))
        }
        #expect(HostFiles.exists(root + "/.tare/witness"))
        #expect(HostFiles.value(launched.request.directory + "/output") == "said")
        #expect(!HostFiles.exists(root + fixture.scratch.path))

        try launched.instance.stop(deadline: .seconds(10))
        #expect(launched.leftovers().isEmpty)
        #expect(ProcessEntry(pid: pid).map { $0.state == "Z" } ?? true)
        #expect(try launched.instance.processes().isEmpty)
        #expect(HostFiles.names(in: fixture.scratch.path + "/oci-runc").isEmpty)
        // A second stop finds nothing to do.
        try launched.instance.stop(deadline: .seconds(10))
    }

    /// The ids of processes in a /proc that have not ended.
    private func living(in proc: String) -> [String] {
        HostFiles.names(in: proc).filter { name in
            guard Int(name) != nil, let text = try? HostFiles.read("\(proc)/\(name)/stat") else { return false }
            return !text.contains(") Z ")
        }
    }

    /// Links of the image lead to where the workload itself would follow them, and never to the host.
    @Test(arguments: Kind.allCases) func mountsFileSystemsInMemory(_ kind: Kind) async throws {
        let image = fixture.scratch.path + "/image"
        try HostFiles.makeDirectory(image + "/srv")
        guard symlink("/srv", image + "/data") == 0 else { throw SystemError("linking") }
        var workload = fixture.workload(
            "busybox grep -E ' (/srv/a b|/new|/dev/shm) ' /proc/mounts > /seen; echo $? > /told; exec sleep 1000"
                .replacing("a b", with: "a.040b"))
        workload.surroundings.sharedMemoryBytes = 8 << 20
        workload.surroundings.temporary = [
            TemporaryFileSystem(path: "/new", bytes: 1 << 20), TemporaryFileSystem(path: "/data/a b", bytes: 2 << 20),
        ]
        let launched = try await fixture.launch(try platform(kind), workload)
        #expect(launched.channel.text() == "EXR")
        let root = "/proc/\(try #require(try launched.pid()))/root"
        #expect(eventually { HostFiles.value(root + "/told") != nil })
        let seen = (HostFiles.value(root + "/seen") ?? "").split(separator: "\n").map(String.init)
        func has(_ target: String, _ size: String) -> Bool {
            seen.contains {
                $0.contains(" \(target) tmpfs rw,nosuid,nodev,noexec,relatime") && $0.contains("size=\(size)")
            }
        }
        #expect(has("/dev/shm", "8192k") && has("/new", "1024k") && has("/srv/a\\040b", "2048k"), "\(seen)")
        #expect(!HostFiles.exists("/new") && !HostFiles.exists("/srv/a b"))
        try launched.instance.stop(deadline: .seconds(10))
        #expect(launched.leftovers().isEmpty)
    }

    /// A new, empty directory of the host, which a command that is not root may write to; gone with the instance.
    @Test(arguments: Kind.allCases) func bindsVolumes(_ kind: Kind) async throws {
        let disk = fixture.scratch.path + "/disk"
        let run = "tare-test-\(getpid())"
        for path in [disk, "\(disk)/\(run)"] { try HostFiles.makeDirectory(path) }
        let image = fixture.scratch.path + "/image"
        try HostFiles.makeDirectory(image + "/etc")
        try HostFiles.create(image + "/etc/passwd", bytes: Array("worker:x:999:34::/:/bin/sh\n".utf8))
        var workload = fixture.workload(
            "busybox id -u > /data/in/who; busybox touch /data/in/file && busybox ls -A /data/in > /data/in/told; "
                + "exec sleep 1000")
        workload.surroundings.user = "worker"
        workload.volumes = [VolumeSpec(path: "/data/in", directory: disk + "/", bytes: 1 << 30)]
        let launched = try await fixture.launch(try platform(kind), workload)
        #expect(launched.channel.text() == "EXR")
        let volume = "\(disk)/\(run)/i1-0"
        #expect(launched.request.volumeDirectories == [volume])
        #expect(eventually { HostFiles.value(volume + "/told")?.contains("who") == true })
        #expect(HostFiles.value(volume + "/who") == "999")
        #expect(HostFiles.names(in: volume) == ["file", "told", "who"])
        var status = stat()
        #expect(stat(volume, &status) == 0)
        #expect(status.st_uid == 999 && status.st_gid == 34 && status.st_mode == S_IFDIR | 0o755)
        // Nothing of it went into the image or into the private layer.
        #expect(!HostFiles.exists(image + "/data"))
        let root = "/proc/\(try #require(try launched.pid()))/root"
        #expect(HostFiles.exists(root + "/data/in/file"))
        let layer = launched.request.directory + "/upper/data/in"
        #expect(HostFiles.exists(layer) && HostFiles.names(in: layer).isEmpty)
        try launched.instance.stop(deadline: .seconds(10))
        #expect(launched.leftovers().isEmpty)
        #expect(HostFiles.names(in: "\(disk)/\(run)").isEmpty)
    }

    /// What stands in the place of a volume is no volume.
    @Test(arguments: Kind.allCases) func takesNothingForAVolume(_ kind: Kind) async throws {
        let run = "\(fixture.scratch.path)/tare-test-\(getpid())"
        for path in [run, fixture.scratch.path + "/target"] { try HostFiles.makeDirectory(path) }
        guard symlink("../target", run + "/i1-0") == 0 else { throw SystemError("linking") }
        var workload = fixture.workload("exec sleep 1000")
        workload.volumes = [VolumeSpec(path: "/data", directory: fixture.scratch.path, bytes: 1 << 30)]
        await #expect(throws: (any Error).self) {
            _ = try await fixture.launch(try platform(kind), workload)
        }
        #expect(HostFiles.target(ofLink: run + "/i1-0") == "../target")
        #expect(HostFiles.names(in: fixture.scratch.path + "/target").isEmpty)
    }

    @Test(arguments: Kind.allCases) func keepsInstancesApart(_ kind: Kind) async throws {
        let platform = try platform(kind)
        let workload = fixture.workload("echo $$ > /own; exec sleep 1000")
        let first = try await fixture.launch(platform, workload, number: 1)
        let second = try await fixture.launch(platform, workload, number: 2)
        #expect(first.channel.text() == "EXR" && second.channel.text() == "EXR")
        let (one, two) = (try #require(try first.pid()), try #require(try second.pid()))
        #expect(one != two)
        #expect(eventually { HostFiles.value("/proc/\(one)/root/own") != nil })
        #expect(eventually { HostFiles.value("/proc/\(two)/root/own") != nil })
        // The image below both is as it was.
        #expect(HostFiles.names(in: fixture.scratch.path + "/image") == ["bin"])
        try first.instance.stop(deadline: .seconds(10))
        #expect(first.leftovers().isEmpty)
        #expect(ProcessEntry(pid: two)?.state != "Z")
        #expect(try second.pid() == two)
        try second.instance.stop(deadline: .seconds(10))
        #expect(second.leftovers().isEmpty)
    }

    @Test(arguments: Kind.allCases) func endsWhateverTheWorkloadStarted(_ kind: Kind) async throws {
        let script = "trap '' TERM; sleep 1000 & setsid sleep 1000 & while :; do sleep 1; done"
        let launched = try await fixture.launch(try platform(kind), fixture.workload(script))
        #expect(launched.channel.text() == "EXR")
        #expect(eventually { (try? launched.instance.processes().count >= 3) == true })
        let pids = try launched.instance.processes().map(\.pid)
        try launched.instance.stop(deadline: .seconds(10))
        #expect(launched.leftovers().isEmpty)
        for pid in pids { #expect(ProcessEntry(pid: pid).map { $0.state == "Z" } ?? true, "\(pid)") }
    }

    @Test(arguments: Kind.allCases) func saysWhenTheCommandIsNotThere(_ kind: Kind) async throws {
        var workload = fixture.workload("")
        workload.command = ["/bin/absent"]
        let launched = try await fixture.launch(try platform(kind), workload)
        let text = launched.channel.text()
        #expect(text.hasPrefix("EF") && text.contains("/bin/absent"), "\(text)")
        try launched.instance.stop(deadline: .seconds(10))
        #expect(launched.leftovers().isEmpty)
    }

    private func runtime(_ script: String) throws -> String {
        let path = fixture.scratch.path + "/runtime"
        try HostFiles.create(path, bytes: Array("#!/bin/sh\n\(script)\n".utf8), mode: 0o755)
        return path
    }

    @Test func endsARuntimeThatHangs() async throws {
        let path = try runtime("exec sleep 1000")
        let platform = try fixture.oci(OCISettings(runtime: path))
        let launched = try await fixture.launch(platform, fixture.workload("exec sleep 1000"))
        let runtimes = try launched.instance.processes().filter { $0.role == .runtime }
        #expect(runtimes.count == 1)
        try launched.instance.stop(deadline: .seconds(10))
        #expect(launched.leftovers().isEmpty)
        #expect(ProcessEntry(pid: try #require(runtimes.first).pid) == nil)
    }

    @Test func survivesARuntimeThatFails() async throws {
        let path = try runtime("echo the runtime says no >&2; exit 7")
        let platform = try fixture.oci(OCISettings(runtime: path))
        let launched = try await fixture.launch(platform, fixture.workload("exec sleep 1000"))
        #expect(launched.channel.text() == "")
        try launched.instance.stop(deadline: .seconds(10))
        #expect(HostFiles.value(launched.request.directory + "/output") == "the runtime says no")
        #expect(launched.leftovers().isEmpty)
    }

    @Test func takesAwayWhatARuntimeLeaves() async throws {
        // It makes the container's group and a state directory, and forgets both.
        let groups = fixture.groups.directories(of: fixture.cgroup + "/i1").joined(separator: " ")
        let state = "\(fixture.scratch.path)/oci-runc/tare-test-\(getpid())-i1"
        let path = try runtime("case \"$*\" in *delete*) ;; *) mkdir -p \(groups) \(state) ;; esac")
        let platform = try fixture.oci(OCISettings(runtime: path))
        let launched = try await fixture.launch(platform, fixture.workload("exec sleep 1000"))
        #expect(launched.channel.text() == "")
        #expect(eventually { HostFiles.exists(state) })
        try launched.instance.stop(deadline: .seconds(10))
        #expect(launched.leftovers().isEmpty)
    }

    @Test func leavesNothingWhenALaunchFails() async throws {
        // The bundle cannot be written, for a directory is in its place.
        let directory = fixture.scratch.path + "/i1"
        for path in [directory, directory + "/config.json"] { try HostFiles.makeDirectory(path) }
        let platform = try fixture.oci()
        await #expect(throws: SystemError.self) {
            _ = try await fixture.launch(platform, fixture.workload("exec sleep 1000"))
        }
        #expect(Mounts.lines(containing: directory + "/").isEmpty)
        #expect(!fixture.groups.exists(fixture.cgroup + "/i1"))
    }

    @Test func saysWhenTheRuntimeIsNotThere() throws {
        for name in ["tare-no-such-runtime", "/usr/bin/tare-no-such-runtime"] {
            let error = try #require(
                #expect(throws: TareError.self) { _ = try fixture.oci(OCISettings(runtime: name)) })
            #expect(error.code == .hostLacks)
            #expect(error.message == "platform 'runc': the OCI runtime '\(name)' was not found")
            #expect(error.remedy?.contains("apt-get install") == true)
        }
    }

    @Test func tellsWhatItIs() async throws {
        let record = try await fixture.oci(OCISettings(options: ["--debug"])).probe()
        let runtime = record.details.first { $0.name == "runtime" }
        #expect(runtime?.value.hasPrefix("runc version ") == true && runtime?.mustAgree == true)
        #expect(record.details.first { $0.name == "runtime options" }?.value == "--debug run --detach")
        #expect(!record.emulated)
    }
}
