import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Harness

@Suite struct InstanceChannelTests {
    private func channel() -> InstanceChannel {
        InstanceChannel(instanceDescriptor: -1, outputDescriptor: -1, marksSocketPath: "", consoleSocketPath: "")
    }

    @Test func takesMarksByteByByte() {
        let channel = channel()
        channel.take([UInt8(ascii: "E")], at: 5)
        channel.take(Array("XR".utf8)[...], at: 9)
        #expect(
            channel.received.marks == [
                Mark(.entered, nanoseconds: 5), Mark(.executed, nanoseconds: 9), Mark(.ready, nanoseconds: 9),
            ])
        #expect(Sample.contradictions(in: channel.received.marks).count == 2)  // requested and spawned are missing
    }

    @Test func aFailureMayArriveInPieces() {
        let channel = channel()
        channel.take(Array("EFno such".utf8)[...], at: 1)
        #expect(channel.received.failure == nil)
        channel.take(Array(" thing\nR".utf8)[...], at: 2)
        #expect(channel.received.failure == "no such thing")
        #expect(channel.received.marks.map(\.name) == [.entered, .ready])
    }

    @Test func strangeBytesAreKept() {
        let channel = channel()
        channel.take(Array("E?!".utf8)[...], at: 1)
        #expect(channel.received.strangeBytes == Array("?!".utf8))
    }

    @Test func theConsoleKeepsItsEnd() {
        let channel = channel()
        channel.takeConsole([UInt8](repeating: 65, count: 8_000)[...], at: 3)
        channel.takeConsole([UInt8](repeating: 66, count: 1_000)[...], at: 4)
        #expect(channel.received.console.count == InstanceChannel.consoleLimit)
        #expect(channel.received.console.last == 66)
        #expect(channel.received.marks == [Mark(.kernel, nanoseconds: 3)])
    }

    @Test(arguments: [
        ("[    2.259562] R13: 0000000000000001", true), ("[12345.000001]  </TASK>", true), ("[info] ready", false),
        ("[1] 4711", false), ("tree 21d9 -", false), ("[", false),
    ])
    func knowsTheKernelsOwnLines(line: String, isKernels: Bool) {
        #expect(LaunchedInstance.isKernelMessage(line[...]) == isKernels)
    }

    @Test func bytesOfASocketArriveWithTheHostsTime() throws {
        let directory = try TemporaryDirectory()
        let receiver = try MarkReceiver()
        defer { receiver.close() }
        let channel = try receiver.open(.inherited, directory: directory.path)
        let before = MonotonicClock.now()
        #expect(write(channel.instanceDescriptor, "E", 1) == 1)
        let received = channel.wait(until: before + 5_000_000_000) { !$0.marks.isEmpty }
        let mark = try #require(received.marks.first)
        #expect(mark.name == .entered)
        #expect(mark.nanoseconds >= before && mark.nanoseconds <= MonotonicClock.now())
        channel.closeInstanceSide()
        #expect(channel.wait(until: MonotonicClock.now() + 5_000_000_000) { $0.ended }.ended)
    }

    @Test func aPathTooLongForASocketIsRefusedWithARemedy() throws {
        let receiver = try MarkReceiver()
        defer { receiver.close() }
        let long = "/var/tmp/" + String(repeating: "x", count: 120)
        let error = #expect(throws: TareError.self) { try receiver.open(.sockets, directory: long) }
        #expect(error?.remedy?.contains("TARE_RUN_DIRECTORY") == true)
    }
}
