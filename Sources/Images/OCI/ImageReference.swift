/// The name of an image in a registry: `[HOST[:PORT]/]PATH:TAG` or `[HOST[:PORT]/]PATH@sha256:DIGEST` (the grammar of the
/// distribution project's references).
package struct ImageReference: Sendable, Equatable {
    /// Without tag and digest.
    package var name: String
    /// nil where the image is named by its digest.
    package var tag: String?
    /// As `sha256:HEX`.
    package var digest: String?

    /// - Returns: nil where a text is no reference that says which image is meant: with a tag or a digest, and not both.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 400 else { return nil }
        if let at = bytes.firstIndex(of: UInt8(ascii: "@")) {
            let digest = String(decoding: bytes[(at + 1)...], as: UTF8.self)
            guard digest.hasPrefix("sha256:"), OCIDocument.isSum(digest.dropFirst(7)) else { return nil }
            self.digest = digest
            name = String(decoding: bytes[..<at], as: UTF8.self)
        } else {
            guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return nil }
            let tag = bytes[(colon + 1)...]
            guard let first = tag.first, tag.count <= 128, ImageReference.isWord(first),
                tag.allSatisfy({ ImageReference.isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
            else { return nil }
            self.tag = String(decoding: tag, as: UTF8.self)
            name = String(decoding: bytes[..<colon], as: UTF8.self)
        }
        guard ImageReference.isName(name) else { return nil }
    }

    /// The registry's host and port; nil where the name says none, and the tool's own default is meant.
    package var registry: String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count > 1 && ImageReference.isHost(parts[0]) ? String(parts[0]) : nil
    }

    /// Whether the registry is this host's own, which needs no certificate.
    package var isLoopback: Bool {
        guard let registry else { return false }
        let host =
            registry.hasPrefix("[")
            ? String(registry.prefix { $0 != "]" }) + "]" : String(registry.prefix { $0 != ":" })
        return host == "localhost" || host == "[::1]" || host.hasPrefix("127.") && host.utf8.allSatisfy(isDigitOrDot)
    }

    private func isDigitOrDot(_ byte: UInt8) -> Bool { (48...57).contains(byte) || byte == UInt8(ascii: ".") }

    private static func isName(_ name: String) -> Bool {
        guard name.utf8.count <= 255 else { return false }
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 1, isHost(parts[0]) { parts.removeFirst() }
        return parts.allSatisfy(isPart)
    }

    /// The first part is a host when it has a dot or a port, or is `localhost`.
    private static func isHost(_ part: Substring) -> Bool {
        guard part == "localhost" || part.utf8.contains(UInt8(ascii: ".")) || part.utf8.contains(UInt8(ascii: ":"))
        else {
            return false
        }
        var host = part
        if part.hasPrefix("["), let end = part.firstIndex(of: "]") {
            let inner = part[part.index(after: part.startIndex)..<end]
            guard inner.utf8.allSatisfy({ isHexadecimal($0) || $0 == UInt8(ascii: ":") }), !inner.isEmpty else {
                return false
            }
            let rest = part[part.index(after: end)...]
            return rest.isEmpty || rest.hasPrefix(":") && isPort(rest.dropFirst())
        }
        if let colon = part.firstIndex(of: ":") {
            guard isPort(part[part.index(after: colon)...]) else { return false }
            host = part[..<colon]
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return isLetterOrDigit(first) && isLetterOrDigit(last)
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isPort(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 5 && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// Lower-case letters and digits, between them one `.`, one or two `_`, or any number of `-`.
    private static func isPart(_ part: Substring) -> Bool {
        var separators: [UInt8] = []
        guard let last = part.utf8.last, isLower(last) else { return false }
        var isFirst = true
        for byte in part.utf8 {
            if isLower(byte) {
                let known: [[UInt8]] = [[], [46], [95], [95, 95]]
                guard known.contains(separators) || separators.allSatisfy({ $0 == 45 }) else { return false }
                separators = []
            } else {
                guard !isFirst, [45, 46, 95].contains(byte) else { return false }
                separators.append(byte)
            }
            isFirst = false
        }
        return true
    }

    private static func isLower(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isLower(byte) || (65...90).contains(byte) }
    private static func isWord(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || byte == 95 }
    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte) || (65...70).contains(byte)
    }
}
