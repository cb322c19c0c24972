import BenchmarkModel
import Foundation
import LinuxSystem

/// Which accelerator guests get, and why. That KVM works is found out by booting a guest: that `/dev/kvm` exists, and even
/// that it creates a virtual machine, proves nothing.
package enum Accelerator {
    /// How long a small guest may take under KVM to its first instruction in user space.
    static let deadlineSeconds = 10

    struct Choice: Codable, Equatable {
        var hardware: Bool
        var reason: String
    }

    /// What booting a small guest under KVM came to; a "no" has its reason.
    enum Outcome: Equatable {
        case works
        /// It will be refused again: QEMU or libvirt has no KVM for such a guest.
        case refused(String)
        /// The guest hung, or QEMU gave up: that can be the moment's fault.
        case failed(String)
        /// The host was too busy, or too full, to try.
        case untried(String)
    }

    /// Chooses.
    ///
    /// - Parameters:
    ///   - wanted: what the suite asks for. One that asks for KVM by name gets no remembered answer.
    ///   - triesAgain: whether a remembered answer is not enough.
    ///   - question: all that the answer depends on: QEMU, the guest's kernel and hardware, the connection.
    ///   - memory: where the answer is remembered for this boot of the host: that it works, and a "no" that will stay one.
    ///   - trial: boots a guest under KVM.
    /// - Throws: ``TareError`` when KVM is asked for by name and does not work.
    static func choose(
        _ wanted: LibvirtSettings.Accelerator, triesAgain: Bool = false, question: String, memory: AcceleratorMemory,
        host: KVMHost = KVMHost(), trial: () async throws -> Outcome
    ) async throws -> Choice {
        if wanted == .tcg { return Choice(hardware: false, reason: "the suite asks for it") }
        let choice: Choice
        if let problem = host.problem {
            choice = Choice(hardware: false, reason: problem)
        } else if wanted == .auto, !triesAgain, let answer = memory.answer(to: question) {
            choice = Choice(hardware: answer.hardware, reason: answer.reason + " (found out earlier in this boot)")
        } else {
            let outcome = try await trial()
            choice = judged(outcome, host)
            memory.remember(isFinal(outcome, host) ? choice : nil, to: question)
        }
        if wanted == .kvm, !choice.hardware {
            throw TareError(
                .hostLacks, "the suite asks for KVM, and it does not work here: \(choice.reason)",
                remedy: "Use a host whose KVM works, or 'accelerator: auto' to fall back to software emulation.")
        }
        return choice
    }

    private static func judged(_ outcome: Outcome, _ host: KVMHost) -> Choice {
        switch outcome {
        case .works: Choice(hardware: true, reason: "a small guest booted under KVM")
        case .refused(let reason), .untried(let reason): Choice(hardware: false, reason: onOneLine(reason))
        case .failed(let reason): Choice(hardware: false, reason: host.lack ?? onOneLine(reason))
        }
    }

    private static func isFinal(_ outcome: Outcome, _ host: KVMHost) -> Bool {
        switch outcome {
        case .works, .refused: true
        case .failed: host.lack != nil
        case .untried: false
        }
    }

    /// The reason becomes a cell of a table: what QEMU said in several lines is put on one.
    private static func onOneLine(_ reason: String) -> String {
        reason.split(whereSeparator: \.isNewline).map { HostFiles.trimmed(String($0)) }.filter { !$0.isEmpty }
            .joined(separator: " | ")
    }

    /// Forgets all answers, so that guests are tried again.
    ///
    /// - Parameter cacheDirectory: where they are remembered.
    /// - Throws: ``SystemError`` where they cannot be removed.
    package static func forget(cacheDirectory: String) throws {
        try AcceleratorMemory(cacheDirectory: cacheDirectory).forget()
    }
}
