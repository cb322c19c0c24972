import Analysis
import ArgumentParser
import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import Reports

/// `tare doctor`.
struct DoctorCommand: AsyncParsableCommand, Measuring {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tries everything that a run needs on this host, and says what to do about what is missing.",
        discussion: """
            Each platform of the quick suite (or of SUITE) is tried by starting one real instance, not by looking for files. So is \
            each container engine that is found here; one that does not work is only told, for a run needs none. \
            Exit code 0 when all works, 1 when something that a run needs does not.

            With --for N nothing is started: from the latest footprints that are stored, and from what this host has and uses \
            now, it says for each workload and platform whether N instances run at the same time, and which limit ends them \
            first. Exit code 0 when they do, 1 when one ends them before, or nothing was measured.

            Example: tare doctor --for 1000 --workload nginx --platform runc
            """)

    @Argument(
        help: "The suite whose platforms are tried. Default: those of the quick suite.",
        completion: .file(extensions: ["yaml", "yml"]))
    var suite: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "Says only whether so many instances run at the same time, and which limit ends them first.",
            valueName: "instances"))
    var instances: Int?

    @Option(
        name: .customLong("workload"),
        help: "With --for: a workload that is spoken of. May be given again. Default: all that were measured.")
    var workloads: [String] = []

    @Option(
        name: .customLong("platform"),
        help: "With --for: a platform that is spoken of. May be given again. Default: all that were measured.")
    var platforms: [String] = []

    @Option(help: "What is printed: text or json.")
    var format: OutputFormat = .text

    @OptionGroup var policy: PolicyOptions
    @OptionGroup var store: StoreOptions

    func validate() throws {
        let most = HeadroomForecast.mostInstances
        if let instances, !(1...most).contains(instances) {
            throw ValidationError("--for \(instances) is out of range: write a number from 1 to \(most).")
        }
        guard instances == nil else { return }
        for (option, isGiven) in [
            ("--workload", !workloads.isEmpty), ("--platform", !platforms.isEmpty), ("--db", store.database != nil),
        ] where isGiven {
            throw ValidationError("\(option) goes only with --for: give a number of instances too.")
        }
    }

    func run() async throws {
        if let instances {
            return try HeadroomForecast(
                instances: instances, workloads: workloads, platforms: platforms, format: format, store: store,
                suite: suite
            ).run()
        }
        let document = try SuiteSource.read(suite)
        _ = try policy.apply(to: document)
        var checks = HostChecks.all()
        if geteuid() == 0 {
            let platforms = document.suite.platforms
            checks += try await PlatformTrials.run(
                platforms, engines: PlatformTrials.engines(beside: platforms),
                network: document.suite.workloads.contains { $0.network == .bridge } ? .bridge : .none)
        } else {
            checks += document.suite.platforms.map {
                DoctorCheck(
                    name: "platform \($0.name)", outcome: .unknown, found: "not tried without root",
                    remedy: "Run 'tare doctor' as root.")
            }
        }
        switch format {
        case .text:
            let terminal = Console.isTerminal(STDOUT_FILENO)
            let names = checks.map(\.name.count).max() ?? 0
            for check in checks {
                Console.output(
                    check.text(
                        color: Console.usesEscapes(STDOUT_FILENO), nameWidth: names,
                        width: terminal ? Console.width : nil))
            }
        case .json:
            Console.output(try JSONDocument.text(checks))
        }
        let broken = checks.filter { $0.outcome != .works && $0.outcome != .note }
        guard broken.isEmpty else {
            throw TareError(
                .hostLacks, "this host is not ready: \(broken.map(\.name).joined(separator: ", "))",
                remedy: "Do what is said beside each.")
        }
        if format == .text { Console.error("All works.") }
    }
}

/// One thing that a run needs.
struct DoctorCheck: Codable {
    /// What came of trying it.
    enum Outcome: String, Codable {
        case works
        case fails
        case unknown
        /// Worth knowing, not needed.
        case note
    }

    var name: String
    var outcome: Outcome
    /// What was found, with its version.
    var found: String
    /// What to do; nil where nothing needs to be done.
    var remedy: String?

    /// A line, or several where the width does not suffice, with all that was found in one column.
    ///
    /// - Parameter width: how many characters fit; nil where lines may be as long as they are.
    func text(color: Bool, nameWidth: Int, width: Int?) -> String {
        let (word, code) =
            switch outcome {
            case .works: ("works", "32")
            case .fails: ("FAILS", "31")
            case .unknown: ("?", "33")
            case .note: ("note", "36")
            }
        let padded = word.padding(toLength: 5, withPad: " ", startingAt: 0)
        let shown = color ? "\u{1b}[\(code)m\(padded)\u{1b}[0m" : padded
        let indent = String(repeating: " ", count: padded.count + nameWidth + 4)
        // On a very narrow terminal a column of its own would leave no room for words.
        let room = width.map { max(40, $0 - indent.count) } ?? Int.max
        let lines = [found, remedy.map { "-> \($0)" } ?? ""].flatMap { text in
            TerminalSummary.wrap(text, width: room).split(separator: "\n")
        }
        let label = name.padding(toLength: nameWidth, withPad: " ", startingAt: 0)
        return "\(shown)  \(label)  \(lines.joined(separator: "\n\(indent)"))"
    }
}
