import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import HostReadings

/// Every detector is planted its fault and must fire; without the fault it must be silent.
@Suite struct ValidityTests {
    private func reading(seconds: UInt64, _ change: (inout HostReading) -> Void = { _ in }) -> HostReading {
        var reading = HostReading()
        reading.nanoseconds = seconds * 1_000_000_000
        reading.busyTicks = 1_000
        reading.stolenTicks = 10
        reading.memoryPressureMicroseconds = 5
        reading.clockSource = "tsc"
        reading.throttled = 1
        reading.refusedForks = 0
        reading.outOfMemoryKills = 2
        reading.swappedPages = 0
        reading.compactionStalls = 7
        reading.thermalThrottles = 0
        reading.runNanoseconds = 0
        change(&reading)
        return reading
    }

    @Test func aQuietSampleIsNotMarked() {
        #expect(Validity.judge(reading(seconds: 10), reading(seconds: 12), scope: .sample, cpus: 2).isEmpty)
        #expect(Validity.judge(reading(seconds: 10), reading(seconds: 12), scope: .block, cpus: 2).isEmpty)
    }

    /// A fault to plant, and the detector that must see it.
    enum Fault: String, CaseIterable {
        case clockSource = "clock source"
        case memoryPressure = "memory pressure"
        case throttling
        case refusedForks = "refused forks"
        case outOfMemory = "out of memory"
        case swap
        case compaction
        case thermal

        func plant(in reading: inout HostReading) {
            switch self {
            case .clockSource: reading.clockSource = "hpet"
            case .memoryPressure: reading.memoryPressureMicroseconds = 6
            case .throttling: reading.throttled = 2
            case .refusedForks: reading.refusedForks = 1
            case .outOfMemory: reading.outOfMemoryKills = 3
            case .swap: reading.swappedPages = 1
            case .compaction: reading.compactionStalls = 8
            case .thermal: reading.thermalThrottles = 1
            }
        }
    }

    @Test(arguments: Fault.allCases) func aPlantedFaultInvalidatesTheSample(fault: Fault) {
        let end = reading(seconds: 12) { fault.plant(in: &$0) }
        let threats = Validity.judge(reading(seconds: 10), end, scope: .sample, cpus: 2)
        #expect(threats.map(\.detector) == [fault.rawValue])
        #expect(threats.map(\.severity) == [.invalid])
    }

    @Test func stealIsJudgedByItsShareOfAllCPUTime() {
        // 2 s on 2 CPUs are 400 ticks: 0.5 % are 2 ticks, 2 % are 8.
        func severity(_ ticks: UInt64) -> Threat.Severity? {
            Validity.judge(
                reading(seconds: 10), reading(seconds: 12) { $0.stolenTicks = 10 + ticks }, scope: .sample, cpus: 2
            ).first?.severity
        }
        #expect(severity(2) == nil)
        #expect(severity(3) == .warning)
        #expect(severity(8) == .warning)
        #expect(severity(9) == .invalid)
    }

    /// A climb lasts minutes and starts hundreds of instances: only what falsifies memory makes it invalid.
    @Test(arguments: Fault.allCases) func aClimbIsInvalidatedByWhatFalsifiesMemory(fault: Fault) {
        let end = reading(seconds: 12) { fault.plant(in: &$0) }
        let threats = Validity.judge(reading(seconds: 10), end, scope: .climb, cpus: 2, longestGap: 300_000_000)
        let counts = [Fault.outOfMemory, .swap].contains(fault)
        #expect(threats.map(\.detector) == (counts ? [fault.rawValue] : []))
        #expect(threats.allSatisfy { $0.severity == .invalid })
    }

    @Test func ofAClimbStealAndForeignWorkAreToldAndNoMore() {
        // 10 s on 2 CPUs are 2,000 ticks: 10 ticks are 0.5 %, 200 are 10 %.
        func judged(_ stolen: UInt64, _ busy: UInt64) -> [Threat] {
            let end = reading(seconds: 20) {
                $0.stolenTicks = 10 + stolen
                $0.busyTicks = 1_000 + busy
            }
            return Validity.judge(reading(seconds: 10), end, scope: .climb, cpus: 2)
        }
        #expect(judged(10, 0).isEmpty)
        #expect(judged(200, 0).map(\.detector) == ["steal"])
        #expect(judged(200, 0).map(\.severity) == [.warning])
        // Two ticks are granted: 252 of 1,000 are 25 %, one more is above.
        #expect(judged(0, 252).isEmpty)
        #expect(judged(0, 254).map(\.detector) == ["foreign work"])
        #expect(judged(0, 254).map(\.severity) == [.warning])
    }

    @Test func stealInAShortSampleIsLeftToTheBlock() {
        let start = reading(seconds: 10)
        var end = reading(seconds: 10) { $0.stolenTicks = 1_000 }
        end.nanoseconds += 20_000_000
        #expect(Validity.judge(start, end, scope: .sample, cpus: 2).isEmpty)
        #expect(Validity.judge(start, end, scope: .block, cpus: 2).map(\.detector) == ["steal"])
    }

    @Test func foreignWorkIsWhatNeitherTareNorTheRunUsed() {
        // In 10 s: 120 ticks busy = 1.2 s; the run used 0.6 s: 0.58 s of it (20 ms are granted) are foreign, 5.8 % of a CPU.
        let end = reading(seconds: 20) {
            $0.busyTicks = 1_120
            $0.runNanoseconds = 600_000_000
        }
        #expect(Validity.judge(reading(seconds: 10), end, scope: .block, cpus: 2).map(\.detector) == ["foreign work"])
        let own = reading(seconds: 20) {
            $0.busyTicks = 1_120
            $0.runNanoseconds = 1_100_000_000
        }
        #expect(Validity.judge(reading(seconds: 10), own, scope: .block, cpus: 2).isEmpty)
    }

    @Test func aStoppedHarnessInvalidatesTheSample() {
        let threats = Validity.judge(
            reading(seconds: 10), reading(seconds: 12), scope: .sample, cpus: 2, longestGap: 300_000_000)
        #expect(threats.map(\.detector) == ["stopped harness"])
    }

    @Test func theReaderReadsWhatTheKernelWrites() throws {
        let directory = try TemporaryDirectory()
        let proc = directory.path + "/proc"
        let sys = directory.path + "/sys"
        for path in [
            proc, proc + "/pressure", proc + "/self", sys, sys + "/devices", sys + "/devices/system",
            sys + "/devices/system/clocksource", sys + "/devices/system/clocksource/clocksource0",
            directory.path + "/cpu", directory.path + "/cpu/a", directory.path + "/cpu/a/b",
        ] { try HostFiles.makeDirectory(path) }
        func put(_ path: String, _ text: String) throws { try HostFiles.create(path, bytes: Array(text.utf8)) }
        try put(proc + "/stat", "cpu  10 20 30 400 50 6 7 88 1 2\ncpu0 1 2 3 4 5 6 7 8 9 0\n")
        try put(
            proc + "/pressure/memory",
            "some avg10=0.00 avg60=0.00 avg300=0.00 total=900\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=123\n")
        try put(sys + "/devices/system/clocksource/clocksource0/current_clocksource", "kvm-clock\n")
        try put(proc + "/vmstat", "pswpin 3\npswpout 4\noom_kill 5\ncompact_stall 6\n")
        try put(proc + "/self/cgroup", "2:cpu:/a/b\n1:memory:/\n")
        try put(directory.path + "/cpu/a/cpu.stat", "nr_periods 9\nnr_throttled 40\n")
        try put(directory.path + "/cpu/a/b/cpu.stat", "nr_periods 9\nnr_throttled 2\n")
        let tree = CgroupTree(
            mountinfo:
                "30 25 0:26 / \(directory.path)/cpu rw - cgroup cgroup rw,cpu\n31 25 0:26 / \(directory.path)/mem rw - cgroup cgroup rw,memory"
        )
        let reading = HostReader(proc: proc, sys: sys, groups: tree, runGroup: "/r").read()
        #expect(reading.busyTicks == 10 + 20 + 30 + 6 + 7)
        #expect(reading.stolenTicks == 88)
        #expect(reading.memoryPressureMicroseconds == 123)
        #expect(reading.clockSource == "kvm-clock")
        #expect(reading.swappedPages == 7)
        #expect(reading.outOfMemoryKills == 5)
        #expect(reading.compactionStalls == 6)
        #expect(reading.throttled == 42)
    }
}
