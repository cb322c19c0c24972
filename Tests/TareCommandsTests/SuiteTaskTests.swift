import BenchmarkModel
import Testing

@testable import TareCommands

/// What a suite says of tasks, figures and volumes.
@Suite struct SuiteTaskTests {
    private static let command = "command: [/.tare/witness, pause]"

    /// The good suite with keys of its workload in line 6, from column 5.
    private static func text(_ keys: String, experiments: String = "startup: {}") -> String {
        SuiteText.good.replacing(command, with: command + "\n    " + keys)
            .replacing("startup: {}", with: experiments)
    }

    @Test func allKeysAtOnce() throws {
        let text = SuiteTaskTests.text(
            """
            ready: completed
                tmpfs: {/tmp: 1MiB}
                figures:
                  iops: {json: "jobs[0].read.iops", unit: op/s, better: higher}
                  p99: {match: "^ *99th: +([0-9.]+)", in: /tmp/out.txt, unit: ms, better: lower}
                volumes:
                  /data: {in: disk, size: 64MB}
                  /var/lib/x: {in: /var/tmp}
            """,
            experiments: "task: {samples: 3, warm-up: 0, workloads: [noop], platforms: [runc]}")
        let document = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/srv/suites")
        let workload = try #require(document.suite.workloads.first)
        #expect(workload.readiness == .completed)
        #expect(
            workload.figures == [
                FigureSpec(
                    name: "iops", source: .output, place: .json("jobs[0].read.iops"), unit: "op/s",
                    polarity: .higherIsBetter),
                FigureSpec(
                    name: "p99", source: .file("/tmp/out.txt"), place: .match("^ *99th: +([0-9.]+)"), unit: "ms",
                    polarity: .lowerIsBetter),
            ])
        #expect(
            workload.volumes == [
                VolumeSpec(path: "/data", directory: "/srv/suites/disk", bytes: 64_000_000),
                VolumeSpec(path: "/var/lib/x", directory: "/var/tmp", bytes: 1 << 30),
            ])
        #expect(
            document.suite.task
                == TaskExperiment(samples: 3, warmupBlocks: 0, workloads: ["noop"], platforms: ["runc"]))
        #expect(document.suite.startup == nil)
        #expect(document.location(of: "workloads/noop/volumes//data/in")?.line == 12)
        #expect(document.location(of: "workloads/noop/volumes//var/lib/x")?.line == 13)
        #expect(document.location(of: "workloads/noop/figures/p99")?.line == 10)
        let reach = SuiteReach.lines(document.suite, folder: "/srv/suites")
        #expect(
            reach.contains(
                "workload 'noop': writes into directories of its own in /var/tmp, and fills them"))
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let text = SuiteTaskTests.text("ready: completed", experiments: "task: {}")
        let suite = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/").suite
        #expect(suite.task == TaskExperiment(samples: 10, warmupBlocks: 1))
        #expect(suite.workloads[0].figures.isEmpty && suite.workloads[0].volumes.isEmpty)
        #expect(Plan(suite: suite, seed: 1).cells.map(\.key) == ["task/noop/process/run", "task/noop/runc/run"])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var keys: String
        var place: String
        var message: String
        var remedy: String
        var testDescription: String { keys }
        init(_ keys: String, _ place: String, _ message: String, _ remedy: String) {
            (self.keys, self.place, self.message, self.remedy) = (keys, place, message, remedy)
        }
    }

    private static let told = "unit: s, better: lower"

    /// Below `ready: completed`, in line 7.
    static let figures: [Bad] = [
        Bad("figures: [a]", "7:14", "figures: expected a mapping, found a list", "'NAME: {match: REGEX"),
        Bad("figures: {}", "7:14", "figures: there is none", "Give a name"),
        Bad("figures: {A: {json: a, \(told)}}", "7:15", "figures: 'A' is no name", "A name is 1 to 31"),
        Bad("figures: {a: 5}", "7:18", "figure: expected a mapping, found '5'", "Known keys: match, json, in"),
        Bad("figures: {a: {\(told)}}", "7:18", "figures: a: expected one of 'match' and 'json'", "{match: REGEX}"),
        Bad(
            "figures: {a: {json: x, match: (x), \(told)}}", "7:18", "figures: a: expected one of 'match' and 'json'",
            "{json: PATH}"),
        Bad("figures: {a: {json: x, better: lower}}", "7:18", "figure: 'unit' is missing", "In what it is counted"),
        Bad("figures: {a: {json: x, unit: s}}", "7:18", "figure: 'better' is missing", "Which way is better"),
        Bad(
            "figures: {a: {json: x, units: s, better: lower}}", "7:28", "figure: unknown key 'units'",
            "Did you mean 'unit'?"),
        Bad(
            "figures: {a: {match: '(a', \(told)}}", "7:26",
            "figures: a: match: '(a' is no POSIX extended regular expression: ", "'grep -E' takes the same."),
        Bad("figures: {a: {match: a, \(told)}}", "7:26", "figures: a: match: 'a' has no group", "Put ( ) around"),
        Bad(
            "figures: {a: {match: '(a)(b)', \(told)}}", "7:26", "figures: a: match: '(a)(b)' has 2 groups",
            "around nothing else"),
        Bad(
            "figures: {a: {match: '((a))', \(told)}}", "7:26", "figures: a: match: '((a))' has 2 groups",
            "around nothing else"),
        Bad("figures: {a: {match: '\\(a\\)', \(told)}}", "7:26", "figures: a: match: '\\(a\\)' has no group", "Put ("),
        Bad("figures: {a: {match: [a], \(told)}}", "7:26", "figures: a: match: expected a text", "plain or quoted"),
        Bad(
            "figures: {a: {json: 'x[*]', \(told)}}", "7:25",
            "figures: a: json: 'x[*]' is no path to one value: '*' selects any number of values",
            "such as $.jobs[0].read.iops"),
        Bad("figures: {a: {json: '', \(told)}}", "7:25", "figures: a: json: '' is no path to one value: it is", "RFC"),
        Bad("figures: {a: {json: $, \(told)}}", "7:25", "figures: a: json: '$' is the whole document", "to a number"),
        Bad("figures: {a: {json: x, in: out, \(told)}}", "7:32", "figures: a: in: 'out' is no absolute path", "'/'."),
        Bad("figures: {a: {json: x, in: /a/../b, \(told)}}", "7:32", "figures: a: in: '/a/../b' is no", "'/'."),
        Bad("figures: {a: {json: x, in: /a/, \(told)}}", "7:32", "figures: a: in: '/a/' is a folder", "the file"),
        Bad("figures: {a: {json: x, in: /, \(told)}}", "7:32", "figures: a: in: '/' is a folder", "the file"),
        Bad(
            "figures: {a: {json: x, unit: bytes, better: lower}}", "7:34", "figures: a: unit: 'bytes' is one that tare",
            "such as B, ns"),
        Bad(
            "figures: {a: {json: x, unit: '', better: lower}}", "7:34", "figures: a: unit: '' is no unit",
            "1 to 32 printable characters"),
        Bad(
            "figures: {a: {json: x, unit: \"a\\tb\", better: lower}}", "7:34", "figures: a: unit: 'a?b' is no unit",
            "1 to 32"),
        Bad(
            "figures: {a: {json: x, unit: \"a\\u202Eb\", better: lower}}", "7:34", "figures: a: unit: ", "1 to 32"),
        Bad(
            "figures: {a: {json: x, unit: \"a\\eb\", better: lower}}", "7:34",
            "figures: a: unit: holds the control character U+1b", "Remove it."),
        Bad(
            "figures: {a: {json: x, unit: \(String(repeating: "x", count: 33)), better: lower}}", "7:34",
            "figures: a: unit: 'xxx", "1 to 32"),
        Bad(
            "figures: {a: {json: x, unit: s, better: more}}", "7:45", "figures: a: better: 'more' is unknown",
            "Write lower (as of times) or higher"),
        Bad(
            "figures: {\((1...33).map { "a\($0): {json: x, \(told)}" }.joined(separator: ", "))}", "7:14",
            "figures: 33 are more than the 32 that a workload may have", "Take some out."),
    ]

    static let volumes: [Bad] = [
        Bad("volumes: [/data]", "7:14", "volumes: expected a mapping, found a list", "'PATH: {in: DIRECTORY}'"),
        Bad("volumes: {}", "7:14", "volumes: there is none", "Give a path"),
        Bad("volumes: {data: {in: /x}}", "7:15", "volumes: 'data' is no absolute path without '..'", "from '/'."),
        Bad("volumes: {/a/../b: {in: /x}}", "7:15", "volumes: '/a/../b' is no absolute path", "from '/'."),
        Bad("volumes: {/: {in: /x}}", "7:15", "volumes: the root cannot be replaced", "Name a folder"),
        Bad("volumes: {/./: {in: /x}}", "7:15", "volumes: the root cannot be replaced", "Name a folder"),
        Bad("volumes: {//data: {in: /x}}", "7:15", "volumes: '//data' is not written plainly", "Write /data."),
        Bad("volumes: {/data/: {in: /x}}", "7:15", "volumes: '/data/' is not written plainly", "Write /data."),
        Bad("volumes: {/a/./b: {in: /x}}", "7:15", "volumes: '/a/./b' is not written plainly", "Write /a/b."),
        Bad("volumes: {/proc: {in: /x}}", "7:15", "volumes: /proc is tare's own", "such as /data"),
        Bad("volumes: {\"/proc/\\u0301x\": {in: /x}}", "7:15", "volumes: /proc/\u{301}x is tare's own", "as /data"),
        Bad(
            "volumes: {/a: {in: /x}, \"/a/\\u0301\": {in: /x}}", "7:29", "volumes: /a/\u{301} and /a lie within",
            "own."),
        Bad("volumes: {/sys/fs: {in: /x}}", "7:15", "volumes: /sys/fs is tare's own", "such as /data"),
        Bad("volumes: {/dev/shm: {in: /x}}", "7:15", "volumes: /dev/shm is tare's own", "such as /data"),
        Bad("volumes: {/.tare: {in: /x}}", "7:15", "volumes: /.tare is tare's own", "such as /data"),
        Bad("volumes: {/a: {in: /x}, /a/b: {in: /x}}", "7:29", "volumes: /a/b and /a lie within one another", "own."),
        Bad("volumes: {/a/b: {in: /x}, /a: {in: /x}}", "7:31", "volumes: /a and /a/b lie within one another", "own."),
        Bad(
            "volumes: {/m: {in: /x}}\n    tmpfs: {/m: 1MiB}", "7:15", "volumes: /m and /m lie within one another",
            "own."),
        Bad(
            "volumes: {/m/x: {in: /x}}\n    tmpfs: {/m: 1MiB}", "7:15", "volumes: /m/x and /m lie within one another",
            "own."),
        Bad(
            "volumes: {/m: {in: /x}}\n    tmpfs: {/m/x: 1MiB}", "7:15", "volumes: /m and /m/x lie within one another",
            "own."),
        Bad("volumes: {/a: /x}", "7:19", "volume: expected a mapping, found '/x'", "Known keys: in, size."),
        Bad("volumes: {/a: {}}", "7:19", "volume: 'in' is missing", "A directory of the host"),
        Bad("volumes: {/a: {in: ../x}}", "7:24", "volumes: /a: in: '../x' holds '..'", "Write an absolute path"),
        Bad("volumes: {/a: {in: ''}}", "7:24", "volumes: /a: in: '' holds '..' or is empty", "an absolute path"),
        Bad(
            "volumes: {/a: {in: /x, size: 8MiB}}", "7:34", "volumes: /a: size of 8MiB is out of range",
            "Write 16MiB or more"),
        Bad(
            "volumes: {/a: {in: /x, size: 1G}}", "7:34", "volumes: /a: size: expected a number with a unit",
            "GB, TB (powers of 1000)."),
        Bad("volumes: {/a: {in: /x, mode: 1}}", "7:28", "volume: unknown key 'mode'", "Known keys: in, size."),
        Bad(
            "volumes: {\((1...5).map { "/d\($0): {in: /x}" }.joined(separator: ", "))}", "7:14",
            "volumes: 5 are more than the 4 that a workload may have", "Take some out."),
    ]

    @Test(arguments: figures + volumes) func isRefusedWithItsPlace(_ bad: Bad) throws {
        try expect(bad, in: SuiteTaskTests.text("ready: completed\n    " + bad.keys))
    }

    @Test(arguments: ["cpus: 1", "ready: started", "ready: {tcp: 80}"])
    func figuresAreOfCommandsThatEnd(_ ready: String) throws {
        let keys = "figures: {a: {json: x, \(SuiteTaskTests.told)}}"
        try expect(
            Bad(
                keys, "7:14", "figures: they are read when the command has ended",
                "Give the workload 'ready: completed'."),
            in: SuiteTaskTests.text(ready + "\n    " + keys))
    }

    /// What is wrong with the condition is told once.
    @Test func aConditionThatIsNoneIsTheOnlyMistake() {
        let errors = SuiteText.errors(
            SuiteTaskTests.text("ready: complete\n    figures: {a: {json: x, \(SuiteTaskTests.told)}}"))
        #expect(errors.map(\.message) == ["ready: 'complete' is no condition"])
    }

    /// The experiments stand in line 10, or 11 below a `ready`.
    @Test(arguments: [
        ("cpus: 1", Bad("task: {}", "11:9", "task: the suite has no workload that ends", "'ready: completed'")),
        ("cpus: 1", Bad("task: {samples: 3}", "11:9", "task: the suite has no workload that ends", "or remove")),
        (
            "cpus: 1",
            Bad(
                "task: {workloads: [noop]}", "11:22", "workloads: 'noop' is no task: it need not end",
                "Give it 'ready: completed', or take it out")
        ),
        (
            "ready: completed",
            Bad("task: {workloads: [web]}", "11:22", "workloads: the suite has no 'web'", "It has: noop.")
        ),
        ("ready: completed", Bad("task: {platforms: [vm]}", "11:22", "platforms: the suite has no 'vm'", "It has:")),
        ("ready: completed", Bad("task: {samples: 0}", "11:19", "samples: 0 is out of range", "from 1 to 100000.")),
        ("ready: completed", Bad("task: {warm-up: 101}", "11:19", "warm-up: 101 is out of range", "from 0 to 100.")),
        ("ready: completed", Bad("task: {sample: 1}", "11:10", "task: unknown key 'sample'", "'samples'?")),
        ("ready: completed", Bad("task: []", "11:9", "task: expected a mapping, found a list", "Known keys: samples")),
    ])
    func anExperimentThatCannotBeIsRefused(_ ready: String, _ bad: Bad) throws {
        try expect(bad, in: SuiteTaskTests.text(ready, experiments: bad.keys))
    }

    @Test func moreThanCanBeMeasuredTogetherIsRefused() throws {
        func errors(_ samples: Int) -> [TareError] {
            let platforms = (1...11).map { "  - {name: p\($0), process: {}}\n" }.joined()
            return SuiteText.errors(
                SuiteTaskTests.text("ready: completed", experiments: "task: {samples: \(samples)}")
                    .replacing("  - process\n  - {name: runc, oci: {}}\n", with: platforms))
        }
        #expect(errors(90_000).isEmpty)
        #expect(errors(100_000).first?.message.hasPrefix("experiments: 1100011 measurements are more than") == true)
    }

    private func expect(_ bad: Bad, in text: String) throws {
        let errors = SuiteText.errors(text)
        let error = try #require(errors.first { $0.message.hasPrefix(bad.message) }, "\(errors)")
        #expect(error.location.map { "\($0.line):\($0.column)" } == bad.place, "\(error)")
        #expect(error.remedy?.contains(bad.remedy) == true, "\(error)")
        #expect(error.code == .usage)
    }
}
