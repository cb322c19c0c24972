/// Why a figure was not read, in words that follow the name of its text and a colon.
struct FigureProblem: Error, Equatable {
    var words: String

    init(_ words: String) { self.words = words }

    /// A piece of foreign text, short and in one line.
    static func quote(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(60), as: UTF8.self)
        let line = String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
        return "'\(line)\(bytes.count > 60 ? "..." : "")'"
    }
}
