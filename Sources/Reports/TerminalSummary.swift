import BenchmarkModel
import Statistics

/// The end of `tare run` on a terminal: the answer, what must be known before it is believed, and the figures.
public enum TerminalSummary {
    /// Writes the summary.
    ///
    /// - Parameters:
    ///   - width: how many characters fit in a line; taken as at least 40.
    ///   - color: whether ANSI sequences may be used.
    public static func render(_ model: ReportModel, width: Int, color: Bool) -> String {
        let width = max(40, width)
        var out = ""
        let answers = model.answers.map(\.text) + model.footprintAnswers.map(\.text) + model.densityAnswers.map(\.text)
        for answer in answers { out += (out.isEmpty ? "" : "\n") + wrap(answer, width: width) }
        for banner in model.banners {
            let title = MarkdownRenderer.title(of: banner.kind)
            let lines = wrap("\(title) \(banner.text)", width: width)
            out += "\n" + (color ? "\u{1B}[33m\(lines)\u{1B}[0m" : lines)
        }
        for mode in model.modes {
            let cells = model.cells(of: mode)
            let heading = "\(mode.heading): time from the request to ready"
            out += "\n" + (color ? "\u{1B}[1m\(heading)\u{1B}[0m" : heading) + "\n"
            out += table(of: cells).render(width: width, color: color)
            for cell in cells {
                guard let reason = cell.cell.impossible else { continue }
                out += wrap("\(cell.cell.workload) \(cell.place) cannot be measured: \(reason)", width: width)
            }
        }
        out += memoryTables(model, width: width, color: color)
        let sums = model.accounting
        let equation = "\(sums.planned) planned, \(sums.ok) ok, \(sums.failed) failed, \(sums.invalid) invalid"
        out +=
            "\n" + wrap("Measurements: \(equation). Run \(model.run.id), \(model.run.status.rawValue).", width: width)
        return out
    }

    /// The rows of a mode.
    private static func table(of cells: [CellReport]) -> TerminalTable {
        let floors = cells.flatMap(\.floors).map(\.platform).uniqued()
        let columns: [TerminalTable.Column] = [
            .init("workload"), .init("platform"), .init("n", numeric: true), .init("failed", numeric: true),
            .init("invalid", numeric: true), .init("median", numeric: true),
            .init("95 % interval", numeric: true, rank: 1),
            .init("p10", numeric: true, rank: 5), .init("p95", numeric: true, rank: 3),
            .init("min", numeric: true, rank: 6), .init("CPU", numeric: true, rank: 4),
        ]
        let ratios = floors.map { TerminalTable.Column("x \($0)", numeric: true, rank: 2) }
        return TerminalTable(
            columns: columns + ratios + [.init("marks")],
            rows: cells.map { cell in
                let startup = cell.startup
                let unit = Format.TimeUnit.ofStartup(startup?.median ?? 0)
                let interval = startup?.interval.map { Format.range($0.lower, $0.upper, in: unit) }
                let marks = cell.cell.impossible == nil ? cell.marks : ["impossible"]
                return [
                    cell.cell.workload, cell.cell.platform, "\(cell.ok)/\(cell.planned)", "\(cell.failed)",
                    "\(cell.invalid)", startup.map { Format.duration($0.median) } ?? "-", interval ?? "-",
                    startup.map { Format.duration($0.p10) } ?? "-", startup.map { Format.duration($0.p95) } ?? "-",
                    startup.map { Format.duration($0.minimum) } ?? "-",
                    cell.cpu.map { Format.duration($0.median) } ?? "-",
                ]
                    + floors.map { platform in
                        guard let floor = cell.floors.first(where: { $0.platform == platform }) else { return "-" }
                        return floor.isItself ? "floor" : floor.ratio.map { Format.number($0.value) } ?? "-"
                    } + [marks.joined(separator: ", ")]
            })
    }

    /// A line with everything shown that a terminal would obey.
    public static func harmless(_ line: String) -> String { Escape.terminal(line) }

    /// Words broken into lines at spaces; a word longer than a line stands on one of its own. Made harmless here.
    public static func wrap(_ text: String, width: Int) -> String {
        var out = ""
        var line = ""
        for word in Escape.terminal(text).split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                out += line + "\n"
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? out : out + line + "\n"
    }
}
