/// Writes paths into links: every byte that could mean something there is given by its number.
package enum PercentEncoding {
    /// A path with its slashes.
    package static func path(_ bytes: some Collection<UInt8>) -> String { encoded(bytes, keeping: UInt8(ascii: "/")) }

    /// A part of a path, such as the name of a file.
    package static func part(_ bytes: some Collection<UInt8>) -> String { encoded(bytes, keeping: nil) }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func encoded(_ bytes: some Collection<UInt8>, keeping kept: UInt8?) -> String {
        var out: [UInt8] = []
        for byte in bytes {
            if isUnreserved(byte) || byte == kept {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// What RFC 3986 calls so.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
