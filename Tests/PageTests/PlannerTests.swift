import Analysis
import ArgumentParser
import BenchmarkModel
import Foundation
import Reports
import Statistics
import TestSupport
import Testing

@testable import TareCommands

/// The planner in the page against `tare plan`: the same rows, to the last bit.
@Suite("The planner of a page", .enabled(if: PageChecks.arePossible, "needs what scripts/prepare test installs"))
struct PlannerTests {
    /// A request as the planner takes it.
    private struct Asked: Encodable {
        struct Share: Encodable {
            var workload: String
            var share: Double
        }
        var hostMemoryBytes: UInt64
        var hostCPUs: Int
        var reserveBytes: UInt64
        var utilisation: Double
        var hostLimits: String
        var hostDiskBytes: UInt64?
        var maxPerHost: Int?
        var spareHosts: Int
        var instances: Int
        var mix: [Share]?
        var pricePerHostMonth: Double?
        var acceptsEmulated: Bool
        var containersPerVM: [Int]

        /// The same for `tare plan`.
        var request: CapacityPlan.Request {
            let limits = HostLimits.system(hostLimits, memoryBytes: hostMemoryBytes, cpus: hostCPUs)
            return CapacityPlan.Request(
                hostMemoryBytes: hostMemoryBytes, hostCPUs: hostCPUs, reserveBytes: reserveBytes,
                utilisation: utilisation,
                limits: hostDiskBytes.flatMap { limits?.with(diskBytes: $0, source: "--host-disk") } ?? limits,
                maxPerHost: maxPerHost, spareHosts: spareHosts, instances: instances,
                mix: mix.map { $0.map { CapacityPlan.Share($0.workload, $0.share) } },
                pricePerHostMonth: pricePerHostMonth, acceptsEmulated: acceptsEmulated,
                containersPerVM: containersPerVM)
        }

        private enum Keys: String, CodingKey {
            case hostMemoryBytes, hostCPUs, reserveBytes, utilisation, hostLimits, hostDiskBytes, maxPerHost, spareHosts
            case instances, mix, pricePerHostMonth, acceptsEmulated, containersPerVM
        }

        /// What is not asked is null, as the form has it, not absent.
        func encode(to encoder: any Encoder) throws {
            var keys = encoder.container(keyedBy: Keys.self)
            try keys.encode(hostMemoryBytes, forKey: .hostMemoryBytes)
            try keys.encode(hostCPUs, forKey: .hostCPUs)
            try keys.encode(reserveBytes, forKey: .reserveBytes)
            try keys.encode(utilisation, forKey: .utilisation)
            try keys.encode(hostLimits, forKey: .hostLimits)
            try keys.encode(hostDiskBytes, forKey: .hostDiskBytes)
            try keys.encode(maxPerHost, forKey: .maxPerHost)
            try keys.encode(spareHosts, forKey: .spareHosts)
            try keys.encode(instances, forKey: .instances)
            try keys.encode(mix, forKey: .mix)
            try keys.encode(pricePerHostMonth, forKey: .pricePerHostMonth)
            try keys.encode(acceptsEmulated, forKey: .acceptsEmulated)
            try keys.encode(containersPerVM, forKey: .containersPerVM)
        }
    }

    /// A range with its ends: the planner has it as a list, the JSON of `tare plan` by their names, without those that are infinite.
    private struct Ends: Decodable, Equatable {
        private enum Keys: String, CodingKey, CaseIterable { case value, lower, upper }

        var numbers: [Double]

        init(from decoder: any Decoder) throws {
            if let list = try? decoder.singleValueContainer().decode([Double].self) {
                numbers = list
            } else {
                let keys = try decoder.container(keyedBy: Keys.self)
                numbers = try Keys.allCases.map { try keys.decodeIfPresent(Double.self, forKey: $0) ?? .infinity }
            }
        }
    }

    /// A row of either.
    private struct Row: Decodable, Equatable {
        struct Limit: Decodable, Equatable {
            var resource: String
            var each: Ends
            var inUse: Double
            var limit: Double
        }
        var workload: String
        var platform: String
        var containersPerVM: Int?
        var refusal: String?
        var emulated: Bool
        var bytesEach: Ends?
        var perHost: Ends?
        var hosts: Ends?
        var hostsInAll: Double?
        var costPerMonth: Ends?
        var binds: String?
        var limits: [Limit]
        var limitsKnown: Bool
        var wasted: Double?
        var basis: String?
        var measuredInstances: Int
        var sharedFate: Double?
    }

    /// Of the planner.
    private struct Planned: Decodable {
        /// The words that stand beside a row.
        struct Marks: Decodable {
            var caveats: [String]
            var scaled: [String]
        }
        var console: [String]
        var rows: [[Row]]
        var marks: [[Marks]]

        private enum Keys: String, CodingKey { case console, rows }

        init(from decoder: any Decoder) throws {
            let keys = try decoder.container(keyedBy: Keys.self)
            console = try keys.decode([String].self, forKey: .console)
            rows = try keys.decode([[Row]].self, forKey: .rows)
            marks = try keys.decode([[Marks]].self, forKey: .rows)
        }
    }

    /// Of `tare plan`.
    private struct PlanJSON: Decodable { var rows: [Row] }

    private struct Draw {
        var random: SplitMix64

        mutating func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }
        mutating func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        mutating func coin() -> Bool { Bool.random(using: &random) }

        /// Of any order of magnitude between two powers of two.
        mutating func size(_ powers: ClosedRange<Double>) -> UInt64 { UInt64(exp2(number(powers))) }

        mutating func takes() -> [Take] {
            LimitedResource.allCases.filter { _ in count(0...2) == 0 }.map { resource in
                let each = (coin() ? Double(count(0...8)) : number(0...8)) * (resource == .diskBytes ? 1e8 : 1)
                return Take(
                    resource, each: each, lower: each * number(0.5...1), upper: each * number(1...1.5),
                    inUse: Double(count(0...100)))
            }
        }

        mutating func asked() -> Asked {
            let memory = size(29...43)
            let first = Double(count(1...99)) / 100
            let mix = [
                Asked.Share(workload: "nginx", share: first), Asked.Share(workload: "noop", share: 1 - first),
            ]
            return Asked(
                hostMemoryBytes: memory, hostCPUs: count(0...3) == 0 ? 2 : count(1...512),
                reserveBytes: memory / UInt64(count(2...100)),
                utilisation: coin() ? 1 : number(0.05...1), hostLimits: HostLimits.systems[count(0...1)],
                hostDiskBytes: coin() ? size(30...46) : nil, maxPerHost: count(0...2) == 0 ? count(1...2_000) : nil,
                spareHosts: count(0...3), instances: count(1...1_000_000),
                mix: coin() ? nil : count(0...3) == 0 ? [Asked.Share(workload: "noop", share: 1)] : mix,
                pricePerHostMonth: coin() ? nil : number(0...1_000), acceptsEmulated: count(0...3) > 0,
                containersPerVM: [1, count(2...200), count(200...100_000)])
        }
    }

    private static let analysis = RunAnalysis(
        run: SyntheticClimbs.run(platforms: SyntheticRun.all), resamples: 50)

    /// Many hosts, mixes and limits, of runs that know more and less of what instances take.
    @Test func saysWhatThePlanSays() throws {
        var draw = Draw(random: SplitMix64(seed: 1))
        var (sized, refusals, binding) = (0, Set<String>(), Set<String>())
        for _ in 1...3 {
            var analysis = PlannerTests.analysis
            for index in analysis.footprints.indices {
                if draw.count(0...5) > 0 { analysis.footprints[index].takes = draw.takes() }
                if draw.count(0...4) == 0 { analysis.footprints[index].idleCPUs = [] }
                let part = draw.number(0...200_000)
                if draw.coin() { analysis.footprints[index].slopes[.perCPU] = part }
            }
            let asked = (0..<100).map { _ in draw.asked() }
            let text = String(decoding: try JSONEncoder().encode(asked), as: UTF8.self)
            let found: Planned = try PageChecks.find("plan", try Report(analysis).html(), files: [text])
            #expect(found.console.isEmpty, "\(found.console)")
            try #require(found.rows.count == asked.count)
            for (one, (planned, marks)) in zip(asked, zip(found.rows, found.marks)) {
                let plan = try CapacityPlan(one.request, from: [analysis])
                let expected = try JSONDecoder().decode(PlanJSON.self, from: Data(try plan.json().utf8)).rows
                if planned != expected {
                    let first = zip(planned, expected).first { $0 != $1 }
                    let difference = first.map { "\($0)" } ?? "\(planned.count) rows, not \(expected.count)"
                    Issue.record("\(one): page and plan differ: \(difference)")
                    return
                }
                for (row, shown) in zip(plan.rows, marks) {
                    #expect(row.caveats.words == shown.caveats + shown.scaled)
                }
                sized += planned.filter { $0.refusal == nil }.count
                refusals.formUnion(planned.compactMap { $0.refusal.map { String($0.prefix(20)) } })
                binding.formUnion(planned.compactMap { row in row.binds.map { String($0.prefix(6)) } })
            }
        }
        // The draws reach all kinds of answers.
        #expect(sized > 1_000, "\(sized)")
        #expect(refusals.count >= 5, "\(refusals)")
        #expect(binding.count >= 8, "\(binding)")
    }

    private struct Form: Decodable {
        struct Shown: Decodable {
            var answer: String
            var rows: [String]
            var trouble: String
            var command: String
        }
        var first: Shown
        var filled: Shown
        var wrong: Shown
        var invalid: String
        var others: [Shown]
        var console: [String]
    }

    /// What is typed into the form, by the names of its fields.
    private static let fillings: [[String: String]] = [
        ["memory": "2.05TB", "cpus": "7", "reserve": "64.1 GB", "instances": "33333", "containers": "3, 17"],
        ["utilisation": "70", "limits": "debian-12", "disk": "1.5TiB", "spare": "2", "price": "99.5"],
        ["mix0": "12.5", "mix1": "87.5", "most": "50"],
    ]

    /// What the planner says is what the command says that it shows.
    private func check(_ shown: Form.Shown, _ analysis: RunAnalysis) throws {
        let words = shown.command.split(separator: " ").map(String.init)
        try #require(words.prefix(2) == ["tare", "plan"] && shown.trouble.isEmpty, "\(shown)")
        let command = try PlanCommand.parse(Array(words.dropFirst(2)))
        let plan = try CapacityPlan(PlanOptions.request(command), from: [analysis])
        try #require(shown.rows.count == plan.rows.count)
        for (row, text) in zip(plan.rows, shown.rows) {
            guard row.refusal == nil, let hosts = row.hosts, let each = row.perHost else {
                #expect(text.contains("not sized: "), "\(text)")
                continue
            }
            let numbers = text.replacing(",", with: "")
            for number in [hosts.value, hosts.upper, each.value, each.lower] {
                #expect(numbers.contains("\(Int(number))"), "\(text): \(row)")
            }
        }
    }

    /// What is typed is planned, in the words of `tare plan`, and the command is said that plans the same.
    @Test func theFormPlansWhatIsTyped() throws {
        let analysis = PlannerTests.analysis
        let fillings = String(decoding: try JSONEncoder().encode(PlannerTests.fillings), as: UTF8.self)
        let found: Form = try PageChecks.find("form", try Report(analysis).html(), files: [fillings])
        for shown in [found.first, found.filled] + found.others { try check(shown, analysis) }
        #expect(found.others.count == PlannerTests.fillings.count)
        #expect(found.console.isEmpty, "\(found.console)")
        let request = CapacityPlan.Request(
            hostMemoryBytes: 512 << 30, hostCPUs: 64, reserveBytes: 8 << 30, maxPerHost: 110, instances: 20_000,
            acceptsEmulated: true)
        let plan = try CapacityPlan(request, from: [analysis])
        for answer in plan.answers {
            for part in answer.dropLast().split(separator: "; ") {
                let words = part.split(separator: ": ").last.map {
                    $0.replacing(" (max-per-host (110) binds)", with: "")
                }
                #expect(found.filled.answer.contains(words ?? "-"), "\(found.filled.answer) has no \(part)")
            }
        }
        #expect(found.filled.rows.count == plan.rows.count && found.filled.trouble.isEmpty)
        #expect(found.filled.answer.contains("(emulated)") && !found.first.answer.contains("(emulated)"))
        #expect(found.first.rows.contains { $0.contains("not sized: its guests ran under software emulation") })
        let command =
            "tare plan --run \(analysis.run.id) --host-memory 512GiB --host-cpus 64 --reserve 8GiB --instances 20000 "
            + "--max-per-host 110 --containers-per-vm 5,20,100 --accept-emulated"
        #expect(found.filled.command == command)
        // A number without its unit is refused where it stands, and no old answer stays beside it.
        #expect(found.wrong.trouble.hasPrefix("Memory of a host: write a number with its unit"))
        #expect(found.wrong.rows.isEmpty && found.wrong.answer.isEmpty && found.invalid == "true")
    }
}
