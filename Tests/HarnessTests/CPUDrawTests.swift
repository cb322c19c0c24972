import BenchmarkModel
import Testing

@testable import Harness

/// Which of the host's CPUs instances are given.
@Suite struct CPUDrawTests {
    private func draws(_ times: Int, of count: Int, from cpus: [Int], seed: UInt64 = 7, cell: String = "c") throws
        -> [[Int]]
    {
        var draw = CPUDraw(seed: seed, cpus: cpus)
        return try (0..<times).map { _ in try draw.draw(count, for: cell) }
    }

    @Test(arguments: [1, 2, 3, 4]) func eachIsDrawnEquallyOften(_ count: Int) throws {
        let cpus = [0, 2, 5, 7]
        for times in [1, 2, 7, 20, 40] {
            let drawn = try draws(times, of: count, from: cpus)
            #expect(drawn.allSatisfy { Set($0).count == count && $0 == $0.sorted() && $0.allSatisfy(cpus.contains) })
            let counts = cpus.map { cpu in drawn.joined().count { $0 == cpu } }
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(times) times: \(counts)")
        }
    }

    @Test func aSeedAndACellDecide() throws {
        let cpus = Array(0..<16)
        #expect(try draws(20, of: 3, from: cpus) == draws(20, of: 3, from: cpus))
        #expect(try draws(20, of: 3, from: cpus) != draws(20, of: 3, from: cpus, seed: 8))
        #expect(try draws(20, of: 3, from: cpus) != draws(20, of: 3, from: cpus, cell: "d"))
        // Not in turn: what comes round with the blocks of a run would otherwise always fall on the same CPU.
        #expect(Set(try draws(16, of: 1, from: cpus).map { $0[0] }) == Set(cpus))
        #expect(try draws(16, of: 1, from: cpus).map { $0[0] } != cpus)
    }

    @Test func anotherCellChangesNothing() throws {
        var draw = CPUDraw(seed: 7, cpus: [0, 1, 2, 3])
        var mixed: [[Int]] = []
        for _ in 0..<10 {
            mixed.append(try draw.draw(1, for: "c"))
            _ = try draw.draw(2, for: "d")
        }
        #expect(try mixed == draws(10, of: 1, from: [0, 1, 2, 3]))
    }

    @Test func moreThanThereAreIsRefused() throws {
        let error = try #require(#expect(throws: TareError.self) { try draws(1, of: 3, from: [0, 1]) })
        #expect(error.code == .hostLacks && error.message.contains("there are 2"))
    }
}
