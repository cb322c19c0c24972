import BenchmarkModel
import Foundation
import Images
import LinuxSystem
import TestSupport
import Testing

@Suite(
    "In a guest", .serialized, .needs(program: "qemu-system-x86_64"), .needs(program: "cpio"),
    .needs(program: "mke2fs"))
struct GuestTests {
    @Test("The marks come, and the command finds what a container would give it")
    func marks() async throws {
        let kernel = try await TestCache.guestKernel()
        let script = """
            while read -r d t r; do [ $d = rootfs ] || echo "mount $t"; done < /proc/mounts
            while read -r d t f o r; do case $t in /dev/shm|/srv*) echo "options $d $t $f $o";; esac; done < /proc/mounts
            echo dev $(busybox ls /dev); echo corner $(busybox ls /.tare)
            busybox wc -c < /proc/keys; echo 1 > /proc/sys/vm/swappiness || echo protected
            echo "host $(busybox hostname)"; busybox ls -l /proc/self/fd/ | busybox wc -l; busybox ls -1 /.tare
            busybox ifconfig lo | busybox grep UP; echo >/dev/stderr stderr; echo everything-told
            exec busybox sleep 100
            """
        let guest = try Guest(["/bin/sh", "-c", "exec 2>&1; " + script], kernel: kernel)
        #expect(guest.channel.text(until: "R") == "EXR")
        #expect(eventually { guest.console.contains("everything-told") })
        let lines = guest.console.split { $0.isNewline }.map(String.init)
        let mounts = ["/", "/.tare", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/proc", "/sys", "/sys/fs/cgroup"]
        let found = lines.filter { $0.hasPrefix("mount ") }.map { String($0.dropFirst(6)) }
        #expect(Set(mounts + ["/srv/a\\040b/c", "/proc/sys"]).isSubset(of: found), "\(found)")
        // Of the kernel's own only what is masked or protected lies beside that, in every container too.
        let others = found.filter { !mounts.contains($0) && !$0.hasPrefix("/srv/") }
        #expect(Set(others).isSubset(of: Furniture.maskedPaths + Furniture.readOnlyPaths), "\(others)")
        #expect(lines.contains { $0.hasPrefix("options shm /dev/shm tmpfs rw") && $0.contains("size=8192k") })
        #expect(lines.contains { $0.hasPrefix("options tmpfs /srv/a\\040b/c") && $0.contains("size=1024k") })
        // What the kernel has in its /dev, the disk above all, is not there.
        #expect(
            lines.contains(
                "dev fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero"), "\(lines)")
        #expect(lines.contains("corner config witness"))
        #expect(lines.contains("protected"))
        #expect(lines.contains("host tare-test"))
        #expect(lines.contains("stderr"))
        #expect(lines.contains { $0.contains("UP LOOPBACK RUNNING") })
        #expect(Set(["config", "witness"]).isSubset(of: lines))
    }

    @Test("An echo, byte for byte, and then power off")
    func echo() async throws {
        let kernel = try await TestCache.guestKernel()
        let guest = try Guest(["true"], kernel: kernel, argument: "--echo")
        #expect(guest.channel.text(until: "E") == "E")
        // Every byte that a terminal might treat in a way of its own.
        let bytes = (0...255).map { UInt8($0) }.filter { $0 != 0x04 }
        for byte in bytes {
            let count = guest.channel.received.count
            guest.channel.send([byte])
            guest.channel.receive(count: count + 1)
        }
        #expect(guest.channel.received == [0x45] + bytes)
        guest.channel.send([0x04])
        #expect(guest.machine.wait(deadlineMilliseconds: 60_000) == .exited(0))
    }

    @Test("A command that is not there ends the guest with a failure mark")
    func noCommand() async throws {
        let kernel = try await TestCache.guestKernel()
        let guest = try Guest(["nginxx"], kernel: kernel)
        #expect(guest.channel.text() == "EFcommand not found in the image: nginxx\n")
        #expect(guest.machine.wait(deadlineMilliseconds: 60_000) == .exited(0))
        #expect(guest.console.contains("tare witness: command not found in the image: nginxx"))
    }

    @Test("A job's end and its output, over the port and over the console", arguments: [true, false])
    func job(_ hasPort: Bool) async throws {
        let kernel = try await TestCache.guestKernel()
        // More than a pipe holds, and the last line right before the end.
        let script = "busybox yes | busybox head -c 100000; echo last; exit 3"
        let guest = try Guest(["sh", "-c", script], kernel: kernel, readiness: .completed, hasPort: hasPort)
        let (text, nanoseconds) = guest.channel.textAndTime()
        #expect(text == "EXDe3\n" && (nanoseconds ?? 0) > 0)
        #expect(guest.machine.wait(deadlineMilliseconds: 60_000) == .exited(0))
        let printed = hasPort ? guest.output : String(guest.console.unicodeScalars.filter { $0 != "\r" })
        #expect(printed.contains("y\nlast\n"))
        if hasPort {
            #expect(printed == String(repeating: "y\n", count: 50_000) + "last\n")
            #expect(!guest.console.contains("last"))
        }
    }

    @Test("What a command did before its end, and an end after ready")
    func end() async throws {
        let kernel = try await TestCache.guestKernel()
        let touch = try Guest(["busybox", "touch", "/tmp/x"], kernel: kernel, readiness: .file(path: "/tmp/x"))
        #expect(touch.channel.text() == "EXRDe0\n")
        let killed = try Guest(["sh", "-c", "kill -9 $$"], kernel: kernel)
        #expect(killed.channel.text() == "EXRDs9\n")
    }

    @Test("Files that figures are read from")
    func figureFiles() async throws {
        let kernel = try await TestCache.guestKernel()
        // Every byte that a terminal might treat in a way of its own, and more than its buffers hold.
        let script = "busybox head -c 100000 /bin/busybox > /tmp/r; exit 4"
        let guest = try Guest(
            ["sh", "-c", script], kernel: kernel, readiness: .completed, figureFiles: ["/tmp/r", "/tmp/none"])
        let files = guest.channel.files()
        let program = try Data(contentsOf: URL(fileURLWithPath: Instance.busybox))
        #expect(files.first == .text(Array(program.prefix(100_000))))
        #expect(files.dropFirst().elementsEqual([.absent("No such file or directory")]))
        #expect(guest.machine.wait(deadlineMilliseconds: 60_000) == .exited(0))
    }

    @Test("A module that lacks another, and a root device that does not come")
    func faultyGuest() async throws {
        let kernel = try await TestCache.guestKernel()
        let expected = "EFcannot load the kernel module /modules/virtio.ko: "
        // A kernel that has virtio built in brings no such module.
        if let virtio = kernel.modules.first(where: { $0.hasSuffix("/virtio.ko") }) {
            let withoutRing = try Guest(["true"], kernel: kernel, modules: [virtio])
            #expect(withoutRing.channel.text().hasPrefix(expected))
        }
        let withoutDisk = try Guest(["true"], kernel: kernel, root: "/dev/vdz")
        #expect(withoutDisk.channel.text() == "EFthe root device /dev/vdz did not appear within 10 s\n")
    }
}
