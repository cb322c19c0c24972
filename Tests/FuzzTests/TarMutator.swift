import BenchmarkModel

/// Makes and changes tar archives so that they get past tar's own checks: sums are right, and fields hold what tar reads.
enum TarMutator {
    /// Stands in archives for the directory that no archive may reach, see ``ArchiveFuzzTests``; its path has as many bytes.
    static let canary = "/var/tmp/tfCANARY"

    private static let names = [
        "l", "l/x", "l/y/z", "a", "a/b", "a/l", "a/l/x", "./l", "./a/../l", "a//l", "l/", "./", ".", "/", "", " ", " l",
        "l ", " l/x",
        "a b", "a b/x", "b", "x -> y", "x -> y/z", "a link to b", "a link to b/x", "../outside", "../outside/secret",
        "a/../../outside/secret",
        "..", "a/..", "...", "etc", "etc/passwd", "etc/group", "dev", "dev/null", "proc", "var", "var/log", "tmp",
        "root", ".tare", "usr",
        "new\nline", "tab\tx", "back\\slash", "\\n", "\u{1b}[2J", "é", "-x", "--checkpoint-action=exec=false", "l\0x",
        canary,
        canary + "/secret", "outside/secret", "../\u{301}x", "l/\u{301}x", "/\u{301}x", " \u{301}l", "2 l", "00:00 l",
    ]
    private static let targets = [
        canary, canary + "/secret", canary + "/new", "../outside", "../outside/secret", "..", ".", "a", "l", "a/b", "/",
        "", "l/x",
        "../../outside/secret", "a/../..", "x -> y", "y link to z", "/proc/self/root" + canary, "./a",
        "b/../../outside", " a", "../\u{301}x/../\u{301}x/../../../outside", "/nonexistent/new",
    ]
    private static let kinds = Array("0123456701255LKxgSVMDNAX7\0 ".utf8)
    private static let fields: [Range<Int>] = [
        0..<100, 100..<108, 108..<116, 116..<124, 124..<136, 136..<148, 156..<157, 157..<257, 257..<263, 263..<265,
        265..<297,
        297..<329, 329..<337, 337..<345, 345..<500,
    ]
    private static let numbers: [[UInt8]] =
        [
            "00000000000", "00000000001", "77777777777", "7777777", "-1", " ", "9", "0000644 ", "00000001000",
            "00004000000", "00000000777", "0004755",
        ].map { Array($0.utf8) } + [
            [0x80] + [UInt8](repeating: 0, count: 10) + [1], [0xff] + [UInt8](repeating: 0xff, count: 11),
            [0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0x80, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0x80] + [UInt8](repeating: 0xff, count: 11), [0x80, 0, 0, 0, 1],
            [0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
    private static let records = [
        "path=../outside/x", "path=l/x", "path=\(canary)/x", "linkpath=\(canary)", "linkpath=..", "size=0",
        "size=99999999999999",
        "mtime=99999999999999999", "mtime=-1", "mtime=1.5", "uid=-1", "GNU.sparse.major=1", "GNU.sparse.minor=0",
        "GNU.sparse.name=\(canary)/x", "GNU.sparse.name=l/x", "GNU.sparse.realsize=999999999",
        "GNU.sparse.size=17179869185",
        "GNU.sparse.map=0,1,512,1", "GNU.sparse.numblocks=1", "GNU.sparse.offset=0", "GNU.sparse.numbytes=512",
        "hdrcharset=BINARY",
        "SCHILY.xattr.user.x=y", "GNU.dumpdir=Yx", "GNU.volume.filename=l", "comment=x", "path=a\nb", "path=",
        "linkpath=",
    ]

    /// Whether a block's sum is that of its bytes.
    static func isHeader(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = bytes[(bytes.startIndex + 148)..<(bytes.startIndex + 156)].prefix { $0 != 0 && $0 != 32 }
        guard let sum = Int(String(decoding: text, as: UTF8.self), radix: 8) else { return false }
        return sum == self.sum(bytes)
    }

    private static func sum(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 + Int($1) }
            - bytes[(bytes.startIndex + 148)..<(bytes.startIndex + 156)].reduce(0) { $0 + Int($1) } + 8 * 32
    }

    static func fixSum(_ bytes: inout [UInt8], at start: Int) {
        let octal = String(sum(bytes[start..<start + 512]), radix: 8)
        let text = String(repeating: "0", count: max(0, 6 - octal.count)) + octal + "\0 "
        bytes.replaceSubrange(start + 148..<start + 156, with: text.utf8)
    }

    /// Where headers with right sums begin.
    static func headers(_ bytes: [UInt8]) -> [Int] {
        stride(from: 0, to: bytes.count - 511, by: 512).filter { isHeader(bytes[$0..<$0 + 512]) }
    }

    static func entry(_ name: String, kind: UInt8, link: String, content: [UInt8], mtime: [UInt8]? = nil) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int, most: Int) {
            header.replaceSubrange(offset..<offset + min(most, bytes.count), with: bytes.prefix(most))
        }
        put(name.utf8, at: 0, most: 100)
        put((kind == 53 ? "0000755" : "0000644").utf8, at: 100, most: 8)
        put("0000000".utf8, at: 108, most: 8)
        put("0000000".utf8, at: 116, most: 8)
        let size = String(content.count, radix: 8)
        put((String(repeating: "0", count: 11 - size.count) + size).utf8, at: 124, most: 12)
        put(mtime ?? Array("14441040400".utf8), at: 136, most: 12)
        header[156] = kind
        put(link.utf8, at: 157, most: 100)
        put("ustar\u{0}00".utf8, at: 257, most: 8)
        fixSum(&header, at: 0)
        return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// An entry as somebody with bad intentions may write it.
    static func entry(_ mutator: inout Mutator) -> [UInt8] {
        let kind = mutator.pick(kinds)
        var content: [UInt8] = []
        var name = mutator.pick(names)
        switch kind {
        case UInt8(ascii: "x"), UInt8(ascii: "g"):
            repeat { content += record(mutator.pick(records), wrong: mutator.chance(20)) } while !mutator.chance(2)
        case UInt8(ascii: "L"), UInt8(ascii: "K"):
            content = Array((mutator.pick(mutator.chance(2) ? names : targets)).utf8) + [0]
            name = "././@LongLink"
        case 0, 32, 48, 55: content = mutator.chance(2) ? [] : [UInt8](repeating: 65, count: mutator.below(1_200))
        default: break
        }
        let link =
            [49, 50].contains(kind) || mutator.chance(8) ? mutator.pick(mutator.chance(3) ? names : targets) : ""
        return entry(
            name, kind: kind, link: link, content: content, mtime: mutator.chance(6) ? mutator.pick(numbers) : nil)
    }

    private static func record(_ text: String, wrong: Bool) -> [UInt8] {
        var length = text.utf8.count + 3
        while "\(length) \(text)\n".utf8.count != length { length += 1 }
        return Array("\(wrong ? length + 3 : length) \(text)\n".utf8)
    }

    /// Makes an archive, or changes one: an entry comes, goes, is doubled or moved, a field of a header is another.
    static func mutate(_ mutator: inout Mutator, _ bytes: [UInt8], _ other: [UInt8]) -> [UInt8] {
        let end = [UInt8](repeating: 0, count: 1_024)
        if mutator.chance(3) {
            var made: [UInt8] = []
            repeat { made += entry(&mutator) } while !mutator.chance(4)
            return made + end
        }
        var result = bytes
        repeat { step(&mutator, &result, other) } while !mutator.chance(2)
        return Array(result.prefix(1 << 17))
    }

    private static func step(_ mutator: inout Mutator, _ result: inout [UInt8], _ other: [UInt8]) {
        let starts = headers(result)
        guard !starts.isEmpty else {
            result = entry(&mutator) + result
            return
        }
        let start = mutator.pick(starts)
        let next = starts.first { $0 > start } ?? result.count
        switch mutator.below(10) {
        case 0: result.insert(contentsOf: entry(&mutator), at: start)
        case 1: result.removeSubrange(start..<next)
        case 2: result.insert(contentsOf: result[start..<next], at: mutator.pick(starts))
        case 3: result.removeLast(mutator.below(result.count))
        case 4: result = mutator.mutate(result, with: other, most: 1 << 17)
        case 5:
            let from = headers(other)
            if let first = from.first {
                result.insert(contentsOf: other[first..<(from.dropFirst().first ?? other.count)], at: start)
            }
        default:
            let field = mutator.pick(fields)
            var value: [UInt8]
            switch field.lowerBound {
            case 0, 345: value = Array(mutator.pick(names).utf8)
            case 157: value = Array(mutator.pick(targets).utf8)
            case 156: value = [mutator.pick(kinds)]
            case 257: value = Array(mutator.pick(["ustar\0", "ustar ", "", "tar\0"]).utf8)
            default: value = mutator.pick(numbers)
            }
            if mutator.chance(6) { value = mutator.mutate(value, with: other, most: field.count) }
            value += [UInt8](repeating: 0, count: max(0, field.count - value.count))
            result.replaceSubrange(start + field.lowerBound..<start + field.upperBound, with: value.prefix(field.count))
            if !mutator.chance(30) { fixSum(&result, at: start) }
        }
    }
}
