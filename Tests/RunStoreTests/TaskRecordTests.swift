import BenchmarkModel
import GRDB
import TestSupport
import Testing

@testable import RunStore

/// What is kept of tasks and of limits.
@Suite struct TaskRecordTests {
    let scratch: TemporaryDirectory
    let store: RunStore
    let run = SampleRun.make(id: "a")

    init() throws {
        scratch = try TemporaryDirectory()
        store = try RunStore(path: scratch.path + "/tare.db")
        try store.create(run)
    }

    private func save(_ records: [TaskRecord]) throws -> [Observation] {
        let sink = store.sink(for: "a")
        let observations = records.enumerated().map { index, record in
            Observation(
                number: index + 1, cell: SampleRun.cell(run, of: "task"), block: 1, record: .task(record))
        }
        for observation in observations { try sink.save(observation) }
        return observations
    }

    private var start: StartupRecord { SampleRun.sample(1, cell: "").startup ?? StartupRecord(instance: "", marks: []) }

    @Test func keepsEveryFieldOfATask() throws {
        let saved = try save([
            TaskRecord(
                start: start, ending: .exited(0), figures: ["iops": 1_234.5, "delay": -1e-300, "zero": 0],
                instanceNanoseconds: 1 << 62),
            TaskRecord(start: start, ending: .exited(255)),
            TaskRecord(start: start, ending: .signalled(9), figures: ["big": .greatestFiniteMagnitude]),
            TaskRecord(start: StartupRecord(instance: "", marks: [])),
        ])
        let read = try RunStore(path: store.path).run("a")
        #expect(read.observations == saved && read.unreadable == [])
    }

    /// No kernel gives these, and JSON does not have them: the rest is kept.
    @Test func whatIsNoneIsLeftOut() throws {
        let saved = try save([
            TaskRecord(
                start: start, ending: .exited(256), figures: ["a": .nan, "b": .infinity, "c": 1],
                instanceNanoseconds: .max)
        ])
        let read = try #require(try store.run("a").observations.first?.task)
        #expect(read == TaskRecord(start: start, figures: ["c": 1], instanceNanoseconds: 1 << 62))
        #expect(read.start == saved[0].task?.start)
    }

    @Test(arguments: [
        ("{}", "'start' is missing"),
        (#"{"start":"- - - - -;i"}"#, "'figures' is missing"),
        (#"{"start":"x","figures":{}}"#, "a time is missing at byte 1"),
        (#"{"start":"- -;i","figures":{}}"#, "the peak of memory is missing at byte 4"),
        (#"{"start":"- - - - -;i","figures":{},"ending":"x9"}"#, "no command ends with 'x9'"),
        (#"{"start":"- - - - -;i","figures":{},"ending":"e256"}"#, "no command ends with 'e256'"),
        (#"{"start":"- - - - -;i","figures":{},"ending":7}"#, "'ending' is of another type"),
        (#"{"start":"- - - - -;i","figures":{"a":"1"}}"#, "'figures.a' is of another type"),
        (
            #"{"start":"- - - - -;i","figures":{},"instanceNanoseconds":4611686018427387905}"#,
            "'instanceNanoseconds' is 4611686018427387905"
        ),
    ])
    func oneTaskThatCannotBeRead(_ record: String, _ why: String) throws {
        let saved = try save([TaskRecord(start: start), TaskRecord(start: start)])
        try store.queue.write {
            try $0.execute(sql: "UPDATE observation SET record = ? WHERE number = 2", arguments: [record])
        }
        let read = try store.run("a")
        #expect(read.observations == [saved[0]])
        #expect(
            read.unreadable == [
                "observation 2 of \(SampleRun.cell(run, of: "task")) (table observation) cannot be read: \(why)"
            ])
    }

    @Test func aRecordOfANewerTareIsNamed() throws {
        _ = try save([TaskRecord(start: start)])
        try store.queue.write { try $0.execute(sql: "UPDATE observation SET record_version = 2") }
        let read = try store.run("a")
        #expect(read.unreadable.first?.hasSuffix("this tare does not know version 2 of a record of task") == true)
    }

    /// As they were written before limits were recorded.
    @Test func anOlderLadderHasNoLimits() throws {
        let rung = Rung(instances: 1, settleSeconds: 1, settled: true, reading: MemoryReading([.anonymous: 5]))
        let text = #"""
            {"ending":"the cap was reached","noise":{"figures":{}},"ledgerNoise":0,"rungs":[{"instances":1,"settleSeconds":1,\#
            "settled":true,"reading":{"figures":{"anonymous":5}}}],"idleNanoseconds":0,"climbNanoseconds":0,\#
            "drift":{"figures":{}}}
            """#
        let read = try ObservationRecord.read(VersionedText(1, text), experiment: "footprint")
        #expect(read == .footprint(Ladder(ending: .cap, rungs: [rung])))
        // And what has none is written as it was then.
        let again = try ObservationRecord.write(read)
        #expect(again.version == 1 && !again.text.contains("limits"))
    }

    @Test(arguments: [
        (#""limits":{"luck":{"value":1,"source":"s"}}"#, "no limited resource is called 'luck'"),
        (#""limits":{"pid_max":{"value":-1,"source":"s"}}"#, "it cannot be taken as JSON"),
        (#""limits":{"pid_max":{"value":1}}"#, "'limits.pid_max.source' is missing"),
        (
            #""rungs":[{"instances":1,"settleSeconds":1,"settled":true,"reading":{"figures":{}},"limits":{"luck":1}}]"#,
            "no limited resource is called 'luck'"
        ),
        (
            #""rungs":[{"instances":1,"settleSeconds":1,"settled":true,"reading":{"figures":{}},"limits":{"disk":9223372036854775807}}]"#,
            "disk is 9223372036854775807"
        ),
    ])
    func limitsThatCannotBeRead(_ part: String, _ why: String) throws {
        let rungs = part.hasPrefix(#""rungs""#) ? "" : #""rungs":[],"#
        let text = #"""
            {"ending":"the cap was reached","noise":{"figures":{}},"ledgerNoise":0,\#(rungs)"idleNanoseconds":0,\#
            "climbNanoseconds":0,"drift":{"figures":{}},\#(part)}
            """#
        let error = try #require(
            #expect(throws: UnreadableValue.self) {
                try ObservationRecord.read(VersionedText(1, text), experiment: "footprint")
            })
        #expect(error.description == why)
    }

    /// A file system may claim anything: that is left out, and the rest can be read.
    @Test func moreThanCanBeInUseIsLeftOut() throws {
        let rung = Rung(
            instances: 1, settleSeconds: 1, settled: true, reading: MemoryReading(),
            limits: LimitsReading([.diskInodes: .max, .diskBytes: 1 << 56, .processIDs: 7]))
        let written = try ObservationRecord.write(.footprint(Ladder(rungs: [rung])))
        guard case .footprint(let ladder) = try ObservationRecord.read(written, experiment: "footprint") else {
            throw TareError(.failed, "it is no ladder")
        }
        #expect(ladder.rungs.first?.limits == LimitsReading([.diskBytes: 1 << 56, .processIDs: 7]))
    }

    @Test(arguments: [
        (#""cause":"limit","reason":"x""#, "'resource' is missing"),
        (#""cause":"limit","resource":"luck""#, "no limited resource is called 'luck'"),
    ])
    func aLimitThatStopsARampHasAName(_ cause: String, _ why: String) throws {
        let text = #"""
            {"instances":1,\#(cause),"heldNanoseconds":1,"liveness":"","teardownNanoseconds":1,"points":[]}
            """#
        let error = try #require(
            #expect(throws: UnreadableValue.self) {
                try ObservationRecord.read(VersionedText(2, text), experiment: "density")
            })
        #expect(error.description == why)
    }

    /// As it was written before there were tasks.
    @Test func anOlderSuiteHasNoTasks() throws {
        var suite = SampleRun.suite
        suite.task = nil
        for index in suite.workloads.indices {
            suite.workloads[index].figures = []
            suite.workloads[index].volumes = []
            suite.workloads[index].network = .none
        }
        let written = try VersionedText.suite(suite)
        #expect(written.version == 4)
        for key in ["task", "figures", "volumes"] { #expect(!written.text.contains("\"\(key)\"")) }
        #expect(try VersionedText(3, written.text).suite() == suite)
    }

    @Test(arguments: [
        (#""is":"match","name":"delay""#, #""is":"xpath","name":"delay""#, "no place of a figure is 'xpath'"),
        (#""better":"higher""#, #""better":"more""#, "a figure is better when lower or higher, not 'more'"),
        (#""bytes":1073741824"#, #""bytes":18446744073709551615"#, "'bytes' is 18446744073709551615"),
        (#""warmupBlocks":2"#, #""warmupBlocks":-2"#, "'warmupBlocks' is -2"),
    ])
    func aSuiteThatCannotBeRead(_ part: String, _ by: String, _ why: String) throws {
        let written = try VersionedText.suite(SampleRun.suite)
        #expect(written.text.contains(part), "\(written.text)")
        let error = try #require(
            #expect(throws: UnreadableValue.self) {
                try VersionedText(4, written.text.replacing(part, with: by)).suite()
            })
        #expect(error.description == why)
    }
}
