import BenchmarkModel
import Foundation
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// tare's marks against observers that share nothing with it but the clock.
    ///
    /// What a mark may differ by is what reports state: the channel's p95 as measured in the same run, and the probe interval
    /// for readiness. A p95 is a bound for 19 of 20, and this host may be busy: so each difference is printed, the bound
    /// must hold in most samples, and no mark may ever come before what it stands for.
    @Suite("The marks are true", .serialized) struct TruthTests {
        private static let samples = 9

        private struct Event: Decodable {
            var kind: String
            var nanoseconds, process: Int64
            var group, command: String?
            var born: Int64?
        }

        /// How far a mark lies behind the interval in which the observer knows the event to have happened; negative when it
        /// came too early.
        private struct Difference {
            var mark: String
            var sample: String
            var nanoseconds: Int64
        }

        /// The observer has no interval of its own here: the kernel itself dates each fork, exec and exit (process events
        /// connector, CLOCK_MONOTONIC). Only readiness lies between two such events.
        @Test("of a container, by the kernel's dates of its execs") func containers() throws {
            let place = try Place()
            let slowly = SuiteText.slowly(seconds: "0.1")
            try place.write(
                "suite.yaml",
                SuiteText(command: slowly.command, ready: slowly.ready, samples: TruthTests.samples, echoes: 100).text)
            let output = place.path + "/events.json"
            let observer = try Script.start("observe_containers", [output])
            #expect(eventually { observer.output == "ready\n" }, "\(observer.errors)")
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.hasMeasured, "\(finished.errors)")
            observer.endInput()
            #expect(try observer.finish().exitCode == 0, "\(observer.errors)")

            let events = try JSONDecoder().decode([Event].self, from: Data(HostFiles.read(output, limit: 1 << 30).utf8))
            let run = try place.export()
            let bound = try #require(run.channelP95("runc")) + probeNanoseconds
            var differences: [Difference] = []
            for sample in run.samples {
                #expect(sample.outcome != "failed")
                if let found = try compare(sample, with: events) { differences += found }
            }
            // What the observer came too late for on a busy host is no evidence, for or against.
            #expect(differences.count > TruthTests.samples * 4 / 2)
            judge(differences, bound: bound, of: "runc, observer: kernel process events")
        }

        private func compare(_ sample: ExportedRun.Sample, with events: [Event]) throws -> [Difference]? {
            // tare-RUN-iN has the cgroup /tare-RUN.run/iN.
            let parts = sample.instance.split(separator: "-")
            let group = "\(parts.dropLast().joined(separator: "-")).run/\(try #require(parts.last))\n"
            let inside = events.filter { $0.kind == "exec" && $0.group?.contains(group) == true }
            // The first process becomes the witness, then the shell, then, once the file is there, its last command, by which it
            // is known.
            guard let first = inside.first(where: { $0.command == "busybox sleep 1000 " })?.process else { return nil }
            let own = inside.filter { $0.process == first }
            guard own.count == 3, let witness = own.first, let last = own.last else { return nil }
            let command = own[1]
            let children = Set(inside.map(\.process)).subtracting([witness.process])
            // The file that makes it ready is made between the end of the shell's `sleep` and the shell's last exec.
            let slept = try #require(
                events.last {
                    $0.kind == "exit" && children.contains($0.process) && $0.nanoseconds < last.nanoseconds
                })
            let runtime = try #require(
                events.first {
                    $0.kind == "exec" && $0.command?.contains("--pid-file") == true
                        && $0.command?.contains(sample.instance) == true
                })
            func difference(_ mark: String, _ earliest: Int64, _ latest: Int64) throws -> Difference {
                let time = try #require(sample.time(mark))
                let outside = time < earliest ? time - earliest : max(0, time - latest)
                return Difference(mark: mark, sample: sample.instance, nanoseconds: outside)
            }
            let born = try #require(runtime.born)
            return [
                try difference("spawned", born, born),
                try difference("entered", witness.nanoseconds, witness.nanoseconds),
                try difference("executed", command.nanoseconds, command.nanoseconds),
                try difference("ready", slept.nanoseconds, last.nanoseconds),
            ]
        }

        private struct Tap: Decodable {
            struct Sent: Decodable {
                var instance: String
                var channel: Int
                var text: String
                var entry, exit: Int64
            }
            struct Emulator: Decodable {
                var instance: String
                var exec: Int64
            }
            var emulators: [Emulator]
            var sent: [Sent]
            var clockMoved: Int64
        }

        /// strace dates the system call by which QEMU sends a byte into the channel: the byte left between its entry and its
        /// exit.
        @Test("of a guest, by the system calls of its QEMU", .needs(program: "strace")) func guests() throws {
            let place = try Place()
            try place.write(
                "suite.yaml", SuiteText(platforms: [SuiteText.q35], samples: 3, echoes: 100).text)
            let output = place.path + "/sent.json"
            let observer = try Script.start("observe_guests", [output])
            #expect(eventually { observer.output == "ready\n" }, "\(observer.errors)")
            let finished = try place.tare("run", "suite.yaml", "--output", "report", deadlineSeconds: 240)
            #expect(finished.hasMeasured, "\(finished.errors)")
            observer.endInput()
            #expect(try observer.finish().exitCode == 0, "\(observer.errors)")

            let tap = try JSONDecoder().decode(Tap.self, from: Data(HostFiles.read(output, limit: 1 << 30).utf8))
            let run = try place.export()
            let bound = try #require(run.channelP95("q35")) + probeNanoseconds + tap.clockMoved
            var differences: [Difference] = []
            for sample in run.samples {
                #expect(sample.outcome != "failed")
                let emulator = try #require(tap.emulators.first { $0.instance == sample.instance })
                let spawned = try #require(sample.time("spawned"))
                print(
                    "tare-truth: q35 \(sample.instance) spawned is \((spawned - emulator.exec) / 1_000) µs after the exec of QEMU"
                )
                #expect(spawned >= emulator.exec)
                let sent = tap.sent.filter { $0.instance == sample.instance }
                // The mark channel is the port that carried nothing but these bytes.
                let channel = Dictionary(grouping: sent, by: \.channel).values.first {
                    $0.map(\.text).joined() == "EXR"
                }
                for (mark, letter) in [("entered", "E"), ("executed", "X"), ("ready", "R")] {
                    let byte = try #require(channel?.first { $0.text.contains(letter) })
                    let time = try #require(sample.time(mark))
                    let outside = time < byte.entry ? time - byte.entry : max(0, time - byte.exit)
                    differences.append(Difference(mark: mark, sample: sample.instance, nanoseconds: outside))
                }
                let first = try #require(sent.first)
                let kernel = try #require(sample.time("kernel"))
                let outside = kernel < first.entry ? kernel - first.entry : max(0, kernel - first.exit)
                differences.append(Difference(mark: "kernel", sample: sample.instance, nanoseconds: outside))
            }
            judge(differences, bound: bound, of: "q35, observer: strace of QEMU", clockMoved: tap.clockMoved)
        }

        private var probeNanoseconds: Int64 { Int64(Readiness.probeIntervalMicroseconds) * 1_000 }

        /// Prints every difference, so that it can be quoted, and holds it against the bound.
        private func judge(_ differences: [Difference], bound: Int64, of what: String, clockMoved: Int64 = 0) {
            for (mark, group) in Dictionary(grouping: differences, by: \.mark).sorted(by: { $0.key < $1.key }) {
                let microseconds = group.map { $0.nanoseconds / 1_000 }
                print("tare-truth: \(what): \(mark) differs by \(microseconds) µs, bound \(bound / 1_000) µs")
                let early = group.filter { $0.nanoseconds < -clockMoved }
                #expect(early.isEmpty, "\(mark) came before what it stands for: \(early)")
                let within = group.filter { $0.nanoseconds <= bound }.count
                #expect(within * 2 > group.count, "\(mark) is beyond the bound of \(bound) ns: \(group)")
            }
        }
    }
}
