import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import VirtualMachines

/// The choice, with /dev/null for the device and a trial that is told what to find.
@Suite struct AcceleratorTests {
    let scratch: TemporaryDirectory

    init() throws {
        scratch = try TemporaryDirectory()
        for name in ["/module", "/other"] { try HostFiles.makeDirectory(scratch.path + name) }
        try cpu("fpu vme vmx sse2")
    }

    /// Gives the host's CPU these flags.
    private func cpu(_ flags: String) throws {
        let text = "processor\t: 0\nvendor_id\t: x\nflags\t\t: \(flags)\nbugs\t\t: svm-is-none\n"
        try HostFiles.replace(scratch.path + "/cpuinfo", bytes: Array(text.utf8))
    }

    private func host(device: String = "/dev/null") -> KVMHost {
        KVMHost(device: device, cpuInfo: scratch.path + "/cpuinfo", moduleDirectory: scratch.path + "/module")
    }

    /// Chooses, and says whether a guest was tried.
    private func choose(
        _ wanted: LibvirtSettings.Accelerator = .auto, again: Bool = false, device: String = "/dev/null",
        boot: String = "boot", question: String = "qemu 7, kernel 6, q35", outcome: Accelerator.Outcome = .works
    ) async throws -> (choice: Accelerator.Choice, tried: Bool) {
        var tried = false
        let choice = try await Accelerator.choose(
            wanted, triesAgain: again, question: question,
            memory: AcceleratorMemory(cacheDirectory: scratch.path, bootID: boot), host: host(device: device)
        ) {
            tried = true
            return outcome
        }
        return (choice, tried)
    }

    private static let works = Accelerator.Choice(hardware: true, reason: "a small guest booted under KVM")

    @Test func takesKVMWhereAGuestBoots() async throws {
        let (choice, tried) = try await choose()
        #expect(choice == AcceleratorTests.works)
        #expect(tried)
    }

    @Test(arguments: [.works, .refused("QEMU has no KVM")] as [Accelerator.Outcome])
    func remembersWhatWillStaySoForThisBoot(outcome: Accelerator.Outcome) async throws {
        let first = try await choose(outcome: outcome)
        let second = try await choose(outcome: .failed("not asked"))
        #expect(first.tried && !second.tried)
        #expect(second.choice.hardware == (outcome == .works))
        #expect(second.choice.reason == first.choice.reason + " (found out earlier in this boot)")
        // The remark is not remembered, or it would grow.
        #expect(try await choose().choice == second.choice)
    }

    /// A deadline that passed, or a busy hypervisor, says nothing of the next time.
    @Test(arguments: [.failed("it hangs"), .untried("it is busy")] as [Accelerator.Outcome])
    func triesAgainAfterANoOfTheMoment(outcome: Accelerator.Outcome) async throws {
        let first = try await choose(outcome: outcome)
        #expect(first.tried && !first.choice.hardware)
        let second = try await choose()
        #expect(second.tried && second.choice == AcceleratorTests.works)
        // A "yes" is not kept either once a guest was tried again and did not boot.
        #expect(try await !choose(again: true, outcome: outcome).choice.hardware)
        #expect(try await choose().tried)
    }

    @Test func keepsAnswersSideBySide() async throws {
        #expect(try await choose(question: "q35", outcome: .refused("no such thing")).tried)
        #expect(try await choose(question: "microvm").tried)
        let first = try await choose(question: "q35")
        let second = try await choose(question: "microvm", outcome: .refused("not asked"))
        #expect(!first.tried && !first.choice.hardware)
        #expect(!second.tried && second.choice.hardware)
        // Another boot is another host.
        #expect(try await choose(boot: "next boot", question: "q35").tried)
        #expect(try await !choose(boot: "next boot", question: "q35").tried)
        #expect(try await choose(boot: "next boot", question: "microvm").tried)
    }

    @Test func alwaysTriesWhereItIsAskedForByName() async throws {
        #expect(try await !choose(outcome: .refused("no")).choice.hardware)
        let choice = try await choose(.kvm)
        #expect(choice.tried && choice.choice == AcceleratorTests.works)
        #expect(try await choose(.kvm).tried)
        // What it found out serves those who do not ask by name.
        let other = try await choose(outcome: .refused("not asked"))
        #expect(!other.tried && other.choice.hardware)
    }

    @Test func triesAgainWhereThatIsAskedFor() async throws {
        #expect(try await choose(outcome: .refused("no")).tried)
        #expect(try await choose(again: true) == (AcceleratorTests.works, true))
        #expect(try await !choose().tried)
    }

    @Test func forgets() async throws {
        try Accelerator.forget(cacheDirectory: scratch.path)
        _ = try await choose(question: "q35", outcome: .refused("no"))
        _ = try await choose(question: "microvm")
        try Accelerator.forget(cacheDirectory: scratch.path)
        #expect(try await choose(question: "q35").tried)
        #expect(try await choose(question: "microvm").tried)
        try HostFiles.makeDirectory(scratch.path + "/other/accelerator.json")
        #expect(throws: SystemError.self) { try Accelerator.forget(cacheDirectory: scratch.path + "/other") }
    }

    /// Where the CPU has no hardware virtualisation, an ordinary guest hangs or makes QEMU fail on an assertion.
    @Test(arguments: [true, false]) func saysWhereTheCPUCannot(named: Bool) async throws {
        try cpu("fpu vme sse2")
        if named { try HostFiles.makeDirectory(scratch.path + "/module/kvm_pvm") }
        let said = "qemu: kvm_buf_set_msrs: Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed."
        let (choice, _) = try await choose(outcome: .failed(said))
        let module = named ? " by the module kvm_pvm" : ""
        let sentence =
            "KVM is offered\(module) without hardware virtualisation (no vmx or svm in \(scratch.path)/cpuinfo), and the "
            + "guest's kernel does not boot under that"
        #expect(choice == Accelerator.Choice(hardware: false, reason: sentence))
        // That will be so again, for this kernel.
        let second = try await choose()
        #expect(!second.tried && second.choice.reason == sentence + " (found out earlier in this boot)")
        #expect(try await choose(question: "a kernel made for it") == (AcceleratorTests.works, true))
        // A host that is too busy to try is another matter, there too.
        let busy = try await choose(again: true, outcome: .untried("it is busy"))
        #expect(busy.choice.reason == "it is busy")
        #expect(try await choose().tried)
    }

    @Test(arguments: ["fpu vmx", "svm", "a\tsvm\tb"]) func saysNothingOfACPUThatCan(flags: String) async throws {
        try cpu(flags)
        try HostFiles.makeDirectory(scratch.path + "/module/kvm_pvm")
        #expect(host().lack == nil)
        #expect(try await choose(outcome: .failed("it hangs")).choice.reason == "it hangs")
    }

    @Test(arguments: ["novmx svmx", "", "vmxx"]) func takesNoOtherFlagForIt(flags: String) throws {
        try cpu(flags)
        #expect(host().lack != nil)
    }

    @Test func saysNothingOfACPUThatSaysNothing() throws {
        try HostFiles.replace(scratch.path + "/cpuinfo", bytes: Array("processor\t: 0\n".utf8))
        #expect(host().lack == nil)
        #expect(KVMHost(cpuInfo: scratch.path + "/absent").lack == nil)
    }

    /// As another program, or an earlier version of this one, left it.
    @Test(arguments: [
        "{\"bootID\": \"bo", "",
        #"{"bootID": "boot", "identity": "qemu 7, kernel 6, q35", "choice": {"hardware": false, "reason": "old"}}"#,
    ]) func asksAgainWhereTheMemoryIsDamaged(text: String) async throws {
        try HostFiles.replace(scratch.path + "/accelerator.json", bytes: Array(text.utf8))
        #expect(try await choose().tried)
        #expect(try await !choose().tried)
    }

    @Test func needsNoMemory() async throws {
        let choice = try await Accelerator.choose(
            .auto, question: "x", memory: AcceleratorMemory(cacheDirectory: scratch.path + "/absent", bootID: "b"),
            host: host()
        ) { .works }
        #expect(choice.hardware)
    }

    @Test func throwsWhereItIsAskedForByName() async throws {
        for _ in 0..<2 {
            let error = try #require(
                await #expect(throws: TareError.self) { _ = try await choose(.kvm, outcome: .failed("it hangs")) })
            #expect(error.code == .hostLacks)
            #expect(error.message == "the suite asks for KVM, and it does not work here: it hangs")
            #expect(error.remedy?.contains("accelerator: auto") == true)
        }
    }

    @Test func asksNothingForEmulation() async throws {
        let (choice, tried) = try await choose(.tcg, again: true)
        #expect(choice == Accelerator.Choice(hardware: false, reason: "the suite asks for it"))
        #expect(!tried && !HostFiles.exists(scratch.path + "/accelerator.json"))
    }

    @Test func saysWhenTheDeviceIsAbsent() async throws {
        let (choice, tried) = try await choose(again: true, device: "/dev/tare-absent")
        #expect(choice == Accelerator.Choice(hardware: false, reason: "/dev/tare-absent is absent"))
        #expect(!tried && !HostFiles.exists(scratch.path + "/accelerator.json"))
        let error = try #require(
            await #expect(throws: TareError.self) { _ = try await choose(.kvm, device: "/dev/tare-absent") })
        #expect(error.message.hasSuffix("/dev/tare-absent is absent"))
    }

    /// It becomes a cell of a table.
    @Test func putsTheReasonOnOneLine() async throws {
        let said = "internal error:\n  qemu: could not access KVM\r\n\nqemu: failed\n"
        for outcome in [Accelerator.Outcome.refused(said), .failed(said), .untried(said)] {
            let (choice, _) = try await choose(again: true, outcome: outcome)
            #expect(choice.reason == "internal error: | qemu: could not access KVM | qemu: failed")
        }
    }

    @Test func aTrialThatCannotBeMadeIsNotRemembered() async throws {
        await #expect(throws: TareError.self) {
            _ = try await Accelerator.choose(
                .auto, question: "q", memory: AcceleratorMemory(cacheDirectory: scratch.path, bootID: "boot"),
                host: host()
            ) { throw TareError(.image, "no space") }
        }
        #expect(try await choose(question: "q").tried)
    }

    @Test func tellsWhatStaysFromWhatPasses() {
        func outcome(_ code: Int, _ text: String) -> Accelerator.Outcome {
            Accelerator.Outcome(of: LibvirtFailure(code: code, domain: 10, text: text), words: text)
        }
        let start = "libvirt could not start a small guest under KVM: "
        // Numbers of libvirt's virErrorNumber, which are part of its interface.
        #expect(outcome(67, "no KVM in this QEMU") == .refused(start + "no KVM in this QEMU"))
        let crash = "internal error: process exited while connecting to monitor: failed to set MSR 0x10a"
        #expect(outcome(1, crash) == .failed(start + crash))
        for (code, text) in [
            (1, "ioctl(KVM_CREATE_VM) failed: 16 Device or resource busy"), (1, "fork: Cannot allocate memory"),
            (2, "out of memory"), (68, "Timed out during operation"),
            (67, "cannot open: Resource temporarily unavailable"),
        ] {
            #expect(outcome(code, text) == .untried(start + text))
        }
        #expect(Accelerator.Outcome(of: .entered, words: "x") == .works)
        let place = "its first instruction in user space under KVM"
        #expect(
            Accelerator.Outcome(of: .late, words: "")
                == .failed("a small guest did not reach \(place) within 10 s"))
        #expect(
            Accelerator.Outcome(of: .ended, words: "KVM: entry failed")
                == .failed("a small guest ended before \(place): KVM: entry failed"))
    }
}
