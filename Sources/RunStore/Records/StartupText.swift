import BenchmarkModel

// The record of a start, version 2. There are many of them, so it is one line and no JSON:
//
//   CPU REST PEAK OUTPUT CPUS NAME:TIME NAME:TIME ... ;INSTANCE
//
// CPU and REST are nanoseconds, PEAK and OUTPUT bytes, each '-' where it is not known. CPUS are the numbers of the CPUs that the
// instance saw, with commas between them, or '-' for all. Version 1 has neither PEAK, OUTPUT nor CPUS. Each NAME is the name of a mark, in the order in which the
// marks came, and its TIME is CLOCK_MONOTONIC of the host in nanoseconds. INSTANCE is all that follows the first semicolon.
// Times are at most 2^62.

/// Writes and reads records of starts.
enum StartupText {
    static func write(_ record: StartupRecord) -> String {
        let numbers = [
            record.cpuNanoseconds, record.restNanoseconds, record.peakMemoryBytes, record.outputBytes,
        ]
        var text = numbers.map(word).joined(separator: " ") + " "
        text += record.cpus.isEmpty ? "-" : record.cpus.map(String.init).joined(separator: ",")
        for mark in record.marks { text += " \(mark.name.rawValue):\(min(mark.nanoseconds, 1 << 62))" }
        return text + ";" + record.instance
    }

    private static func word(_ time: UInt64?) -> String { time.map { String(min($0, 1 << 62)) } ?? "-" }

    /// - Throws: ``UnreadableValue`` with what is wrong, in words.
    static func read(_ text: String, version: Int) throws -> StartupRecord {
        var text = text
        var names = SharedTexts()
        return try text.withUTF8 { try read($0, version: version, names: &names) }
    }

    /// As ``read(_:version:)``, of bytes in UTF-8.
    ///
    /// - Parameter names: the beginnings of instances' names, which are kept once.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>, version: Int, names: inout SharedTexts) throws
        -> StartupRecord
    {
        var reader = Reader(bytes: bytes)
        let cpu = try reader.time(orUnknown: true)
        try reader.expect(UInt8(ascii: " "), "the rest")
        let rest = try reader.time(orUnknown: true)
        var peak: UInt64?
        var output: UInt64?
        var cpus: [Int] = []
        if version > 1 {
            try reader.expect(UInt8(ascii: " "), "the peak of memory")
            peak = try reader.time(orUnknown: true)
            try reader.expect(UInt8(ascii: " "), "the size of the output")
            output = try reader.time(orUnknown: true)
            try reader.expect(UInt8(ascii: " "), "the list of CPUs")
            repeat {
                guard let cpu = try reader.time(orUnknown: cpus.isEmpty) else { break }
                cpus.append(try Bounded.count(Int(cpu), "the number of a CPU"))
            } while reader.take(UInt8(ascii: ","))
        }
        var record = StartupRecord(
            instance: "", cpuNanoseconds: cpu, restNanoseconds: rest, peakMemoryBytes: peak, cpus: cpus,
            outputBytes: output)
        while !reader.take(UInt8(ascii: ";")) {
            try reader.expect(UInt8(ascii: " "), "a mark")
            let name = try reader.name()
            guard let time = try reader.time(orUnknown: false) else { continue }
            record.append(Mark(name, nanoseconds: time))
        }
        // `tare-RUN-iNUMBER`: all but the number is the run's.
        let name = UnsafeBufferPointer(rebasing: bytes[reader.place...])
        let end = name.lastIndex(of: UInt8(ascii: "-")).map { $0 + 1 } ?? 0
        record.set(
            SharedName(
                beginning: end > 0 ? names.shared(UnsafeBufferPointer(rebasing: name[..<end])) : "",
                String(decoding: name[end...], as: UTF8.self)))
        return record
    }

    private static let names: [(name: MarkName, word: StaticString)] = MarkName.allCases.map { ($0, word($0)) }

    private static func word(_ name: MarkName) -> StaticString {
        switch name {
        case .requested: "requested"
        case .spawned: "spawned"
        case .created: "created"
        case .kernel: "kernel"
        case .entered: "entered"
        case .executed: "executed"
        case .ready: "ready"
        case .started: "started"
        case .stopping: "stopping"
        case .stopped: "stopped"
        }
    }

    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        var place = 0
        /// Where among the names the one after the last stands.
        private var next = 0

        init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        mutating func take(_ byte: UInt8) -> Bool {
            guard place < bytes.count, bytes[place] == byte else { return false }
            place += 1
            return true
        }

        mutating func expect(_ byte: UInt8, _ what: String) throws {
            guard take(byte) else { throw trouble("\(what) is missing") }
        }

        /// A number, or nil for a '-' where that may stand.
        mutating func time(orUnknown: Bool) throws -> UInt64? {
            if orUnknown, take(UInt8(ascii: "-")) { return nil }
            let start = place
            var value: UInt64 = 0
            while place < bytes.count, case let digit = bytes[place] &- UInt8(ascii: "0"), digit < 10 {
                // Nineteen digits are below 2^64, so no step can overflow.
                guard place - start < 19 else { throw trouble("a time is too large") }
                value = value &* 10 &+ UInt64(digit)
                place += 1
            }
            guard place > start else { throw trouble("a time is missing") }
            guard value <= 1 << 62 else { throw trouble("a time is too large") }
            return value
        }

        mutating func name() throws -> MarkName {
            let start = place
            while place < bytes.count, bytes[place] != UInt8(ascii: ":") { place += 1 }
            let word = UnsafeBufferPointer(rebasing: bytes[start..<place])
            // They come in their order, so that the next one is mostly right.
            for step in 0..<StartupText.names.count {
                let known = StartupText.names[(next + step) % StartupText.names.count]
                guard known.word.reads(word) else { continue }
                next += step + 1
                try expect(UInt8(ascii: ":"), "the time of a mark")
                return known.name
            }
            throw trouble("no mark is called '\(String(decoding: word.prefix(40), as: UTF8.self))'")
        }

        private func trouble(_ what: String) -> UnreadableValue {
            UnreadableValue(description: "\(what) at byte \(place + 1)")
        }
    }
}
