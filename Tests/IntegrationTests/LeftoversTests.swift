import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// The oracle itself: a leak of each kind is planted, and must be seen. A check that cannot fire proves nothing.
    @Suite("The leak check", .serialized) struct LeftoversTests {
        /// A run of which nothing is left, whose name leaks are planted under.
        private func finishedRun(_ place: Place) throws -> String {
            try place.write("suite.yaml", SuiteText(platforms: ["namespaces"]).text)
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.hasMeasured, "\(finished.errors)")
            return try place.export().run.id
        }

        @Test func isSilentAboutACleanRunAndSeesEveryKindOfLeak() throws {
            let place = try Place()
            let run = try finishedRun(place)
            try Leftovers.expectNone(of: run, in: place)
            func seen() throws -> String { try Leftovers.of(run: run, in: place).joined(separator: "\n") }

            let tree = try CgroupTree.current()
            for root in tree.roots {
                #expect(mkdir("\(root)/tare-\(run).run", 0o755) == 0)
                #expect(try seen().contains("the cgroup \(root)/tare-\(run).run"))
                rmdir("\(root)/tare-\(run).run")
            }
            let named = try Program.start(
                ["busybox", "sh", "-c", "sleep 1000; : tare-\(run)"], environment: [:], directory: "/")
            #expect(try seen().contains("the process \(named.process.pid)"))
            named.process.end(graceMilliseconds: 0)

            let directory = "\(place.runs)/tare-\(run)"
            #expect(mkdir(directory, 0o755) == 0)
            #expect(try seen().contains("the file \(directory)"))
            try Mounts.mount(source: "none", target: directory, type: "tmpfs", flags: 0, data: nil)
            #expect(try seen().contains("the mount"))
            try Mounts.unmount(directory)
            rmdir(directory)

            let network = "net:[\(try inode("/proc/self/ns/net"))]"
            func strike(_ now: UInt64) -> Strike {
                Strike(struck: true, namespaces: [network], run: run, samples: 0, signalled: now)
            }
            #expect(
                try Leftovers.of(run: run, in: place, killedBy: strike(MonotonicClock.now())).contains {
                    $0.contains(network)
                })

            let row = try place.query(
                "INSERT INTO intent (run_id, kind, subject) VALUES ('\(run)', 'cgroup', '/tare-x.run') RETURNING id")
            #expect(try seen().contains("1 open rows"))
            try place.query("DELETE FROM intent WHERE id = \(row)")

            let partial = "\(place.cache)/partial/999999-1"
            #expect(mkdir(partial, 0o755) == 0)
            #expect(try seen().contains("the file \(partial)"))
            rmdir(partial)
            #expect(try seen() == "")
        }

        private func inode(_ path: String) throws -> UInt64 {
            var status = stat()
            guard stat(path, &status) == 0 else { throw SystemError("reading \(path)") }
            return UInt64(status.st_ino)
        }
    }
}
