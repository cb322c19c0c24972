import BenchmarkModel
import GRDB
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import RunStore

/// The intent journal, and what is known of the process that measures.
@Suite struct JournalTests {
    let scratch: TemporaryDirectory
    let store: RunStore

    init() throws {
        scratch = try TemporaryDirectory()
        store = try RunStore(path: scratch.path + "/tare.db")
    }

    @Test func tellsWhatIsOpenTheLatestFirst() throws {
        try store.create(SampleRun.make(id: "a"))
        try store.create(SampleRun.make(id: "b"))
        let rows = try Intent.Kind.allCases.map { try store.sink(for: "a").open(Intent($0, "subject of \($0)")) }
        let other = try store.sink(for: "b").open(Intent(.cgroup, "/x"))
        let open = try store.openIntents()
        #expect(open.map(\.row) == [other] + rows.reversed())
        #expect(open.map(\.runID) == ["b"] + rows.map { _ in "a" })
        #expect(open.last?.intent == Intent(.directory, "subject of directory"))
        try store.sink(for: "a").close(rows[1])
        try store.close(other)
        #expect(try store.openIntents().map(\.intent?.kind) == [.volumes, .engine, .domain, .directory])
    }

    /// An older tare or a newer one knows more kinds: what this one cannot remove it must not take for something else.
    @Test(arguments: ["container", "volume"]) func aKindThatIsNotKnownStaysOpenAndIsNamed(_ kind: String) throws {
        try store.create(SampleRun.make(id: "a"))
        try store.queue.write {
            try $0.execute(
                sql: "INSERT INTO intent (run_id, kind, subject) VALUES ('a', ?, '/var/tmp/x')", arguments: [kind])
        }
        let open = try #require(try store.openIntents().first)
        #expect(open.kind == kind && open.subject == "/var/tmp/x" && open.runID == "a")
        #expect(open.intent == nil)
    }

    @Test func keepsARunWhoseThingsMayBeOnTheHost() throws {
        let run = SampleRun.make(id: "a")
        try store.create(run)
        let sink = store.sink(for: "a")
        let row = try sink.open(Intent(.cgroup, "/tare-a.run"))
        try sink.save(SampleRun.sample(1, cell: SampleRun.cell(run)))
        let error = try #require(#expect(throws: TareError.self) { try store.delete("a") })
        #expect(error.code == .store && error.remedy == "Run 'tare clean' first.")
        #expect(try store.run("a").observations.count == 1)
        try sink.close(row)
        try store.delete("a")
        #expect(try store.runs().isEmpty)
        // Nothing of it is left in any table.
        for table in [
            "cell", "platform", "preparation", "channel_echo", "threat", "observation", "intent", "unmoved",
        ] {
            let count = try store.queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table)") }
            #expect(count == 0, "\(table)")
        }
    }

    private func setOwner(of id: String, pid: Int32, ticks: UInt64, boot: String? = nil) throws {
        try store.queue.write { database in
            try database.execute(
                sql: "UPDATE run SET owner_pid = ?, owner_start_ticks = ? WHERE id = ?",
                arguments: [pid, Int64(ticks), id])
            if let boot {
                try database.execute(sql: "UPDATE run SET owner_boot = ? WHERE id = ?", arguments: [boot, id])
            }
        }
    }

    @Test func marksARunWhoseProcessDied() throws {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let process = try ChildProcess.spawn(
            SpawnRequest(
                path: "/bin/sleep", arguments: ["sleep", "1000"], environment: [], descriptors: (null, null, null)))
        defer { process.end(graceMilliseconds: 0) }
        let entry = try #require(ProcessEntry(pid: process.pid))
        try store.create(SampleRun.make(id: "other"))
        try store.create(SampleRun.make(id: "own"))
        try store.create(SampleRun.make(id: "ended", status: .failed))
        for id in ["other", "ended"] { try setOwner(of: id, pid: process.pid, ticks: entry.startTicks) }
        #expect(try store.isAlive("other") && store.isAlive("own"))
        #expect(try !store.isAlive("ended") && !store.isAlive("no such run"))
        try store.markDeadRuns()
        #expect(try store.run("other").status == .running)

        process.signal(SIGKILL)
        // A zombie does not measure any more either.
        let end = MonotonicClock.now() + 10_000_000_000
        while ProcessEntry(pid: process.pid)?.state != "Z", MonotonicClock.now() < end { usleep(1_000) }
        #expect(try !store.isAlive("other"))
        #expect(process.wait(deadlineMilliseconds: 10_000) == .signalled(SIGKILL))
        try store.markDeadRuns()
        #expect(try store.run("other").status == .interrupted)
        #expect(try store.run("own").status == .running)
        #expect(try store.run("ended").status == .failed)
    }

    @Test func isNotDeceivedByAnIdThatIsUsedAgain() throws {
        let entry = try #require(ProcessEntry(pid: getpid()))
        try store.create(SampleRun.make(id: "a"))
        try setOwner(of: "a", pid: getpid(), ticks: entry.startTicks)
        #expect(try store.isAlive("a"))
        try setOwner(of: "a", pid: getpid(), ticks: entry.startTicks - 1)
        #expect(try !store.isAlive("a"))
        try setOwner(of: "a", pid: getpid(), ticks: entry.startTicks, boot: "another boot of the host")
        #expect(try !store.isAlive("a"))
    }
}
