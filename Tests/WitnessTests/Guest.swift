import BenchmarkModel
import Foundation
import Glibc
import Images
import LinuxSystem
import TestSupport

/// A real guest under software emulation, whose init is the witness, with the mark channel on its second serial port.
final class Guest {
    let directory: TemporaryDirectory
    let channel: Channel
    let machine: ChildProcess

    deinit {
        machine.end(graceMilliseconds: 0)
    }

    /// Boots a guest with a command, or with an argument for the witness.
    ///
    /// - Parameter modules: which of the kernel's modules are loaded; nil for all that a guest needs.
    init(
        _ command: [String], kernel: GuestKernel, readiness: Readiness = .started, argument: String = "",
        modules: [String]? = nil, root: String = "/dev/vda", hasPort: Bool = false, figureFiles: [String] = []
    ) throws {
        directory = try TemporaryDirectory()
        channel = try Channel()
        let path = directory.path
        try Guest.makeInitramfs(path, modules ?? kernel.modules, command, readiness, root, hasPort, figureFiles)
        for name in ["root", "root/bin", "root/tmp"] { try HostFiles.makeDirectory("\(path)/\(name)") }
        try copyProgram(Instance.busybox, to: path + "/root/bin/busybox")
        symlink("busybox", path + "/root/bin/sh")
        try Guest.shell("mke2fs -q -t ext4 -d '\(path)/root' '\(path)/disk' 32M")
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let line = "console=ttyS0 loglevel=6 panic=-1" + (argument.isEmpty ? "" : " -- \(argument)")
        machine = try ChildProcess.spawn(
            SpawnRequest(
                path: "/usr/bin/qemu-system-x86_64",
                arguments: [
                    "qemu", "-M", "q35,accel=tcg", "-cpu", "max", "-m", "128", "-smp", "1", "-nodefaults",
                    "-display", "none", "-no-reboot", "-kernel", kernel.imagePath, "-initrd", path + "/initramfs",
                    "-append",
                    line,
                    "-serial", "file:\(path)/console", "-chardev", "stdio,id=marks,signal=off", "-serial",
                    "chardev:marks",
                ]
                    + (hasPort
                        ? [
                            "-chardev", "file,id=output,path=\(path)/output", "-device", "virtio-serial-pci", "-device",
                            "virtserialport,chardev=output,nr=1",
                        ] : []) + [
                        // After the port: the number of a virtio device is part of the port's name.
                        "-drive", "file=\(path)/disk,format=raw,if=none,id=root", "-device",
                        "virtio-blk-pci,drive=root",
                    ],
                environment: ["PATH=/usr/bin:/bin"], descriptors: (channel.instanceEnd, channel.instanceEnd, null)))
        channel.closeInstanceEnd()
    }

    /// What the guest wrote on its console.
    var console: String {
        (try? HostFiles.read(directory.path + "/console")) ?? ""
    }

    /// What its port for the output brought.
    var output: String { (try? HostFiles.read(directory.path + "/output")) ?? "" }

    private static func makeInitramfs(
        _ path: String, _ modules: [String], _ command: [String], _ readiness: Readiness, _ root: String,
        _ hasPort: Bool, _ figureFiles: [String]
    ) throws {
        let image = path + "/image"
        for name in ["", "/dev", "/proc", "/sys", "/newroot", "/modules", "/.tare"] {
            try HostFiles.makeDirectory(image + name)
        }
        try copyProgram(BuiltProgram.path("witness"), to: image + "/init")
        let workload = Workload(
            name: "test", image: .rootfs(path: image), command: command, readiness: readiness,
            figures: figureFiles.map(FigureSpec.inFile))
        try HostFiles.create(image + "/.tare/config", bytes: WitnessConfiguration.encode(workload))
        var records = ""
        for module in modules {
            let name = module.split(separator: "/").last.map(String.init) ?? module
            try copyProgram(module, to: "\(image)/modules/\(name)")
            records += "module=/modules/\(name)\0"
        }
        records += "root=\(root)\0fstype=ext4\0channel=/dev/ttyS1\0hostname=tare-test\0"
        if hasPort { records += "output=/dev/vport0p1\0" }
        let furniture = Furniture(
            sharedMemoryBytes: 8 << 20,
            temporary: [TemporaryFileSystem(path: "/srv/a b/c", bytes: 1 << 20)])
        for record in furniture.guestRecords(kernelShowsMemory: false) { records += record + "\0" }
        try HostFiles.create(image + "/.tare/guest", bytes: Array(records.utf8))
        try shell("cd '\(image)' && find . | cpio -o -H newc --quiet > '\(path)/initramfs'")
    }

    private static func shell(_ script: String) throws {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let child = try ChildProcess.spawn(
            SpawnRequest(
                path: "/bin/sh", arguments: ["sh", "-c", script],
                environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], descriptors: (null, null, null)))
        guard child.wait(deadlineMilliseconds: 60_000) == .exited(0) else {
            throw SystemError("running: \(script)", number: EIO)
        }
    }
}
