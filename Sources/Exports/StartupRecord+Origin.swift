import BenchmarkModel

extension StartupRecord {
    /// The time from which exports count the others: `requested`, else the first mark.
    var origin: UInt64? {
        time(of: .requested) ?? marks.first?.nanoseconds
    }

    /// A difference that may be negative: marks out of order are exported as they came.
    static func offset(of time: UInt64, from origin: UInt64) -> Int64 {
        Int64(bitPattern: time &- origin)
    }
}
