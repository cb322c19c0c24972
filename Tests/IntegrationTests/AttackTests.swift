import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// What another user of the host tries, as `nobody`.
    @Suite("Other users of the host", .serialized, .needs(program: "setpriv")) struct AttackTests {
        /// A file that sets the user id, written by a container, must not be in anybody's reach.
        @Test func cannotReachWhatAContainerWrites() throws {
            let place = try Place()
            let script =
                "PATH=/bin; busybox cp /bin/busybox /s; busybox chmod 4755 /s; : > /ready; exec busybox sleep 100"
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: #"[/bin/sh, -c, "\#(script)"]"#, ready: "{file: /never}",
                    platforms: ["process", SuiteText.runc]
                )
                .text)
            let (program, path) = try place.startAndAwait(["run", "suite.yaml"], "i*/upper/ready")
            let planted = path.replacing("/ready", with: "/s")
            #expect(access(planted, F_OK) == 0, "the attack's own file is there")
            let attack = try Stranger.run([planted, "id", "-u"])
            #expect(attack.exitCode != 0 && attack.output.isEmpty, "\(attack.output)")
            let seen = try Stranger.shell(#"find "$1" -mindepth 2 2> /dev/null; ls "$1"/*/ 2> /dev/null"#, place.runs)
            #expect(seen.output.isEmpty, "\(seen.output)")
            // The database tells of the host, and is not readable either.
            let read = try Stranger.run(["cat", place.database])
            #expect(read.exitCode != 0 && read.output.isEmpty)
            try place.interrupt(program)
            #expect(place.leftInRuns.isEmpty)
        }

        /// A 0600 file of an image lies in the guest's disk; marks decide what is measured.
        @Test func cannotReadAGuestsDiskNorSpeakForAGuest() throws {
            let place = try Place()
            try place.write("root/secret", "tare's secret\n")
            chmod(place.path + "/root/secret", 0o600)
            try place.write(
                "suite.yaml", SuiteText(ready: "{file: /never}", platforms: [SuiteText.q35], echoes: 1).text)
            let (program, disk) = try place.startAndAwait(["run", "suite.yaml"], "d/*disk.raw")
            #expect(eventually { !Place.matching("\(place.runs)/tare-*/i2/m").isEmpty })
            #expect(try Stranger.shell(#"cat "$1" | head -c 1"#, disk).output.isEmpty)
            let sockets = Place.matching("\(place.runs)/tare-*/i*/[mco]")
            #expect(!sockets.isEmpty)
            for socket in sockets {
                let attack = try Stranger.run([
                    "python3", "-c",
                    "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b'EXR')",
                    socket,
                ])
                #expect(attack.exitCode != 0 && attack.errors.contains("PermissionError"), "\(attack.errors)")
            }
            // And root itself comes too late: the VMM has connected, and the socket listens no more.
            #expect(eventually { !place.refusesNoMore(sockets) })
            try place.interrupt(program)
            #expect(place.leftInRuns.isEmpty)
        }

        /// A report is written through no link, neither in its own place nor on the way to it.
        @Test func cannotLeadAReportElsewhere() throws {
            let place = try Place()
            try place.write("suite.yaml", SuiteText(platforms: ["namespaces"]).text)
            #expect(try place.tare("run", "suite.yaml", "--output", "mine").hasMeasured)
            let trap = try TemporaryDirectory()
            chown(trap.path, Stranger.user, Stranger.user)
            try place.write("target", "untouched\n")
            for name in ["report.md", "report.html", "report.md.partial-1"] {
                #expect(symlink(place.path + "/target", "\(trap.path)/\(name)") == 0)
            }
            // A checkout may belong to somebody else: links in the place of the files are replaced, not followed.
            for command in [
                ["report", "--output", trap.path], ["export", "--output", trap.path + "/report.md.partial-1"],
            ] {
                let written = try place.start(command).finish()
                #expect(written.exitCode == 0, "\(written.errors)")
            }
            #expect(try HostFiles.read(trap.path + "/report.md").hasPrefix("# Containers"))
            // A directory that is a stranger's link may lead anywhere.
            #expect(mkdir(place.path + "/elsewhere", 0o755) == 0)
            let planted = trap.path + "/planted"
            #expect(
                symlink(place.path + "/elsewhere", planted) == 0 && lchown(planted, Stranger.user, Stranger.user) == 0)
            for command in [["report", "--output", planted + "/deep"], ["export", "--output", planted + "/x.json"]] {
                let refused = try place.start(command).finish()
                #expect(
                    refused.exitCode == 1 && refused.errors.contains("is a link that belongs to nobody"),
                    "\(refused.errors)")
            }
            #expect(HostFiles.names(in: place.path + "/elsewhere").isEmpty)
            // In a directory of root's own a link is replaced, not followed.
            #expect(unlink(place.path + "/mine/report.md") == 0)
            #expect(symlink(place.path + "/target", place.path + "/mine/report.md") == 0)
            #expect(try place.tare("report", "--output", "mine").exitCode == 0)
            #expect(try HostFiles.read(place.path + "/target") == "untouched\n")
            #expect(try HostFiles.read(place.path + "/mine/report.md").hasPrefix("# Containers"))
        }

        /// A journal is only a file: what it names is touched where tare itself would have made it, and nowhere else.
        @Test func cannotMakeRootRemoveThingsByAJournal() throws {
            let place = try Place()
            try place.write("suite.yaml", SuiteText(platforms: ["namespaces"]).text)
            #expect(try place.tare("run", "suite.yaml", "--output", "report").hasMeasured)
            let run = try place.export().run.id
            let victim = place.path + "/tare-\(run)"
            #expect(mkdir(victim, 0o755) == 0)
            let tree = try CgroupTree.current()
            let group = "/tare-victim-\(getpid()).run"
            try tree.create(group)
            defer { try? tree.remove(group) }
            for (kind, subject) in [
                ("directory", victim), ("directory", "\(place.runs)/../tare-\(run)"), ("cgroup", group),
                ("domain", "qemu+ext:///system?command=/p tare-\(run)-i1"),
            ] {
                try place.query("INSERT INTO intent (run_id, kind, subject) VALUES ('\(run)', '\(kind)', '\(subject)')")
            }
            let cleaned = try place.tare("clean")
            #expect(cleaned.exitCode == 1, "\(cleaned.output)")
            #expect(cleaned.errors.contains("not to be touched"))
            #expect(HostFiles.exists(victim) && tree.exists(group))
            #expect(try place.query("SELECT count(*) FROM intent WHERE closed = 0") == "4")
        }

        /// Somebody else's database is read and not written, and nothing appears beside it.
        @Test func databaseOfAnotherIsReadOnly() throws {
            let place = try Place()
            try place.write("suite.yaml", SuiteText(platforms: ["namespaces"]).text)
            #expect(try place.tare("run", "suite.yaml", "--output", "report").hasMeasured)
            let theirs = try TemporaryDirectory()
            let copy = theirs.path + "/theirs.db"
            try copyProgram(place.database, to: copy)
            chmod(copy, 0o600)
            for path in [theirs.path, copy] { chown(path, Stranger.user, Stranger.user) }
            for command in [["list"], ["report", "--output", "again"], ["export"]] {
                let read = try place.start(command + ["--db", copy]).finish()
                #expect(read.exitCode == 0, "\(command): \(read.errors)")
            }
            for command in [["run", "suite.yaml"], ["clean"]] {
                let refused = try place.start(command + ["--db", copy]).finish()
                #expect(refused.exitCode == 1 && refused.errors.contains("belongs to nobody"), "\(refused.errors)")
            }
            #expect(HostFiles.names(in: theirs.path) == ["theirs.db"])
            // Whoever may not read it is told whose it is.
            chown(copy, 0, 0)
            let binary = try BuiltProgram.path("tare")
            let denied = try Stranger.run([binary, "list", "--db", copy])
            #expect(denied.exitCode == 1 && denied.errors.contains("belongs to root"), "\(denied.errors)")
            chmod(theirs.path, 0o700)
            chown(theirs.path, 0, 0)
            let hidden = try Stranger.run([binary, "list", "--db", copy])
            #expect(hidden.exitCode == 1 && hidden.errors.contains("belongs to root"), "\(hidden.errors)")
        }
    }
}

extension Place {
    /// Whether any of these sockets still accepts a connection of root's.
    fileprivate func refusesNoMore(_ sockets: [String]) -> Bool {
        let script = """
            import socket, sys
            for path in sys.argv[1:]:
                try:
                    socket.socket(socket.AF_UNIX).connect(path)
                    sys.exit(0)
                except OSError:
                    pass
            sys.exit(1)
            """
        return
            (try? Program.start(
                ["python3", "-c", script] + sockets, environment: ["PATH": "/usr/bin:/bin"], directory: "/"
            ).finish().exitCode) == 0
    }
}
