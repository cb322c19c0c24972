import BenchmarkModel
import Testing

@testable import Harness

/// What an instance may send: any bytes, in any pieces.
@Suite struct MarkFuzzTests {
    private static func channel() -> InstanceChannel {
        InstanceChannel(instanceDescriptor: -1, outputDescriptor: -1, marksSocketPath: "", consoleSocketPath: "")
    }

    /// Gives the bytes to a new channel in pieces, as the receiver does, until it has had enough.
    private static func receive(_ bytes: [UInt8], piece: () -> Int) -> (
        received: InstanceChannel.Received, isListening: Bool
    ) {
        let channel = channel()
        channel.awaitFiles(2)
        var start = 0
        var time: UInt64 = 0
        var isListening = true
        while start < bytes.count {
            let end = min(bytes.count, start + piece())
            time += 1
            if isListening { isListening = channel.take(bytes[start..<end], at: time) }
            channel.takeConsole(bytes[start..<end], at: time)
            start = end
        }
        channel.end()
        return (channel.received, isListening)
    }

    private static func check(_ bytes: [UInt8]) throws -> UInt64 {
        var random = SplitMix64(seed: Fuzzer.feature(String(decoding: bytes, as: UTF8.self)) ^ UInt64(bytes.count))
        let whole = receive(bytes) { 4_096 }
        let pieces = receive(bytes) { 1 + Int(random.next() % 16) }
        // Byte by byte is the slowest, and says nothing new of long inputs.
        let single = bytes.count > 20_000 ? pieces : receive(bytes) { 1 }
        for (other, what) in [(pieces, "in pieces"), (single, "byte by byte")] {
            try Finding.unless(whole.isListening == other.isListening, "\(what) it is given up, or not")
            try Finding.unless(
                whole.received.marks.map(\.name).filter { $0 != .kernel }
                    == other.received.marks.map(\.name).filter { $0 != .kernel },
                "\(what) it gives other marks")
            try Finding.unless(whole.received.failure == other.received.failure, "\(what) it gives another failure")
            try Finding.unless(
                whole.received.strangeBytes == other.received.strangeBytes,
                "\(what) other bytes are strange: \(whole.received.strangeBytes) and \(other.received.strangeBytes)")
            try Finding.unless(
                whole.received.console == other.received.console, "\(what) the console says something else")
            try Finding.unless(whole.received.files == other.received.files, "\(what) it gives other files")
            try Finding.unless(
                whole.received.instanceNanoseconds == other.received.instanceNanoseconds,
                "\(what) it gives another time of its own clock")
            try Finding.unless(whole.received.ending == other.received.ending, "\(what) it gives another end")
        }
        for received in [whole.received, pieces.received, single.received] {
            let times = received.marks.map(\.nanoseconds)
            try Finding.unless(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }, "marks go back in time")
            try Finding.unless(received.marks.count <= 7, "\(received.marks.count) marks are kept")
            try Finding.unless(received.failure?.unicodeScalars.count ?? 0 <= 1_024, "a failure's text is too long")
            try Finding.unless(
                received.console.suffix(InstanceChannel.consoleLimit) == bytes.suffix(InstanceChannel.consoleLimit)[...]
                    && received.console.count <= InstanceChannel.consoleLimit, "the console's end is not what came last"
            )
            try Finding.unless(
                received.strangeBytes >= 0 && received.strangeBytes <= bytes.count, "strange bytes are miscounted")
        }
        let received = whole.received
        let names = received.marks.map { String($0.name.rawValue.prefix(2)) }.joined()
        let contradictions = StartupRecord.contradictions(in: received.marks).count
        return Fuzzer.feature(
            "\(names) \(received.failure == nil) \(whole.isListening) \(contradictions) "
                + String(
                    repeating: "s",
                    count: min(8, received.strangeBytes.bitWidth - received.strangeBytes.leadingZeroBitCount)))
    }

    @Test func anyPiecesGiveTheSame() async throws {
        let words = [
            "E", "X", "R", "EXR", "F", "\n", "Fno such file\n", "F\n", "FF\n\n", "T12\n", "P", "3\n", "P3\nabc0\n",
            "-no\n", "0\n", "De3\n",
        ].map { Array($0.utf8) }
        let long = [
            [UInt8](repeating: 70, count: 1_030) + [10, 82],
            [UInt8](repeating: 69, count: InstanceChannel.mostStrangeBytes + 2),
        ]
        let kind = Fuzzer.Kind(name: "bin", most: 8_000, words: words, seeds: long)
        try await Fuzzer(target: "marks", kinds: [kind], inputs: 5_000).run { _, bytes in try MarkFuzzTests.check(bytes)
        }
    }
}
