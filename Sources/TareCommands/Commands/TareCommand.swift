package import ArgumentParser
import BenchmarkModel
import Dispatch
import Glibc
import LinuxSystem

/// The root of the command line.
package struct TareCommand: AsyncParsableCommand {
    /// Name, help and subcommands.
    package static let configuration = CommandConfiguration(
        commandName: "tare",
        abstract: "Measures, on this host, what isolation costs: containers and virtual machines side by side.",
        discussion: """
            tare runs the same root filesystem and command without isolation, in bare kernel namespaces, in containers under \
            an OCI runtime and in virtual machines under libvirt. It measures how long a start takes (on one clock of the \
            host), what one more instance costs, and how many fit, and writes a report that compares them.

            Exit codes: 0 done, 1 failed, 3 regression, 4 inconclusive (where the policy counts it), 5 not comparable, 64 wrong \
            usage, suite or policy, 130 interrupted (what was measured is kept).
            Shell completions: tare --generate-completion-script bash|zsh|fish
            """,
        version: TareVersion.current,
        subcommands: [
            RunCommand.self, ReportCommand.self, ListCommand.self, ExportCommand.self, DoctorCommand.self,
            CompareCommand.self, GateCommand.self, BaselineCommand.self,
            CalibrateCommand.self, HistoryCommand.self, PlanCommand.self, CleanCommand.self, SuiteCommand.self,
        ])

    /// Made by the parser.
    package init() {}

    /// Parses the command line, runs the command, and ends the process with the exit code that belongs to the outcome.
    ///
    /// Not asynchronous itself: what measures gets a mount namespace of its own first, and that must happen while the
    /// process has a single thread, which it no longer has once Swift's tasks run.
    package static func runAndExit() -> Never {
        // A report piped into `head` must not kill a run that still has to clean up after itself.
        signal(SIGPIPE, SIG_IGN)
        Console.secureStreams()
        do {
            let parsed = try parseAsRoot()
            if parsed is any Measuring, geteuid() == 0 {
                ManagedScope.enterIfLimited()
                try Rights.enterMountNamespace()
                Confinement.enter()
                Inheritance.shed()
            }
            let parsedCommand = Parsed(command: parsed)
            Task.detached {
                let code = await outcome(of: parsedCommand.command)
                Confinement.leave()
                Glibc.exit(ErrorOutput.finish(code))
            }
        } catch {
            Glibc.exit(ErrorOutput.finish(ErrorOutput.report(error)))
        }
        dispatchMain()
    }

    private static func outcome(of command: any ParsableCommand) async -> Int32 {
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                var synchronous = command
                try synchronous.run()
            }
            return 0
        } catch {
            return ErrorOutput.report(error)
        }
    }
}

/// A command on its way from the main thread, which then lets go of it, to the one task that runs it.
private struct Parsed: @unchecked Sendable {
    let command: any ParsableCommand
}

/// A command that starts instances.
protocol Measuring {}
