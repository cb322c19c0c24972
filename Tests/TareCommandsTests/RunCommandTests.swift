import BenchmarkModel
import Glibc
import HostReadings
import LinuxSystem
import TestSupport
import Testing

@testable import TareCommands

@Suite struct RunCommandTests {
    @Test(arguments: [
        "plain.yaml", "a b.yaml", "it's.yaml", "", "$(id)", "a\nb", "-x", "a;b", "*", "\"", "\\", "ü/x.yaml", "''", "~",
        "a=b", "#c", "!",
    ])
    func aShellReadsTheCommandBack(_ name: String) throws {
        let command = CommandLine.reproducing(suite: name, seed: 7)
        #expect(command.hasPrefix("tare run ") && command.hasSuffix(" --seed 7"))
        let scratch = try TemporaryDirectory()
        let output = open(scratch.path + "/out", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(output) }
        // A function by the name of the program prints its arguments, each behind a bell.
        let script = "tare() { printf '\\a%s' \"$@\"; }; cd /; \(command)"
        let shell = try ChildProcess.spawn(
            SpawnRequest(
                path: "/bin/sh", arguments: ["sh", "-c", script], environment: [],
                descriptors: (output, output, output)))
        #expect(shell.wait(deadlineMilliseconds: 10_000) == .exited(0))
        #expect(try HostFiles.read(scratch.path + "/out") == "\u{7}run\u{7}\(name)\u{7}--seed\u{7}7")
    }

    @Test func namesOnlyWhatWasGiven() {
        #expect(CommandLine.reproducing(suite: nil, seed: nil) == "tare run")
        #expect(CommandLine.reproducing(suite: "s.yaml", seed: nil) == "tare run s.yaml")
        #expect(CommandLine.reproducing(suite: nil, seed: 3) == "tare run --seed 3")
    }

    private func run(_ outcomes: [[Observation.Outcome]], counted: Bool = true) -> Run {
        let workload = Workload(
            name: "web", image: .rootfs(path: "/x"), command: ["x"], readiness: .tcp(port: 80))
        let suite = Suite(
            name: "s", workloads: [workload],
            platforms: [
                PlatformSpec(name: "namespaces", kind: .namespaces),
                PlatformSpec(name: "runc", kind: .oci(OCISettings())),
                PlatformSpec(name: "process", kind: .process),
            ], startup: StartupExperiment(samples: 2, modes: [.concurrent(2)]))
        let plan = Plan(suite: suite, seed: 1)
        var observations: [Observation] = []
        for (index, list) in outcomes.enumerated() {
            for outcome in list {
                observations.append(
                    Observation(
                        number: observations.count + 1, cell: plan.cells[index].key, block: 1, counted: counted,
                        outcome: outcome, reasons: outcome == .ok ? [] : ["the reason"],
                        record: .startup(StartupRecord(instance: "i", marks: []))))
            }
        }
        return Run(
            id: "r", startedAt: 0, status: .complete, tareVersion: "0", command: "tare run", suite: suite,
            suiteText: "", plan: plan, facts: HostFacts(), observations: observations)
    }

    @Test func aRunWithAGoodSampleInEachCellIsGood() throws {
        // The third cell is impossible (one port, no network of its own), and no fault.
        #expect(run([]).plan.cells.map { $0.impossible != nil } == [false, false, true])
        try Verdicts.check(run([[.ok, .failed], [.invalid, .ok]]))
    }

    @Test func aCellWithoutAGoodSampleFailsTheRun() throws {
        let failed = try #require(
            #expect(throws: TareError.self) { try Verdicts.check(run([[.ok], [.failed, .invalid]])) })
        #expect(failed.code == .failed && failed.exitCode == 1)
        #expect(failed.message == "no measurement of startup/web/runc/concurrent-2 is good")
        #expect(failed.cause == "the reason")
        let missing = try #require(#expect(throws: TareError.self) { try Verdicts.check(run([[.ok], []])) })
        #expect(missing.cause == "nothing was measured")
    }

    @Test func warmUpDoesNotCount() {
        #expect(throws: TareError.self) { try Verdicts.check(run([[.ok], [.ok]], counted: false)) }
    }

    @Test func aLimitThatNobodyCanWatchIsRefusedWithItsPlace() throws {
        let text = SuiteText.good.replacing(
            "startup: {}", with: "density: {budget: 1GiB, cpu-pressure: 50%}")
        let document = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/nowhere")
        let blind = Pressure(nanoseconds: 0, memoryFullMicroseconds: nil, cpuSomeMicroseconds: nil)
        let refused = try #require(
            #expect(throws: TareError.self) { try RunSession.checkLimits(of: document, pressure: blind) })
        #expect(refused.code == .hostLacks && refused.message.contains("'cpu-pressure', that cannot be watched here"))
        #expect(refused.location == TareError.Location(file: "s.yaml", line: 10, column: 41))
        try RunSession.checkLimits(
            of: document, pressure: Pressure(nanoseconds: 0, memoryFullMicroseconds: 1, cpuSomeMicroseconds: 1))
    }

    @Test func cpusThatTheHostLacksAreRefusedWithTheirPlace() throws {
        let text = SuiteText.good.replacing("oci: {}", with: "oci: {}, cpu-view: allowance")
            .replacing("[/.tare/witness, pause]", with: "[/.tare/witness, pause]\n    cpus: 3")
        let document = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/nowhere")
        #expect(document.suite.platforms.map(\.cpuView) == [.engine, .allowance])
        let plan = Plan(suite: document.suite, seed: 1)
        func check(_ available: Int, hasCPUSets: Bool = true) throws {
            try RunSession.checkCPUs(of: document, plan: plan, available: available, hasCPUSets: hasCPUSets)
        }
        try check(3)
        for (available, hasCPUSets) in [(2, true), (64, false)] {
            let refused = try #require(
                #expect(throws: TareError.self) { try check(available, hasCPUSets: hasCPUSets) })
            #expect(refused.code == .hostLacks && refused.message.hasPrefix("platform 'runc': cpu-view: allowance "))
            #expect(refused.location == TareError.Location(file: "s.yaml", line: 9, column: 37), "\(refused)")
        }
        // Who sees the host's CPUs may have a quota of more.
        let engine = try SuiteReader.parse(
            text: text.replacing("allowance", with: "engine"), file: "s.yaml", baseDirectory: "/nowhere")
        try RunSession.checkCPUs(of: engine, plan: plan, available: 2, hasCPUSets: true)
    }
}
