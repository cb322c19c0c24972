extension XML {
    private static let references: [(text: String, byte: UInt8)] = [
        ("&amp;", UInt8(ascii: "&")), ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
        ("&quot;", UInt8(ascii: "\"")), ("&#39;", UInt8(ascii: "'")),
    ]

    /// The text that ``escaped(_:)`` was given, but for what it forbids. Any other reference stays as it is.
    package static func plain(_ escaped: String) -> String {
        var rest = Array(escaped.utf8)[...]
        var out: [UInt8] = []
        while let first = rest.first {
            let reference =
                first == UInt8(ascii: "&") ? references.first { rest.starts(with: $0.text.utf8) } : nil
            out.append(reference?.byte ?? first)
            rest = rest.dropFirst(reference?.text.utf8.count ?? 1)
        }
        return String(decoding: out, as: UTF8.self)
    }
}
