import Yams

/// Numbers with a unit.
extension SuiteParser {
    func bytes(_ node: Node?, _ what: String) -> UInt64? {
        let units: [(String, Double)] = [("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824)]
        guard let node, let bytes = quantity(node, what, units: units) else { return nil }
        guard (16_777_216...17_592_186_044_416).contains(bytes) else {
            fail(
                node, "\(what) of \(printable(node.string ?? "")) is out of range",
                "Write 16MiB or more, 16384GiB at the most.")
            return nil
        }
        return UInt64(bytes)
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
