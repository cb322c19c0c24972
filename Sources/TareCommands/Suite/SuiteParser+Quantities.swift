import Yams

/// Numbers with a unit.
extension SuiteParser {
    /// The largest size that a suite may name: 16 TiB.
    static let mostBytes: UInt64 = 1 << 44

    func bytes(
        _ node: Node?, _ what: String, _ range: ClosedRange<UInt64> = 16 << 20...SuiteParser.mostBytes,
        _ remedy: String = "Write 16MiB or more, 16384GiB at the most."
    ) -> UInt64? {
        guard let node, let text = text(node, what) else { return nil }
        guard ByteSize.isWritten(text) else {
            fail(
                node, "\(what): expected a number with a unit, found \(describe(node))",
                "Units are \(ByteSize.unitWords)."
            )
            return nil
        }
        guard let bytes = ByteSize.bytes(text), range.contains(bytes) else {
            fail(node, "\(what) of \(printable(node.string ?? "")) is out of range", remedy)
            return nil
        }
        return bytes
    }

    func seconds(_ node: Node?, _ what: String, _ range: ClosedRange<Double>) -> Double? {
        guard let node, let seconds = quantity(node, what, units: [("ms", 0.001), ("s", 1), ("min", 60)]) else {
            return nil
        }
        guard range.contains(seconds) else {
            fail(
                node, "\(what) of \(printable(node.string ?? "")) is out of range",
                "Write one from \(range.lowerBound)s to \(range.upperBound)s.")
            return nil
        }
        return seconds
    }

    func percent(_ node: Node?, _ what: String) -> Double? {
        guard let node, let percent = quantity(node, what, units: [("%", 1)]) else { return nil }
        guard (0...100).contains(percent) else {
            fail(node, "\(what) of \(printable(node.string ?? "")) is out of range", "Write one from 0% to 100%.")
            return nil
        }
        return percent
    }
}
