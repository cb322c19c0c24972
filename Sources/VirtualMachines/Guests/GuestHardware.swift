import Foundation
import Images

/// The virtual hardware of a guest. The domain's XML, the kernel's command line, the modules and device names in the initramfs,
/// and what a report says of it are taken from here and spelled nowhere else: another flavour of guest is another value.
struct GuestHardware: Sendable, Equatable, Codable {
    /// How its devices are attached.
    struct Bus: Sendable, Equatable, Codable {
        /// The kernel's driver, as modprobe names it.
        var driver: String
        /// The type of address that devices must bear; nil where libvirt gives them one.
        var addressType: String?
    }

    struct Disk: Sendable, Equatable, Codable {
        /// libvirt's word for the controller.
        var bus: String
        /// How the disk is called below the guest's /dev, and to libvirt.
        var name: String
        var driver: String

        /// A disk of the same kind behind it: `vda`, `vdb`, ... as far as there are letters.
        func further(_ places: Int) -> Disk {
            var disk = self
            guard let last = name.unicodeScalars.last,
                let letter = Unicode.Scalar(last.value + UInt32(places)).map(Character.init)
            else { return disk }
            disk.name = name.dropLast() + String(letter)
            return disk
        }
    }

    /// A character device whose other end is a UNIX socket of the host.
    struct Port: Sendable, Equatable, Codable {
        /// The element of libvirt's schema: `serial`, `console` or `channel`.
        var element: String
        var targetType: String
        var number: Int
        /// How it is called below the guest's /dev.
        var name: String
        /// The name of a channel, by which the guest knows it too; nil for a port that is known by its number.
        var channelName: String?
        /// The kernel's drivers that are not built into every kernel.
        var drivers: [String] = []
    }

    /// A network interface of a guest on a bridge.
    struct Network: Sendable, Equatable, Codable {
        /// libvirt's word for the model.
        var model: String
        var driver: String
    }

    /// A further element below `devices`, among them those that keep libvirt from adding a device by itself.
    struct Device: Sendable, Equatable, Codable {
        var element: String
        var attributes: [String: String]
        /// Whether it is attached to ``bus``, and bears its type of address.
        var isOnBus = false
    }

    /// The machine type, as QEMU names it.
    var machine: String
    /// What the firmware offers: elements below `features`.
    var features: [String]
    /// Attributes of the CPU under hardware virtualisation and under emulation.
    var acceleratedCPU: [String: String]
    var emulatedCPU: [String: String]
    var bus: Bus
    var disk: Disk
    var console: Port
    /// Where the kernel prints before its drivers are there, as `earlyprintk` has it; nil where it cannot.
    var earlyConsole: String?
    var marks: Port
    /// What carries the workload's output alone; nil where that goes to the console.
    var output: Port?
    /// Only guests of workloads on a bridge have one.
    var network: Network
    var others: [Device]

    /// The kernel's drivers for all of it, as modprobe names them, in the order in which they are loaded.
    var drivers: [String] {
        var drivers: [String] = []
        // The output's first: its device comes into being while the others are loaded and the root is mounted.
        for driver in [bus.driver] + (output?.drivers ?? []) + [disk.driver] + console.drivers + marks.drivers
        where !drivers.contains(driver) {
            drivers.append(driver)
        }
        return drivers
    }

    /// How the witness finds the devices inside. The port by its name: the kernel numbers ports by all virtio devices, of which a guest on a
    /// bridge has one more.
    var devices: GuestDevices {
        GuestDevices(
            root: "/dev/" + disk.name, marks: "/dev/" + marks.name, output: output.map { "/dev/" + $0.name },
            outputName: output?.channelName)
    }

    /// The same for a kernel that has no driver for the port of the output.
    var withoutOutput: GuestHardware {
        var hardware = self
        hardware.output = nil
        return hardware
    }

    /// All of it as a text that is equal for equal hardware only.
    var identity: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Words and numbers can always be encoded; what cannot would only never be found again.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "\(self)"
    }
}

extension GuestHardware {
    /// A PC with PCI, a virtio disk and two ISA serial ports, which need no module: the second, which carries the marks, stays
    /// free of what kernel and firmware print.
    static func pc(machine: String) -> GuestHardware {
        func serial(_ number: Int) -> Port {
            Port(element: "serial", targetType: "isa-serial", number: number, name: "ttyS\(number)")
        }
        return GuestHardware(
            machine: machine,
            // ACPI, so that the guest finds its PCI devices and interrupt routing as any guest does.
            features: ["acpi", "apic"],
            acceleratedCPU: ["mode": "host-passthrough", "migratable": "off"], emulatedCPU: ["mode": "maximum"],
            bus: Bus(driver: "virtio_pci"), disk: Disk(bus: "virtio", name: "vda", driver: "virtio_blk"),
            console: serial(0), earlyConsole: "ttyS0,115200", marks: serial(1),
            // A port of the virtio console device, and not its terminal: what writes to a terminal flushes after every line, and
            // every write to it is an exit of the guest.
            output: Port(
                element: "channel", targetType: "virtio", number: 1, name: "vport0p1", channelName: "tare.output",
                drivers: ["virtio_console"]),
            network: Network(model: "virtio", driver: "virtio_net"),
            // What a server guest does not need and libvirt would add by itself.
            others: [
                Device(element: "controller", attributes: ["type": "usb", "model": "none"]),
                Device(element: "memballoon", attributes: ["model": "none"]),
            ])
    }
}
