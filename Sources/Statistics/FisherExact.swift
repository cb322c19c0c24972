/// R. A. Fisher's exact test of two shares, such as those of failures.
package enum FisherExact {
    /// More trials than anybody makes; below it all arithmetic is exact enough.
    private static let mostTrials = 1_000_000_000_000

    /// Two tables are as likely as each other where their probabilities differ by no more than this share, as in R.
    private static let tolerance = 1e-7

    /// How likely a table is that is no likelier than the one observed, both sums given, if the true shares are the
    /// same: two-sided, as SciPy's `fisher_exact` and R's `fisher.test`. Its relative error is below 1e-10 up to a
    /// million trials.
    ///
    /// Probabilities follow from each other by their ratios, starting from the likeliest table, which loses fewer
    /// digits than logarithms of the gamma function do.
    ///
    /// - Returns: nil for counts that cannot be: negative ones, more events than trials, more than 10^12 trials. 1
    ///   where a side has no trial.
    package static func pValue(
        _ events: Int, of trials: Int, against otherEvents: Int, of otherTrials: Int
    ) -> Double? {
        guard events >= 0, otherEvents >= 0, events <= trials, otherEvents <= otherTrials, trials <= mostTrials,
            otherTrials <= mostTrials
        else { return nil }
        let table = Table(trials: trials, otherTrials: otherTrials, allEvents: events + otherEvents)
        let observed = table.weight(of: events)
        var sum = 0.0
        var sumOfUnlikely = 0.0
        table.visit { weight in
            sum += weight
            if weight <= observed * (1 + tolerance) { sumOfUnlikely += weight }
        }
        return min(1, sumOfUnlikely / sum)
    }

    /// All tables with the same sums. The weight of a table is its probability over that of the likeliest.
    private struct Table {
        var trials: Int
        var otherTrials: Int
        var allEvents: Int

        private var fewest: Int { max(0, allEvents - otherTrials) }
        private var most: Int { min(trials, allEvents) }

        private var likeliest: Int {
            let estimate = Double(trials + 1) * Double(allEvents + 1) / Double(trials + otherTrials + 2)
            return min(max(Int(estimate), fewest), most)
        }

        /// The weight of `events + 1` over that of `events`.
        private func ratio(_ events: Int) -> Double {
            let above = Double(trials - events) * Double(allEvents - events)
            return above / (Double(events + 1) * Double(otherTrials - allEvents + events + 1))
        }

        func weight(of events: Int) -> Double {
            var weight = 1.0
            var at = likeliest
            while at < events, weight > 0 {
                weight *= ratio(at)
                at += 1
            }
            while at > events, weight > 0 {
                at -= 1
                weight /= ratio(at)
            }
            return weight
        }

        /// The weights of all tables, as far as they are above 0 in floating point.
        func visit(_ body: (Double) -> Void) {
            let start = likeliest
            body(1)
            var weight = 1.0
            for events in start..<max(start, most) {
                weight *= ratio(events)
                guard weight > 0 else { break }
                body(weight)
            }
            weight = 1
            for events in stride(from: start - 1, through: fewest, by: -1) {
                weight /= ratio(events)
                guard weight > 0 else { break }
                body(weight)
            }
        }
    }
}
