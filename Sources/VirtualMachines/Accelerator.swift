import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

/// Which accelerator guests get, and why. That KVM works is found out by booting a guest: that `/dev/kvm` exists, and even
/// that it creates a virtual machine, proves nothing.
enum Accelerator {
    /// How long a small guest may take under KVM to its first instruction in user space.
    static let deadlineSeconds = 10

    /// The choice with its reason in words.
    struct Choice: Codable, Equatable {
        var hardware: Bool
        var reason: String
    }

    private struct Memory: Codable {
        var bootID: String
        var identity: String
        var choice: Choice
    }

    /// Chooses.
    ///
    /// - Parameters:
    ///   - wanted: what the suite asks for.
    ///   - cacheDirectory: where the answer is remembered for this boot of the host.
    ///   - identity: of what was tried: another QEMU or guest kernel is another question.
    ///   - trial: boots a guest under KVM; nil when it works, else why not.
    /// - Throws: ``TareError`` when KVM is asked for by name and does not work.
    static func choose(
        _ wanted: LibvirtSettings.Accelerator, cacheDirectory: String, identity: String,
        device: String = "/dev/kvm", bootID: String = HostProbe.bootID, trial: () async throws -> String?
    ) async throws -> Choice {
        if wanted == .tcg { return Choice(hardware: false, reason: "the suite asks for it") }
        let choice = try await find(
            cacheDirectory: cacheDirectory, identity: identity, device: device, bootID: bootID, trial)
        if wanted == .kvm, !choice.hardware {
            throw TareError(
                .hostLacks, "the suite asks for KVM, and it does not work here: \(choice.reason)",
                remedy: "Use a host whose KVM works, or 'accelerator: auto' to fall back to software emulation.")
        }
        return choice
    }

    private static func find(
        cacheDirectory: String, identity: String, device: String, bootID: String, _ trial: () async throws -> String?
    ) async throws -> Choice {
        guard HostFiles.exists(device) else { return Choice(hardware: false, reason: "\(device) is absent") }
        guard access(device, R_OK | W_OK) == 0 else {
            return Choice(hardware: false, reason: "\(device) may not be opened: \(String(cString: strerror(errno)))")
        }
        let file = cacheDirectory + "/accelerator.json"
        if let data = FileManager.default.contents(atPath: file),
            let memory = try? JSONDecoder().decode(Memory.self, from: data), memory.bootID == bootID,
            memory.identity == identity
        {
            return Choice(
                hardware: memory.choice.hardware, reason: memory.choice.reason + " (found out earlier in this boot)")
        }
        // The reason becomes a cell of a table: what QEMU said in several lines is put on one.
        let trouble = try await trial().map {
            $0.split(whereSeparator: \.isNewline).map { HostFiles.trimmed(String($0)) }.filter { !$0.isEmpty }
                .joined(separator: " | ")
        }
        let choice = Choice(hardware: trouble == nil, reason: trouble ?? "a small guest booted under KVM")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let memory = Memory(bootID: bootID, identity: identity, choice: choice)
        // Not being able to remember only costs the next run its seconds.
        if let data = try? encoder.encode(memory) { try? HostFiles.replace(file, bytes: Array(data)) }
        return choice
    }
}
