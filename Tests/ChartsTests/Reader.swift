import Foundation
import FoundationXML

/// Reads a drawing with Foundation's parser, and keeps its elements and its text.
final class Reader: NSObject, XMLParserDelegate {
    struct Element {
        var name: String
        var attributes: [String: String]
    }

    private(set) var elements: [Element] = []
    private(set) var text = ""
    /// Why it is not well-formed; nil where it is.
    private(set) var trouble: String?

    init(_ svg: String) {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        if !parser.parse() { trouble = parser.parserError.map { "\($0)" } ?? "unknown" }
    }

    func all(_ name: String, style: String? = nil) -> [Element] {
        elements.filter { element in
            guard element.name == name else { return false }
            return style.map {
                element.attributes["class"]?.split(separator: " ").map(String.init).contains($0) ?? false
            }
                ?? true
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(Element(name: element, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text += string
    }
}
