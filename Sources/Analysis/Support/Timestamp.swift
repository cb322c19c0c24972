import Foundation

/// A moment in words.
package enum Timestamp {
    /// Seconds since 1970 as `2026-01-31T09:30:00Z`; nil where that is no date of this age.
    package static func text(_ secondsSince1970: Double) -> String? {
        guard secondsSince1970.isFinite, (0..<253_402_300_800).contains(secondsSince1970) else { return nil }
        return Date(timeIntervalSince1970: secondsSince1970.rounded(.down)).ISO8601Format()
    }

    /// Seconds since 1970 of what ``text(_:)`` wrote; nil where it is no such moment.
    package static func seconds(_ text: String) -> Double? {
        (try? Date.ISO8601FormatStyle().parse(text))?.timeIntervalSince1970
    }
}
