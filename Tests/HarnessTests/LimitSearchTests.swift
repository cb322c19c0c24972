import BenchmarkModel
import Testing

@testable import Harness

/// Which limit a failed start ran into. Each detector meets the fault that it is for, and what is no such fault.
@Suite struct LimitSearchTests {
    private func search(
        _ base: [LimitedResource: Int64], _ limits: [LimitedResource: UInt64], refused: UInt64? = nil
    ) -> LimitSearch {
        LimitSearch(
            base: LimitsReading(base), limits: limits.mapValues { KernelLimit($0, source: "a file") },
            refusedForks: refused)
    }

    private func hit(
        _ search: LimitSearch, _ used: [LimitedResource: Int64], refused: UInt64? = nil, _ reason: String = "it failed",
        instances: Int = 10, atOnce: Int = 2
    ) -> LimitSearch.Hit? {
        search.hit(
            used: LimitsReading(used), refusedForks: refused, reason: reason, instances: instances, atOnce: atOnce)
    }

    @Test func aGroupThatRefusedAProcessIsTheCause() throws {
        let search = search([.groupTasks: 10], [.groupTasks: 40], refused: 5)
        // There is room again: what the failed one had taken is gone.
        let found = try #require(hit(search, [.groupTasks: 30], refused: 7))
        #expect(found.resource == .groupTasks)
        #expect(
            found.found
                == "30 of 40 processes and threads in use (a file), which refused a process 2 times; the platform said: it failed"
        )
        #expect(hit(search, [.groupTasks: 30], refused: 5) == nil)
        #expect(hit(search, [.groupTasks: 30], refused: nil) == nil)
    }

    @Test func whatHasNoRoomForOneMoreIsTheCause() throws {
        // Ten instances took 30, so that the one that is left is less than the three of another.
        let search = search([.threads: 10], [.threads: 41])
        let found = try #require(hit(search, [.threads: 40]))
        #expect(found.resource == .threads && found.found.hasPrefix("40 of 41 processes and threads in use (a file)"))
        #expect(hit(search, [.threads: 38]) == nil)
    }

    /// Those below 300 are nobody's after boot: a fork fails although fewer ids than the limit are in use.
    @Test func processIDsEndBeforeTheirLimit() {
        let search = search([.processIDs: 100], [.processIDs: 32_768])
        #expect(hit(search, [.processIDs: 32_468], instances: 30_000)?.resource == .processIDs)
        #expect(hit(search, [.processIDs: 32_466], instances: 30_000) == nil)
    }

    @Test func whatInstancesDoNotTakeIsNoCause() {
        // Full, but others filled it.
        let search = search([.inotifyInstances: 128], [.inotifyInstances: 128, .pseudoterminals: 0])
        #expect(hit(search, [.inotifyInstances: 128, .pseudoterminals: 0]) == nil)
        // One more than before, of ten thousand instances.
        #expect(hit(search, [.inotifyInstances: 129], instances: 10_000) == nil)
    }

    @Test func theKernelsErrorWidensWhatCounts() {
        let search = search([.threads: 10], [.threads: 44])
        // One each, and 24 are free.
        #expect(hit(search, [.threads: 20], "fork: resource temporarily unavailable", instances: 10) == nil)
        // Two are free: what was started beside it had them.
        #expect(hit(search, [.threads: 42], "fork: resource temporarily unavailable", instances: 32) != nil)
        #expect(hit(search, [.threads: 42], "no such file or directory", instances: 32) == nil)
        // The first instance has shown nothing yet: only its error names the resource.
        let groups = self.search([.descendantGroups: 4], [.descendantGroups: 4])
        let said = "making the directory /x: Resource temporarily unavailable"
        #expect(hit(groups, [.descendantGroups: 4], said, instances: 0)?.resource == .descendantGroups)
        #expect(hit(groups, [.descendantGroups: 4], instances: 0) == nil)
    }

    @Test func ofSeveralTheTightestIsTheCause() {
        let search = search([.mounts: 0, .openFiles: 0], [.mounts: 20, .openFiles: 31])
        // Two mounts and three files each: no start of either is left, the mounts are used up.
        #expect(hit(search, [.mounts: 20, .openFiles: 30])?.resource == .mounts)
        #expect(hit(search, [.mounts: 17, .openFiles: 30])?.resource == .openFiles)
    }

    @Test func whatIsNotLimitedOrNotReadIsNoCause() {
        #expect(hit(search([.loopDevices: 0], [:]), [.loopDevices: 10]) == nil)
        #expect(hit(search([:], [.mounts: 10]), [:]) == nil)
    }
}
