public import BenchmarkModel
public import Statistics

/// Everything that a rendering of a run shows, worked out once.
public struct ReportModel: Sendable {
    /// How many counted samples, ladders and ramps were planned and what became of them, over all cells.
    public struct Accounting: Sendable, Equatable {
        /// Planned over all cells that can be measured.
        public var planned: Int
        /// Ok.
        public var ok: Int
        /// Failed.
        public var failed: Int
        /// Invalid.
        public var invalid: Int
        /// Samples whose cell is not in the plan: a fault of the record, shown and in no figure.
        public var stray: Int
        /// Whether planned = ok + failed + invalid in every cell, and nothing is stray.
        public var holds: Bool
    }

    /// Something said above all figures.
    public struct Banner: Sendable, Equatable {
        /// What it is about.
        public enum Kind: String, Sendable {
            /// Guests ran under software emulation.
            case emulation
            /// The run did not complete.
            case unfinished
            /// planned != ok + failed + invalid.
            case accounting
            /// Something was seen that makes figures doubtful.
            case threat
            /// Figures depend on what was measured right before them.
            case carryOver = "carry-over"
        }

        /// What it is about.
        public var kind: Kind
        /// What it says, in whole sentences.
        public var text: String
    }

    /// Samples that share a cell, an outcome and a reason.
    public struct Trouble: Sendable, Equatable {
        /// The ``Cell/key``.
        public var cell: String
        /// `failed`, `invalid` or `ok, with a warning`.
        public var outcome: String
        /// Whether the samples are counted; false for warm-up.
        public var counted: Bool
        /// The reason, in words.
        public var reason: String
        /// The numbers of the samples, ascending.
        public var samples: [Int]
    }

    /// What the mark channel costs on a platform.
    public struct Echo: Sendable, Equatable {
        /// The platform's name.
        public var platform: String
        /// How many round trips.
        public var count: Int
        /// Their median in nanoseconds; nil where there is none.
        public var median: Double?
        /// Their quantile 0.95 in nanoseconds: the bound on the error of a mark; nil where there is none.
        public var p95: Double?
        /// Why there is none; nil where there is one.
        public var failure: String?
    }

    /// The run.
    public var run: Run
    /// How many times blocks were drawn for an interval.
    public var resamples: Int
    /// The cells in the order of the plan.
    public var cells: [CellReport]
    /// The cells of the footprint experiment, in the order of the plan.
    public var footprints: [FootprintReport]
    /// The cells of the density experiment, in the order of the plan.
    public var densities: [DensityReport]
    /// The modes in the order in which the plan first names them.
    public var modes: [StartupMode]
    /// What became of the samples.
    public var accounting: Accounting
    /// The answer: a few sentences for each workload, the first mode first.
    public var answers: [Answer]
    /// What is said above all figures.
    public var banners: [Banner]
    /// What failed, is invalid or was warned of; nothing is left out.
    public var troubles: [Trouble]
    /// What the mark channel costs.
    public var echoes: [Echo]
    /// The platforms whose guests ran under software emulation.
    public var emulatedPlatforms: [String]

    /// Works out a report.
    ///
    /// - Parameters:
    ///   - run: the run, complete or not.
    ///   - resamples: how many times blocks are drawn for an interval.
    public init(run: Run, resamples: Int = Bootstrap.defaultResamples) {
        let byCell = Dictionary(grouping: run.samples, by: \.cell)
        var cells = run.plan.cells.map { cell in
            CellReport(cell: cell, run: run, samples: byCell[cell.key] ?? [], resamples: resamples)
        }
        ReportModel.addFloors(to: &cells, seed: run.plan.seed, resamples: resamples)
        CarryOver.find(in: &cells, of: run)
        let modes = cells.map(\.cell.mode).uniqued()

        let footprints = (run.plan.footprint?.cells ?? []).map {
            FootprintReport(cell: $0, run: run, resamples: resamples)
        }
        let densities = (run.plan.density?.cells ?? []).map {
            DensityReport(cell: $0, run: run, footprints: footprints)
        }
        let known = Set(run.plan.cells.map(\.key))
        let climbCells = Set(footprints.map(\.cell.key) + densities.map(\.cell.key))
        let stray =
            run.samples.count { !known.contains($0.cell) } + run.ladders.count { !climbCells.contains($0.cell) }
            + run.ramps.count { !climbCells.contains($0.cell) }
        self.run = run
        self.resamples = resamples
        self.footprints = footprints
        self.densities = densities
        self.cells = cells
        self.modes = modes
        func sum(_ startup: (CellReport) -> Int, _ ladders: (FootprintReport) -> Int, _ ramps: (DensityReport) -> Int)
            -> Int
        {
            cells.reduce(0) { $0 + startup($1) } + footprints.reduce(0) { $0 + ladders($1) }
                + densities.reduce(0) { $0 + ramps($1) }
        }
        let allThere =
            cells.allSatisfy { $0.missing == 0 } && footprints.allSatisfy { $0.missing == 0 }
            && densities.allSatisfy { $0.missing == 0 }
        self.accounting = Accounting(
            planned: sum(\.planned, \.planned, \.planned), ok: sum(\.ok, \.ok, \.ok),
            failed: sum(\.failed, \.failed, \.failed), invalid: sum(\.invalid, \.invalid, \.invalid), stray: stray,
            holds: stray == 0 && allThere)
        self.answers = Answer.all(cells: cells, modes: modes, seed: run.plan.seed, resamples: resamples)
        self.troubles = ReportModel.troubles(in: run)
        self.echoes = run.channelEchoes.map(ReportModel.echo)
        self.emulatedPlatforms = run.platforms.filter(\.emulated).map(\.platform)
        self.banners = []
        self.banners = makeBanners()
    }

    /// The cells of a mode, in the order of the plan.
    public func cells(of mode: StartupMode) -> [CellReport] {
        cells.filter { $0.cell.mode == mode }
    }

    /// The cell of a key, or nil.
    public func cell(_ key: String) -> CellReport? {
        cells.first { $0.cell.key == key }
    }

    /// The floors that ratios are taken against, `namespaces` first: the kernel's own floor for any container.
    static func addFloors(to cells: inout [CellReport], seed: UInt64, resamples: Int) {
        let bare = cells
        for index in cells.indices {
            let alike = bare.filter {
                $0.cell.workload == bare[index].cell.workload && $0.cell.mode == bare[index].cell.mode
            }
            for word in ["namespaces", "process"] {
                guard let floor = alike.first(where: { $0.platform?.kind.word == word && $0.cell.impossible == nil })
                else { continue }
                let itself = floor.cell.key == bare[index].cell.key
                cells[index].floors.append(
                    CellReport.FloorRatio(
                        platform: floor.cell.platform,
                        ratio: itself ? nil : bare[index].ratio(to: floor, seed: seed, resamples: resamples),
                        isItself: itself))
            }
        }
    }

    private static func echo(_ echo: ChannelEcho) -> Echo {
        let quantiles = Quantiles(echo.roundTripsNanoseconds.map { Double($0) })
        return Echo(
            platform: echo.platform, count: quantiles?.count ?? 0, median: quantiles?.median,
            p95: quantiles?.quantile(0.95),
            failure: echo.failure ?? (quantiles == nil ? "no round trip was recorded" : nil))
    }

    private static func troubles(in run: Run) -> [Trouble] {
        var found: [Trouble] = []
        var places: [[String]: Int] = [:]
        for sample in run.samples.sorted(by: { $0.number < $1.number }) {
            let outcome = CellReport.outcome(of: sample)
            let told =
                CellReport.reasons(of: sample).map { (outcome.rawValue, $0) }
                + sample.warnings.map { ("\(outcome.rawValue), with a warning", $0) }
            for (outcome, reason) in told {
                let key = [sample.cell, outcome, "\(sample.counted)", reason]
                if let place = places[key] {
                    if found[place].samples.last != sample.number { found[place].samples.append(sample.number) }
                } else {
                    places[key] = found.count
                    found.append(
                        Trouble(
                            cell: sample.cell, outcome: outcome, counted: sample.counted, reason: reason,
                            samples: [sample.number]))
                }
            }
        }
        return found
    }
}
