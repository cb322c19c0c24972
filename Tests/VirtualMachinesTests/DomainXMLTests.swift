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
            partition: "/tare-x.run")
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
        Variant(testDescription: "KVM") { $0.hardwareAccelerated = true },
        Variant(testDescription: "no disk, no partition") { ($0.disk, $0.partition) = (nil, nil) },
        Variant(testDescription: "odd names") { parameters in
            parameters.name = "a & b <c> \"d\" 'e'"
            parameters.kernel = odd
            parameters.initramfs = odd
            parameters.commandLine = odd
            parameters.consoleSocket = odd
            parameters.marksSocket = odd
            parameters.disk = DomainXML.Disk(layer: odd, base: odd)
        },
    ]

    @Test(.needs(program: "virt-xml-validate"), arguments: variants) func isAsLibvirtsSchemaHasIt(_ variant: Variant)
        throws
    {
        try expectValid(DomainXML.text(parameters(variant.change)))
    }

    @Test func everyValueIsReadBackAsItWas() throws {
        let odd = DomainXMLTests.odd
        let text = DomainXML.text(parameters(DomainXMLTests.variants[3].change))
        #expect(try value("/domain/name", in: text) == "a & b <c> \"d\" 'e'")
        for path in [
            "/domain/os/kernel", "/domain/os/initrd", "/domain/os/cmdline", "/domain/devices/disk/source/@file",
            "/domain/devices/disk/backingStore/source/@file", "/domain/devices/serial[1]/source/@path",
            "/domain/devices/serial[2]/source/@path",
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

    @Test func nothingStartsAgainByItself() throws {
        let text = DomainXML.text(parameters())
        for name in ["on_poweroff", "on_reboot", "on_crash"] {
            #expect(try value("/domain/\(name)", in: text) == "destroy")
        }
    }
}
