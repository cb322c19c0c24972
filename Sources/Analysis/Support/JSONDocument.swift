import Foundation

/// JSON as tare prints it and writes it to files.
package enum JSONDocument {
    /// Indented, keys in alphabetical order, with a line end.
    ///
    /// - Throws: what the encoder throws: for numbers that are not finite.
    package static func text(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
}
