import FoundationXML
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import VirtualMachines

@Suite struct DomainXMLTests {
    /// Every character that XML or a shell takes for its own.
    static let odd = "/srv/<a> & \"b\" 'c' ü ]]> &amp; %s"

    private func parameters(_ change: (inout DomainXML.Parameters) -> Void = { _ in }) -> DomainXML.Parameters {
        var parameters = DomainXML.Parameters(
            name: "tare-x-i1", memoryBytes: 128 << 20, cpus: 2, hardware: .pc(machine: "q35"),
            hardwareAccelerated: false,
            kernel: "/k", initramfs: "/i", commandLine: "console=ttyS0 -- --echo",
            disk: DomainXML.Disk(layer: "/layer", base: "/base"), consoleSocket: "/c", marksSocket: "/m",
            outputSocket: "/o", partition: "/tare-x.run")
        change(&parameters)
        return parameters
    }

    private func value(_ path: String, in text: String) throws -> String? {
        try XMLDocument(xmlString: text, options: []).nodes(forXPath: path).first?.stringValue
    }

    struct Variant: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout DomainXML.Parameters) -> Void
    }

    static let variants = [
        Variant(testDescription: "plain") { _ in },
        Variant(testDescription: "pinned") { $0.pinnedTo = "0-1,3" },
        Variant(testDescription: "KVM") { $0.hardwareAccelerated = true },
        Variant(testDescription: "no disk, no partition") { ($0.disk, $0.partition) = (nil, nil) },
        Variant(testDescription: "volumes") { withVolumes(&$0) },
        Variant(testDescription: "on a bridge") { $0.interface = interface(isVhost: false) },
        Variant(testDescription: "on a bridge with vhost") { $0.interface = interface(isVhost: true) },
        Variant(testDescription: "odd names") { parameters in
            parameters.name = "a & b <c> \"d\" 'e'"
            parameters.kernel = odd
            parameters.initramfs = odd
            parameters.commandLine = odd
            parameters.consoleSocket = odd
            parameters.marksSocket = odd
            parameters.disk = DomainXML.Disk(layer: odd, base: odd)
            parameters.volumes = [DomainXML.Volume(file: odd, serial: "tare-volume-0", cache: .none)]
        },
    ]

    private static func interface(isVhost: Bool) -> DomainXML.Interface {
        let place = NetworkPlace(bridge: 1, slot: 9)
        return DomainXML.Interface(
            bridge: place.bridgeName, link: place.linkName, hardwareAddress: place.hardwareWords, isVhost: isVhost)
    }

    /// Whoever moves the packets is said outright.
    @Test func anInterfaceIsAPortOfItsBridge() throws {
        let interface = "/domain/devices/interface"
        for (isVhost, driver) in [(false, "qemu"), (true, "vhost")] {
            let text = DomainXML.text(parameters { $0.interface = DomainXMLTests.interface(isVhost: isVhost) })
            #expect(try value(interface + "/@type", in: text) == "bridge")
            #expect(try value(interface + "/source/@bridge", in: text) == "tare1")
            #expect(try value(interface + "/target/@dev", in: text) == "t1-9")
            #expect(try value(interface + "/mac/@address", in: text) == "02:01:c6:12:04:0b")
            #expect(try value(interface + "/driver/@name", in: text) == driver)
            #expect(try value(interface + "/rom/@enabled", in: text) == "no")
        }
        #expect(try value(interface + "/@type", in: DomainXML.text(parameters())) == nil)
    }

    private static func withVolumes(_ parameters: inout DomainXML.Parameters) {
        parameters.disk = DomainXML.Disk(layer: "/layer", base: "/base", cache: .writeback, serial: "tare-root")
        parameters.volumes = [
            DomainXML.Volume(file: "/mnt/one", serial: "tare-volume-0", cache: .none),
            DomainXML.Volume(file: "/mnt/two", serial: "tare-volume-1", cache: .writeback),
        ]
    }

    @Test(.needs(program: "virt-xml-validate"), arguments: variants) func isAsLibvirtsSchemaHasIt(_ variant: Variant)
        throws
    {
        try expectValid(DomainXML.text(parameters(variant.change)))
    }

    @Test func everyValueIsReadBackAsItWas() throws {
        let odd = DomainXMLTests.odd
        let oddest = try #require(DomainXMLTests.variants.last)
        let text = DomainXML.text(parameters(oddest.change))
        #expect(try value("/domain/name", in: text) == "a & b <c> \"d\" 'e'")
        for path in [
            "/domain/os/kernel", "/domain/os/initrd", "/domain/os/cmdline", "/domain/devices/disk/source/@file",
            "/domain/devices/disk/backingStore/source/@file", "/domain/devices/serial[1]/source/@path",
            "/domain/devices/serial[2]/source/@path", "/domain/devices/disk[2]/source/@file",
        ] {
            #expect(try value(path, in: text) == odd, "\(path)")
        }
    }

    @Test func saysWhatTheWorkloadMayHave() throws {
        let text = DomainXML.text(parameters())
        #expect(try value("/domain/memory", in: text) == "\(128 << 20)")
        #expect(try value("/domain/memory/@unit", in: text) == "b")
        #expect(try value("/domain/vcpu", in: text) == "2")
        #expect(try value("/domain/resource/partition", in: text) == "/tare-x.run")
        #expect(try value("/domain/@type", in: text) == "qemu")
        #expect(try value("/domain/@type", in: DomainXML.text(parameters { $0.hardwareAccelerated = true })) == "kvm")
    }

    @Test func allThreadsShareThePinnedCPUs() throws {
        let text = DomainXML.text(parameters { $0.pinnedTo = "0,3" })
        for path in ["vcpupin[@vcpu='0']", "vcpupin[@vcpu='1']", "emulatorpin"] {
            #expect(try value("/domain/cputune/\(path)/@cpuset", in: text) == "0,3", "\(path)")
        }
        let pins = try XMLDocument(xmlString: text, options: []).nodes(forXPath: "/domain/cputune/*")
        #expect(pins.count == 3)
        #expect(!DomainXML.text(parameters()).contains("cputune"))
    }

    @Test func guessesNoFormat() throws {
        // A probed raw disk could name any file of the host as its backing file.
        let text = DomainXML.text(parameters())
        #expect(try value("/domain/devices/disk/driver/@type", in: text) == "qcow2")
        #expect(try value("/domain/devices/disk/backingStore/format/@type", in: text) == "raw")
        // The chain ends there, in words.
        let end = try XMLDocument(xmlString: text, options: [])
            .nodes(forXPath: "/domain/devices/disk/backingStore/backingStore")
        #expect(end.count == 1 && end.first?.childCount == 0)
    }

    /// A layer whose flushes are measured, and disks on other file systems: none may ignore a flush, or be guessed at.
    @Test func volumesAreFurtherDisksThatHonourFlushes() throws {
        let text = DomainXML.text(parameters(DomainXMLTests.withVolumes))
        let document = try XMLDocument(xmlString: text, options: [])
        func values(_ path: String) throws -> [String] {
            try document.nodes(forXPath: "/domain/devices/disk/" + path).compactMap(\.stringValue)
        }
        #expect(try values("driver/@cache") == ["writeback", "none", "writeback"])
        #expect(try values("driver/@type") == ["qcow2", "raw", "raw"])
        #expect(try values("driver/@discard") == ["unmap", "unmap"])
        #expect(try values("driver/@error_policy") == ["report", "report"])
        #expect(try values("serial") == ["tare-root", "tare-volume-0", "tare-volume-1"])
        #expect(try values("target/@dev") == ["vda", "vdb", "vdc"])
        #expect(try values("source/@file").suffix(2) == ["/mnt/one", "/mnt/two"])
        #expect(try values("source/seclabel/@relabel") == ["no", "no", "no"])
        // Without them the layer dies unwritten, and needs no number.
        let plain = DomainXML.text(parameters())
        #expect(try value("/domain/devices/disk/driver/@cache", in: plain) == "unsafe")
        #expect(try value("/domain/devices/disk/serial", in: plain) == nil)
    }

    /// Devices of a machine without PCI bear the address of their bus.
    @Test(.needs(program: "virt-xml-validate")) func volumesAreOnTheBusOfTheirMachine() throws {
        let text = DomainXML.text(
            parameters { parameters in
                DomainXMLTests.withVolumes(&parameters)
                parameters.hardware.machine = "microvm"
                parameters.hardware.bus = GuestHardware.Bus(driver: "virtio_mmio", addressType: "virtio-mmio")
            })
        let addresses = try XMLDocument(xmlString: text, options: [])
            .nodes(forXPath: "/domain/devices/disk/address/@type").compactMap(\.stringValue)
        #expect(addresses == ["virtio-mmio", "virtio-mmio", "virtio-mmio"])
        try expectValid(text)
    }

    @Test func nothingStartsAgainByItself() throws {
        let text = DomainXML.text(parameters())
        for name in ["on_poweroff", "on_reboot", "on_crash"] {
            #expect(try value("/domain/\(name)", in: text) == "destroy")
        }
    }
}
