import Glibc

/// POSIX extended regular expressions, as the witness uses them.
package enum RegularExpressions {
    /// The most bytes of a pattern.
    static let mostBytes = 4_096
    /// The most groups within each other.
    static let mostDepth = 50
    /// The most atoms of a pattern once its repetitions are written out.
    static let mostAtoms = 20_000

    /// What is wrong with a pattern, in the C library's words where it has some; nil where it compiles.
    ///
    /// The C library compiles a group by calling itself and a repetition by writing it out: deep groups exhaust the stack,
    /// repetitions of repetitions all memory. Both are refused before it sees them.
    package static func problem(in pattern: String) -> String? {
        guard pattern.utf8.count <= mostBytes else { return "it has more than \(mostBytes) bytes" }
        if let problem = excess(in: Array(pattern.utf8)) { return problem }
        var compiled = regex_t()
        let code = regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB)
        guard code != 0 else {
            regfree(&compiled)
            return nil
        }
        var buffer = [CChar](repeating: 0, count: 256)
        regerror(code, &compiled, &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// How many groups a pattern has in which ``problem(in:)`` finds no problem; 0 for one that does not compile.
    package static func groups(in pattern: String) -> Int {
        var compiled = regex_t()
        guard regcomp(&compiled, pattern, REG_EXTENDED) == 0 else { return 0 }
        defer { regfree(&compiled) }
        return compiled.re_nsub
    }

    /// What would make compiling expensive, counted without compiling.
    private static func excess(in pattern: [UInt8]) -> String? {
        // The atoms of each group that is open, the outermost first, and those of the last thing in it.
        var open = [(atoms: 0, last: 0)]
        func add(_ atoms: Int) {
            open[open.count - 1].atoms = min(open[open.count - 1].atoms + atoms, mostAtoms + 1)
            open[open.count - 1].last = atoms
        }
        var index = 0
        while index < pattern.count {
            switch pattern[index] {
            case UInt8(ascii: "\\"):
                add(1)
                index += 1
            case UInt8(ascii: "["):
                index = endOfBracket(in: pattern, from: index)
                add(1)
            case UInt8(ascii: "("):
                open.append((0, 0))
                guard open.count <= mostDepth else { return "it has more than \(mostDepth) groups within each other" }
            case UInt8(ascii: ")") where open.count > 1:
                let atoms = open.removeLast().atoms
                add(atoms + 1)
            case UInt8(ascii: "{"):
                // Of `{2,5}` the largest counts.
                let end = pattern[index...].firstIndex(of: UInt8(ascii: "}")) ?? pattern.count
                let numbers = pattern[index..<end].dropFirst().split(separator: UInt8(ascii: ","))
                let times = numbers.compactMap { Int(String(decoding: $0, as: UTF8.self)) }.max() ?? 1
                // No repetition that is valid is larger (RE_DUP_MAX); the product is within bounds.
                let last = min(open[open.count - 1].last, mostAtoms + 1)
                let more = last * (min(max(times, 1), 32_768) - 1)
                add(more)
                open[open.count - 1].last = min(last + more, mostAtoms + 1)
            default: add(1)
            }
            index += 1
        }
        let atoms = open.reduce(0) { $0 + $1.atoms }
        return atoms <= mostAtoms ? nil : "its repetitions come to more than \(mostAtoms) characters"
    }

    /// Where a list such as `[]a[:digit:]]` ends; the pattern's end where it does not.
    private static func endOfBracket(in pattern: [UInt8], from start: Int) -> Int {
        var index = start + 1
        if index < pattern.count, pattern[index] == UInt8(ascii: "^") { index += 1 }
        if index < pattern.count, pattern[index] == UInt8(ascii: "]") { index += 1 }
        while index < pattern.count, pattern[index] != UInt8(ascii: "]") {
            if pattern[index] == UInt8(ascii: "["), index + 1 < pattern.count, ":.=".utf8.contains(pattern[index + 1]) {
                let mark = pattern[index + 1]
                index += 2
                while index + 1 < pattern.count, pattern[index] != mark || pattern[index + 1] != UInt8(ascii: "]") {
                    index += 1
                }
                index += 1
            }
            index += 1
        }
        return index
    }
}
