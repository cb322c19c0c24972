import BenchmarkModel
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
            while read d t o r; do [ $d = rootfs ] || echo "mount $t"; done < /proc/mounts
            echo "host $(busybox hostname)"; busybox ls -l /proc/self/fd/ | busybox wc -l; busybox ls -1 /.tare
            busybox ifconfig lo | busybox grep UP; echo >/dev/stderr stderr; echo everything-told
            exec busybox sleep 100
            """
        let guest = try Guest(["/bin/sh", "-c", "exec 2>&1; " + script], kernel: kernel)
        #expect(guest.channel.text(until: "R") == "EXR")
        #expect(eventually { guest.console.contains("everything-told") })
        let lines = guest.console.split { $0.isNewline }.map(String.init)
        let mounts = ["/", "/.tare", "/dev", "/dev/pts", "/dev/shm", "/proc", "/sys"]
        let found = lines.filter { $0.hasPrefix("mount ") }.map { String($0.dropFirst(6)) }
        #expect(found.sorted() == mounts)
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
