import BenchmarkModel
import Synchronization
import Testing

@testable import TareCommands

/// Two runs that begin in one second may draw the same name.
@Suite struct RunNameTests {
    private struct Fault: Error {}

    /// Hands out names one after the other; the last one again and again.
    private final class Lot: Sendable {
        private let left: Mutex<[String]>
        init(_ names: String...) { left = Mutex(names) }
        func draw() -> String { left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
    }

    @Test func aDrawnNameIsThatOfARun() {
        #expect(Run.isID(RunName { _ in false }.value))
    }

    @Test func whoFindsItsNameTakenDrawsAgain() throws {
        let lot = Lot("a", "a", "b", "c")
        let name = RunName(draw: lot.draw) { $0 == "a" }
        #expect(name.value == "b")
        try name.claim { #expect($0 == "b") }
        #expect(name.value == "b")
    }

    @Test func whoIsTooLateDrawsAgain() throws {
        let taken = Mutex<Set<String>>([])
        let lot = Lot("a", "b", "c")
        let name = RunName(draw: lot.draw) { name in taken.withLock { $0.contains(name) } }
        try name.claim { own in
            // Another run was faster, twice.
            guard own == "c" else {
                taken.withLock { _ = $0.insert(own) }
                throw Fault()
            }
        }
        #expect(name.value == "c")
    }

    @Test func anotherTroubleIsToldAtOnce() {
        let name = RunName(draw: Lot("a", "b").draw) { _ in false }
        var tries = 0
        #expect(throws: Fault.self) {
            try name.claim { _ in
                tries += 1
                throw Fault()
            }
        }
        #expect(tries == 1 && name.value == "a")
    }

    @Test func itIsNotTriedForEver() {
        let name = RunName(draw: Lot("a").draw) { _ in true }
        var tries = 0
        #expect(throws: Fault.self) {
            try name.claim { _ in
                tries += 1
                throw Fault()
            }
        }
        #expect(tries == RunName.mostDraws)
    }
}
