import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// What people do with a terminal, a shell and sudo.
    @Suite("For people", .serialized) struct PeopleTests {
        private static let quick = SuiteText(platforms: ["namespaces"]).text

        /// Runs a shell's line with `tare` as `$TARE` and this place's directories.
        private func shell(_ place: Place, _ line: String, _ environment: [String: String] = [:]) throws
            -> Program.Finished
        {
            var all = [
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": place.path,
                "XDG_CACHE_HOME": place.cacheHome, "XDG_STATE_HOME": place.path + "/state",
                "TARE_RUN_DIRECTORY": place.runs, "TARE": try BuiltProgram.path("tare"), "LC_ALL": "C.UTF-8",
            ]
            all.merge(environment) { $1 }
            let program = try Program.start(["sh", "-c", line], environment: all, directory: place.path)
            program.endInput()
            return try program.finish()
        }

        /// What dead runs left is found by control group and executable: whoever merely mentions a name lives on.
        @Test func cleaningSparesWhoeverMentionsARun() throws {
            let place = try Place()
            try place.write("suite.yaml", SuiteText(ready: "{file: /never}", platforms: ["namespaces"]).text)
            let (program, output) = try place.startAndAwait(["run", "suite.yaml"], "i2/output")
            program.process.signal(SIGKILL)
            _ = try program.finish()
            let run = try #require(HostFiles.names(in: place.runs).first)
            let watcher = try Program.start(
                ["tail", "-f", output], environment: ["PATH": "/usr/bin:/bin"], directory: "/")
            let cleaned = try shell(
                place, "du -s \(place.runs)/\(run) > /dev/null; $TARE clean --db \(place.database); echo code $?")
            #expect(cleaned.output.contains("code 0"), "\(cleaned.output) \(cleaned.errors)")
            #expect(watcher.process.wait(deadlineMilliseconds: 0) == nil, "somebody's tail -f lives on")
            watcher.process.end(graceMilliseconds: 0)
            #expect(place.leftInRuns.isEmpty)
        }

        /// With its database lost, a dead run is found by its prefix; a living one is left alone whatever the database.
        @Test func cleaningWithoutADatabase() throws {
            let place = try Place()
            try place.write("suite.yaml", SuiteText(ready: "{file: /never}", platforms: ["namespaces"]).text)
            let (dead, _) = try place.startAndAwait(["run", "suite.yaml"], "i2/output")
            let name = try #require(HostFiles.names(in: place.runs).first)
            // While it lives, another database's clean does not touch it.
            let other = try place.start(["clean", "--db", place.path + "/other.db"]).finish()
            #expect(other.exitCode == 0 && place.leftInRuns == [name], "\(other.errors)")
            dead.process.signal(SIGKILL)
            _ = try dead.finish()
            for suffix in ["", "-wal", "-shm"] { unlink(place.database + suffix) }
            let cleaned = try place.tare("clean")
            #expect(cleaned.exitCode == 0, "\(cleaned.errors)")
            #expect(cleaned.output.contains("directory \(place.runs)/\(name) (no journal tells of it)"))
            #expect(cleaned.output.contains("cgroup /\(name).run (no journal tells of it)"))
            #expect(place.leftInRuns.isEmpty)
            #expect(try !CgroupTree.current().exists("/\(name).run"))
        }

        @Test func ignoredSignalsStayIgnored() throws {
            let place = try Place()
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: SuiteText.slowly(seconds: "2").command, ready: "{file: /ready}", platforms: ["namespaces"]
                ).text)
            let program = try place.start(
                ["run", "suite.yaml", "--output", "report"], prefix: ["sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh"])
            #expect(eventually { !Place.matching("\(place.runs)/tare-*/i2/output").isEmpty })
            for signal in [SIGHUP, SIGINT, SIGHUP] { program.process.signal(signal) }
            #expect(try program.finish().hasMeasured)
            #expect(try place.export().run.status == "complete")
        }

        /// The second Ctrl-C says what is waited for, the third gives up; what was measured is kept, and clean finishes.
        @Test func threeTimesCtrlC() throws {
            let place = try Place()
            // A runtime that hangs when it shall remove a container.
            let runtime = try place.write(
                "runtime", "#!/bin/sh\nfor word; do [ \"$word\" = delete ] && exec sleep 60; done\nexec runc \"$@\"\n")
            chmod(runtime, 0o755)
            try place.write(
                "suite.yaml",
                SuiteText(platforms: ["namespaces", "{name: hangs, oci: {runtime: \(runtime)}}"], samples: 50).text)
            let program = try place.start(["run", "suite.yaml"])
            // The hanging runtime is waited for 10 s a time, as often as it comes before the first sample of the other platform.
            let isMeasuring = { eventually { ((try? place.query("SELECT count(*) FROM observation")) ?? "0") != "0" } }
            #expect(isMeasuring() || isMeasuring() || isMeasuring())
            program.process.signal(SIGINT)
            usleep(300_000)
            program.process.signal(SIGINT)
            #expect(
                eventually {
                    program.errors.contains("Still waiting for the end of:")
                        || program.process.wait(deadlineMilliseconds: 0) != nil
                })
            program.process.signal(SIGINT)
            let finished = try program.finish(deadlineSeconds: 30)
            #expect(finished.exitCode == 130, "\(finished.errors)")
            if finished.errors.contains("Still waiting") { #expect(finished.errors.contains("Gave up waiting")) }
            #expect(try place.tare("clean").exitCode == 0)
            #expect(place.leftInRuns.isEmpty)
            #expect(try place.export().run.status == "interrupted")
            #expect(try place.export().samples.isEmpty == false)
        }

        @Test func whatCannotBeWrittenIsAnError() throws {
            let place = try Place()
            try place.write("suite.yaml", PeopleTests.quick)
            #expect(try place.tare("run", "suite.yaml", "--output", "report").hasMeasured)
            let database = "--db \(place.database)"
            for command in ["list \(database)", "export latest \(database)", "--help", "suite schema", "export --help"]
            {
                let full = try shell(place, "$TARE \(command) > /dev/full; echo code $?")
                #expect(full.output == "code 1\n", "\(command): \(full.output) \(full.errors)")
                #expect(
                    full.errors.contains("the results could not be written") && full.errors.contains("No space left"))
                let shut = try shell(place, "$TARE \(command) >&-; echo code $?")
                #expect(shut.output == "code 1\n", "\(command): \(shut.output)")
            }
            let gone = try shell(place, "{ $TARE export latest \(database); echo code $? >&2; } | head -n 1")
            #expect(gone.errors == "code 0\n", "\(gone.errors)")
            #expect(try place.query("PRAGMA integrity_check") == "ok")
        }

        @Test(.needs(program: "script")) func coloursOnATerminal() throws {
            let place = try Place()
            try place.write("suite.yaml", PeopleTests.quick)
            func onATerminal(_ options: String, _ environment: [String: String]) throws -> Bool {
                let line = "$TARE run suite.yaml --output report --db \(place.database) \(options)"
                let finished = try shell(
                    place, "script -qec '\(line)' /dev/null", ["TERM": "xterm"].merging(environment) { $1 })
                #expect(finished.hasMeasured, "\(finished.output)")
                return finished.output.unicodeScalars.contains("\u{1B}")
            }
            #expect(try onATerminal("", [:]))
            #expect(try !onATerminal("", ["NO_COLOR": "1"]))
            #expect(try !onATerminal("", ["TERM": "dumb"]))
            #expect(try !onATerminal("--color never", [:]))
            #expect(try onATerminal("--color always", ["NO_COLOR": "1"]))
        }

        /// What a run cannot do is said before it measures anything.
        @Test func beforeARun() throws {
            let place = try Place()
            try place.write("suite.yaml", SuiteText(platforms: ["namespaces"], modes: "[{concurrent: 100}]").text)
            for limit in [16, 64] {
                let refused = try shell(
                    place, "ulimit -n \(limit); $TARE run suite.yaml --db \(place.database); echo code $?")
                #expect(refused.output.contains("code 1"), "\(limit): \(refused.output)")
                #expect(refused.errors.contains("may open \(limit) files"), "\(refused.errors)")
            }
            let comma = place.path + "/a,b"
            #expect(mkdir(comma, 0o755) == 0)
            let place2 = try place.start(["run", "suite.yaml"], environment: ["TARE_RUN_DIRECTORY": comma]).finish()
            #expect(place2.exitCode == 64 && place2.errors.contains("TARE_RUN_DIRECTORY"), "\(place2.errors)")
            let place3 = try place.start(["run", "suite.yaml"], environment: ["XDG_CACHE_HOME": comma]).finish()
            #expect(place3.exitCode == 64 && place3.errors.contains("XDG_CACHE_HOME"), "\(place3.errors)")
            #expect(HostFiles.names(in: comma).isEmpty)
            let small = place.path + "/small"
            #expect(mkdir(small, 0o755) == 0)
            try Mounts.mount(source: "none", target: small, type: "tmpfs", flags: 0, data: "size=8m,mode=755")
            defer { try? Mounts.unmount(small) }
            let place5 = try place.start(["run", "suite.yaml"], environment: ["TARE_RUN_DIRECTORY": small]).finish()
            #expect(place5.exitCode == 1 && place5.errors.contains("MiB are free in \(small)"), "\(place5.errors)")
            #expect(HostFiles.names(in: small).isEmpty)
            let mine = place.path + "/theirs"
            #expect(mkdir(mine, 0o755) == 0)
            chown(mine, Stranger.user, Stranger.user)
            let place4 = try place.start(["run", "suite.yaml"], environment: ["TARE_RUN_DIRECTORY": mine]).finish()
            #expect(place4.exitCode == 1 && place4.errors.contains("belongs to another user"), "\(place4.errors)")
            if HostFiles.exists(place.database) { #expect(try place.query("SELECT count(*) FROM observation") == "0") }
        }

        /// What is no OCI command-line runtime is called so.
        @Test(arguments: [
            ("exec /bin/true", "is no OCI command-line runtime"),
            (
                #"echo 'Usage: docker COMMAND: create, start, kill, run, rm, exec, ps'"#,
                "is no OCI command-line runtime: it does not know 'state', 'delete'"
            ),
            (
                #"echo 'Kata Containers containerd shim (Golang): id: io.containerd.kata.v2'"#,
                "is no OCI command-line runtime"
            ),
            (#"[ "$1" = --version ] && exec sleep 60; exec runc "$@""#, "did not end within 10 s"),
        ]) func runtimesThatAreNone(script: String, message: String) throws {
            let place = try Place()
            let runtime = try place.write("runtime", "#!/bin/sh\n\(script)\n")
            chmod(runtime, 0o755)
            try place.write("suite.yaml", SuiteText(platforms: ["{name: none, oci: {runtime: \(runtime)}}"]).text)
            let refused = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(refused.exitCode == 1 && refused.errors.contains(message), "\(refused.errors)")
            chmod(runtime, 0o644)
            let plain = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(plain.exitCode == 1 && plain.errors.contains("no program that can be executed"), "\(plain.errors)")
            #expect(place.leftInRuns.isEmpty)
        }

        @Test func aGuestWithTooLittleMemory() throws {
            let place = try Place()
            try place.write(
                "suite.yaml",
                SuiteText(platforms: [SuiteText.q35]).text.replacing("memory: 128MiB", with: "memory: 32MiB"))
            let refused = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(refused.exitCode == 64, "\(refused.errors)")
            #expect(refused.errors.contains("suite.yaml:8:13: a guest of 32 MiB"), "\(refused.errors)")
        }

        /// A suite of a stranger gets nothing of the host, unless root's own policy says so.
        @Test func untrustedSuites() throws {
            let place = try Place()
            try place.write("suite.yaml", SuiteText(platforms: ["process", SuiteText.runc]).text)
            let refused = try place.tare("run", "suite.yaml", "--untrusted")
            #expect(refused.exitCode == 64)
            #expect(refused.errors.contains("suite.yaml:10:5: the platform 'process'"), "\(refused.errors)")
            #expect(refused.errors.contains("suite.yaml:4:") && refused.errors.contains("the root filesystem"))
            #expect(!HostFiles.exists(place.database))
            let policy = try place.write(
                "policy.yaml",
                """
                platforms: [process, oci]
                rootfs: [\(place.path)]
                runtimes: [{path: \(try #require(Place.runc))}]
                budgets: {memory: 1GiB, instances: 2, time: 5min}

                """)
            let allowed = try place.tare("run", "suite.yaml", "--policy", policy, "--output", "report")
            #expect(allowed.hasMeasured, "\(allowed.errors)")
            // A policy that others may write is none.
            chmod(policy, 0o666)
            let loose = try place.tare("run", "suite.yaml", "--policy", policy)
            #expect(loose.exitCode == 64 && loose.errors.contains("not root's alone"), "\(loose.errors)")
            chmod(policy, 0o644)
            chown(policy, Stranger.user, Stranger.user)
            let theirs = try place.tare("suite", "check", "suite.yaml", "--policy", policy)
            #expect(theirs.exitCode == 64 && theirs.errors.contains("not root's alone"), "\(theirs.errors)")
        }

        /// Called with sudo, what lies in the user's home belongs to the user.
        @Test func underSudo() throws {
            let place = try Place(ownCache: true)
            let home = place.path + "/home"
            #expect(mkdir(home, 0o755) == 0)
            chown(home, Stranger.user, Stranger.user)
            let suite = try place.write("suite.yaml", PeopleTests.quick)
            let finished = try shell(
                place, "cd \(home) && $TARE run \(suite) && $TARE list",
                [
                    "SUDO_UID": "\(Stranger.user)", "SUDO_GID": "\(Stranger.user)", "HOME": home,
                    "XDG_CACHE_HOME": "", "XDG_STATE_HOME": "",
                ])
            #expect(finished.hasMeasured, "\(finished.errors)")
            let foreign = try shell(
                place,
                "find \(home) -path '*/objects/*' -prune -o ! -user nobody -print; find \(home) -name report.html")
            let lines = foreign.output.split(separator: "\n")
            #expect(lines.count == 1 && lines.first?.hasSuffix("report.html") == true, "\(foreign.output)")
            #expect(Place.matching("\(home)/.cache/tare/objects/*").count > 0)
            #expect(Place.matching("\(home)/.local/state/tare/tare.db").count == 1)
        }
    }
}

extension Place {
    /// The path of the runtime that `runc` means.
    static var runc: String? {
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].map { "\($0)/runc" }
            .first { access($0, X_OK) == 0 }
    }
}
