import Foundation
import FoundationXML

/// The XML of a transient domain, as libvirt's schema has it. FoundationXML escapes every value.
struct DomainXML {
    /// What differs from guest to guest.
    struct Parameters {
        var name: String
        var memoryBytes: UInt64
        var cpus: Int
        var hardware: GuestHardware
        var hardwareAccelerated: Bool
        var kernel: String
        var initramfs: String
        var commandLine: String
        var disk: Disk?
        /// Further disks, in the order of the workload's volumes.
        var volumes: [Volume] = []
        var consoleSocket: String
        var marksSocket: String
        /// Where what the workload prints is awaited; nil leaves the guest without a port for it.
        var outputSocket: String?
        /// A cgroup path below which libvirt puts the domain's own; nil leaves it to libvirt.
        var partition: String?
        /// The CPUs of the host that all threads of the VMM share, as the kernel writes them; nil for all.
        var pinnedTo: String?
        /// Its port on a bridge of the network in which the caller is; nil leaves the guest without an interface.
        var interface: Interface?
    }

    /// A port on a bridge.
    struct Interface {
        var bridge: String
        /// The name of the tap.
        var link: String
        var hardwareAddress: String
        /// Whether the host's kernel moves the packets (vhost), and not QEMU.
        var isVhost: Bool
    }

    /// What the VMM does with a disk's writes and flushes.
    enum Cache: String {
        /// The host's page cache, and flushes are ignored.
        case unsafe
        /// The host's page cache, and a flush of the guest's is one of the host's.
        case writeback
        /// Past the host's page cache, and a flush of the guest's is one of the host's.
        case none
    }

    /// A private copy-on-write layer over a shared base.
    struct Disk {
        var layer: String
        var base: String
        /// A layer dies with its instance, so that nothing is gained by forcing it to the disk, unless that is measured.
        var cache = Cache.unsafe
        /// By which the guest knows it among several; nil where it is the only one.
        var serial: String?
    }

    /// A raw disk on a file system that the suite names.
    struct Volume {
        var file: String
        var serial: String
        /// Never ``Cache/unsafe``.
        var cache: Cache
    }

    static func text(_ parameters: Parameters) -> String {
        let domain = element("domain", ["type": parameters.hardwareAccelerated ? "kvm" : "qemu"])
        domain.addChild(element("name", text: parameters.name))
        domain.addChild(element("memory", ["unit": "b"], text: "\(parameters.memoryBytes)"))
        domain.addChild(element("vcpu", text: "\(parameters.cpus)"))
        if let partition = parameters.partition {
            domain.addChild(element("resource", [element("partition", text: partition)]))
        }
        if let cpus = parameters.pinnedTo { domain.addChild(tuning(cpus, of: parameters.cpus)) }
        domain.addChild(
            element(
                "os",
                [
                    element("type", ["arch": "x86_64", "machine": parameters.hardware.machine], text: "hvm"),
                    element("kernel", text: parameters.kernel), element("initrd", text: parameters.initramfs),
                    element("cmdline", text: parameters.commandLine),
                ]))
        let hardware = parameters.hardware
        domain.addChild(element("features", hardware.features.map { element($0) }))
        domain.addChild(
            element("cpu", parameters.hardwareAccelerated ? hardware.acceleratedCPU : hardware.emulatedCPU))
        // A guest that ends, crashes or reboots is gone: nothing of it may start again by itself.
        for (name, action) in [("on_poweroff", "destroy"), ("on_reboot", "destroy"), ("on_crash", "destroy")] {
            domain.addChild(element(name, text: action))
        }
        domain.addChild(devices(parameters))
        return XMLDocument(rootElement: domain).xmlString
    }

    /// Virtual CPUs, and the emulator's threads with those that do its input and output, on the same CPUs of the host.
    private static func tuning(_ cpus: String, of count: Int) -> XMLElement {
        element(
            "cputune",
            (0..<count).map { element("vcpupin", ["vcpu": "\($0)", "cpuset": cpus]) }
                + [element("emulatorpin", ["cpuset": cpus])])
    }

    private static func devices(_ parameters: Parameters) -> XMLElement {
        let hardware = parameters.hardware
        var list: [XMLElement] = []
        if let disk = parameters.disk { list.append(self.disk(disk, as: hardware.disk, on: hardware.bus)) }
        list += parameters.volumes.enumerated().map { index, volume in
            self.volume(volume, as: hardware.disk.further(index + 1), on: hardware.bus)
        }
        list += [
            port(hardware.console, path: parameters.consoleSocket), port(hardware.marks, path: parameters.marksSocket),
        ]
        if let output = hardware.output, let path = parameters.outputSocket { list.append(port(output, path: path)) }
        if let interface = parameters.interface { list.append(self.interface(interface, of: hardware)) }
        list += hardware.others.map { element($0.element, $0.attributes, $0.isOnBus ? address(on: hardware.bus) : []) }
        return element("devices", list)
    }

    /// What a device on the bus bears where libvirt does not give it an address by itself.
    private static func address(on bus: GuestHardware.Bus) -> [XMLElement] {
        bus.addressType.map { [element("address", ["type": $0])] } ?? []
    }

    private static func disk(
        _ disk: Disk, as device: GuestHardware.Disk, on bus: GuestHardware.Bus
    ) -> XMLElement {
        // Formats are always written: a probed raw disk can name a file of the host as its backing file.
        let backing = element(
            "backingStore", ["type": "file"],
            [
                element("format", ["type": "raw"]), element("source", ["file": disk.base], [noRelabel()]),
                element("backingStore"),
            ])
        return element(
            "disk", ["type": "file", "device": "disk"],
            [
                element("driver", ["name": "qemu", "type": "qcow2", "cache": disk.cache.rawValue]),
                element("source", ["file": disk.layer], [noRelabel()]), backing,
                element("target", ["dev": device.name, "bus": device.bus]),
            ] + (disk.serial.map { [element("serial", text: $0)] } ?? []) + address(on: bus))
    }

    private static func interface(_ interface: Interface, of hardware: GuestHardware) -> XMLElement {
        element(
            "interface", ["type": "bridge"],
            [
                element("source", ["bridge": interface.bridge]), element("target", ["dev": interface.link]),
                element("mac", ["address": interface.hardwareAddress]),
                element("model", ["type": hardware.network.model]),
                // Said outright: otherwise libvirt takes what it finds, and nobody is told which.
                element("driver", ["name": interface.isVhost ? "vhost" : "qemu"]),
                // Nothing boots from it: firmware of its own would only be run.
                element("rom", ["enabled": "no"]),
            ] + address(on: hardware.bus))
    }

    private static func volume(
        _ volume: Volume, as device: GuestHardware.Disk, on bus: GuestHardware.Bus
    ) -> XMLElement {
        element(
            "disk", ["type": "file", "device": "disk"],
            [
                element(
                    "driver",
                    [
                        "name": "qemu", "type": "raw", "cache": volume.cache.rawValue,
                        // What the guest deletes and trims gives its space back to the host.
                        "discard": "unmap",
                        // On a full disk the workload is told, as in a container; otherwise the guest would stand still.
                        "error_policy": "report",
                    ]), element("source", ["file": volume.file], [noRelabel()]),
                element("target", ["dev": device.name, "bus": device.bus]), element("serial", text: volume.serial),
            ] + address(on: bus))
    }

    /// tare gives the files to QEMU's user itself.
    private static func noRelabel() -> XMLElement {
        element("seclabel", ["model": "dac", "relabel": "no"])
    }

    /// A port on a UNIX socket on which tare listens already: QEMU connects before the guest's first instruction, so no byte can
    /// be lost.
    private static func port(_ port: GuestHardware.Port, path: String) -> XMLElement {
        element(
            port.element, ["type": "unix"],
            [
                element("source", ["mode": "connect", "path": path]),
                element(
                    "target",
                    ["type": port.targetType].merging(
                        port.channelName.map { ["name": $0] } ?? ["port": "\(port.number)"]
                    ) { _, own in own }),
            ])
    }

    private static func element(
        _ name: String, _ attributes: [String: String] = [:], _ children: [XMLElement] = [], text: String? = nil
    ) -> XMLElement {
        let element = XMLElement(name: name)
        for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
            let attribute = XMLNode(kind: .attribute)
            attribute.name = key
            attribute.stringValue = value
            element.addAttribute(attribute)
        }
        if let text { element.stringValue = text }
        for child in children { element.addChild(child) }
        return element
    }

    private static func element(_ name: String, _ children: [XMLElement]) -> XMLElement { element(name, [:], children) }
}
