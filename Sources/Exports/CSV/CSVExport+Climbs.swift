import Analysis
import BenchmarkModel

extension CSVExport {
    /// What is known of a ladder or a ramp as a whole, and stands in each of its rows. `number` counts within the experiment.
    private static let climbColumns = [
        "run", "number", "cell", "workload", "platform", "block", "outcome", "emulated", "reasons", "warnings",
    ]

    /// The fields of ``climbColumns``.
    private struct Heads {
        private var run: String
        private var cells: [String: Cell]
        private var emulated: Set<String>

        init(_ run: Run) {
            self.run = CSVField.escaped(run.id)
            cells = Dictionary(run.plan.cells.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
            emulated = Set(run.platforms.filter(\.emulated).map(\.platform))
        }

        func fields(_ climb: Climb<some Any>) -> [String] {
            let cell = cells[climb.observation.cell]
            return [
                run, "\(climb.number)", CSVField.escaped(climb.observation.cell),
                CSVField.escaped(cell?.workload ?? ""),
                CSVField.escaped(cell?.platform ?? ""), "\(climb.block)", climb.observation.outcome.rawValue,
                cell.map { "\(emulated.contains($0.platform))" } ?? "", CSVField.list(climb.observation.reasons),
                CSVField.list(climb.observation.warnings),
            ]
        }
    }

    /// All that was read, by the names that JSON has.
    private static let readingColumns = MemoryFigure.allCases.map { figure in
        figure == .dyingGroups ? figure.rawValue : "\(figure.rawValue)_bytes"
    }

    /// A name of letters, digits and `_`.
    private static func column(of resource: LimitedResource) -> String {
        String(resource.rawValue.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func readingFields(_ reading: MemoryReading?) -> [String] {
        MemoryFigure.allCases.map { CSVField.number(reading?[$0]) }
    }

    /// A row a rung: the empty baseline is rung 0. `cost_bytes` is the growth of the ledger over it; `pid_max_used` and its like
    /// are what of a limited resource is in use.
    static let ladderColumns =
        climbColumns + [
            "ending", "ledger_noise_bytes", "idle_cpu_ns", "idle_ns", "climb_ns", "rung", "instances", "fitted",
            "settled",
            "settle_s", "reading_ns", "ledger_bytes", "cost_bytes", "charged_bytes",
        ] + readingColumns + LimitedResource.allCases.map { "\(column(of: $0))_used" }

    static func ladders(_ run: Run) -> CSVSheet {
        var sheet = CSVSheet(ladderColumns)
        let heads = Heads(run)
        for climb in Climb.all(of: run, \.ladder) {
            let ladder = climb.record
            let whole =
                heads.fields(climb) + [
                    CSVField.escaped(ladder.ending.rawValue), "\(ladder.ledgerNoise)",
                    CSVField.number(ladder.idleCPUNanoseconds), "\(ladder.idleNanoseconds)",
                    "\(ladder.climbNanoseconds)",
                ]
            let fitted = Set(ladder.fittedRungs.map(\.instances))
            for (number, rung) in ladder.rungs.enumerated() {
                sheet.append(
                    whole + [
                        "\(number)", "\(rung.instances)", "\(fitted.contains(rung.instances))", "\(rung.settled)",
                        CSVField.number(rung.settleSeconds), CSVField.number(rung.readingNanoseconds),
                        CSVField.number(rung.reading.ledger), CSVField.number(ladder.cost(of: rung)),
                        CSVField.number(rung.reading.charged),
                    ] + readingFields(rung.reading)
                        + LimitedResource.allCases.map { CSVField.number(rung.limits?[$0]) })
            }
            // A ladder that failed before its first reading must not be missed.
            if ladder.rungs.isEmpty { sheet.append(padded(whole, to: ladderColumns)) }
        }
        return sheet
    }

    /// A row a point: the empty host is point 0. `answer` is the N of the ramp; `used_bytes` and `charged_bytes` are growths over
    /// the empty host. `startup_median_ns` is of the point's starts, `startup_p95_ns` of the last 40, once there are 20.
    static let rampColumns =
        climbColumns + [
            "answer", "cause", "enforced_by", "held_ns", "liveness", "teardown_ns", "point", "instances", "elapsed_ns",
            "startups_ns", "startup_median_ns", "startup_p95_ns", "used_bytes", "charged_bytes",
            "memory_pressure_percent", "cpu_pressure_percent", "reading_ns",
        ] + readingColumns

    static func ramps(_ run: Run) -> CSVSheet {
        var sheet = CSVSheet(rampColumns)
        let heads = Heads(run)
        for climb in Climb.all(of: run, \.ramp) {
            let ramp = climb.record
            let whole =
                heads.fields(climb) + [
                    "\(ramp.instances)", CSVField.escaped(ramp.cause.text), CSVField.escaped(ramp.enforcedBy ?? ""),
                    "\(ramp.heldNanoseconds)", CSVField.escaped(ramp.liveness), "\(ramp.teardownNanoseconds)",
                ]
            for (number, pair) in zip(ramp.points, CurvePoint.all(of: ramp)).enumerated() {
                let (point, figures) = pair
                sheet.append(
                    whole + [
                        "\(number)", "\(point.instances)", "\(point.elapsedNanoseconds)",
                        CSVField.list(point.startupsNanoseconds.map { "\($0)" }),
                        CSVField.number(figures.startupMedianNanoseconds),
                        CSVField.number(figures.startupP95Nanoseconds), CSVField.number(figures.usedBytes),
                        CSVField.number(figures.chargedBytes), CSVField.number(point.memoryPressurePercent),
                        CSVField.number(point.cpuPressurePercent), CSVField.number(point.readingNanoseconds),
                    ] + readingFields(point.reading))
            }
            if ramp.points.isEmpty { sheet.append(padded(whole, to: rampColumns)) }
        }
        return sheet
    }

    private static func padded(_ fields: [String], to columns: [String]) -> [String] {
        fields + [String](repeating: "", count: columns.count - fields.count)
    }
}
