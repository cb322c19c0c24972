import BenchmarkModel
import Testing

@testable import TareCommands

/// Each kind of bad input gives one error with its place and a remedy.
@Suite struct SuiteErrorTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        var replaced: String
        var by: String
        var place: String
        var message: String
        var remedy: String
        var testDescription: String { by }
        init(_ replaced: String, _ by: String, _ place: String, _ message: String, _ remedy: String) {
            (self.replaced, self.by, self.place) = (replaced, by, place)
            (self.message, self.remedy) = (message, remedy)
        }
    }

    private static let end = "startup: {}"
    private static let command = "command: [/.tare/witness, pause]"
    private static let image = "image: {packages: [busybox-static]}"
    private static let oci = "oci: {}"

    static let keys: [Bad] = [
        Bad(command, "comand: [x]", "3:5", "workload: 'command' is missing", "The program and its arguments."),
        Bad(
            "workloads:", "workloads: {}\nfoo:", "2:12", "workloads: expected a list, found a mapping",
            "Write it as a list"),
        Bad(
            end, "startup: {sample: 3}", "10:13", "startup: unknown key 'sample'", "Did you mean 'samples'? Known keys:"
        ),
        Bad(end, "startup: {zzzzz: 3}", "10:13", "startup: unknown key 'zzzzz'", "Known keys: samples, warm-up"),
        Bad(end, "shutdown: {}", "10:3", "experiments: unknown key 'shutdown'", "Known keys: startup, task,"),
        Bad(end, "startup: {[a]: 3}", "10:13", "startup: a key must be a word", "Known keys:"),
        Bad("name: test", "name: test\nname: again", "2:1", "the key 'name' is given twice", "Remove one of them."),
        Bad("name: test", "title: test", "1:1", "suite: 'name' is missing", "The suite's name."),
        Bad(
            oci, "oci: {}, memory: 1GiB", "8:27",
            "a platform cannot have its own 'memory': a comparison of unequal allowances is refused",
            "Set 'memory' on the workload or under 'defaults'"),
        Bad(oci, "oci: {}, cpus: 2", "8:27", "a platform cannot have its own 'cpus'", "every platform gets the same."),
        Bad(oci, "oci: {}, network: none", "8:27", "a platform cannot have its own 'network'", "or under 'defaults'"),
        Bad(
            oci, "docker: {start: true, network: bridge}", "8:40", "a platform cannot have its own 'network'",
            "or under 'defaults'"),
        Bad(
            oci, "docker: {start: true, runtime: runc, options: [--debug]}", "8:65",
            "options: runc is the engine's own",
            "Leave them out"),
        Bad(
            oci, "docker: {options: [--debug]}", "8:37", "options: a daemon that runs has its runtimes'",
            "'start: true'"),
        Bad(oci, "docker: {socket: run/x}", "8:35", "socket: 'run/x' is no absolute path", "without unix://"),
        Bad(
            oci, "podman: {start: true, socket: /s}", "8:48", "socket: with 'start: true' tare makes one of its own",
            "Leave one of the two out."),
        Bad(oci, "docker: {client: http}", "8:35", "client: 'http' is unknown", "Write api or cli."),
        Bad(oci, "docker: {log-driver: '-x'}", "8:39", "log-driver: '-x' is no name of a driver", "json-file"),
        Bad(oci, "podman: {runtime: crun}", "8:36", "runtime: a Podman that runs takes its runtime", "'start: true'"),
        Bad(
            oci, "podman: {client: cli, socket: /s}", "8:48", "socket: Podman's client makes containers by itself",
            "'client: api'"),
        Bad(
            oci, "containerd: {runtime: kata-runtime}", "8:40", "runtime: 'kata-runtime' is neither a shim",
            "Write io.containerd.kata.v2"),
        Bad(oci, "containerd: {client: api}", "8:31", "containerd: unknown key 'client'", "Known keys: start"),
        Bad(
            "name: test", "name: test\ndefaults: {network: nat}", "2:21", "network: 'nat' is unknown",
            "Write none, bridge or host."),
        Bad(oci, "oci: {}, libvirt: {}", "8:5", "platform: expected one kind, found 2", "Give one of: process"),
        Bad(", oci: {}", "", "8:5", "platform: expected one kind, found 0", "Give one of: process"),
        Bad(oci, "process: {x: 1}", "8:28", "settings: unknown key 'x'", "It has no keys."),
    ]

    static let values: [Bad] = [
        Bad("name: test", "name: Test", "1:7", "name: 'Test' is no name", "A name is 1 to 31 characters"),
        Bad("name: test", "name: [a]", "1:7", "name: expected a text, found a list", "Write a plain or quoted text."),
        Bad("name: noop", "name: no op", "3:11", "workload: name: 'no op' is no name", "A name is"),
        Bad(
            "name: noop", "name: -" + String(repeating: "long", count: 30), "3:11", "workload: name: '-longlong",
            "A name is"),
        Bad(end, "startup: {samples: many}", "10:22", "samples: expected a whole number, found 'many'", "from 1 to"),
        Bad(end, "startup: {samples: '3'}", "10:22", "samples: expected a whole number, found '3'", "from 1 to"),
        Bad(end, "startup: {samples: 0}", "10:22", "samples: 0 is out of range", "Write a number from 1 to 100000."),
        Bad(end, "startup: {samples: 1.5}", "10:22", "samples: expected a whole number, found '1.5'", "from 1 to"),
        Bad(end, "startup: {modes: []}", "10:20", "modes: the list is empty", "Give at least one."),
        Bad(end, "startup: {modes: [hot]}", "10:21", "modes: 'hot' is no mode", "Write warm, cold, {concurrent: K}"),
        Bad(end, "startup: {modes: [warm, warm]}", "10:27", "modes: warm is given twice", "Remove one of them."),
        Bad(
            end, "startup: {modes: [{concurrent: 1}]}", "10:34", "concurrent: 1 is out of range",
            "Write a number from 2 to 1000."),
        Bad(
            end, "startup: {modes: [{concurrent: 2, occupied: 2}]}", "10:21", "mode: expected one key, found 2",
            "Give one of: concurrent, occupied."),
        Bad(
            oci, "namespaces: {parts: [mount, hat]}", "8:46", "parts: 'hat' is unknown", "Write mount, pid, net, uts,"),
        Bad(oci, "namespaces: {parts: [pid, pid]}", "8:44", "parts: 'pid' is given twice", "Remove one of them."),
        Bad(
            oci, "oci: {}, cpu-view: host", "8:37", "cpu-view: 'host' is unknown",
            "Write engine (as the platform does it by itself) or allowance"),
        Bad(oci, "oci: {cpu-view: allowance}", "8:24", "oci: unknown key 'cpu-view'", "Known keys: runtime"),
        Bad(
            oci, "namespaces: {parts: [mount]}, cpu-view: allowance", "8:58",
            "cpu-view: allowance needs the part 'cgroup', which 'parts' leaves out", "Add it to 'parts'"),
        Bad(end, "footprint: {ladders: 2}", "10:24", "ladders: 2 is out of range", "Write a number from 3 to 100."),
        Bad(end, "footprint: {platforms: [vm]}", "10:27", "platforms: the suite has no 'vm'", "It has: process, runc."),
        Bad(end, "footprint: {hold: 0s}", "10:21", "footprint: hold of 0s is out of range", "Write one from 0.1s"),
        Bad(end, "density: {}", "10:12", "density: 'budget' is missing", "The memory that all instances together"),
        Bad(end, "density: {budget: 1}", "10:21", "density: budget: expected a number with a unit", "KiB, MiB, GiB"),
        Bad(
            end, "density: {budget: 1GiB, memory-pressure: 101%}", "10:44", "memory-pressure of 101% is out of range",
            "Write one from 0% to 100%."),
        Bad("experiments:\n  " + end, "experiments: {}", "9:14", "experiments: there is none", "Add 'startup: {}'."),
        Bad("- process", "- docker", "7:5", "platforms: 'docker' is no platform", "Write process, namespaces,"),
        Bad(
            "- process", "- process\n  - process", "8:5", "platforms: the name 'process' is given twice",
            "its own name."),
        Bad(
            "- process", "- {name: runc, process: {}}", "8:12", "platforms: the name 'runc' is given twice", "own name"),
        Bad(
            oci, "oci: {runtime: ../runc}", "8:33", "runtime: '../runc' is neither a name nor an absolute path",
            "Write runc, or /usr/bin/runc."),
        Bad(oci, "oci: {runtime: /a/../runc}", "8:33", "runtime: '/a/../runc' is neither", "Write runc,"),
        Bad(oci, "oci: {runtime: --debug}", "8:33", "runtime: '--debug' is neither", "Write runc,"),
        Bad(
            oci, "oci: {detach: maybe}", "8:32", "detach: expected true or false, found 'maybe'",
            "Write true or false."),
        Bad(oci, "oci: {attach: true}", "8:24", "oci: unknown key 'attach'", "Did you mean 'detach'?"),
        Bad(oci, "libvirt: {accelerator: xen}", "8:41", "accelerator: 'xen' is unknown", "Write auto, kvm or tcg."),
        Bad(oci, "libvirt: {machine: 'q 35'}", "8:37", "machine: 'q 35' is no machine type", "Write one such as q35"),
        Bad(
            oci, "libvirt: {uri: system}", "8:33", "uri: 'system' is no connection that a suite can name",
            "Write embed, qemu:///system"),
        Bad(oci, "libvirt: {kernel: none}", "8:36", "kernel: /nowhere/none is not there", "Name a bzImage."),
        Bad(oci, "libvirt: {kernel: ../k}", "8:36", "kernel: '../k' holds '..' or is empty", "Write an absolute path"),
    ]

    /// The good suite has the platforms process and runc, and the workload noop.
    static let climbs: [Bad] = [
        Bad(
            oci, "namespaces: {parts: pid}", "8:38", "parts: expected a list, found 'pid'", "Write it as a list: [mount"
        ),
        Bad(oci, "namespaces: {part: []}", "8:31", "namespaces: unknown key 'part'", "Did you mean 'parts'?"),
        Bad(end, "footprint: []", "10:14", "footprint: expected a mapping, found a list", "Known keys: ladders, cap"),
        Bad(end, "footprint: {ladder: 3}", "10:15", "footprint: unknown key 'ladder'", "Did you mean 'ladders'?"),
        Bad(end, "footprint: {ladders: 101}", "10:24", "ladders: 101 is out of range", "from 3 to 100."),
        Bad(end, "footprint: {cap: 3}", "10:20", "cap: 3 is out of range", "Write a number from 4 to 100000."),
        Bad(end, "footprint: {cap: many}", "10:20", "cap: expected a whole number, found 'many'", "from 4 to"),
        Bad(end, "footprint: {hold: 5}", "10:21", "footprint: hold: expected a number with a unit", "ms, s, min"),
        Bad(end, "footprint: {hold: 2000min}", "10:21", "footprint: hold of 2000min is out of range", "to 3600.0s."),
        Bad(end, "footprint: {workloads: [web]}", "10:27", "workloads: the suite has no 'web'", "It has: noop."),
        Bad(end, "footprint: {workloads: []}", "10:26", "workloads: the list is empty", "Give at least one."),
        Bad(end, "footprint: {platforms: runc}", "10:26", "platforms: expected a list, found 'runc'", "[a, b]"),
        Bad(
            end, "footprint: {platforms: [runc, runc]}", "10:33", "platforms: 'runc' is given twice",
            "Remove one of them."),
        Bad(end, "startup: {platforms: [vm]}", "10:25", "platforms: the suite has no 'vm'", "It has: process, runc."),
        Bad(end, "density: {budget: 1MiB}", "10:21", "density: budget of 1MiB is out of range", "Write 16MiB or more"),
        Bad(end, "density: {budgets: 1GiB}", "10:13", "density: unknown key 'budgets'", "Did you mean 'budget'?"),
        Bad(
            end, "density: {budget: 1GiB, reserve: 0GiB}", "10:36", "density: reserve of 0GiB is out of range",
            "16MiB or more"),
        Bad(end, "density: {budget: 1GiB, ceiling: 0}", "10:36", "ceiling: 0 is out of range", "from 1 to 100000."),
        Bad(end, "density: {budget: 1GiB, ramps: 101}", "10:34", "ramps: 101 is out of range", "from 1 to 100."),
        Bad(end, "density: {budget: 1GiB, parallel: 257}", "10:37", "parallel: 257 is out of range", "from 1 to 256."),
        Bad(end, "density: {budget: 1GiB, hold: 10ms}", "10:33", "density: hold of 10ms is out of range", "from 0.1s"),
        Bad(
            end, "density: {budget: 1GiB, startup-p95: soon}", "10:40", "startup-p95: expected a number with a unit",
            "Units are ms, s, min."),
        Bad(
            end, "density: {budget: 1GiB, cpu-pressure: 5}", "10:41", "cpu-pressure: expected a number with a unit",
            "Units are %."),
        Bad(
            end, "density: {budget: 1GiB, cpu-pressure: -5%}", "10:41", "cpu-pressure: expected a number with a unit",
            "Units are %."),
        Bad(end, "density: {budget: 1GiB, platforms: [q35]}", "10:39", "platforms: the suite has no 'q35'", "It has:"),
    ]

    static let workload: [Bad] = [
        Bad(image, "image: {}", "4:12", "image: give one of 'packages', 'rootfs', 'oci'", "one of the four."),
        Bad(image, "image: {packages: [a], rootfs: b}", "4:12", "image: give one of", "one of the four."),
        Bad(image, "image: {oci: none}", "4:18", "image: /nowhere/none is not there or not readable", "Name an OCI"),
        Bad(image, "image: {oci: /}", "4:18", "oci: / is a root filesystem", "Write it as 'rootfs:'."),
        Bad(image, "image: {registry: nginx}", "4:23", "registry: 'nginx' is no image of a registry", "NAME:TAG or"),
        Bad(image, "image: {registry: 'x:1 --all'}", "4:23", "registry: 'x:1 --all' is no image", "NAME:TAG or"),
        Bad(image, "image: {oci: /proc, files: {/x: y}}", "4:32", "image: 'files' goes with 'packages'", "Put it into"),
        Bad(image, "image: {rootfs: none}", "4:21", "image: /nowhere/none is not there or not readable", "Name a dir"),
        Bad(
            image, "image: {rootfs: a/../../etc}", "4:21", "rootfs: 'a/../../etc' holds '..'", "Write an absolute path"),
        Bad(
            image, "image: {rootfs: /proc, release: x}", "4:37", "image: 'release' goes with 'packages'", "Put it into"),
        Bad(
            image, "image: {packages: ['a;b']}", "4:24", "packages: 'a;b' is no name of a Debian package", "Names hold"),
        Bad(
            image, "image: {packages: [a], release: a/b}", "4:37", "release: 'a/b' is no name of a Debian", "Write one"),
        Bad(
            image, "image: {packages: [a], files: {etc/x: y}}", "4:35",
            "files: 'etc/x' is no absolute path of a file without '..'", "Write the path in the image, from '/'."),
        Bad(image, "image: {packages: [a], files: {/a/../b: y}}", "4:35", "files: '/a/../b' is no", "from '/'."),
        Bad(command, "command: sleep 1", "5:14", "command: expected a list, found 'sleep 1'", "Write it as a list"),
        Bad(command, "command: ['', x]", "5:15", "command: the program's name is empty", "Name the program first."),
        Bad(command, "command: [\"a\\0b\"]", "5:15", "command: holds the control character U+0", "Remove it."),
        Bad(
            command, command + "\n    environment: [A]", "6:18", "environment: expected a mapping, found a list",
            "Write"),
        Bad(
            command, command + "\n    environment: {A=B: c}", "6:19", "environment: 'A=B' is no variable's name", "Use"),
        Bad(
            command, command + "\n    working-directory: srv", "6:24",
            "working-directory: 'srv' is no absolute path without '..'", "Write the path in the instance"),
        Bad(command, command + "\n    memory: 128", "6:13", "workload 'noop': memory: expected a number with a", "KiB"),
        Bad(command, command + "\n    memory: 128M", "6:13", "workload 'noop': memory: expected a number with", "KiB"),
        Bad(
            command, command + "\n    memory: 128mb", "6:13", "workload 'noop': memory: expected a number with",
            "KiB, MiB, GiB, TiB (powers of 1024) and kB, MB, GB, TB (powers of 1000)."),
        Bad(
            command, command + "\n    memory: 16MB", "6:13", "workload 'noop': memory of 16MB is out of range", "16MiB"),
        Bad(
            command, command + "\n    memory: 99999999999999999999TiB", "6:13",
            "workload 'noop': memory of 99999999999999999999TiB is out of range", "16384GiB"),
        Bad(
            command, command + "\n    memory: 1 2MiB", "6:13", "workload 'noop': memory: expected a number with", "KiB"),
        Bad(
            command, command + "\n    memory: -128MiB", "6:13", "workload 'noop': memory: expected a number", "MiB, GiB"
        ),
        Bad(
            command, command + "\n    memory: 1MiB", "6:13", "workload 'noop': memory of 1MiB is out of range", "16MiB"),
        Bad(command, command + "\n    memory: 9999999999999GiB", "6:13", "workload 'noop': memory of 9999", "16384GiB"),
        Bad(
            command, command + "\n    deadline: 0s", "6:15", "workload 'noop': deadline of 0s is out of range", "0.001s"
        ),
        Bad(
            command, command + "\n    deadline: 1h", "6:15", "workload 'noop': deadline: expected a number",
            "ms, s, min"),
        Bad(command, command + "\n    cpus: 0", "6:11", "workload 'noop': cpus: 0 is out of range", "from 1 to 512."),
        Bad(
            command, command + "\n    ready: soon", "6:12", "ready: 'soon' is no condition",
            "Write started, completed, {line: "),
        Bad(command, command + "\n    ready: {}", "6:12", "ready: expected one key, found 0", "Give one of: line"),
        Bad(
            command, command + "\n    ready: {tcp: 1, line: x}", "6:12", "ready: expected one key, found 2", "Give one"),
        Bad(command, command + "\n    ready: {tcp: 70000}", "6:18", "tcp: 70000 is out of range", "from 1 to 65535."),
        Bad(
            command, command + "\n    ready: {http: 80}", "6:19", "http: '80' is no PORT/PATH", "such as 80/index.html."
        ),
        Bad(command, command + "\n    ready: {http: 0/}", "6:19", "http: '0/' is no PORT/PATH", "from 1 to 65535"),
        Bad(command, command + "\n    ready: {http: 80/a b}", "6:19", "http: '80/a b' is no PORT/PATH", "Write a port"),
        Bad(command, command + "\n    ready: {file: x}", "6:19", "file: 'x' is no absolute path", "from '/'."),
        Bad(
            command, command + "\n    ready: {line: 'a('}", "6:19",
            "line: 'a(' is no POSIX extended regular expression: ", "Mend it; 'grep -E' takes the same."),
    ]

    static let syntax: [Bad] = [
        Bad("name: test", "name: \"test", "11:1", "not valid YAML: ", "Mind the indentation and the quotes."),
        Bad("name: test", "name: test\n\tdescription: x", "2:1", "not valid YAML: ", "Mind the indentation"),
        Bad("name: test", "name: te\u{1}st", "1:9", "not valid YAML: control characters are not allowed", "Mind"),
        Bad("name: test", "name: &x test", "1:7", "anchors and aliases are not taken in suites", "Write the value out"),
        Bad("name: test", "name: test\nseed: *x", "2:7", "anchors and aliases are not taken", "Write the value out"),
        Bad("name: test", "name: !!str test", "1:7", "tags are not taken in suites", "Remove the tag, or quote it"),
        Bad("name: test", "name: test\n<<: {seed: 1}", "2:1", "suite: unknown key '<<'", "Known keys: name"),
        Bad("name: test", "%YAML 1.1\n---\nname: test", "1:1", "YAML directives are not taken", "Remove the lines"),
        Bad("name: test", "--- {seed: 1}\n---\nname: test", "2:1", "a suite is one YAML document", "Remove '---'"),
    ]

    @Test(arguments: keys + values + climbs + workload + syntax) func saysWhatAndWhere(_ bad: Bad) throws {
        #expect(SuiteText.good.contains(bad.replaced))
        let text = SuiteText.good.replacing(bad.replaced, with: bad.by)
        let errors = SuiteText.errors(text)
        let shown = errors.map { "\($0)" }.joined(separator: "\n")
        let error = try #require(errors.first { $0.message.hasPrefix(bad.message) }, "\(shown)")
        let place = try #require(error.location)
        #expect("\(place.line):\(place.column)" == bad.place, "\(error)")
        #expect(place.file == "s.yaml")
        #expect(error.code == .usage && error.exitCode == 64)
        #expect(error.remedy?.contains(bad.remedy) == true, "\(error)")
        #expect("\(error)".hasPrefix("s.yaml:\(bad.place): \(bad.message)"))
    }

    @Test func tellsAllErrorsInTheOrderOfTheFile() {
        let text = """
            name: Test
            workloads:
              - {name: a, image: {packages: []}, command: x}
            platforms: [docker]
            experiments: {startup: {samples: -1}, imprint: {}}
            """
        let errors = SuiteText.errors(text)
        #expect(errors.count == 6)
        let places = errors.compactMap(\.location).map { $0.line * 1_000 + $0.column }
        #expect(places == places.sorted())
        #expect(SuiteErrors(errors: errors).description.split(separator: "\n").count == 6)
        #expect(SuiteErrors(errors: errors).exitCode == 64)
    }

    @Test func tellsNoMoreThanOneCanRead() {
        let text = SuiteText.with((0..<100).map { "key\($0): 1" }.joined(separator: "\n"))
        #expect(SuiteText.errors(text).count == SuiteParser.mostErrors)
    }

    @Test func printsNoControlCharactersAndNoNovel() throws {
        let text = SuiteText.with("\"\\e[31m\(String(repeating: "x", count: 500))\": 1")
        let error = try #require(SuiteText.errors(text).first)
        #expect(!error.message.unicodeScalars.contains { $0.value < 32 })
        #expect(error.message.count < 120)
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n"]) func refusesAnEmptySuite(_ text: String) throws {
        let errors = SuiteText.errors(text)
        #expect(errors.count >= 1)
        #expect(errors.first?.remedy?.isEmpty == false)
    }

    @Test(arguments: ["just words", "- a\n- b", "42"]) func refusesWhatIsNoMapping(_ text: String) throws {
        let error = try #require(SuiteText.errors(text).first)
        #expect(error.message.hasPrefix("suite: expected a mapping, found "))
        #expect(error.location == TareError.Location(file: "s.yaml", line: 1, column: 1))
    }
}
