import Testing

@testable import BenchmarkModel

/// What a start keeps in little room comes out as it was put in.
@Suite struct StartupRecordTests {
    private func marks(_ names: [MarkName]) -> [Mark] {
        names.enumerated().map { Mark($0.element, nanoseconds: UInt64(100 + $0.offset)) }
    }

    @Test(
        arguments: [
            [], [.requested], [.requested, .spawned, .entered, .executed, .ready, .stopping, .stopped],
            MarkName.allCases,
            [.kernel, .stopped], [.ready, .requested], [.requested, .entered, .entered, .ready], [.stopped, .stopped],
        ] as [[MarkName]]) func marksComeOutAsTheyWent(_ names: [MarkName])
    {
        let marks = marks(names)
        var record = StartupRecord(instance: "i", marks: marks)
        #expect(record.marks == marks)
        for name in MarkName.allCases {
            #expect(record.time(of: name) == marks.first { $0.name == name }?.nanoseconds, "\(name)")
        }
        record.append(Mark(.ready, nanoseconds: 7))
        #expect(record.marks == marks + [Mark(.ready, nanoseconds: 7)])
        record.marks = []
        #expect(record.marks.isEmpty)
    }

    /// Whatever time it may be.
    @Test func anyTimeIsKept() {
        for time in [0, 1, UInt64.max - 1, .max] {
            let record = StartupRecord(instance: "", marks: [Mark(.requested, nanoseconds: time)])
            #expect(record.marks == [Mark(.requested, nanoseconds: time)] && record.time(of: .requested) == time)
        }
    }

    @Test func numbersThatAreUnknownStaySo() {
        var record = StartupRecord(instance: "i", cpuNanoseconds: 0, outputBytes: 5)
        #expect(record.cpuNanoseconds == 0 && record.restNanoseconds == nil)
        #expect(record.peakMemoryBytes == nil && record.outputBytes == 5)
        record.cpuNanoseconds = nil
        record.restNanoseconds = 9
        #expect(record.cpuNanoseconds == nil && record.restNanoseconds == 9)
    }

    /// A name is the same whether it is kept in one piece or in two.
    @Test func aNameInTwoPiecesIsTheSame() {
        var one = StartupRecord(instance: "tare-r-i12")
        let two = one
        one.set(SharedName(beginning: "tare-r-", "i12"))
        #expect(one == two && one.instance == "tare-r-i12")
        one.set(SharedName(beginning: "tare-r-", "i13"))
        #expect(one != two)
        one.instance = ""
        #expect(!one.hasInstance && two.hasInstance)
    }

    /// What an observation keeps beside its record goes with it.
    @Test func anObservationKnowsItsRecord() {
        var one = Observation(
            number: 1, cell: "c", block: 0,
            record: .startup(StartupRecord(instance: "i", marks: marks([.requested, .ready]))))
        #expect(one.startupNanoseconds == 1 && one.isAttemptedStart && one.verdict == .ok)
        one.record = .startup(StartupRecord(instance: "", marks: marks([.ready])))
        #expect(one.startupNanoseconds == nil && !one.isAttemptedStart && one.verdict == .invalid)
        let glimpse = [one].glimpse(at: 0)
        #expect(glimpse.verdict == .invalid && glimpse.startupNanoseconds == nil && !glimpse.hasWarnings)
    }
}
