public import BenchmarkModel

/// Writes a run as CSV: a header, then one row a sample, warm-up included, in the order of measurement.
///
/// RFC 4180: fields are separated by commas, rows end with CR LF, a field with a comma, a quote or a line end is
/// quoted and
/// its quotes are doubled. Marks are in nanoseconds since `requested` (else since the first mark), whose host
/// CLOCK_MONOTONIC is `origin_ns`; a mark that came twice shows its first time. A field is empty where nothing is
/// known. Text that a spreadsheet could take for a formula begins with an apostrophe that is not part of it.
public enum CSVExport {
    /// The columns, in their order.
    public static let columns =
        [
            "run", "number", "cell", "workload", "platform", "mode", "block", "counted", "instance", "outcome",
            "emulated", "startup_ns", "cpu_ns", "origin_ns",
        ] + MarkName.allCases.map { "\($0.rawValue)_ns" } + ["reasons", "warnings", "rest_ns"]

    /// Encodes a run.
    public static func encode(_ run: Run) -> String {
        let cells = Dictionary(run.plan.cells.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let emulated = Set(run.platforms.filter(\.emulated).map(\.platform))
        var out = columns.joined(separator: ",") + "\r\n"
        for sample in run.samples {
            let cell = cells[sample.cell]
            let known = cell.map { "\(emulated.contains($0.platform))" } ?? ""
            var fields = [
                Escape.csv(run.id), "\(sample.number)", Escape.csv(sample.cell), Escape.csv(cell?.workload ?? ""),
                Escape.csv(cell?.platform ?? ""), cell?.mode.key ?? "", "\(sample.block)", "\(sample.counted)",
                Escape.csv(sample.instance), sample.outcome.rawValue, known,
                sample.startupNanoseconds.map { "\($0)" } ?? "", sample.cpuNanoseconds.map { "\($0)" } ?? "",
                sample.origin.map { "\($0)" } ?? "",
            ]
            for name in MarkName.allCases {
                let origin = sample.origin ?? 0
                fields.append(sample.time(of: name).map { "\(Sample.offset(of: $0, from: origin))" } ?? "")
            }
            fields.append(Escape.csv(sample.reasons.joined(separator: "; ")))
            fields.append(Escape.csv(sample.warnings.joined(separator: "; ")))
            fields.append(sample.restNanoseconds.map { "\($0)" } ?? "")
            out += fields.joined(separator: ",") + "\r\n"
        }
        return out
    }
}
