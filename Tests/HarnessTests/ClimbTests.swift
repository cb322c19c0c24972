import BenchmarkModel
import Testing

@testable import Harness

private let mebibyte: Int64 = 1 << 20

/// A ladder whose rungs cost what is given, in bytes of the ledger.
private func ladder(_ rungs: [(instances: Int, cost: Int64)], noise: Int64 = 0) -> Ladder {
    var ladder = Ladder(ledgerNoise: noise)
    ladder.rungs = ([(0, 0)] + rungs).map { instances, cost in
        var reading = MemoryReading()
        for kind in MemoryFigure.ledgerKinds { reading[kind] = 0 }
        // An idle host's ledger is not empty.
        reading[.anonymous] = 300 * mebibyte + cost
        return Rung(instances: instances, settleSeconds: 0, settled: true, reading: reading)
    }
    return ladder
}

@Suite struct LadderEndingTests {
    @Test(arguments: [
        (1, [1]), (2, [1, 2]), (4, [1, 2, 4]), (5, [1, 2, 4, 5]), (64, [1, 2, 4, 8, 16, 32, 64]),
        (100, [1, 2, 4, 8, 16, 32, 64, 100]),
    ])
    func rungsDoubleUpToTheCap(cap: Int, rungs: [Int]) {
        #expect(LadderEnding.rungs(to: cap) == rungs)
    }

    /// 16, 32, 64 instances at 1 MiB each, give or take.
    private func straight(_ last: Int64, noise: Int64) -> Ladder {
        ladder([(8, 1), (16, 16 * mebibyte), (32, 32 * mebibyte), (64, last)], noise: noise)
    }

    @Test func aStraightAndLoudLadderIsHighEnough() {
        #expect(LadderEnding.of(straight(64 * mebibyte, noise: mebibyte), cap: 1_000) == .slope)
        // Slopes of 1, 1.02 and 1.03 MiB: within 5 % of their median.
        #expect(LadderEnding.of(straight(32 * mebibyte + 33 * mebibyte, noise: 0), cap: 1_000) == .slope)
    }

    @Test func aLadderStaysAwayFromTheHostsMemory() {
        // 8 guests of 100 MiB; 4,000 MiB were available at the start, 3,200 are now; 1,000 must stay.
        var climbed = ladder([(8, 800 * mebibyte)])
        #expect(LadderEnding.hasRoom(above: climbed, for: 1_000))
        climbed.rungs[0].reading[.available] = 4_000 * mebibyte
        climbed.rungs[1].reading[.available] = 3_200 * mebibyte
        #expect(LadderEnding.hasRoom(above: climbed, for: 8 + 22))
        #expect(!LadderEnding.hasRoom(above: climbed, for: 8 + 23))
    }

    @Test func largeInstancesNeedOnlyStandOutFromTheNoise() {
        // 200 MiB, then 230: not straight, but no step of slab is to be feared.
        let guests = [(1, 200 * mebibyte), (2, 430 * mebibyte), (4, 800 * mebibyte)]
        #expect(LadderEnding.of(ladder(guests, noise: mebibyte), cap: 1_000) == .noise)
        #expect(LadderEnding.of(ladder(guests, noise: 17 * mebibyte), cap: 1_000) == nil)
        #expect(LadderEnding.of(ladder(Array(guests.prefix(2)), noise: 0), cap: 1_000) == nil)
    }

    @Test func aBentLadderIsClimbedOn() {
        // 32 more for 40 MiB after 16 for 16: slopes of 1, 1.25 and 1.17 MiB.
        #expect(LadderEnding.of(straight(72 * mebibyte, noise: 0), cap: 1_000) == nil)
        // And ends at the cap all the same, and says so.
        #expect(LadderEnding.of(straight(72 * mebibyte, noise: 0), cap: 64) == .cap)
        // A cost that falls is no slope.
        let falling = ladder([(16, -1_000_000), (32, -2_000_000), (64, -4_000_000)])
        #expect(LadderEnding.of(falling, cap: 1_000) == nil)
    }

    @Test func aQuietCostIsNotTrusted() {
        // 64 MiB are more than 50 times 1.27 MiB, and not more than 50 times 1.28 MiB.
        let limit = 64 * mebibyte / 50
        #expect(LadderEnding.of(straight(64 * mebibyte, noise: limit - 1), cap: 1_000) == .slope)
        #expect(LadderEnding.of(straight(64 * mebibyte, noise: limit + 1), cap: 1_000) == nil)
        // A host without any noise has that of a page: 50 pages are not enough for a slope.
        let tiny = ladder([(16, 50_000), (32, 100_000), (64, 200_000)])
        #expect(LadderEnding.of(tiny, cap: 1_000) == nil)
        let enough = ladder([(16, 60_000), (32, 120_000), (64, 240_000)])
        #expect(LadderEnding.of(enough, cap: 1_000) == .slope)
    }

    @Test func rungsBelowTheFirstStepMakeNoLine() {
        // As straight and loud as can be, but of 16 instances and more there are only two rungs.
        let low = ladder([(4, 4 * mebibyte), (8, 8 * mebibyte), (16, 16 * mebibyte), (32, 32 * mebibyte)])
        #expect(low.fittedRungs.map(\.instances) == [16, 32])
        #expect(LadderEnding.of(low, cap: 1_000) == nil)
        #expect(LadderEnding.of(low, cap: 32) == .cap)
        // Beside 64 MiB a step of slab is nothing: three guests are a line.
        let guests = ladder([(1, 80 * mebibyte), (2, 160 * mebibyte), (4, 320 * mebibyte)])
        #expect(guests.fittedRungs.map(\.instances) == [1, 2, 4])
        #expect(LadderEnding.of(guests, cap: 1_000) == .slope)
        let small = ladder([(1, 64 * mebibyte - 1), (2, 128 * mebibyte)])
        #expect(small.fittedRungs.map(\.instances) == [2])
    }

    @Test func withoutALedgerThereIsNoEnding() {
        var blind = straight(64 * mebibyte, noise: 0)
        for index in blind.rungs.indices { blind.rungs[index].reading = MemoryReading() }
        #expect(LadderEnding.of(blind, cap: 64) == nil)
        #expect(LadderEnding.of(Ladder(), cap: 1) == nil)
    }
}

@Suite struct RampBatchTests {
    @Test func theFirstIsTriedAlone() {
        #expect(RampLimits.batch(after: 0, room: 1_000_000, most: 1_000, atOnce: 8) == 1)
        #expect(RampLimits.batch(after: 0, room: 1, most: 1, atOnce: 1) == 1)
    }

    @Test func aQuarterOfWhatRunsIsAdded() {
        #expect(RampLimits.batch(after: 100, room: 100_000, most: 1_000, atOnce: 2) == 25)
        // Few that run are joined by as many as are requested at the same time; many by no more than can be watched.
        #expect(RampLimits.batch(after: 1, room: 100_000, most: 1_000, atOnce: 2) == 2)
        #expect(RampLimits.batch(after: 10_000, room: 100_000, most: 100_000, atOnce: 2) == RampLimits.largestBatch)
    }

    @Test func nearTheEndHalfOfTheRoomIsTaken() {
        #expect(RampLimits.batch(after: 100, room: 50, most: 1_000, atOnce: 2) == 25)
        #expect(RampLimits.batch(after: 100, room: 49, most: 1_000, atOnce: 2) == 24)
        #expect(RampLimits.batch(after: 100, room: 3, most: 1_000, atOnce: 2) == 1)
    }

    /// Every combination: never nothing, never beyond the room, the ceiling or what can be watched.
    @Test func noBatchGoesBeyond() {
        for count in [1, 2, 3, 7, 63, 64, 255, 256, 999] {
            for room in [1, 2, 3, 4, 5, 31, 64, 127, 128, 129, 100_000] {
                for most in [count + 1, count + 2, count + 50, 100_000] {
                    for atOnce in [1, 2, 64, 256] {
                        let size = RampLimits.batch(after: count, room: room, most: most, atOnce: atOnce)
                        #expect(size >= 1 && size <= room && count + size <= most, "\(count) \(room) \(most) \(atOnce)")
                        #expect(size <= RampLimits.largestBatch)
                    }
                }
            }
        }
    }
}

@Suite struct ReadinessWordsTests {
    @Test func whatCannotBeAskedAgainIsNotClaimed() {
        let container = PlatformSpec(name: "runc", kind: .oci(OCISettings()))
        let guest = PlatformSpec(name: "q35", kind: .libvirt(LibvirtSettings()))
        func words(_ readiness: Readiness, _ network: WorkloadNetwork = .none, on spec: PlatformSpec) -> String? {
            ReadinessCheck.words(
                for: Workload(
                    name: "w", image: .rootfs(path: "/r"), command: ["/x"], readiness: readiness, network: network),
                on: spec)
        }
        #expect(words(.started, on: container) == nil && words(.line("x"), .bridge, on: container) == nil)
        #expect(
            words(.http(port: 80, path: "/x"), on: container)
                == "HTTP GET :80/x of each was answered at the end of the hold")
        #expect(
            words(.tcp(port: 6_379), on: container)
                == "TCP port 6379 of each accepted a connection at the end of the hold")
        let not = "a guest's readiness cannot be asked again from the host"
        #expect(words(.tcp(port: 6_379), on: guest) == not)
        #expect(words(.file(path: "/f"), .bridge, on: guest) == not)
        #expect(
            words(.tcp(port: 6_379), .bridge, on: guest)
                == "TCP port 6379 of each accepted a connection over the bridge at the end of the hold")
    }
}

@Suite struct ForeignReleaseTests {
    /// What something else frees while a ramp climbs would look like instances that cost less than nothing.
    @Test func aLedgerBelowItsBaseMakesARampInvalid() throws {
        let base: Int64 = 1 << 30
        #expect(RampLimits.foreignRelease(ledger: base, base: base) == nil)
        #expect(RampLimits.foreignRelease(ledger: base + (5 << 20), base: base) == nil)
        // What an idle host does by itself is less.
        #expect(RampLimits.foreignRelease(ledger: base - (4 << 20), base: base) == nil)
        let reason = try #require(RampLimits.foreignRelease(ledger: base - (64 << 20), base: base))
        #expect(reason.contains("64 MiB below where it began"))
        #expect(RampLimits.foreignRelease(ledger: nil, base: base) == nil)
    }
}
