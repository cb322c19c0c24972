import BenchmarkModel
import Testing

@testable import Harness

/// What comes in the place of a world: any bytes, in any pieces.
@Suite struct WorldFuzzTests {
    private static func receive(_ bytes: [UInt8], piece: () -> Int) -> InstanceChannel.Received {
        let channel = InstanceChannel(
            instanceDescriptor: -1, outputDescriptor: -1, marksSocketPath: "", consoleSocketPath: "")
        channel.awaitWorld()
        var start = 0
        var isListening = true
        while start < bytes.count, isListening {
            let end = min(bytes.count, start + piece())
            isListening = channel.take(bytes[start..<end], at: UInt64(end))
            start = end
        }
        return channel.received
    }

    private static func check(_ bytes: [UInt8]) throws -> UInt64 {
        var random = SplitMix64(seed: UInt64(bytes.count))
        let whole = receive(bytes) { 4_096 }
        let pieces = receive(bytes) { 1 + Int(random.next() % 16) }
        try Finding.unless(whole.world == pieces.world, "in pieces it is another world")
        try Finding.unless(whole.marks.map(\.name) == pieces.marks.map(\.name), "in pieces it gives other marks")
        guard let world = whole.world else { return Fuzzer.feature("none \(whole.failure == nil)") }
        try Finding.unless(world.count < WorldReader.mostBytes, "a world of \(world.count) bytes is kept")
        let facts: [Fact]
        do {
            facts = try WorldReader.facts(world)
        } catch let error as TareError {
            try Finding.unless(error.message.utf8.count < 300, "a refusal of \(error.message.utf8.count) bytes")
            return Fuzzer.feature(error.message)
        }
        try Finding.unless(facts.count <= WorldReader.mostFacts + 2, "\(facts.count) facts")
        try Finding.unless(Set(facts.map(\.name)).count == facts.count, "a fact comes twice")
        for fact in facts {
            try Finding.unless(!fact.name.isEmpty, "a fact without a name")
            let scalars = fact.name.unicodeScalars + fact.value.unicodeScalars
            try Finding.unless(scalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, "a control character")
        }
        return Fuzzer.feature(facts.map { "\($0.name)" }.joined(separator: ","))
    }

    @Test func anythingIsAWorldOrRefused() async throws {
        let words = [
            "E", "W", "\0", "\0\0", "cpus-online=", "0-1,", "limit=", "max", "status=Uid:", "status=CapEff: ", "node=",
            "mount=/ ", "env=A=", "stream=", "cut=", "size=65536k",
        ]
        let long = [Array("W".utf8) + [UInt8](repeating: 65, count: WorldReader.mostBytes + 2)]
        let kind = Fuzzer.Kind(name: "bin", most: 8_000, words: words.map { Array($0.utf8) }, seeds: long)
        try await Fuzzer(target: "worlds", kinds: [kind], inputs: 5_000).run { _, bytes in
            try WorldFuzzTests.check(bytes)
        }
    }
}
