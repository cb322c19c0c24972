import BenchmarkModel
import Foundation
import FoundationXML
import Glibc
import Images
import LinuxSystem
import TestSupport
import Testing

@testable import VirtualMachines

@Suite struct GuestHardwareTests {
    /// What was written for a q35 guest before its hardware became one value: runs of then and now compare only if it stays.
    private static let golden = """
        <?xml version="1.0" encoding="utf-8" standalone="no"?>
        <domain type="qemu"><name>tare-x-i1</name><memory unit="b">134217728</memory><vcpu>2</vcpu>\
        <resource><partition>/tare-x.run</partition></resource><os><type arch="x86_64" machine="q35">hvm\
        </type><kernel>/k</kernel><initrd>/i</initrd>\
        <cmdline>console=ttyS0 loglevel=6 earlyprintk=ttyS0,115200 panic=-1 reboot=t</cmdline></os>\
        <features><acpi></acpi><apic></apic></features><cpu mode="maximum"></cpu><on_poweroff>destroy\
        </on_poweroff><on_reboot>destroy</on_reboot><on_crash>destroy</on_crash><devices>\
        <disk device="disk" type="file"><driver cache="unsafe" name="qemu" type="qcow2"></driver>\
        <source file="/layer"><seclabel model="dac" relabel="no"></seclabel></source>\
        <backingStore type="file"><format type="raw"></format><source file="/base">\
        <seclabel model="dac" relabel="no"></seclabel></source><backingStore></backingStore></backingStore>\
        <target bus="virtio" dev="vda"></target></disk><serial type="unix"><source mode="connect" path="/c">\
        </source><target port="0" type="isa-serial"></target></serial><serial type="unix">\
        <source mode="connect" path="/m"></source><target port="1" type="isa-serial"></target></serial>\
        <channel type="unix"><source mode="connect" path="/o"></source>\
        <target name="tare.output" type="virtio"></target></channel>\
        <controller model="none" type="usb"></controller><memballoon model="none"></memballoon></devices>\
        </domain>

        """

    private static let disk = """
        <disk device="disk" type="file"><driver cache="unsafe" name="qemu" type="qcow2"></driver>\
        <source file="/layer"><seclabel model="dac" relabel="no"></seclabel></source>\
        <backingStore type="file"><format type="raw"></format><source file="/base">\
        <seclabel model="dac" relabel="no"></seclabel></source><backingStore></backingStore></backingStore>\
        <target bus="virtio" dev="vda"></target></disk>
        """

    private func xml(_ hardware: GuestHardware, accelerated: Bool = false, bare: Bool = false) -> String {
        DomainXML.text(
            DomainXML.Parameters(
                name: "tare-x-i1", memoryBytes: 128 << 20, cpus: 2, hardware: hardware,
                hardwareAccelerated: accelerated,
                kernel: "/k", initramfs: "/i", commandLine: KernelCommandLine.text(for: hardware, .workload),
                disk: bare ? nil : DomainXML.Disk(layer: "/layer", base: "/base"), consoleSocket: "/c",
                marksSocket: "/m", outputSocket: "/o", partition: bare ? nil : "/tare-x.run"))
    }

    @Test func aPCIsWhatItWas() {
        let golden = GuestHardwareTests.golden
        #expect(xml(.pc(machine: "q35")) == golden)
        let accelerated = golden.replacing("<domain type=\"qemu\">", with: "<domain type=\"kvm\">")
            .replacing(
                "<cpu mode=\"maximum\"></cpu>", with: "<cpu migratable=\"off\" mode=\"host-passthrough\"></cpu>")
        #expect(xml(.pc(machine: "q35"), accelerated: true) == accelerated)
        let bare = golden.replacing("<resource><partition>/tare-x.run</partition></resource>", with: "")
            .replacing(GuestHardwareTests.disk, with: "")
        #expect(xml(.pc(machine: "q35"), bare: true) == bare)
        #expect(bare.count < golden.count - GuestHardwareTests.disk.count)
    }

    @Test func aPCsKernelIsToldWhatItWas() {
        let hardware = GuestHardware.pc(machine: "q35")
        let line = "console=ttyS0 loglevel=6 earlyprintk=ttyS0,115200 panic=-1 reboot=t"
        #expect(KernelCommandLine.text(for: hardware, .workload) == line)
        #expect(KernelCommandLine.text(for: hardware, .echo) == line + " -- --echo")
        let place = NetworkPlace(bridge: 0, slot: 3)
        let network = "--network=198.18.0.5/22/198.18.0.1"
        #expect(KernelCommandLine.text(for: hardware, .workload, at: place) == "\(line) -- \(network)")
        #expect(KernelCommandLine.text(for: hardware, .world, at: place) == "\(line) -- --world \(network)")
        #expect(hardware.drivers == ["virtio_pci", "virtio_console", "virtio_blk"])
        #expect(
            hardware.devices
                == GuestDevices(
                    root: "/dev/vda", marks: "/dev/ttyS1", output: "/dev/vport0p1", outputName: "tare.output"))
    }

    @Test func withoutTheDriverTheOutputGoesToTheConsole() throws {
        let hardware = GuestHardware.pc(machine: "q35").withoutOutput
        #expect(hardware.drivers == ["virtio_pci", "virtio_blk"])
        #expect(hardware.devices == GuestDevices(root: "/dev/vda", marks: "/dev/ttyS1"))
        #expect(!xml(hardware).contains("tare.output"))
    }

    /// A flavour that tare does not offer: memory-mapped devices, consoles of virtio, no firmware console.
    private static let other: GuestHardware = {
        var hardware = GuestHardware.pc(machine: "microvm")
        hardware.bus = GuestHardware.Bus(driver: "virtio_mmio", addressType: "virtio-mmio")
        hardware.disk.name = "vdb"
        hardware.console = GuestHardware.Port(
            element: "console", targetType: "virtio", number: 0, name: "hvc0", drivers: ["virtio_console"])
        hardware.marks = GuestHardware.Port(
            element: "console", targetType: "virtio", number: 1, name: "hvc1", drivers: ["virtio_console"])
        hardware.earlyConsole = nil
        hardware.output = nil
        hardware.others.append(
            GuestHardware.Device(
                element: "controller", attributes: ["type": "virtio-serial", "index": "0"], isOnBus: true))
        return hardware
    }()

    @Test func anotherFlavourIsAnotherValue() throws {
        let hardware = GuestHardwareTests.other
        #expect(hardware.drivers == ["virtio_mmio", "virtio_blk", "virtio_console"])
        #expect(hardware.devices == GuestDevices(root: "/dev/vdb", marks: "/dev/hvc1"))
        #expect(KernelCommandLine.text(for: hardware, .workload) == "console=hvc0 loglevel=6 panic=-1 reboot=t")
        let document = try XMLDocument(xmlString: xml(hardware), options: [])
        func values(_ path: String) throws -> [String] {
            try document.nodes(forXPath: "/domain/devices/" + path).compactMap(\.stringValue)
        }
        #expect(try values("disk/target/@dev") == ["vdb"])
        #expect(try values("disk/address/@type") == ["virtio-mmio"])
        #expect(try values("controller[@type='virtio-serial']/address/@type") == ["virtio-mmio"])
        #expect(try values("controller[@type='usb']/address/@type").isEmpty)
        #expect(try values("console/source/@path") == ["/c", "/m"])
        #expect(try values("console/target/@port") == ["0", "1"])
        #expect(try values("serial").isEmpty)
    }

    @Test(.needs(program: "virt-xml-validate")) func anotherFlavourIsAsLibvirtsSchemaHasIt() throws {
        try expectValid(xml(GuestHardwareTests.other))
    }

    @Test func equalHardwareAloneHasAnEqualIdentity() {
        let identity = GuestHardware.pc(machine: "q35").identity
        for _ in 0..<20 { #expect(GuestHardware.pc(machine: "q35").identity == identity) }
        #expect(GuestHardware.pc(machine: "pc").identity != identity)
        let changes: [(inout GuestHardware) -> Void] = [
            { $0.features.removeLast() }, { $0.acceleratedCPU["mode"] = "host-model" },
            { $0.bus.addressType = "virtio-mmio" }, { $0.disk.bus = "scsi" }, { $0.marks.number = 2 },
            { $0.earlyConsole = nil }, { $0.others.removeLast() },
        ]
        for change in changes {
            var hardware = GuestHardware.pc(machine: "q35")
            change(&hardware)
            #expect(hardware.identity != identity)
        }
    }
}

/// Looks whether a domain's XML is as libvirt's schema has it.
func expectValid(_ xml: String) throws {
    let scratch = try TemporaryDirectory()
    let file = scratch.path + "/domain.xml"
    try HostFiles.create(file, bytes: Array(xml.utf8))
    let log = open(scratch.path + "/log", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(log) }
    let child = try ChildProcess.spawn(
        SpawnRequest(
            path: "/usr/bin/virt-xml-validate", arguments: ["virt-xml-validate", file, "domain"],
            environment: ["PATH=/usr/bin:/bin"], descriptors: (log, log, log)))
    let ending = child.wait(deadlineMilliseconds: 60_000)
    #expect(ending == .exited(0), "\(HostFiles.tail(scratch.path + "/log"))")
}
