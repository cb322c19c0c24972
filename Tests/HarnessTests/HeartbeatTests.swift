import Glibc
import HostReadings
import Testing

@testable import Harness

@Suite struct HeartbeatTests {
    @Test func theHeartbeatSeesAProcessThatWasStopped() throws {
        // The real thing: a child with a heartbeat would need a program of its own, so the thread's clock is planted.
        let heartbeat = try Heartbeat()
        defer { heartbeat.close() }
        usleep(100_000)
        let quiet = heartbeat.takeLongestGap()
        #expect(quiet < Validity.longestGapNanoseconds)
    }
}
