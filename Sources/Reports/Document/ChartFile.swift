import Charts

/// A drawing of a report as a file beside its Markdown.
package struct ChartFile: Sendable, Equatable {
    /// The directory of these files, beside the Markdown that shows them.
    package static let directory = "charts"

    /// Letters, digits and dashes, and `.svg`.
    package var name: String
    /// A whole SVG document.
    package var content: String

    /// Whether a report may have a file of this name.
    package static func isName(_ name: String) -> Bool {
        guard name.hasSuffix(suffix) else { return false }
        let base = name.dropLast(suffix.count)
        return !base.isEmpty && base.first != "-" && base.utf8.allSatisfy(isPlain)
    }

    /// Whether a file that begins with these bytes was written for a run.
    package static func isWritten(_ beginning: some Collection<UInt8>, run: String) -> Bool {
        beginning.starts(with: StandaloneDrawing.beginning(mark: run).utf8)
    }

    /// How long a beginning must be to be told by ``isWritten(_:run:)``, in bytes.
    package static func beginningBytes(run: String) -> Int { StandaloneDrawing.beginning(mark: run).utf8.count }

    static let suffix = ".svg"

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// What the drawings of a document are called as files.
struct ChartNames {
    private struct Place: Hashable {
        var section: Int
        var block: Int
    }

    private static let mostLetters = 80

    private var names: [Place: String] = [:]

    init(_ document: Document) {
        // Without regard to case, which not every file system has.
        var taken: Set<String> = []
        for (section, one) in document.sections.enumerated() {
            for (block, content) in one.blocks.enumerated() {
                guard case .figure(let figure) = content, let drawing = figure.drawing else { continue }
                let base = ChartNames.base(drawing.id)
                var name = base
                var number = 1
                while !taken.insert(name.lowercased()).inserted {
                    number += 1
                    name = "\(base)-\(number)"
                }
                names[Place(section: section, block: block)] = name + ChartFile.suffix
            }
        }
    }

    /// - Parameters:
    ///   - section: the position of a section in the document.
    ///   - block: the position of a block in it.
    /// - Returns: nil where there is no drawing.
    subscript(section: Int, block: Int) -> String? { names[Place(section: section, block: block)] }

    private static func base(_ id: String) -> String {
        // Not the first one: a name that begins with a dash is an option to many programs.
        let safe = Format.identifier(id).drop { $0 == "-" }.prefix(mostLetters)
        return safe.isEmpty ? "chart" : String(safe)
    }
}

extension Figure {
    /// The drawing, as what can stand alone; nil where it cannot.
    var drawing: StandaloneDrawing? { StandaloneDrawing(svg) }

    /// The legend in words; empty where there is none.
    var legendText: String {
        guard !legend.isEmpty else { return "" }
        return Format.sentence("Legend: \(legend.map(\.label).joined(separator: "; "))")
    }
}

extension Document {
    /// Every drawing as a file of its own.
    ///
    /// - Parameter run: whose they are.
    func chartFiles(run: String) -> [ChartFile] {
        let names = ChartNames(self)
        return sections.enumerated().flatMap { section, one in
            one.blocks.enumerated().compactMap { block, content -> ChartFile? in
                guard case .figure(let figure) = content, let name = names[section, block],
                    let drawing = figure.drawing
                else { return nil }
                return ChartFile(name: name, content: drawing.file(legend: figure.legend, mark: run))
            }
        }
    }
}
