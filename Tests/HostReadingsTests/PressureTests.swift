import TestSupport
import Testing

@testable import HostReadings
import LinuxSystem

@Suite struct PressureTests {
    private func tree(memory: String?, cpu: String?) throws -> TemporaryDirectory {
        let scratch = try TemporaryDirectory()
        try HostFiles.makeDirectory(scratch.path + "/pressure")
        for (name, text) in [("memory", memory), ("cpu", cpu)] {
            if let text { try HostFiles.create("\(scratch.path)/pressure/\(name)", bytes: Array(text.utf8)) }
        }
        return scratch
    }

    /// Of memory what stops all work counts, of the CPU what stops some: the other lines are there to be mistaken.
    @Test func readsTheTotals() throws {
        let scratch = try tree(
            memory: "some avg10=1.00 avg60=0.00 avg300=0.00 total=111\n"
                + "full avg10=0.50 avg60=0.00 avg300=0.00 total=222\n",
            cpu: "some avg10=9.00 avg60=0.00 avg300=0.00 total=333\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=444\n")
        let before = MonotonicClock.now()
        let pressure = Pressure.read(proc: scratch.path)
        #expect(pressure.memoryFullMicroseconds == 222 && pressure.cpuSomeMicroseconds == 333)
        #expect(pressure.nanoseconds >= before)
    }

    @Test(arguments: ["", "full avg10=0.00\n", "full total=x\n", "some total=5\n"])
    func whatCannotBeReadIsAbsent(_ text: String) throws {
        let scratch = try tree(memory: text, cpu: nil)
        let pressure = Pressure.read(proc: scratch.path)
        #expect(pressure.memoryFullMicroseconds == nil && pressure.cpuSomeMicroseconds == nil)
    }

    private func pressure(_ nanoseconds: UInt64, _ memory: UInt64?, _ cpu: UInt64?) -> Pressure {
        Pressure(nanoseconds: nanoseconds, memoryFullMicroseconds: memory, cpuSomeMicroseconds: cpu)
    }

    @Test func sharesAreOfTheTimeBetween() {
        // In 2 s: 50 ms for memory, 1.5 s for a CPU.
        let shares = pressure(3_000_000_000, 60_000, 1_500_007).shares(since: pressure(1_000_000_000, 10_000, 7))
        #expect(shares.memory == 2.5 && shares.cpu == 75)
        // The kernel adds up later than it says what time it is: a share is never above 100 %.
        #expect(pressure(2_000, 900, 0).shares(since: pressure(1_000, 0, 0)).memory == 100)
    }

    @Test func noShareIsMadeUp() {
        let start = pressure(1_000, 5, nil)
        #expect(pressure(1_000, 9, nil).shares(since: start).memory == nil)
        #expect(pressure(2_000, 4, nil).shares(since: start).memory == nil)
        #expect(pressure(2_000, nil, 3).shares(since: start) == (nil, nil))
    }
}
