import BenchmarkModel
import TestSupport
import Testing

@testable import Analysis

@Suite struct TroubleTests {
    @Test(arguments: [
        ("tare-20261126-151057-9303-i12 ended", "tare-20261126-151057-9303-iN ended"),
        ("no /var/tmp/tare-x/i7/upper, i7", "no /var/tmp/tare-x/iN/upper, i7"), ("/i9", "/iN"), ("/i9x/", "/i9x/"),
        ("wifi-i12 and mini-i3", "wifi-i12 and mini-i3"), ("status 3", "status 3"), ("ünï-i1", "ünï-i1"), ("", ""),
    ])
    func instancesAreTakenOutOfWords(_ text: String, _ expected: String) {
        #expect(text.withoutInstanceNumbers == expected)
    }

    @Test func whatDiffersInInstancesAloneIsOneRow() throws {
        var run = SyntheticRun.full()
        let cell = SyntheticRun.cell(run, "runc").key
        let places = run.observations.indices.filter {
            run.observations[$0].cell == cell && run.observations[$0].counted
        }
        for (number, place) in places.prefix(5).enumerated() {
            run.observations[place].outcome = .failed
            run.observations[place].reasons = ["tare-x-i\(number) was killed for want of memory"]
        }
        run.observations[places[5]].outcome = .failed
        run.observations[places[5]].reasons = ["the command ended with status 3"]
        let troubles = Trouble.all(in: run.observations).filter { $0.outcome == "failed" }
        #expect(troubles.map(\.numbers.count).sorted() == [1, 5])
        #expect(troubles.contains { $0.reason == "tare-x-iN was killed for want of memory" })
    }
}
