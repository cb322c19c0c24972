import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// Each kind of bad input, through the command line: one clear message with its place and its remedy, the right exit
    /// code, and nothing left behind.
    @Suite("Bad input", .serialized) struct BadInputTests {
        /// A suite that is wrong, and what must be said of it.
        struct BadSuite: CustomTestStringConvertible, Sendable {
            var testDescription: String
            var text: String
            /// `LINE:COLUMN`, where the trouble has a place.
            var position: String?
            var message: String
            var remedy: String
        }

        private static let good = SuiteText().text
        private static let nested = (0..<9).map { level in
            "a\(level): &a\(level) [\(Array(repeating: level == 0 ? "x" : "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
        }.joined()

        static let badSuites: [BadSuite] = [
            BadSuite(
                testDescription: "an unknown key", text: good.replacing("ready: started", with: "reedy: started"),
                position: "6:5", message: "workload: unknown key 'reedy'", remedy: "Did you mean 'ready'?"),
            BadSuite(
                testDescription: "a wrong type", text: good.replacing("samples: 1", with: "samples: many"),
                position: "12:22", message: "samples: expected a whole number, found 'many'",
                remedy: "Write a number from 1 to 100000."),
            BadSuite(
                testDescription: "duplicate names",
                text: good.replacing(
                    "  - \(SuiteText.runc)", with: "  - \(SuiteText.runc)\n  - \(SuiteText.runc)"),
                position: "11:12", message: "platforms: the name 'runc' is given twice",
                remedy: "Give each its own name."),
            BadSuite(
                testDescription: "an absent image", text: good.replacing("rootfs: root", with: "rootfs: absent"),
                position: "4:21", message: "/absent is not there or not readable",
                remedy: "Name a directory or a tar archive."),
            BadSuite(
                testDescription: "unequal allowances",
                text: good.replacing("{name: runc, oci", with: "{name: runc, memory: 1GiB, oci"), position: "10:18",
                message: "a comparison of unequal allowances is refused",
                remedy: "Set 'memory' on the workload or under 'defaults'"),
            BadSuite(
                testDescription: "a path with ..", text: good.replacing("rootfs: root", with: "rootfs: ../root"),
                position: "4:21", message: "'../root' holds '..'", remedy: "Write an absolute path"),
            BadSuite(
                testDescription: "an alias bomb", text: nested + good, position: "1:5",
                message: "anchors and aliases are not taken",
                remedy: "Write the value out"),
            BadSuite(
                testDescription: "10 MiB", text: good + String(repeating: "# more and more\n", count: 655_360),
                message: "more than the 1048576 bytes that a suite may have",
                remedy: "A suite names images and does not contain them."),
            BadSuite(
                testDescription: "a URI with a space",
                text: good.replacing(SuiteText.runc, with: "{name: a, libvirt: {uri: \"qemu:///system x\"}}"),
                position: "10:30", message: "is no connection that a suite can name",
                remedy: "Write embed, qemu:///system"),
            BadSuite(
                testDescription: "a URI that starts a program",
                text: good.replacing(
                    SuiteText.runc, with: "{name: a, libvirt: {uri: \"qemu+ext:///system?command=/p\"}}"),
                position: "10:30", message: "is no connection that a suite can name", remedy: "could start programs"),
            BadSuite(
                testDescription: "an option that is tare's own",
                text: good.replacing(
                    SuiteText.runc, with: "{name: a, oci: {runtime: runc, options: [--debug, \"--root=/x\"]}}"),
                position: "10:55", message: "options: tare itself sets '--root=/x'", remedy: "Leave it out."),
            BadSuite(
                testDescription: "an argument that no kernel takes",
                text: good.replacing("\"1000\"", with: "\"" + String(repeating: "1", count: 131_072) + "\""),
                position: "5:36", message: "131072 bytes are more than the 131071 that the kernel takes",
                remedy: "Put them into a file of the image."),
        ]

        @Test(arguments: badSuites) func inASuite(_ bad: BadSuite) throws {
            let place = try Place(ownCache: true)
            try place.write("suite.yaml", bad.text)
            for command in [["run", "suite.yaml"], ["suite", "check", "suite.yaml"]] {
                let finished = try place.start(command).finish(deadlineSeconds: 20)
                #expect(finished.exitCode == 64, "\(finished.errors)")
                expectOneMessage(finished, [bad.message, bad.remedy])
                if let position = bad.position {
                    #expect(finished.errors.hasPrefix("suite.yaml:\(position)"), "\(finished.errors)")
                }
                expectNothing(place)
            }
        }

        @Test func aCommandThatIsNotInTheImageAndAReadinessThatNeverComes() throws {
            let place = try Place()
            try place.write(
                "command.yaml",
                SuiteText(command: "[nothere, -x]", platforms: ["process", SuiteText.runc, SuiteText.q35]).text)
            let absent = try place.tare("run", "command.yaml", "--output", "report")
            #expect(absent.exitCode == 1)
            #expect(absent.errors.contains("command not found in the image: nothere"))
            var run = try place.export()
            #expect(run.run.status == "complete")
            #expect(run.accounting.failed == 3 && run.accounting.holds)
            for sample in run.samples {
                #expect(sample.reasons.first?.hasPrefix("command not found in the image: nothere") == true)
            }
            try Leftovers.expectNone(of: run.run.id, in: place)

            try place.write(
                "never.yaml",
                SuiteText(ready: "{tcp: 80}", deadline: "1500ms", platforms: [SuiteText.runc, SuiteText.q35]).text)
            let never = try place.tare("run", "never.yaml", "--output", "report")
            #expect(never.exitCode == 1)
            run = try place.export()
            #expect(run.run.status == "complete")
            #expect(run.accounting.failed == 2 && run.accounting.holds)
            for sample in run.samples {
                #expect(sample.reasons.first?.contains("1.5 s") == true, "\(sample.reasons)")
            }
            try Leftovers.expectNone(of: run.run.id, in: place)
        }

        @Test func anAbsentPackage() throws {
            let place = try Place(ownCache: true)
            try place.write("suite.yaml", SuiteText(image: "{packages: [no-such-package-of-debian]}").text)
            let finished = try place.tare("run", "suite.yaml")
            #expect(finished.exitCode == 1)
            expectOneMessage(
                finished, ["tare: suite.yaml:4:", "no-such-package-of-debian", "Check the packages' names"])
            expectNothing(place)
        }

        @Test func aHostThatLacksTheRuntimeOrTheDaemon() throws {
            let place = try Place(ownCache: true)
            try place.write(
                "runtime.yaml", SuiteText(platforms: ["{name: x, oci: {runtime: nothere}}"]).text)
            let runtime = try place.tare("run", "runtime.yaml", deadlineSeconds: 20)
            #expect(runtime.exitCode == 1)
            expectOneMessage(
                runtime, ["tare: platform 'x': the OCI runtime 'nothere' was not found", "apt-get install nothere"])
            expectNothing(place)

            try place.write(
                "daemon.yaml",
                SuiteText(platforms: ["{name: x, libvirt: {uri: \"qemu:///system\"}}"]).text)
            // No daemon is there, whatever runs on this host.
            place.wrapper = [
                "unshare", "--mount", "--propagation", "private", "sh", "-c",
                "mkdir -p /run/libvirt; mount -t tmpfs none /run/libvirt; exec \"$@\"", "sh",
            ]

            let daemon = try place.tare("run", "daemon.yaml", deadlineSeconds: 20)
            #expect(daemon.exitCode == 1)
            expectOneMessage(
                daemon,
                [
                    "tare: libvirt cannot open 'qemu:///system'", "/libvirt-sock", "Start the daemon",
                ])
            expectNothing(place)
        }

        @Test func noRights() throws {
            let place = try Place(ownCache: true)
            try place.write("suite.yaml", BadInputTests.good)
            for path in [place.path, place.runs, place.cacheHome] { chmod(path, 0o777) }
            // Another user, who may read everything: where the tests were built may be closed to others.
            let prefix = [
                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all,+dac_read_search",
                "--ambient-caps=-all,+dac_read_search",
            ]
            for command in [["run", "suite.yaml"], ["clean"]] {
                let finished = try place.start(command, prefix: prefix).finish()
                #expect(finished.exitCode == 1)
                expectOneMessage(finished, ["tare: this needs root", "with sudo"])
                expectNothing(place)
            }
        }

        @Test func noSpaceForTheImage() throws {
            let place = try Place(ownCache: true)
            try place.write("suite.yaml", BadInputTests.good)
            // The file system is seen by this run only, and looked at before it goes.
            let script = """
                set -e; cache=$1; shift
                mount -t tmpfs -o size=1m none "$cache"
                code=0; "$@" || code=$?
                find "$cache/tare/partial" "$cache/tare/objects" -mindepth 1
                exit $code
                """
            let finished = try place.start(
                ["run", "suite.yaml"],
                prefix: ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", place.cacheHome]
            ).finish()
            #expect(finished.exitCode == 1)
            expectOneMessage(
                finished, ["tare: suite.yaml:4:12: no space is left", "name another cache with XDG_CACHE_HOME"])
            #expect(finished.output == "")
            expectNothing(place)
        }

        @Test func aCacheEntryThatWasCutShort() throws {
            let place = try Place(ownCache: true)
            try place.write("suite.yaml", SuiteText(platforms: ["namespaces"]).text)
            #expect(try place.tare("run", "suite.yaml", "--output", "report").hasMeasured)
            let entry = try #require(HostFiles.names(in: place.cache + "/objects").first { $0.hasPrefix("root-") })
            #expect(truncate("\(place.cache)/objects/\(entry)/tree/bin/busybox", 1_000) == 0)
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.hasMeasured, "\(finished.errors)")
            #expect(finished.errors.contains("The cache entry \(entry) is damaged"))
            #expect(finished.errors.contains("it is made again"))
            #expect(try place.tare("run", "suite.yaml", "--output", "report").errors.contains("damaged") == false)
        }

        @Test func databases() throws {
            let place = try Place(ownCache: true)
            try place.write("suite.yaml", BadInputTests.good)
            // The first command that keeps something makes it.
            #expect(try place.tare("clean").exitCode == 0)
            try place.query("INSERT INTO grdb_migrations (identifier) VALUES ('9-future')")
            for command in [["list"], ["run", "suite.yaml"], ["clean"]] {
                let newer = try place.start(command).finish(deadlineSeconds: 20)
                #expect(newer.exitCode == 1)
                expectOneMessage(newer, ["tare: the database \(place.database) was made by a newer tare", "9-future"])
                expectNothing(place)
            }
            try place.write("text.db", String(repeating: "this is no database\n", count: 100))
            let text = try place.tare("list", "--db", "text.db")
            #expect(text.exitCode == 1)
            expectOneMessage(text, ["tare: text.db is not a database of tare", "name another with --db"])
            #expect(try HostFiles.read(place.path + "/text.db").hasPrefix("this is no database\n"))
        }

        @Test func runsAndPlacesThatAreNotThere() throws {
            let place = try Place(ownCache: true)
            try place.write("suite.yaml", BadInputTests.good)
            #expect(try place.tare("clean").exitCode == 0)
            for command in [["report", "nosuch"], ["export", "nosuch"]] {
                let unknown = try place.start(command).finish(deadlineSeconds: 20)
                #expect(unknown.exitCode == 64)
                expectOneMessage(unknown, ["tare: there is no run 'nosuch'", "'tare list' shows all runs."])
            }
            // Said before anything is measured, not after.
            try place.write("file", "")
            for output in ["/proc/nothere/report", "file/report"] {
                let refused = try place.tare("run", "suite.yaml", "--output", output, deadlineSeconds: 20)
                #expect(refused.exitCode == 1)
                expectOneMessage(refused, ["tare: the report cannot be written to \(output)", "with --output"])
                expectNothing(place)
            }
            let absent = try place.tare("run", "absent.yaml", deadlineSeconds: 20)
            #expect(absent.exitCode == 64)
            expectOneMessage(absent, ["tare: the suite file absent.yaml is not there", "Benchmarks/suites"])
        }

        /// What goes wrong on standard error is one paragraph of tare's own, without noise around it.
        private func expectOneMessage(
            _ finished: Program.Finished, _ parts: [String], sourceLocation: SourceLocation = #_sourceLocation
        ) {
            // Progress (what is being prepared) may come before it.
            let last = finished.errors.split(separator: "\n").last.map(String.init) ?? ""
            for part in parts { #expect(last.contains(part), "\(finished.errors)", sourceLocation: sourceLocation) }
            #expect(!finished.errors.contains("Error:"), "\(finished.errors)", sourceLocation: sourceLocation)
        }

        private func expectNothing(_ place: Place, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(Leftovers.ofAnyRun(in: place) == [], sourceLocation: sourceLocation)
            #expect(HostFiles.names(in: place.cache + "/objects") == [], sourceLocation: sourceLocation)
        }
    }
}
