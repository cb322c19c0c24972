import Analysis
import BenchmarkModel
import Statistics

extension CSVExport {
    /// Estimate, `lower` and `upper` are in the unit of the row.
    static let findingColumns = [
        "run", "metric", "title", "unit", "polarity", "definition_version", "cell", "workload", "platform", "estimate",
        "lower", "upper", "n", "at_least", "caveats",
    ]

    static func findings(_ analysis: RunAnalysis) -> CSVSheet {
        var sheet = CSVSheet(findingColumns)
        for finding in analysis.findings {
            let metric = finding.metric
            sheet.append([
                CSVField.escaped(analysis.run.id), metric.id, CSVField.escaped(metric.title),
                CSVField.escaped(metric.unit.rawValue),
                metric.polarity.rawValue, "\(metric.definitionVersion)", CSVField.escaped(finding.cell),
                CSVField.escaped(finding.workload), CSVField.escaped(finding.platform),
                CSVField.number(finding.estimate), CSVField.number(finding.interval?.lower),
                CSVField.number(finding.interval?.upper), "\(finding.n)", "\(finding.isLowerBound)",
                CSVField.list(finding.caveats.words),
            ])
        }
        return sheet
    }
}
