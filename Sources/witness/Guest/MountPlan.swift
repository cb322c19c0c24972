import CWitnessShims

/// How a guest's new root is furnished: what the host wrote into /.tare/guest, in its order, which is what a container of the same
/// workload gets too, and no more. A file system over /run or /tmp, as an init would mount, would hide what the image has there,
/// and make a write cost less than on the other side.
struct MountPlan {
    /// Where the kernel's own devices are until nothing needs one by its name any more: tare's corner, and not the workload's /dev,
    /// which holds the same files as a container's and no disks.
    static let devices: StaticString = "/.tare/dev"

    let configuration: GuestConfiguration
    let witness: Witness

    /// Puts the kernel's devices aside, before the initramfs is left.
    func keepDevices() {
        // tare's own corner: the witness and the configuration, which a container gets as an overlay layer.
        makeDirectory("/newroot/.tare")
        if mount("tmpfs", "/newroot/.tare", "tmpfs", 0, "mode=755,size=16m") != 0 {
            witness.fail(Message("cannot mount tmpfs on /newroot/.tare").addLastError())
        }
        makeDirectory("/newroot/.tare/dev")
        if mount("/dev", "/newroot/.tare/dev", nil, UInt(MS_MOVE), nil) != 0 {
            witness.fail(Message("cannot move /dev to the new root").addLastError())
        }
    }

    /// Takes the kernel's devices away. What is open stays open.
    static func dropDevices() {
        umount2(devices.cString, Int32(MNT_DETACH))
        rmdir(devices.cString)
    }

    /// Furnishes the root, which is `/` already: a link of the image leads to nothing but the image.
    func furnish() {
        configuration.records.forEach { record in
            if let rest = value(of: record, "mount=") {
                mountOne(rest)
            } else if let rest = value(of: record, "node=") {
                var numbers: (UInt64, UInt64) = (0, 0)
                guard let path = numbered(rest, &numbers) else { refuse(record) }
                if witness_make_device(path, UInt32(numbers.0), UInt32(numbers.1)) != 0 {
                    witness.fail(Message("cannot make the device ").quote(path).addLastError())
                }
            } else if let rest = value(of: record, "link=") {
                guard let path = cut(rest) else { refuse(record) }
                if symlink(rest, path) != 0 {
                    witness.fail(Message("cannot make the link ").quote(path).addLastError())
                }
            } else if let path = value(of: record, "mask=") {
                mask(path)
            } else if let path = value(of: record, "read-only=") {
                protect(path)
            } else if let serial = value(of: record, "volume=") {
                mountVolume(serial)
            }
        }
    }

    /// `SERIAL TARGET`. /sys is mounted before.
    private func mountVolume(_ serial: UnsafeMutablePointer<CChar>) {
        guard let target = cut(serial) else { refuse(serial) }
        let device = Disk.wait(for: serial, below: MountPlan.devices, witness)
        makeParents(target)
        makeDirectory(target)
        if mount(device, target, configuration.fileSystem, 0, nil) != 0 {
            witness.fail(Message("cannot mount the volume ").quote(target).addLastError())
        }
    }

    /// `TYPE SOURCE FLAGS DATA TARGET`.
    private func mountOne(_ type: UnsafeMutablePointer<CChar>) {
        guard let source = cut(type), let number = cut(source), let data = cut(number), let target = cut(data),
            let flags = decimal(number, limit: 1 << 32)
        else { refuse(type) }
        makeParents(target)
        makeDirectory(target)
        let options: UnsafePointer<CChar>? = strcmp(data, "-") == 0 ? nil : UnsafePointer(data)
        guard mount(source, target, type, UInt(flags), options) != 0 else { return }
        // A kernel without it has none to show: that is seen and told by whoever compares what instances see.
        if witness_errno() == ENODEV { return }
        witness.fail(Message("cannot mount ").quote(type).add(" on ").quote(target).addLastError())
    }

    /// Puts nothing in the place of a file or a directory of the kernel's; one that the kernel does not have is no error.
    private func mask(_ path: UnsafePointer<CChar>) {
        if mount("/dev/null", path, nil, UInt(MS_BIND), nil) == 0 || witness_errno() == ENOENT { return }
        if witness_errno() == ENOTDIR, mount("tmpfs", path, "tmpfs", UInt(MS_RDONLY), nil) == 0 { return }
        witness.fail(Message("cannot mask ").quote(path).addLastError())
    }

    private func protect(_ path: UnsafePointer<CChar>) {
        if mount(path, path, nil, UInt(MS_BIND | MS_REC), nil) != 0 {
            if witness_errno() == ENOENT { return }
            witness.fail(Message("cannot protect ").quote(path).addLastError())
        }
        let flags = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC
        if mount(nil, path, nil, UInt(flags), nil) != 0 {
            witness.fail(Message("cannot protect ").quote(path).addLastError())
        }
    }

    private func refuse(_ record: UnsafePointer<CChar>) -> Never {
        witness.fail(Message("/.tare/guest holds a record that cannot be read: ").quote(record))
    }

    private func makeDirectory(_ path: UnsafePointer<CChar>) {
        if mkdir(path, 0o755) != 0, witness_errno() != EEXIST {
            witness.fail(Message("cannot make the directory ").quote(path).addLastError())
        }
    }

    private func makeParents(_ path: UnsafeMutablePointer<CChar>) {
        var index = 1
        while path[0] != 0, path[index] != 0 {
            if path[index] == CChar(bitPattern: UInt8(ascii: "/")) {
                path[index] = 0
                makeDirectory(path)
                path[index] = CChar(bitPattern: UInt8(ascii: "/"))
            }
            index += 1
        }
    }

    /// Ends a text at its first blank; what follows, or nil where there is none.
    private func cut(_ text: UnsafeMutablePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
        guard let blank = strchr(text, Int32(UInt8(ascii: " "))) else { return nil }
        blank[0] = 0
        return blank + 1
    }

    /// What follows two numbers.
    private func numbered(
        _ text: UnsafeMutablePointer<CChar>, _ numbers: inout (UInt64, UInt64)
    ) -> UnsafeMutablePointer<CChar>? {
        guard let second = cut(text), let rest = cut(second), let major = decimal(text, limit: 4_095),
            let minor = decimal(second, limit: 1_048_575)
        else { return nil }
        numbers = (major, minor)
        return rest
    }
}
