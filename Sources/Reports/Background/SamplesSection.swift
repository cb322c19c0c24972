import Analysis
import BenchmarkModel

extension Background {
    /// So many samples a page has room for.
    static let mostSamples = 10_000

    /// Every start and every task by itself: a table in a page, and everywhere the commands that write all of them.
    ///
    /// - Parameter most: of more than so many a selection is shown, which says what it is; at least 2.
    static func samplesSection(_ analysis: RunAnalysis, most: Int = Background.mostSamples) -> Document.Section? {
        let selection = SampleSelection(analysis.run.observations, most: most)
        guard selection.total > 0 else { return nil }
        let table = SampleTable(analysis, selection)
        let shown =
            selection.choice.map { "\(Format.thousands(selection.samples.count)) of them: \($0)" } ?? "all of them"
        var words = "\(selection.countWords), warm-up included. The HTML report has a table of \(shown). "
        words += "A time in it is that from the request to \(selection.endWords)."
        if table.hasCutNotes {
            words += " Notes of more than \(SampleTable.mostLetters) letters are cut; they stand in full under "
            words += "'Failures and invalid measurements'."
        }
        return Document.Section(
            id: "samples", title: "Every sample",
            blocks: [
                .paragraph([.text(words)]), .embedded(table.html, script: .samples),
                .paragraph([.text("All of it as CSV:")]), .list(commands(analysis.run.id, selection)),
            ])
    }

    /// The commands that write all that the run has, each with what it writes.
    private static func commands(_ run: String, _ selection: SampleSelection) -> [[Inline]] {
        let tables: [(count: Int, option: String, words: String)] = [
            (selection.starts, "", "every start with all its marks"),
            (selection.tasks, " --table tasks", "every task with what it printed of itself"),
            (selection.ladders, " --table ladders", "every rung of the ladders"),
            (selection.ramps, " --table ramps", "every point of the ramps"),
        ]
        return tables.filter { $0.count > 0 }.map { table in
            [.code("tare export \(run) --format csv\(table.option)"), .text(" writes \(table.words).")]
        }
    }
}

/// The starts and tasks that a page shows of a run: all of them, or a selection, which is the same for the same run.
struct SampleSelection {
    /// Small, for there may be a million to choose from.
    struct Sample {
        /// Where it stands among the run's observations.
        var place: UInt32
        /// Where its cell stands in ``SampleSelection/cells``.
        var cell: UInt32
        /// Whether it failed or is invalid, be it warm-up or not.
        var isTrouble: Bool
    }

    /// Those that are shown, by ascending number.
    private(set) var samples: [Sample] = []
    /// The keys of the cells that have samples.
    private(set) var cells: [String] = []
    /// How many are on record of each experiment.
    private(set) var starts = 0
    private(set) var tasks = 0
    private(set) var ladders = 0
    private(set) var ramps = 0
    /// Which are shown, in words; nil where all are.
    private(set) var choice: String?

    /// How many there are to choose from.
    var total: Int { starts + tasks }

    /// Those that failed or are invalid come first, and may take half of the room, or what the others leave. Of the others every
    /// so many-th of each cell is shown, so that none is without.
    ///
    /// - Parameter most: so many are shown; at least 2.
    init(_ observations: [Observation], most: Int) {
        let room = max(2, most)
        var places: [String: Int] = [:]
        var troubles: [Int] = []
        var others: [Int] = []
        var (isOrdered, latest) = (true, Int.min)
        samples.reserveCapacity(observations.count)
        // They are looked through once.
        for place in observations.indices {
            let one = observations.glimpse(at: place)
            if one.isAttemptedStart {
                starts += 1
            } else {
                switch observations[place].record {
                case .startup: starts += 1
                case .task: tasks += 1
                case .footprint:
                    ladders += 1
                    continue
                case .density:
                    ramps += 1
                    continue
                }
            }
            let key = observations[place].cell
            let cell = places[key] ?? cells.count
            if cell == cells.count {
                places[key] = cell
                cells.append(key)
                troubles.append(0)
                others.append(0)
            }
            let isTrouble = one.verdict != .ok
            if isTrouble { troubles[cell] += 1 } else { others[cell] += 1 }
            if one.number < latest { isOrdered = false }
            latest = one.number
            samples.append(Sample(place: UInt32(place), cell: UInt32(cell), isTrouble: isTrouble))
        }
        if !isOrdered {
            samples.sort { one, other in
                let (left, right) = (observations[Int(one.place)].number, observations[Int(other.place)].number)
                return left == right ? one.place < other.place : left < right
            }
        }
        guard samples.count > room else { return }
        var bad = Thinning(troubles, most: max(room / 2, room - others.reduce(0, +)))
        var rest = Thinning(others, most: room - bad.kept)
        choice = SampleSelection.words(bad, rest)
        samples = samples.filter { $0.isTrouble ? bad.keeps(of: Int($0.cell)) : rest.keeps(of: Int($0.cell)) }
    }

    /// `168 samples are on record: 160 starts and 8 tasks`.
    var countWords: String {
        func count(_ number: Int, _ noun: String) -> String {
            "\(Format.thousands(number)) \(noun)\(number == 1 ? "" : "s")"
        }
        let verb = total == 1 ? "is" : "are"
        if tasks == 0 { return "\(count(starts, "start")) \(verb) on record" }
        if starts == 0 { return "\(count(tasks, "task")) \(verb) on record" }
        return "\(count(total, "sample")) are on record: \(count(starts, "start")) and \(count(tasks, "task"))"
    }

    /// What ends the time of a sample.
    var endWords: String {
        if tasks == 0 { return "ready" }
        return starts == 0 ? "the end of the task's command" : "ready, or to the end of a task's command"
    }

    /// Above the table: `168 samples`, `50 of 168 samples: all 3 that failed or are invalid, and ...`.
    var summary: String {
        let all = "\(Format.thousands(total)) sample\(total == 1 ? "" : "s")"
        return choice.map { "\(Format.thousands(samples.count)) of \(all): \($0)" } ?? all
    }

    private static func words(_ bad: Thinning, _ rest: Thinning) -> String {
        guard bad.total > 0 else { return rest.words }
        let count = Format.thousands(bad.total)
        var first = "all \(count) that failed or are invalid"
        if bad.total == 1 { first = "the one that failed or is invalid" }
        if bad.step > 1 { first = "of the \(count) that failed or are invalid \(bad.words)" }
        return rest.total == 0 ? first : "\(first), and of the rest \(rest.words)"
    }
}

/// Leaves every so many-th of each cell. It counts from the last, because the first ones are warm-up.
struct Thinning {
    /// How many there were.
    let total: Int
    /// How many are left.
    let kept: Int
    /// 1 where all are.
    let step: Int
    /// Whether each cell is counted by itself and keeps one at the least; else there are more cells than room, and all are
    /// counted in one.
    let isByCell: Bool
    /// How many of each are still to come.
    private var coming: [Int]

    /// - Parameters:
    ///   - counts: how many there are of each cell.
    ///   - most: so many are left; at least 1 where there are any.
    init(_ counts: [Int], most: Int) {
        let total = counts.reduce(0, +)
        let isByCell = counts.count { $0 > 0 } <= most
        let groups = isByCell ? counts : [total]
        func kept(_ step: Int) -> Int { groups.reduce(0) { $0 + ($1 + step - 1) / step } }
        // The least step that suffices.
        var (low, high) = (1, max(1, groups.max() ?? 1))
        while low < high {
            let middle = (low + high) / 2
            if kept(middle) <= most { high = middle } else { low = middle + 1 }
        }
        self.total = total
        self.kept = kept(low)
        self.isByCell = isByCell
        step = low
        coming = groups
    }

    /// Asked of one after the other, in the order of measurement.
    mutating func keeps(of cell: Int) -> Bool {
        let group = isByCell ? cell : 0
        coming[group] -= 1
        return coming[group] % step == 0
    }

    /// `every 101st of each cell, counted from its last`.
    var words: String {
        guard step > 1 else { return "all" }
        let which = isByCell ? "of each cell, counted from its last" : "from the last on"
        return "every \(Thinning.ordinal(step)) \(which)"
    }

    /// `1st`, `12th`, `1,023rd`.
    static func ordinal(_ number: Int) -> String {
        let ending =
            switch (number % 100, number % 10) {
            case (11...13, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return Format.thousands(number) + ending
    }
}

/// Samples as a part of a page. Its script, `samples.js`, knows the outcome by its title, and the notes beside it as `small`.
struct SampleTable {
    /// All text in it is escaped.
    let html: String
    /// Whether there are notes of more than ``mostLetters``.
    let hasCutNotes: Bool

    /// So much of a sample's notes is shown: ten thousand of them stand in a page.
    static let mostLetters = 200

    /// The style sheet knows by their position which ones are numbers.
    private static let columns: [(title: String, isNumber: Bool)] = [
        ("number", true), ("cell", false), ("block", true), ("outcome", false), ("time in ms", true),
        ("CPU in ms", true), ("peak memory in MiB", true),
    ]

    init(_ analysis: RunAnalysis, _ selection: SampleSelection) {
        let observations = analysis.run.observations
        let labels = SampleTable.labels(analysis, selection.cells)
        var hasCutNotes = false
        var head = ""
        for column in SampleTable.columns {
            head += "<th scope=\"col\"\(column.isNumber ? " class=\"numeric\"" : "")>\(column.title)</th>"
        }
        // No classes, no column for notes that hardly any has, and no interpolation: there are many.
        var rows = ""
        rows.reserveCapacity(selection.samples.count * 130)
        for sample in selection.samples {
            let one = observations[Int(sample.place)]
            let start = one.start
            rows += "<tr><td>"
            rows += String(one.number)
            rows += "</td><td>"
            rows += labels[Int(sample.cell)]
            rows += "</td><td>"
            rows += String(one.block)
            rows += "</td><td>"
            rows += SampleTable.outcome(of: one)
            if sample.isTrouble || !one.warnings.isEmpty {
                let notes = (one.verdictReasons + one.warnings).joined(separator: "; ")
                let isLong = notes.utf8.count > SampleTable.mostLetters && notes.count > SampleTable.mostLetters
                if isLong { hasCutNotes = true }
                rows += " <small>"
                rows += Escape.html(isLong ? "\(notes.prefix(SampleTable.mostLetters))…" : notes)
                rows += "</small>"
            }
            rows += "</td><td>"
            rows.append(milliseconds: start?.startupNanoseconds)
            rows += "</td><td>"
            rows.append(milliseconds: start?.cpuNanoseconds)
            rows += "</td><td>"
            rows.append(mebibytes: start?.peakMemoryBytes)
            rows += "</td></tr>\n"
        }
        self.hasCutNotes = hasCutNotes
        html = """
            <details class="samples">
            <summary>\(selection.summary)</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Every sample">
            <table class="samples" id="every-sample">
            <thead>
            <tr>\(head)</tr>
            </thead>
            <tbody>
            \(rows)</tbody>
            </table>
            </div>
            </details>
            """
    }

    /// Warm-up is not counted, whatever became of it.
    private static func outcome(of one: Observation) -> String {
        let verdict = one.verdict
        if one.counted { return verdict.rawValue }
        return verdict == .ok ? "warm-up" : "\(verdict.rawValue) (warm-up)"
    }

    /// Cells in words, escaped, with the word that must not be missing beside any figure of an emulated guest:
    /// `nginx on q35 (warm, emulated)`.
    private static func labels(_ analysis: RunAnalysis, _ keys: [String]) -> [String] {
        let emulated = Caveat.emulated.word
        var labels: [String: String] = [:]
        func add(_ one: some AnalysedCell, _ condition: String) {
            let words = one.emulated ? "\(condition), \(emulated)" : condition
            labels[one.cell.key] = "\(one.cell.workload) on \(one.cell.platform) (\(words))"
        }
        for one in analysis.startups { add(one, one.mode.key) }
        for one in analysis.tasks { add(one, one.cell.experiment) }
        return keys.map { key in
            // A stray sample's cell is not in the plan.
            let isEmulated = analysis.emulatedPlatforms.contains(CellKey(key).platform)
            return Escape.html(labels[key] ?? (isEmulated ? "\(key) (\(emulated))" : key))
        }
    }
}

// `String(format:)` takes a hundred times as long.
extension String {
    /// Adds nanoseconds in milliseconds with three decimal places; nothing where they are unknown.
    mutating func append(milliseconds nanoseconds: UInt64?) {
        guard let nanoseconds else { return }
        let microseconds = nanoseconds / 1_000 + (nanoseconds % 1_000 < 500 ? 0 : 1)
        let rest = microseconds % 1_000
        self += String(microseconds / 1_000)
        self += rest < 10 ? ".00" : rest < 100 ? ".0" : "."
        self += String(rest)
    }

    /// Adds bytes in MiB with two decimal places; nothing where they are unknown.
    mutating func append(mebibytes bytes: UInt64?) {
        guard let bytes else { return }
        // Only the part below a MiB is multiplied: a record may hold any number.
        let hundredths = ((bytes % 1_048_576) * 100 + 524_288) / 1_048_576
        let rest = hundredths % 100
        self += String(bytes / 1_048_576 + hundredths / 100)
        self += rest < 10 ? ".0" : "."
        self += String(rest)
    }
}
