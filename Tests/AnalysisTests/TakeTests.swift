import BenchmarkModel
import Statistics
import TestSupport
import Testing

@testable import Analysis

/// The limits ledger from ladders that nobody measured.
@Suite struct TakeTests {
    private static let rungs = [0, 1, 2, 4, 8, 16, 32, 64]

    /// A ladder of 1, 2, 4, ... 64 instances with so much in use at each rung, the empty one first.
    private func ladder(
        _ used: [LimitedResource: [Int64?]], limits: [LimitedResource: UInt64] = [:]
    ) -> Ladder {
        var ladder = SyntheticClimbs.ladder(slope: 1, fixed: 0)
        ladder.limits = limits.mapValues { KernelLimit($0, source: "a file") }
        for index in ladder.rungs.indices {
            var reading = LimitsReading()
            for (resource, counts) in used { reading[resource] = counts[index] }
            ladder.rungs[index].limits = reading
        }
        return ladder
    }

    private func only(_ ladders: [Ladder]) throws -> Take {
        let takes = Take.all(of: ladders)
        try #require(takes.count == 1)
        return takes[0]
    }

    private func near(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) < 1e-9 }

    @Test func whatEachInstanceTakes() throws {
        // Three each, and ten once, with the first.
        let used = TakeTests.rungs.map { Int64($0 == 0 ? 40 : 50 + 3 * $0) }
        let take = try only(
            (0..<3).map { _ in ladder([.processIDs: used], limits: [.processIDs: 32_768, .keys: 9]) })
        #expect(
            take
                == Take(
                    .processIDs, each: 3, lower: 3, upper: 3, inUse: 50,
                    limit: KernelLimit(32_768, source: "a file")))
        #expect(Take.most(within: 32_768, inUse: take.inUse, each: take.each) == 10_906)
    }

    /// One each, beside processes of others that come and go. The slopes are those of Python:
    /// statistics.median((y[j]-y[i])/(x[j]-x[i]) for i in range(7) for j in range(i+1, 7)), x = 1, 2, 4, ... 64.
    private static let jitters: [[Int64]] = [
        [0, 2, -1, 3, 0, 1, 2, -2], [0, 0, 1, -2, 2, -1, 0, 3], [0, 1, 1, 0, -3, 2, -1, 0],
    ]

    @Test func othersComingAndGoingHardlyMatters() throws {
        let ladders = TakeTests.jitters.map { jitter in
            ladder([.threads: zip(TakeTests.rungs, jitter).map { 90 + Int64($0) + $1 }])
        }
        let take = try only(ladders)
        // The first, 0.984, is within two threads of one each over 63 instances: it is one each. The others are not.
        #expect(take.each == 1)
        #expect(near(take.lower, 0.964_285_714_285_714_3) && near(take.upper, 1.047_619_047_619_047_6))
        #expect(near(take.inUse, 91.571_428_571_428_57) && take.limit == nil)
    }

    /// Without anything of the instances' own nothing is left of it, also where a service of five threads was started meanwhile.
    @Test func othersComingAndGoingIsNoTake() throws {
        let ladders = TakeTests.jitters.map { jitter in ladder([.threads: jitter.map { 90 + $0 }]) }
        let take = try only(ladders)
        // It may hide something: no clean 0.
        #expect(take == Take(.threads, each: 0, lower: 0, upper: 0, inUse: 90, isDiscerned: false))
        let step: [Int64] = [90, 90, 90, 90, 90, 95, 95, 95]
        #expect(try only((0..<3).map { _ in ladder([.threads: step]) }).each == 0)
    }

    @Test func whatClimbsInFewLaddersIsNotTheInstances() throws {
        let flat = ladder([.mounts: TakeTests.rungs.map { _ in 20 }])
        let climbing = ladder([.mounts: TakeTests.rungs.map { 20 + Int64($0) }])
        #expect(
            try only([flat, climbing, flat])
                == Take(.mounts, each: 0, lower: 0, upper: 0, inUse: 20, isDiscerned: false))
        #expect(try only([flat, flat]) == Take(.mounts, each: 0, lower: 0, upper: 0, inUse: 20))
        #expect(try only([climbing, climbing, flat]) == Take(.mounts, each: 1, lower: 0, upper: 1, inUse: 20))
        // One more in 128 instances is none, a falling count is none, and a ladder alone may do.
        let slow = ladder([.mounts: TakeTests.rungs.map { 20 + Int64($0 / 128) }])
        let falling = ladder([.mounts: TakeTests.rungs.map { 200 - Int64($0) }])
        #expect(try only([slow]).each == 0 && only([falling]).each == 0 && only([climbing]).each == 1)
    }

    /// What a platform takes once, with its first instance, is a clean 0 of each further one.
    @Test func whatIsTakenOnceIsNoJitter() throws {
        let take = try only([ladder([.keys: TakeTests.rungs.map { $0 == 0 ? 3 : 5 }])])
        #expect(take.each == 0 && take.isDiscerned)
    }

    /// (32768 - 300 - 68) / 3 process ids, (4096 - 1024 - 2) / 1 pseudoterminals, (100 - 20) / 8 mounts.
    @Test(
        arguments: [
            (.processIDs, 32_768, 68, 3, 10_800), (.pseudoterminals, 4_096, 2, 1, 3_070), (.mounts, 100, 20, 8, 10),
        ] as [(LimitedResource, UInt64, Double, Double, Double)])
    func theKernelKeepsSome(resource: LimitedResource, limit: UInt64, inUse: Double, each: Double, holds: Double) {
        let take = Take(resource, each: each, lower: each, upper: each, inUse: inUse)
        #expect(take.most(within: KernelLimit(limit, source: "x")) == holds)
    }

    /// Of bytes, which a file system gives in steps, the rungs below 16 instances say something else.
    @Test func bytesOfDiskAreOfTheFittedRungs() throws {
        let used = TakeTests.rungs.map { Int64($0 < 16 ? 4_096 : 4_096 * $0 + 65_536) }
        #expect(try only([ladder([.diskBytes: used])]).each == 4_096)
        let inodes = try only([ladder([.diskInodes: used])])
        #expect(inodes.each != 4_096)
    }

    @Test func whatWasNotReadIsNotThere() throws {
        #expect(Take.all(of: []).isEmpty)
        #expect(Take.all(of: [SyntheticClimbs.ladder(slope: 1, fixed: 0)]).isEmpty)
        // At the empty host and one rung there is no line.
        #expect(Take.all(of: [ladder([.keys: [3, 4, nil, nil, nil, nil, nil, nil]])]).isEmpty)
        #expect(Take.all(of: [ladder([.keys: [nil, 4, 5, 7, 11, 19, 35, 67]])]).isEmpty)
        // In the order of the resources, and those that are not taken as well.
        let counts = TakeTests.rungs.map { 3 + Int64($0) }
        let both = ladder([.keys: counts, .processIDs: counts, .pseudoterminals: counts.map { _ in 0 }])
        #expect(Take.all(of: [both]).map(\.resource) == [.processIDs, .keys, .pseudoterminals])
    }

    @Test func theCellHasThemOfItsGoodLadders() throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder, place in
            let each = place == 0 ? 5 : 2
            for index in ladder.rungs.indices {
                ladder.rungs[index].limits = LimitsReading([.mounts: Int64(20 + each * ladder.rungs[index].instances)])
            }
        }
        let cell = try #require(SyntheticClimbs.footprint(run))
        #expect(cell.takes == [Take(.mounts, each: 2, lower: 2, upper: 5, inUse: 20)])
        let first = try #require(run.observations.firstIndex { $0.cell == cell.cell.key })
        run.observations[first].outcome = .failed
        #expect(SyntheticClimbs.footprint(run)?.takes == [Take(.mounts, each: 2, lower: 2, upper: 2, inUse: 20)])
    }
}
