import Foundation
import Glibc
import LinuxSystem

/// Whether KVM works, remembered for one boot of the host: an answer for each question.
struct AcceleratorMemory: Sendable {
    private struct Contents: Codable {
        var bootID: String
        var answers: [String: Accelerator.Choice] = [:]
    }

    private let file: String
    private let bootID: String

    init(cacheDirectory: String, bootID: String = HostBoot.id) {
        file = cacheDirectory + "/accelerator.json"
        self.bootID = bootID
    }

    private func read() -> Contents {
        guard let data = FileManager.default.contents(atPath: file),
            let contents = try? JSONDecoder().decode(Contents.self, from: data), contents.bootID == bootID
        else { return Contents(bootID: bootID) }
        return contents
    }

    func answer(to question: String) -> Accelerator.Choice? { read().answers[question] }

    /// Remembers an answer beside those to other questions; nil forgets it.
    func remember(_ choice: Accelerator.Choice?, to question: String) {
        var contents = read()
        guard contents.answers[question] != choice else { return }
        contents.answers[question] = choice
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        // Not being able to remember only costs the next run its seconds.
        if let data = try? encoder.encode(contents) { try? HostFiles.replace(file, bytes: Array(data)) }
    }

    /// Forgets all answers.
    ///
    /// - Throws: ``SystemError``.
    func forget() throws {
        guard unlink(file) == 0 || errno == ENOENT else { throw SystemError("removing \(file)") }
    }
}
