/// A named figure of a cell: what it is called, in which unit, which way is better, and which definition it follows.
///
/// Figures of different definition versions are never compared.
package struct Metric: Sendable, Equatable, Hashable, Codable {
    /// In what a figure is counted.
    package enum Unit: Sendable, Hashable, Codable {
        /// Time.
        case nanoseconds
        /// Memory.
        case bytes
        /// Instances, samples, groups.
        case count
        /// Seconds of CPU time in a second.
        case cpuShare
        /// A part of a whole, from 0 to 1.
        case share
        /// How many times as much.
        case ratio
        /// What a tool counts in a unit of its own, such as `events/s`.
        case other(String)
    }

    /// Which way is better.
    package enum Polarity: String, Sendable, Codable {
        case lowerIsBetter = "lower"
        case higherIsBetter = "higher"
    }

    /// `EXPERIMENT.NAME`, such as `startup.median`: the same in every run.
    package var id: String
    /// How it is called at the head of a column.
    package var title: String
    package var unit: Unit
    package var polarity: Polarity
    /// Raised when what it means changes.
    package var definitionVersion: Int

    package init(_ id: String, _ title: String, _ unit: Unit, _ polarity: Polarity, definitionVersion: Int = 1) {
        self.id = id
        self.title = title
        self.unit = unit
        self.polarity = polarity
        self.definitionVersion = definitionVersion
    }
}
