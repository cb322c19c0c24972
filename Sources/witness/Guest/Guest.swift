import CWitnessShims

/// A guest from the kernel's hand-over to a root file system like a container's.
struct Guest {
    static let outputLimitNanoseconds: UInt64 = 1_000_000_000

    let configuration: GuestConfiguration

    /// Whether this process is the init of a guest.
    static var isHere: Bool {
        getpid() == 1 && access(GuestConfiguration.path.cString, F_OK) == 0
    }

    /// Opens the mark channel and sends `entered`: as early as a device can be opened.
    static func enter() -> (Guest, Witness) {
        let mute = Witness(channel: MarkChannel(descriptor: -1), isGuest: true)
        let mounted = mount("devtmpfs", "/dev", "devtmpfs", UInt(MS_NOSUID), "mode=0755")
        // Some kernels mount devtmpfs themselves.
        if mounted != 0, witness_errno() != EBUSY { mute.end(Message("cannot mount /dev").addLastError()) }
        let records = Records.read(GuestConfiguration.path) { mute.end($0) }
        let guest = Guest(configuration: GuestConfiguration(records))
        guard let device = guest.configuration.channel else {
            mute.end(Message("/.tare/guest names no channel"))
        }
        let opened = witness_open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0)
        guard opened >= 0 else { mute.end(Message("cannot open ").quote(device).addLastError()) }
        let channel = MarkChannel(descriptor: keepAside(opened))
        close(opened)
        // Before the first mark: the host may answer to it at once, and its bytes must come through unchanged.
        let number = witness_raw_terminal(channel.descriptor)
        let witness = Witness(channel: channel, isGuest: true)
        if number != 0 {
            witness.fail(Message("").quote(device).add(" cannot be a mark channel: ").add(error: number))
        }
        channel.send(MarkByte.entered)
        return (guest, witness)
    }

    /// Makes the serial port hand over every byte at once, where it can.
    ///
    /// Otherwise it waits for eight bytes or for the time of four, 350 microseconds at its speed. Only what the guest
    /// receives waits: an echo would measure that, and no mark ever meets it.
    func hastenReceiving() {
        guard let device = configuration.channel, let name = strrchr(device, Int32(UInt8(ascii: "/"))),
            mount("sysfs", "/sys", "sysfs", 0, nil) == 0
        else { return }
        let path = Message("/sys/class/tty").quote(name).add("/rx_trig_bytes").add(byte: 0)
        path.bytes.withMemoryRebound(to: CChar.self, capacity: path.count) { path in
            let descriptor = witness_open(path, O_WRONLY | O_CLOEXEC, 0)
            if descriptor >= 0 {
                _ = write(descriptor, "1", 1)
                close(descriptor)
            }
        }
        umount("/sys")
    }

    /// Loads drivers, mounts the root, moves into it, and furnishes it.
    ///
    /// - Returns: the device for the command's output; -1 where there is only the console.
    func arrange(_ witness: Witness) -> Int32 {
        configuration.forEachModule { load($0, witness) }
        raiseNetwork(witness)
        mountRoot(witness)
        let output = openOutput()
        let plan = MountPlan(configuration: configuration, witness: witness)
        plan.keepDevices()
        carryOver(witness)
        moveIntoRoot(witness)
        plan.furnish()
        if sethostname(configuration.hostName, strlen(configuration.hostName)) != 0 {
            witness.fail(Message("cannot set the host name").addLastError())
        }
        return output
    }

    /// Gives `eth0` what the kernel's command line says behind `--`: `--network=ADDRESS/PREFIX/GATEWAY`.
    private func raiseNetwork(_ witness: Witness) {
        var index: Int32 = 1
        while let word = witness_argument(index) {
            index += 1
            guard let text = value(of: UnsafeMutablePointer(mutating: word), "--network=") else { continue }
            var (address, gateway): (UInt32, UInt32) = (0, 0)
            var prefix: Int32 = 0
            guard witness_read_network(text, &address, &prefix, &gateway) != 0 else {
                witness.fail(Message("no network is ").quote(text))
            }
            let limit = Clock.nanoseconds() + Guest.outputLimitNanoseconds
            while true {
                leaveOutIPv6()
                let error = witness_raise_interface(address, prefix, gateway)
                if error == 0 { return }
                // The driver makes the interface a moment after it was loaded.
                guard error == ENODEV, Clock.nanoseconds() < limit else {
                    witness.fail(Message("cannot raise eth0: ").add(error: error))
                }
                Clock.sleep(nanoseconds: 200_000)
            }
        }
    }

    /// As in a container: its announcements would be traffic. A kernel without it has nothing to leave out.
    private func leaveOutIPv6() {
        guard mount("proc", "/proc", "proc", 0, nil) == 0 else { return }
        let path: StaticString = "/proc/sys/net/ipv6/conf/eth0/disable_ipv6"
        let descriptor = witness_open(path.cString, O_WRONLY | O_CLOEXEC, 0)
        if descriptor >= 0 {
            _ = write(descriptor, "1", 1)
            close(descriptor)
        }
        umount("/proc")
    }

    /// The driver makes the device a moment after it was loaded. A kernel without it has the console.
    private func openOutput() -> Int32 {
        guard let device = configuration.output else { return -1 }
        let name = configuration.outputName
        if name != nil { mount("sysfs", "/sys", "sysfs", 0, nil) }
        defer { if name != nil { umount("/sys") } }
        let limit = Clock.nanoseconds() + Guest.outputLimitNanoseconds
        while true {
            let found =
                name == nil
                ? device : Disk.find(name ?? device, "/name", among: "/sys/class/virtio-ports", below: "/dev")
            let opened = found.map { witness_open($0, O_WRONLY | O_NOCTTY | O_CLOEXEC, 0) } ?? -1
            if opened >= 0 {
                defer { close(opened) }
                return keepAside(opened)
            }
            guard Clock.nanoseconds() < limit else { return -1 }
            Clock.sleep(nanoseconds: 200_000)
        }
    }

    private func load(_ path: UnsafePointer<CChar>, _ witness: Witness) {
        let descriptor = witness_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else {
            witness.fail(Message("cannot open the kernel module ").quote(path).addLastError())
        }
        // EEXIST: the driver is loaded or built in.
        if witness_load_module(descriptor) != 0, witness_errno() != EEXIST {
            let text = Message("cannot load the kernel module ").quote(path).addLastError()
            // Not the file, which is open: a symbol of another module.
            if witness_errno() == ENOENT { text.add(" (it needs a module that is not loaded before it)") }
            witness.fail(text)
        }
        close(descriptor)
    }

    private func mountRoot(_ witness: Witness) {
        let root = rootDevice(witness)
        if mount(root, "/newroot", configuration.fileSystem, 0, nil) != 0 {
            let text = Message("cannot mount ").quote(root).add(" as ").quote(configuration.fileSystem)
            witness.fail(text.addLastError())
        }
    }

    /// Waits for the device of the root.
    private func rootDevice(_ witness: Witness) -> UnsafePointer<CChar> {
        if let serial = configuration.rootSerial {
            if mount("sysfs", "/sys", "sysfs", 0, nil) != 0 {
                witness.fail(Message("cannot mount /sys").addLastError())
            }
            defer { umount("/sys") }
            return Disk.wait(for: serial, below: "/dev", witness)
        }
        guard let root = configuration.root else { witness.fail(Message("/.tare/guest names no root device")) }
        let limit = Clock.nanoseconds() + Disk.limitNanoseconds
        while witness_is_block_device(root) == 0 {
            guard Clock.nanoseconds() < limit else {
                witness.fail(Message("the root device ").quote(root).add(" did not appear within 10 s"))
            }
            Clock.sleep(nanoseconds: 1_000_000)
        }
        return root
    }

    /// Copies what the instance needs of the initramfs into the new root, and deletes the rest, whose memory it is.
    private func carryOver(_ witness: Witness) {
        copy("/init", "/newroot/.tare/witness", 0o755, witness)
        copy("/.tare/config", "/newroot/.tare/config", 0o644, witness)
        if access("/.tare/input", F_OK) == 0 {
            copy("/.tare/input", "/newroot/.tare/input", 0o444, witness)
            unlink("/.tare/input")
        }
        configuration.forEachModule { unlink($0) }
        unlink("/.tare/config")
        unlink("/.tare/guest")
        unlink("/.tare/witness")
        unlink("/init")
        rmdir("/modules")
        rmdir("/.tare")
        rmdir("/proc")
        rmdir("/sys")
    }

    private func copy(_ source: StaticString, _ target: StaticString, _ mode: UInt32, _ witness: Witness) {
        let reading = witness_open(source.cString, O_RDONLY | O_CLOEXEC, 0)
        let writing = witness_open(target.cString, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        var left = reading < 0 ? -1 : witness_file_size(reading)
        guard reading >= 0, writing >= 0, left >= 0 else {
            witness.fail(Message("cannot copy ").add(source).addLastError())
        }
        while left > 0 {
            let moved = sendfile(writing, reading, nil, left)
            if moved < 0, witness_errno() == EINTR { continue }
            guard moved > 0 else { witness.fail(Message("cannot copy ").add(source).addLastError()) }
            left -= moved
        }
        close(reading)
        close(writing)
    }

    private func moveIntoRoot(_ witness: Witness) {
        // The initramfs itself cannot be unmounted or pivoted away: the new root is put over it.
        guard chdir("/newroot") == 0, mount(".", "/", nil, UInt(MS_MOVE), nil) == 0, chroot(".") == 0,
            chdir("/") == 0
        else { witness.fail(Message("cannot move to the new root").addLastError()) }
    }
}

/// A copy of a descriptor, out of the way of the three standard ones and closed by an exec. Below 64, so that the
/// process's table of descriptors keeps its smallest size; the command inherits that size.
func keepAside(_ descriptor: Int32) -> Int32 {
    witness_duplicate(descriptor, 40)
}
