import Analysis

/// A page that lists the reports of a directory. It needs nothing but the files it links to: no network and no script.
package struct RunIndex: Sendable {
    /// A directory with a report in it.
    package struct Entry: Sendable, Equatable {
        /// For people.
        package var name: String
        /// The same as the file system has it.
        package var bytes: [UInt8]
        /// What its page says of itself; nil where it says nothing that is understood.
        package var facts: PageFacts?

        package init(name: String, bytes: [UInt8], facts: PageFacts?) {
            self.name = name
            self.bytes = bytes
            self.facts = facts
        }

        /// Seconds since 1970; before all others where it is unknown.
        fileprivate var started: Double { facts.flatMap { Timestamp.seconds($0.started) } ?? -.infinity }
    }

    /// By this a page is known to be such a list.
    package static let mark = "<meta name=\"tare-index\" content=\"1\"/>"
    /// What a report's page is called in its directory.
    package static let page = "report.html"

    private let entries: [Entry]

    /// - Parameter entries: in any order.
    package init(_ entries: [Entry]) {
        // The newest first, and last what says nothing of itself.
        self.entries = entries.sorted { one, other in
            if (one.facts == nil) != (other.facts == nil) { return other.facts == nil }
            if one.started != other.started { return one.started > other.started }
            return one.bytes.lexicographicallyPrecedes(other.bytes)
        }
    }

    /// The page, well-formed as XML too.
    package var html: String {
        let title = "Containers and virtual machines: all reports"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            \(RunIndex.mark)
            <title>\(title)</title>
            <style>
            \(String(decoding: PackageResources.style_css, as: UTF8.self))
            </style>
            </head>
            <body>
            <main>
            <header>
            <h1>\(title)</h1>
            <p class="subtitle">\(Escape.html(summary))</p>
            </header>
            \(entries.map(section).joined())</main>
            </body>
            </html>

            """
    }

    private var summary: String {
        let unknown = entries.count { $0.facts == nil }
        guard !entries.isEmpty else { return "There is no report in this directory." }
        return "\(Format.count(entries.count, "report")), the newest first"
            + (unknown > 0 ? "; \(unknown) made by another version, or not by tare." : ".")
    }

    private func section(_ entry: Entry) -> String {
        // Only what is below this page can be reached by it: a name is a part of a path, whatever it holds.
        let link = "\(PercentEncoding.part(entry.bytes))/\(RunIndex.page)"
        let name = entry.facts?.run ?? entry.name
        var out = "<section>\n<h2><a href=\"\(link)\">\(Escape.html(name))</a></h2>\n"
        guard let facts = entry.facts else {
            return out + "<p class=\"subtitle\">made by another version, or not by tare</p>\n</section>\n"
        }
        out += "<p class=\"subtitle\">\(words(facts, in: entry.name))</p>\n"
        if !facts.answers.isEmpty {
            out += "<ul>\n\(facts.answers.map { "<li>\(Escape.html($0))</li>\n" }.joined())</ul>\n"
        }
        return out + "</section>\n"
    }

    /// What identifies a run, escaped.
    private func words(_ facts: PageFacts, in directory: String) -> String {
        let started = facts.started.isEmpty ? "at an unknown time" : facts.started
        var words = Escape.html("\(facts.suite), started \(started), ")
        let status = Escape.html(facts.status)
        words += facts.status == "complete" ? status : "<span class=\"mark mark-incomplete\">\(status)</span>"
        words += Escape.html("; tare \(facts.version)\(facts.host.isEmpty ? "" : "; \(facts.host)")")
        return directory == facts.run ? words : words + Escape.html("; in \(directory)")
    }
}
