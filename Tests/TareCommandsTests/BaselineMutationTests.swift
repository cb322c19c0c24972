import Analysis
import BenchmarkModel
import Exports
import Testing

@testable import TareCommands

/// Baselines in which single bytes were changed, as a merge or an editor might.
@Suite struct BaselineMutationTests {
    private static let bytes = Array("{}[],:#-\"'\\ 0123456789.eE+n\n&*!%xyz".utf8)

    /// It is read, or refused with its place; and what is read holds nothing from which a verdict could be made of nothing.
    @Test func aChangedByteIsReadOrRefused() {
        let good = Array(BaselineFileTests.text.utf8)
        var random = SplitMix64(seed: 11)
        var taken = 0
        for _ in 0..<1_500 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                let byte = Self.bytes[Int.random(in: Self.bytes.indices, using: &random)]
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                let baseline = try BaselineFile.parse(text, file: "b.yaml")
                taken += 1
                #expect(!baseline.figures.isEmpty, "\(text)")
                for figure in baseline.figures {
                    #expect(figure.fault == nil, "\(text)")
                    #expect(
                        figure.refusal != nil || figure.counts != nil || (figure.standardError ?? 0) > 0, "\(text)")
                }
            } catch let errors as SuiteErrors {
                #expect(!errors.errors.isEmpty && errors.errors.allSatisfy { $0.location?.file == "b.yaml" }, "\(text)")
            } catch {
                Issue.record("\(error): \(text)")
            }
        }
        #expect(taken > 0, "a change within a text harms nothing")
    }
}
