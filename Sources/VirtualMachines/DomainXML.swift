import Foundation
import FoundationXML

/// The XML of a transient domain, as libvirt's schema has it. FoundationXML escapes every value.
struct DomainXML {
    /// What differs from guest to guest.
    struct Parameters {
        var name: String
        var memoryBytes: UInt64
        var cpus: Int
        var machine: String
        var hardwareAccelerated: Bool
        var kernel: String
        var initramfs: String
        var commandLine: String
        var disk: Disk?
        var consoleSocket: String
        var marksSocket: String
        /// A cgroup path below which libvirt puts the domain's own; nil leaves it to libvirt.
        var partition: String?
    }

    /// A private copy-on-write layer over a shared base.
    struct Disk {
        var layer: String
        var base: String
    }

    static func text(_ parameters: Parameters) -> String {
        let domain = element("domain", ["type": parameters.hardwareAccelerated ? "kvm" : "qemu"])
        domain.addChild(element("name", text: parameters.name))
        domain.addChild(element("memory", ["unit": "b"], text: "\(parameters.memoryBytes)"))
        domain.addChild(element("vcpu", text: "\(parameters.cpus)"))
        if let partition = parameters.partition {
            domain.addChild(element("resource", [element("partition", text: partition)]))
        }
        domain.addChild(
            element(
                "os",
                [
                    element("type", ["arch": "x86_64", "machine": parameters.machine], text: "hvm"),
                    element("kernel", text: parameters.kernel), element("initrd", text: parameters.initramfs),
                    element("cmdline", text: parameters.commandLine),
                ]))
        // ACPI, so that the guest finds its PCI devices and interrupt routing as any guest does.
        domain.addChild(element("features", [element("acpi"), element("apic")]))
        domain.addChild(
            parameters.hardwareAccelerated
                ? element("cpu", ["mode": "host-passthrough", "migratable": "off"])
                : element("cpu", ["mode": "maximum"]))
        // A guest that ends, crashes or reboots is gone: nothing of it may start again by itself.
        for (name, action) in [("on_poweroff", "destroy"), ("on_reboot", "destroy"), ("on_crash", "destroy")] {
            domain.addChild(element(name, text: action))
        }
        domain.addChild(devices(parameters))
        return XMLDocument(rootElement: domain).xmlString
    }

    private static func devices(_ parameters: Parameters) -> XMLElement {
        var list: [XMLElement] = []
        if let disk = parameters.disk { list.append(self.disk(disk)) }
        list += [
            serial(path: parameters.consoleSocket, port: 0), serial(path: parameters.marksSocket, port: 1),
            // What a server guest does not need and libvirt would add by itself.
            element("controller", ["type": "usb", "model": "none"]), element("memballoon", ["model": "none"]),
        ]
        return element("devices", list)
    }

    private static func disk(_ disk: Disk) -> XMLElement {
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
                // The private layer dies with the instance, so nothing is gained by forcing it to the disk.
                element("driver", ["name": "qemu", "type": "qcow2", "cache": "unsafe"]),
                element("source", ["file": disk.layer], [noRelabel()]), backing,
                element("target", ["dev": "vda", "bus": "virtio"]),
            ])
    }

    /// tare gives the files to QEMU's user itself.
    private static func noRelabel() -> XMLElement {
        element("seclabel", ["model": "dac", "relabel": "no"])
    }

    /// A serial port on a UNIX socket on which tare listens already: QEMU connects before the guest's first instruction, so
    /// no byte can be lost.
    private static func serial(path: String, port: Int) -> XMLElement {
        element(
            "serial", ["type": "unix"],
            [
                element("source", ["mode": "connect", "path": path]),
                element("target", ["type": "isa-serial", "port": "\(port)"]),
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
