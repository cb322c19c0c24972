import Charts
import Mustache

/// Writes a document as one HTML file that needs nothing else, well-formed as XML too.
enum HTMLRenderer {
    /// - Parameter facts: what other programs may read of the page; nil where it is not of a run.
    static func render(_ document: Document, facts: PageFacts? = nil) throws -> String {
        // The pragma at the head of the template asks for this escaping by name, so it is registered first.
        MustacheContentTypes.register(XHTML(), named: "XHTML")
        let page = try MustacheTemplate(string: text(PackageResources.report_mustache))
        return page.render(view(of: document, facts))
    }

    /// Escapes by Unicode scalar; the library's own HTML escaping goes by `Character` and lets `"` plus a combining
    /// mark pass.
    private struct XHTML: MustacheContentType {
        func escapeText(_ text: String) -> String { Escape.html(text) }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static func view(of document: Document, _ facts: PageFacts?) -> [String: Any] {
        [
            "facts": (facts?.tags ?? []).map { ["factName": $0.name, "factContent": $0.content] as [String: Any] },
            "style": text(PackageResources.style_css),
            // Only what it has something to work on.
            "scripts": scripts(of: document).map { ["script": $0] as [String: Any] },
            "title": document.title,
            "subtitle": document.subtitle.map(view),
            "answers": (document.cards.isEmpty ? document.answers : []).map {
                ["pieces": $0.map(view)] as [String: Any]
            },
            "hasCards": !document.cards.isEmpty,
            "cards": document.cards.map { card -> [String: Any] in
                ["cardTitle": card.title, "parts": card.parts.map(view)]
            },
            "banners": document.banners.map { banner -> [String: Any] in
                [
                    "kind": banner.kind.rawValue, "bannerTitle": banner.kind.title,
                    "bannerText": banner.text,
                ]
            },
            "sections": document.sections.map { section -> [String: Any] in
                ["id": section.id, "sectionTitle": section.title, "blocks": section.blocks.map(view)]
            },
        ]
    }

    private static func scripts(of document: Document) -> [String] {
        let used = document.sections.flatMap(\.blocks).compactMap { block in
            if case .embedded(_, let script) = block { script } else { nil }
        }
        return Document.Script.allCases.filter(used.contains).map { script in
            switch script {
            case .planner: text(PackageResources.planner_js)
            case .samples: text(PackageResources.samples_js)
            }
        }
    }

    private static func view(_ part: Document.Card.Part) -> [String: Any] {
        [
            "label": part.label, "pieces": part.pieces.map(view),
            "pictures": [part.picture].compactMap { $0 }.map {
                ["drawing": $0.svg, "scale": $0.caption] as [String: Any]
            },
        ]
    }

    private static func view(_ block: Document.Block) -> [String: Any] {
        switch block {
        case .paragraph(let pieces): ["paragraph": ["pieces": pieces.map(view)] as [String: Any]]
        case .list(let items):
            ["list": ["items": items.map { ["pieces": $0.map(view)] as [String: Any] }] as [String: Any]]
        case .heading(let heading): ["heading": heading]
        case .table(let table): ["table": view(table)]
        case .figure(let figure):
            [
                "figure": [
                    "figureCaption": figure.caption, "svg": figure.svg, "figureFolded": figure.isFolded,
                    "legend": figure.legend.map { ["swatch": $0.swatch, "label": $0.label] as [String: Any] },
                ] as [String: Any]
            ]
        case .code(let code, _): ["code": ["lines": Escape.block(code)] as [String: Any]]
        case .embedded(let part, _): ["embedded": part]
        }
    }

    private static func view(_ table: Table) -> [String: Any] {
        [
            "tableCaption": table.caption, "folded": table.isFolded,
            "columns": table.columns.map { ["columnTitle": $0.fullTitle, "numeric": $0.numeric] as [String: Any] },
            "rows": table.rows.map { row -> [String: Any] in
                [
                    "cells": zip(row, table.columns).map { pieces, column -> [String: Any] in
                        [
                            "pieces": pieces.map { view(column.numeric ? unbroken($0) : $0) }, "header": column.header,
                            "numeric": column.numeric,
                        ]
                    }
                ]
            },
        ]
    }

    /// A figure keeps its unit and its interval on one line; the line may break before a bracket.
    private static func unbroken(_ piece: Inline) -> Inline {
        func join(_ text: String) -> String {
            guard text.count < 40 else { return text }
            return String(text.map { $0 == " " ? "\u{A0}" : $0 }).replacing("\u{A0}[", with: " [")
                .replacing("\u{A0}(", with: " (")
        }
        switch piece {
        case .text(let text): return .text(join(text))
        case .strong(let text): return .strong(join(text))
        case .aside: return .text(join(piece.plain))
        case .code, .mark: return piece
        }
    }

    private static func view(_ piece: Inline) -> [String: Any] {
        switch piece {
        case .text, .aside: ["plain": piece.plain]
        case .strong(let text): ["strong": text]
        case .code(let text): ["inlineCode": text]
        case .mark(let text): ["mark": text, "markStyle": Format.identifier(text)]
        }
    }
}
