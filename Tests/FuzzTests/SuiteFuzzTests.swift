import BenchmarkModel
import Foundation
import LinuxSystem
import Testing

@testable import TareCommands

/// What may stand in a suite or a policy: anything.
@Suite struct SuiteFuzzTests {
    /// Every word of the format: its keys, values, and what YAML itself gives a meaning.
    private static var words: [[UInt8]] {
        var words: Set<String> = []
        func add(_ keys: SuiteKeys) {
            for key in keys.keys where words.insert(key.name).inserted || true { add(key.shape) }
        }
        func add(_ shape: SuiteKey.Shape) {
            switch shape {
            case .object(let keys): add(keys)
            case .list(let inner), .map(let inner, _), .named(let inner, _): add(inner)
            case .either(let shapes): for shape in shapes { add(shape) }
            case .choice(let choices), .choices(let choices): words.formUnion(choices)
            case .pattern(_, let example): words.insert(example)
            case .integer(let range): words.formUnion(["\(range.lowerBound)", "\(range.upperBound)"])
            case .string, .name, .number, .boolean, .strings, .texts: break
            }
        }
        add(.suite)
        add(.policy)
        add(.gatePolicy)
        words.formUnion([
            "{", "}", "[", "]", ": ", "- ", ", ", "? ", "&a ", "*a", "!!str ", "!<x> ", "|\n", ">-\n", "'", "\"",
            "\"\\x07\"",
            "\"\\u009b\"", "#", "---\n", "...\n", "%YAML 1.1\n", "<<: ", "=", "\t", "  ", "[[[[[[[[", "{a: {a: {a: ",
            "16MiB", "64MB", "1.5 TiB", "jobs[0].read.iops", "$['a'][-1]", "(x)", "events/s", "completed", "/tmp/out",
            "17592186044416MiB", "0.0000001GiB", "1e5s", "604800s", "99%", "100.0%", "0..1s", "1.s", "(((((((((",
            "a{1,255}",
            "(a{1,99}){1,99}", "[[:alpha:]]", "[[.a.]", "\\(", "\"/../\\u0301x\"", "embed", "qemu:///system", "runc",
            "..", "/", "//",
            "/../", "80/",
            "65536/", "--root=/", "ALL", "CAP_SYS_ADMIN", "SIGRTMIN+30", "postgres:999", "warm", "cold",
            "{concurrent: 2}", "{occupied: 1}",
        ])
        return words.sorted().map { Array($0.utf8) }
    }

    /// Everything that a person is told of an error must be fit to be read.
    private static func check(_ errors: [TareError], _ text: String, most: Int) throws {
        try Finding.unless(!errors.isEmpty, "refused without an error")
        try Finding.unless(errors.count <= most, "\(errors.count) errors")
        for error in errors {
            guard let location = error.location else { throw Finding("an error without a place: \(error.message)") }
            try Finding.unless(
                location.line >= 1 && location.column >= 1, "line \(location.line), column \(location.column)")
            // YAML knows more ends of a line than one.
            let lines = text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 2
            try Finding.unless(location.line <= lines, "line \(location.line) of \(lines): \(error.message)")
            try Finding.unless(error.code == .usage, "an error of the code \(error.code)")
            try Finding.unless(error.remedy?.isEmpty == false, "an error without a remedy: \(error.message)")
            let control = error.description.unicodeScalars.first { $0.value < 32 || (127..<160).contains($0.value) }
            try Finding.unless(
                control == nil,
                "a message with U+\(String(control?.value ?? 0, radix: 16)): \(error.message.prefix(40))")
            try Finding.unless(
                error.description.utf8.count <= 65_536, "a message of \(error.description.utf8.count) bytes")
        }
    }

    private static func check(_ plan: Plan, _ suite: Suite) throws {
        var planned = plan.cells.map { _ in 0 }
        var total = 0
        for (index, block) in plan.blocks.enumerated() {
            try Finding.unless(block.index == index, "block \(index) says that it is \(block.index)")
            for cell in block.order {
                guard plan.cells.indices.contains(cell) else { throw Finding("a block names a cell that is not there") }
                let requests = plan.cells[cell].parameters.observationsPerPass
                total += requests
                if block.counted { planned[cell] += requests }
            }
        }
        for (cell, count) in zip(plan.cells, planned) {
            try Finding.unless(cell.planned == count, "\(cell.planned) are planned in \(cell.key) and \(count) ordered")
            try Finding.unless(
                (cell.planned == 0) == (cell.impossible != nil), "\(cell.key) is neither planned nor impossible")
            try Finding.unless(
                cell.impossible != nil || cell.mode == nil || cell.planned >= suite.startup?.samples ?? 0,
                "\(cell.key) has too few")
        }
        try Finding.unless(Set(plan.cells.map(\.key)).count == plan.cells.count, "two cells have one key")
        try Finding.unless(
            total == plan.totalObservations, "\(total) are ordered and \(plan.totalObservations) told")
        for stage in plan.stages {
            let strangers = stage.blocks.flatMap(\.order).filter { plan.cells[$0].experiment != stage.experiment }
            try Finding.unless(strangers.isEmpty, "a stage of \(stage.experiment) measures another experiment")
        }
        let pairs = Set(plan.pairs)
        try Finding.unless(pairs.count == plan.pairs.count, "a pair is to be prepared twice")
        try Finding.unless(
            plan.cells.allSatisfy {
                $0.impossible != nil || pairs.contains(Plan.Pair(workload: $0.workload, platform: $0.platform))
            }, "a cell is planned and not prepared")
    }

    /// The paths of a workload that must not climb.
    private static func paths(_ workload: Workload) -> [String] {
        switch workload.image {
        case .packages(_, _, let files): files.keys + [workload.workingDirectory ?? "/"]
        case .rootfs(let path), .oci(let path): [path, workload.workingDirectory ?? "/"]
        case .registry: []
        }
    }

    /// The paths of its volumes and figures, which must not climb either.
    private static func furtherPaths(_ workload: Workload) -> [String] {
        workload.volumes.flatMap { [$0.path, $0.directory] }
            + workload.figures.compactMap { if case .file(let path) = $0.source { path } else { nil } }
    }

    /// What the harness takes for granted of figures and volumes.
    private static func check(_ workload: Workload) throws {
        for figure in workload.figures {
            try Finding.unless(
                workload.readiness == .completed, "figures of \(workload.name), which need not end")
            try Finding.unless(FigureSpec.isUnit(figure.unit), "a unit '\(figure.unit)'")
            if case .json(let path) = figure.place {
                try Finding.unless(JSONPath(path)?.steps.isEmpty == false, "no path: '\(path)'")
            }
        }
        for volume in workload.volumes {
            let isPlain = volume.path.hasPrefix("/") && !volume.path.hasSuffix("/") && !volume.path.contains("//")
            try Finding.unless(isPlain, "a volume at '\(volume.path)'")
            try Finding.unless(volume.bytes >= VolumeSpec.leastBytes, "a volume of \(volume.bytes) bytes")
        }
    }

    private static func suite(_ text: String) throws -> UInt64 {
        do {
            let document = try SuiteReader.parse(text: text, file: "suite.yaml", baseDirectory: "/nonexistent")
            let suite = document.suite
            try check(Plan(suite: suite, seed: suite.seed ?? 7), suite)
            try Finding.unless(
                !suite.workloads.isEmpty && !suite.platforms.isEmpty, "accepted without anything to measure")
            for workload in suite.workloads { try check(workload) }
            for path in suite.workloads.flatMap({ paths($0) + furtherPaths($0) }) {
                let climbs = path.utf8.split(separator: 47).contains { $0.elementsEqual("..".utf8) }
                try Finding.unless(!climbs, "'..' in \(path)")
            }
            // A stranger's suite is judged by a policy before it runs.
            let refusals = Policy().refusals(document)
            return Fuzzer.feature("accepted" + refusals.map(\.message).joined())
        } catch let errors as SuiteErrors {
            try check(errors.errors, text, most: SuiteParser.mostErrors)
            return Fuzzer.feature(errors.errors.prefix(3).map(\.message).joined())
        }
    }

    private static func policy(_ text: String) throws -> UInt64 {
        let parser = SuiteParser(file: "policy.yaml", baseDirectory: "/")
        let root = try SuiteReader.compose(text, parser)
        let policy = root.flatMap { parser.policy($0) }
        if parser.errors.isEmpty {
            try Finding.unless(policy != nil, "neither a policy nor an error")
            return Fuzzer.feature("accepted \(policy?.runtimes?.count ?? 0)")
        }
        try check(parser.errors, text, most: .max)
        return Fuzzer.feature(parser.errors.prefix(3).map(\.message).joined())
    }

    @Test func everyErrorHasItsPlaceAndEveryPlanAddsUp() async throws {
        let words = SuiteFuzzTests.words
        let kinds = [
            Fuzzer.Kind(name: "yaml", weight: 5, most: 4_096, words: words),
            Fuzzer.Kind(name: "policy", weight: 1, most: 4_096, words: words),
        ]
        try await Fuzzer(target: "suites", kinds: kinds, inputs: 1_500).run { kind, bytes in
            // The reader refuses what is no UTF-8 before it looks at it.
            let text = String(decoding: bytes.prefix(SuiteReader.mostBytes), as: UTF8.self)
            return try kind == "policy" ? SuiteFuzzTests.policy(text) : SuiteFuzzTests.suite(text)
        }
    }

    /// Suites as heavy as the reader takes: in each something could take time or memory that grows faster than the text.
    static let heavy: [(what: String, text: @Sendable () -> String)] = [
        ("unknown keys", { (0..<4_900).map { "k\($0)\(String(repeating: "e", count: 40)): 1\n" }.joined() }),
        (
            "unknown names",
            {
                heading
                    + "experiments: {startup: {workloads: [\((0..<9_000).map { "w\($0)" }.joined(separator: ","))]}}\n"
            }
        ),
        (
            "platforms",
            { heading.replacing("[process]", with: "[\((0..<9_000).map { "p\($0)" }.joined(separator: ","))]") }
        ),
        ("open groups", { heading.replacing("READY", with: "{line: \"\(String(repeating: "(", count: 500_000))\"}") }),
        (
            "groups",
            {
                heading.replacing(
                    "READY",
                    with:
                        "{line: \"\(String(repeating: "(", count: 200_000))a\(String(repeating: ")", count: 200_000))\"}"
                )
            }
        ),
        (
            "repetitions",
            {
                heading.replacing(
                    "READY",
                    with: "{line: \"\(String(repeating: "(", count: 6))a\(String(repeating: "{1,255})", count: 6))\"}")
            }
        ),
        ("repetition", { heading.replacing("READY", with: "{line: \"a{1,32767}{1,32767}\"}") }),
        ("samples", { wide(samples: 100_000) }),
        ("flow", { String(repeating: "{a: ", count: 250_000) }),
        ("a long key", { String(repeating: "k", count: 1_000_000) + ": 1" }),
        ("marks of accents", { "a" + String(repeating: "\u{301}", count: 500_000) + ": 1" }),
        ("questions", { String(repeating: "? ", count: 500_000) }),
        ("quotes", { "a: \"" + String(repeating: "\\\n ", count: 300_000) }),
    ]
    private static let heading = """
        name: heavy
        workloads: [{name: a, image: {packages: [x]}, command: [x], ready: READY}]
        platforms: [process]
        experiments: {startup: {}}

        """
    private static func wide(samples: Int) -> String {
        "name: wide\nworkloads:\n"
            + (0..<500).map { "  - {name: w\($0), image: {packages: [x]}, command: [x]}\n" }.joined() + "platforms:\n"
            + (0..<500).map { "  - {name: p\($0), process: {}}\n" }.joined()
            + "experiments: {startup: {samples: \(samples), modes: [warm, {occupied: 1}]}, footprint: {ladders: 100}}\n"
    }

    @Test(arguments: heavy.map(\.what)) func staysQuick(_ what: String) throws {
        let text = try #require(SuiteFuzzTests.heavy.first { $0.what == what }).text().replacing(
            "READY", with: "started")
        let start = MonotonicClock.now()
        _ = try SuiteFuzzTests.suite(text)
        let took = MonotonicClock.now() - start
        // What grows faster than the text takes minutes; the rest well under a second on a host of its own.
        #expect(took < 30_000_000_000, "\(took / 1_000_000) ms")
    }
}
