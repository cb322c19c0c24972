internal import CLinuxShims
import Glibc
import Synchronization

extension CgroupTree {
    /// A character device that a group may open, read, write and make.
    package struct Device: Sendable, Equatable {
        /// The major number.
        package var major: UInt64
        /// The minor number; nil for all.
        package var minor: UInt64?

        /// Names a device.
        package init(major: UInt64, minor: UInt64?) {
            self.major = major
            self.minor = minor
        }
    }

    /// Why device files cannot be limited on this host, in words; nil where they can.
    package var deviceLimitProblem: String? {
        guard mode == .v2 else { return mounts["devices"] == nil ? "there is no devices control group" : nil }
        do {
            _ = try DeviceProgram.shared([Device(major: 1, minor: 3)])
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Lets the processes of a group open and make these devices and no others: by the devices controller on v1, on v2 by a
    /// program in the kernel that is asked at each opening.
    ///
    /// - Throws: ``SystemError``.
    package func limitDevices(of group: String, to devices: [Device]) throws {
        if mode == .v2 {
            guard let root = mounts["unified"] else { return }
            let directory = tare_open(root + group, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
            guard directory >= 0 else { throw SystemError("opening the cgroup \(group)") }
            defer { close(directory) }
            guard tare_attach_device_program(try DeviceProgram.shared(devices), directory) == 0 else {
                throw SystemError("limiting the devices of \(group)")
            }
            return
        }
        guard let root = mounts["devices"] else { return }
        try HostFiles.write("a", to: root + group + "/devices.deny")
        for device in devices {
            let minor = device.minor.map { "\($0)" } ?? "*"
            try HostFiles.write("c \(device.major):\(minor) rwm", to: root + group + "/devices.allow")
        }
    }
}

/// The kernel's programs by the devices that they let through; each is loaded once in a process, for it costs more than the
/// start of an instance.
private enum DeviceProgram {
    private static let loaded = Mutex<[String: Int32]>([:])

    static func shared(_ devices: [CgroupTree.Device]) throws -> Int32 {
        let key = devices.map { "\($0.major):\($0.minor.map { "\($0)" } ?? "*")" }.joined(separator: " ")
        return try loaded.withLock { loaded in
            if let known = loaded[key] { return known }
            let pairs: [Int32] = devices.flatMap { device in
                [Int32(clamping: device.major), device.minor.map { Int32(clamping: $0) } ?? -1]
            }
            let descriptor = tare_load_device_program(pairs, devices.count)
            guard descriptor >= 0 else { throw SystemError("loading a program that limits devices") }
            loaded[key] = descriptor
            return descriptor
        }
    }
}
