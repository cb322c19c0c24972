import BenchmarkModel
import Harness
import LinuxSystem
import TestSupport
import Testing

@testable import Harness

/// A command that ends is judged by what it did, and every failure says how it ended.
@Suite struct EndedCommandTests {
    private let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    private func observe(
        _ readiness: Readiness, deadline: Double = 5, _ behaviour: ScriptedPlatform.Behaviour
    ) throws -> Observation {
        let suite = Suite(
            name: "s", workloads: [.scripted(readiness: readiness, deadlineSeconds: deadline)], platforms: [],
            startup: StartupExperiment(samples: 1, warmupBlocks: 0))
        let run = ScriptedRun(suite, on: ScriptedPlatform { _ in behaviour }, directory: scratch.path)
        try run.execute()
        return try #require(run.sink.observations.first)
    }

    @Test(arguments: ["EX", "E"]) func aLineRightBeforeTheEndIsReady(_ marks: String) throws {
        let observation = try observe(
            .line("^hello$"), deadline: 60, .prints("hello\n", sends: marks, ending: .exited(0)))
        #expect(observation.outcome == .ok, "\(observation.reasons)")
        let record = try #require(observation.startup)
        #expect(record.startupNanoseconds != nil && record.outputBytes == 6)
    }

    @Test func aLineIsSeenWhileTheCommandLives() throws {
        let observation = try observe(.line("^hello$"), deadline: 60, .prints("no\nhello\n", sends: "EX", ending: nil))
        #expect(observation.outcome == .ok, "\(observation.reasons)")
    }

    @Test func whatItPrintedIsQuotedWithItsStatus() throws {
        let observation = try observe(.line("up"), .prints("real reason\n", sends: "EX", ending: .exited(1)))
        #expect(
            observation.reasons == [
                "the command ended with status 1 before it was ready: a line of output matches /up/; none of its 1 line does; "
                    + "it printed: real reason"
            ])
    }

    @Test func aDeadlineQuotesItToo() throws {
        let observation = try observe(.line("up"), deadline: 0.2, .prints("a\nb\n", sends: "EX", ending: nil))
        #expect(
            observation.reasons == [
                "readiness deadline of 0.2 s passed: a line of output matches /up/; none of its 2 lines does; it printed: a | b"
            ])
    }

    @Test(arguments: [
        (Readiness.completed, "EXDe3\n", "the command ended with status 3, and only status 0 counts as completed"),
        (.completed, "EXDs11\n", "the command was ended by signal 11 (SIGSEGV), and only status 0 counts as completed"),
        (.file(path: "/x"), "EXDe0\n", "the command ended with status 0 before it was ready"),
        (
            .tcp(port: 7), "EXDe0\n",
            "the command ended with status 0 before it was ready. If it went into the background, let it run in the "
                + "foreground: an instance lasts as long as its command"
        ),
        (
            .http(port: 7, path: "/"), "EXRDe0\n",
            "the command ended with status 0 right after it was ready. If it went into the background, let it run in the "
                + "foreground: an instance lasts as long as its command"
        ),
    ])
    func theWitnessTellsItWhereItIsTheParent(_ readiness: Readiness, _ marks: String, _ reason: String) throws {
        let observation = try observe(readiness, .sends(marks))
        #expect(observation.outcome == .failed && observation.reasons == [reason])
    }

    @Test func anEndAfterReadyIsNone() throws {
        #expect(try observe(.started, deadline: 60, .sends("EXRDe0\n")).outcome == .ok)
        #expect(try observe(.completed, deadline: 60, .prints("", sends: "EXR", ending: .exited(0))).outcome == .ok)
    }

    @Test func whatEndedBeforeItsMarkWasStartedWhereNoSignalHitIt() throws {
        #expect(try observe(.started, deadline: 60, .prints("", sends: "E", ending: .exited(7))).outcome == .ok)
        let killed = try observe(.started, .prints("", sends: "E", ending: .signalled(9)))
        #expect(killed.reasons == ["the command was ended by signal 9 (SIGKILL) before it was ready"])
        #expect(try observe(.started, .prints("", sends: "", ending: .exited(7))).outcome == .failed)
    }

    @Test(arguments: ["EXD3\n", "EXDe\n", "EXDe999\n", "EXDs0\n", "EXDe12345\n"])
    func anEndThatIsNoneIsStrange(_ marks: String) throws {
        #expect(try observe(.completed, .sends(marks)).outcome != .ok)
    }

    @Test func ofMuchOutputTheEndsAreKept() {
        var output = KeptOutput()
        for number in 0..<1_000 { output.append([UInt8](repeating: UInt8(number & 0xff), count: 1_000)[...]) }
        #expect(output.count == 1_000_000)
        #expect(output.first.count == KeptOutput.firstBytes && output.first.first == 0)
        #expect(output.last.count == KeptOutput.lastBytes && output.last.last == UInt8(999 & 0xff))
        #expect(output.whole == nil)
    }

    @Test func ofOutputWithFiguresAllIsKeptUpToALimit() {
        var output = KeptOutput(mostFirst: 100_000)
        for _ in 0..<100 { output.append([UInt8](repeating: 1, count: 1_000)[...]) }
        #expect(output.whole?.count == 100_000)
        output.append([2])
        #expect(output.whole == nil && output.first.count == 100_000 && output.last.last == 2)
    }
}
