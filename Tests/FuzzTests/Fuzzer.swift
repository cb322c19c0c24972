import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import Testing

/// What an input showed to be wrong.
struct Finding: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }

    /// Throws where something that must hold does not.
    static func unless(_ holds: Bool, _ what: @autoclosure () -> String) throws {
        if !holds { throw Finding(what()) }
    }
}

/// Mutates a corpus and gives each input to a body, which throws where something that must hold does not.
///
/// It is a generator and not guided by coverage, but it is guided by behaviour: an input for which the body returns a number
/// that no other returned yet joins those that are mutated. The same seed gives the same inputs, in the same order.
///
/// - `TARE_FUZZ_SECONDS` or `TARE_FUZZ_INPUTS` say how long it goes on, `TARE_FUZZ_SEED` with which seed;
/// - `TARE_FUZZ_OUT` names a directory in which the input that is tried lies, so that it is there after a trap, and each input
///   that showed something.
struct Fuzzer {
    /// Inputs of one kind: files of the corpus with this extension.
    struct Kind {
        var name: String
        /// Of so many parts of all inputs.
        var weight = 1
        var most = 1 << 16
        var words: [[UInt8]]
        /// Made before any mutation, besides the files.
        var seeds: [[UInt8]] = []
        /// A mutation that knows the format; nil for that of bytes and lines.
        var mutate: ((inout Mutator, _ bytes: [UInt8], _ other: [UInt8]) -> [UInt8])?
    }

    let target: String
    let kinds: [Kind]
    /// The most that one input may take, in nanoseconds.
    var limit: UInt64 = 2_000_000_000
    /// How many inputs are tried where no variable says otherwise.
    var inputs: Int

    private static func number(_ variable: String) -> UInt64? {
        getenv(variable).flatMap { UInt64(String(cString: $0)) }
    }

    /// The files of the corpus of a target, by name.
    static func corpus(_ target: String) throws -> [(name: String, bytes: [UInt8])] {
        guard let root = Bundle.module.resourcePath else { throw Finding("the corpus is not beside the tests") }
        let folder = "\(root)/Corpus/\(target)"
        return try HostFiles.names(in: folder).map { name in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                throw Finding("the corpus holds \(name), which cannot be read")
            }
            return (name, Array(data))
        }
    }

    /// Gives the body the corpus as it is, then mutations of it.
    func run(_ body: (_ kind: String, _ bytes: [UInt8]) async throws -> UInt64) async throws {
        let files = try Fuzzer.corpus(target)
        #expect(!files.isEmpty)
        var pools = kinds.map { kind in
            kind.seeds + files.filter { $0.name.hasSuffix("." + kind.name) }.map(\.bytes)
        }
        let place = getenv("TARE_FUZZ_OUT").map { String(cString: $0) }
        let scratch = try Scratch(
            place.map { "\($0)/\(target).input" } ?? "\(NSTemporaryDirectory())/tare-fuzz-\(target)-\(getpid())")
        defer { scratch.remove() }
        // Without optimisation, beside all other tests, an input may take longer.
        #if DEBUG
            let limit = self.limit * 10
        #else
            let limit = self.limit
        #endif
        var seen: Set<UInt64> = []
        var findings: [String: Int] = [:]
        var slowest: UInt64 = 0

        /// Whether the input showed something new.
        func attempt(_ kind: Int, _ bytes: [UInt8], _ name: String) async -> Bool {
            scratch.hold(bytes)
            let start = MonotonicClock.now()
            var trouble: String?
            var isNew = false
            do { isNew = seen.insert(try await body(kinds[kind].name, bytes)).inserted } catch { trouble = "\(error)" }
            var took = MonotonicClock.now() - start
            if trouble == nil, took > limit {
                // The host may have been busy: an input that is slow is slow again.
                let again = MonotonicClock.now()
                _ = try? await body(kinds[kind].name, bytes)
                took = min(took, MonotonicClock.now() - again)
            }
            slowest = max(slowest, took)
            if trouble == nil, took > limit { trouble = "takes longer than \(limit / 1_000_000) ms" }
            if let trouble {
                let sort = String(trouble.prefix(60).filter { !$0.isNumber })
                findings[sort, default: 0] += 1
                if findings[sort] == 1 {
                    Issue.record(
                        "\(target), \(kinds[kind].name), \(name): \(trouble.prefix(2_000)) (\(took / 1_000_000) ms)")
                    if let place {
                        try? HostFiles.replace("\(place)/\(target)-\(findings.count).\(kinds[kind].name)", bytes: bytes)
                    }
                }
            }
            return isNew
        }

        for file in files {
            guard let kind = kinds.firstIndex(where: { file.name.hasSuffix("." + $0.name) }) else {
                throw Finding("the corpus holds \(file.name), which is of no kind of \(target)")
            }
            _ = await attempt(kind, file.bytes, file.name)
        }

        let seed = Fuzzer.number("TARE_FUZZ_SEED") ?? 1
        let seconds = Fuzzer.number("TARE_FUZZ_SECONDS")
        let most = Fuzzer.number("TARE_FUZZ_INPUTS").map { Int($0) } ?? (seconds == nil ? inputs : .max)
        let start = MonotonicClock.now()
        let end = seconds.map { start + $0 * 1_000_000_000 } ?? .max
        var mutators = kinds.enumerated().map { index, kind in
            Mutator(random: SplitMix64(seed: seed &+ UInt64(index)), words: kind.words)
        }
        let choices = kinds.indices.flatMap { Array(repeating: $0, count: kinds[$0].weight) }
        var counts = kinds.map { _ in 0 }
        var count = 0
        while count < most, MonotonicClock.now() < end, findings.count < 20 {
            let kind = choices[count % choices.count]
            let (bytes, other) = (mutators[kind].pick(pools[kind]), mutators[kind].pick(pools[kind]))
            let input =
                kinds[kind].mutate?(&mutators[kind], bytes, other)
                ?? mutators[kind].mutate(
                    bytes, with: other, most: mutators[kind].chance(2_000) ? 1 << 20 : kinds[kind].most)
            counts[kind] += 1
            count += 1
            let isNew = await attempt(kind, input, "input \(count) of seed \(seed)")
            if isNew, input.count <= 1 << 14, pools[kind].count < 20_000 { pools[kind].append(input) }
        }
        guard seconds != nil || most != inputs else { return }
        let took = Double(MonotonicClock.now() - start) / 1e9
        let each = zip(kinds, counts).map { "\($0.name) \($1)" }.joined(separator: ", ")
        print(
            "fuzz: target=\(target) inputs=\(count) seconds=\(Int(took)) rate=\(Int(Double(count) / max(took, 0.001)))"
                + " seed=\(seed) findings=\(findings.count) behaviours=\(seen.count) slowest=\(slowest / 1_000_000)ms (\(each))"
        )
    }

    /// A hash of a text that is the same in every process: what a message says, without its numbers and quotations.
    static func feature(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        var isQuoted = false
        for byte in text.utf8.prefix(2_000) {
            if byte == 39 { isQuoted.toggle() }
            if isQuoted || (48...57).contains(byte) { continue }
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return hash
    }

    /// A file that holds the input that is tried.
    private struct Scratch {
        let path: String
        private let descriptor: Int32

        init(_ path: String) throws {
            self.path = path
            descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw SystemError("making \(path)") }
        }

        func hold(_ bytes: [UInt8]) {
            pwrite(descriptor, bytes, bytes.count, 0)
            ftruncate(descriptor, off_t(bytes.count))
        }

        func remove() {
            close(descriptor)
            unlink(path)
        }
    }
}
