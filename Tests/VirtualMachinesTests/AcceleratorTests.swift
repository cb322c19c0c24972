import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import VirtualMachines

/// The choice, with /dev/null for the device and a trial that is told what to find.
@Suite struct AcceleratorTests {
    let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    /// Chooses, and says whether a guest was tried.
    private func choose(
        _ wanted: LibvirtSettings.Accelerator = .auto, device: String = "/dev/null", boot: String = "boot",
        identity: String = "qemu 7, kernel 6", trouble: String? = nil
    ) async throws -> (choice: Accelerator.Choice, tried: Bool) {
        var tried = false
        let choice = try await Accelerator.choose(
            wanted, cacheDirectory: scratch.path, identity: identity, device: device, bootID: boot
        ) {
            tried = true
            return trouble
        }
        return (choice, tried)
    }

    @Test func takesKVMWhereAGuestBoots() async throws {
        let (choice, tried) = try await choose()
        #expect(choice == Accelerator.Choice(hardware: true, reason: "a small guest booted under KVM"))
        #expect(tried)
    }

    @Test(arguments: [nil, "it hangs"] as [String?]) func remembersTheAnswerForThisBoot(trouble: String?) async throws {
        let first = try await choose(trouble: trouble)
        let second = try await choose(trouble: "not asked")
        #expect(first.tried && !second.tried)
        #expect(second.choice.hardware == (trouble == nil))
        #expect(second.choice.reason == first.choice.reason + " (found out earlier in this boot)")
        // The remark is not remembered, or it would grow.
        #expect(try await choose().choice == second.choice)
    }

    @Test func asksAgainWhereTheQuestionIsAnother() async throws {
        #expect(try await choose(trouble: "it hangs").tried)
        #expect(try await choose(boot: "next boot").tried)
        #expect(try await choose(boot: "next boot", identity: "qemu 8, kernel 6").tried)
        #expect(try await !choose(boot: "next boot", identity: "qemu 8, kernel 6").tried)
    }

    @Test func asksAgainWhereTheMemoryIsDamaged() async throws {
        _ = try await choose()
        try HostFiles.replace(scratch.path + "/accelerator.json", bytes: Array("{\"bootID\": \"bo".utf8))
        #expect(try await choose().tried)
    }

    @Test func needsNoMemory() async throws {
        let choice = try await Accelerator.choose(
            .auto, cacheDirectory: scratch.path + "/absent", identity: "x", device: "/dev/null", bootID: "b"
        ) { nil }
        #expect(choice.hardware)
    }

    @Test func fallsBackWhereItDoesNotWork() async throws {
        let (choice, _) = try await choose(trouble: "it hangs")
        #expect(choice == Accelerator.Choice(hardware: false, reason: "it hangs"))
    }

    @Test func throwsWhereItIsAskedForByName() async throws {
        for _ in 0..<2 {
            let error = try #require(
                await #expect(throws: TareError.self) { _ = try await choose(.kvm, trouble: "it hangs") })
            #expect(error.code == .hostLacks)
            #expect(error.message.hasPrefix("the suite asks for KVM, and it does not work here: it hangs"))
            #expect(error.remedy?.contains("accelerator: auto") == true)
        }
        #expect(try await choose(.kvm, boot: "next boot").choice.hardware)
    }

    @Test func asksNothingForEmulation() async throws {
        let (choice, tried) = try await choose(.tcg)
        #expect(choice == Accelerator.Choice(hardware: false, reason: "the suite asks for it"))
        #expect(!tried && HostFiles.names(in: scratch.path).isEmpty)
    }

    @Test func saysWhenTheDeviceIsAbsent() async throws {
        let (choice, tried) = try await choose(device: "/dev/tare-absent")
        #expect(choice == Accelerator.Choice(hardware: false, reason: "/dev/tare-absent is absent"))
        #expect(!tried && HostFiles.names(in: scratch.path).isEmpty)
        let error = try #require(
            await #expect(throws: TareError.self) { _ = try await choose(.kvm, device: "/dev/tare-absent") })
        #expect(error.message.hasSuffix("/dev/tare-absent is absent"))
    }

    /// It becomes a cell of a table.
    @Test func putsTheReasonOnOneLine() async throws {
        let said = "internal error:\n  qemu: could not access KVM\r\n\nqemu: failed\n"
        let (choice, _) = try await choose(trouble: said)
        #expect(choice.reason == "internal error: | qemu: could not access KVM | qemu: failed")
        #expect(
            try await choose().choice.reason
                == "internal error: | qemu: could not access KVM | qemu: failed (found out earlier in this boot)")
    }

    @Test func aTrialThatCannotBeMadeIsNotRemembered() async throws {
        await #expect(throws: TareError.self) {
            _ = try await Accelerator.choose(
                .auto, cacheDirectory: scratch.path, identity: "qemu 7, kernel 6", device: "/dev/null", bootID: "boot"
            ) { throw TareError(.image, "no space") }
        }
        #expect(try await choose().tried)
    }
}
