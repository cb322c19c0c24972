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
        _ = channel.take([UInt8(ascii: "E")], at: 5)
        _ = channel.take(Array("XR".utf8)[...], at: 9)
        #expect(
            channel.received.marks == [
                Mark(.entered, nanoseconds: 5), Mark(.executed, nanoseconds: 9), Mark(.ready, nanoseconds: 9),
            ])
        // requested and spawned are missing.
        #expect(StartupRecord.contradictions(in: channel.received.marks).count == 2)
    }

    @Test func aFailureMayArriveInPieces() {
        let channel = channel()
        _ = channel.take(Array("EFno such".utf8)[...], at: 1)
        #expect(channel.received.failure == nil)
        _ = channel.take(Array(" thing\nR".utf8)[...], at: 2)
        #expect(channel.received.failure == "no such thing")
        #expect(channel.received.marks.map(\.name) == [.entered, .ready])
    }

    @Test func theInstancesOwnTimeComesOnce() {
        let channel = channel()
        _ = channel.take(Array("EXRT12".utf8)[...], at: 1)
        #expect(channel.received.instanceNanoseconds == nil)
        _ = channel.take(Array("34\n".utf8)[...], at: 2)
        #expect(channel.received.instanceNanoseconds == 1_234 && channel.received.strangeBytes == 0)
        _ = channel.take(Array("T5\n".utf8)[...], at: 3)
        #expect(channel.received.instanceNanoseconds == 1_234 && channel.received.strangeBytes == 3)
        for text in ["T\n", "T-1\n", "T99999999999999999999\n"] {
            let other = self.channel()
            _ = other.take(Array(text.utf8)[...], at: 1)
            #expect(other.received.instanceNanoseconds == nil && other.received.strangeBytes == 1, "\(text)")
        }
    }

    /// Whatever the pieces in which they arrive, and whatever bytes they hold.
    @Test(arguments: [1, 2, 7, 4_096])
    func filesArriveWhole(piece: Int) {
        let channel = channel()
        channel.awaitFiles(3)
        var stream = Array("EXRT9\nP256\n".utf8) + (0...255).map { UInt8($0) } + Array("2\nEX0\n".utf8)
        stream += Array("P-no such thing\nP0\n".utf8)
        for start in stride(from: 0, to: stream.count, by: piece) {
            #expect(channel.take(stream[start..<min(stream.count, start + piece)], at: 1))
        }
        let received = channel.received
        #expect(
            received.files.files == [
                .text((0...255).map { UInt8($0) } + Array("EX".utf8)), .absent("no such thing"), .text([]),
            ])
        #expect(received.files.areComplete && received.marks.count == 3 && received.strangeBytes == 0)
        _ = channel.take(Array("P0\n".utf8)[...], at: 2)
        #expect(channel.received.files.files.count == 3 && channel.received.strangeBytes == 3, "one too many")
    }

    @Test(arguments: ["P65537\n", "P123456", "P\n", "Px", "P1-", "P-1\nP1\nx1x"])
    func aFileThatIsNoneIsStrange(text: String) {
        let channel = channel()
        channel.awaitFiles(2)
        _ = channel.take(Array(text.utf8)[...], at: 1)
        let received = channel.received
        #expect(received.strangeBytes > 0)
        #expect(received.files.files.contains(.absent("it did not come as the protocol says")))
    }

    /// An instance that sends without end is neither kept nor listened to.
    @Test func aFileWithoutEndIsGivenUp() {
        let channel = channel()
        channel.awaitFiles(1)
        _ = channel.take(Array("P".utf8)[...], at: 1)
        let piece = Array("65536\n".utf8) + [UInt8](repeating: 0, count: 65_536)
        var isListening = true
        for _ in 0..<100 where isListening { isListening = channel.take(piece[...], at: 1) }
        #expect(!isListening && channel.received.files.files == [.absent(FigureText.tooLong)])
        #expect(channel.received.files.arrivedBytes <= FigureSpec.mostTextBytes + 7 * 65)
    }

    @Test func strangeBytesAreCounted() {
        let channel = channel()
        #expect(channel.take(Array("E?!".utf8)[...], at: 1))
        #expect(channel.received.strangeBytes == 2)
    }

    /// A million marks of one name: two are kept, which shows that it came again, and the channel is given up.
    @Test func aFloodIsNeitherKeptNorListenedTo() {
        let channel = channel()
        #expect(channel.take([UInt8](repeating: UInt8(ascii: "E"), count: 1_000)[...], at: 1))
        var isListening = true
        for _ in 0..<1_000 where isListening {
            isListening = channel.take([UInt8](repeating: UInt8(ascii: "R"), count: 1_000)[...], at: 2)
        }
        #expect(!isListening)
        #expect(channel.received.marks.count == 4)
        #expect(channel.received.strangeBytes > InstanceChannel.mostStrangeBytes)
        let endless = self.channel()
        #expect(endless.take(Array("EF".utf8)[...], at: 1))
        #expect(!endless.take([UInt8](repeating: 65, count: 100_000)[...], at: 1), "a failure's text without end")
        #expect(endless.received.failure == nil)
    }

    /// The host's side of a guest's sockets: only the VMM's user and root may speak, once.
    @Test(.needsRoot) func strangersAreNotHeard() throws {
        let place = try TemporaryDirectory()
        let directory = place.path + "/i1"
        try HostFiles.makeDirectory(directory)
        let receiver = try MarkReceiver()
        defer { receiver.close() }
        let channel = try receiver.open(.sockets(user: 1, group: 1), directory: directory)
        var status = stat()
        #expect(stat(directory, &status) == 0 && status.st_mode & 0o777 == 0o710 && status.st_gid == 1)
        // Somebody who got through all the same, as user 2 in the group of the VMM.
        func speak(as user: Int32, _ text: String) throws -> ChildProcess.Ending? {
            let null = open("/dev/null", O_RDWR | O_CLOEXEC)
            defer { close(null) }
            let script =
                "import socket,sys,time; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
                + "s.sendall(sys.argv[2].encode()); time.sleep(0.1)"
            return try ChildProcess.spawn(
                SpawnRequest(
                    path: "/usr/bin/setpriv",
                    arguments: [
                        "setpriv", "--reuid", "\(user)", "--regid", "1", "--clear-groups", "python3", "-c", script,
                        channel.marksSocketPath, text,
                    ], environment: ["PATH=/usr/bin:/bin"], descriptors: (null, null, null))
            ).wait(deadlineMilliseconds: 20_000)
        }
        _ = try speak(as: 2, "EXR")
        #expect(channel.received.marks.isEmpty, "a stranger's marks")
        #expect(try speak(as: 1, "E") == .exited(0))
        #expect(eventually { channel.received.marks.map(\.name) == [.spawned, .entered] })
        #expect(try speak(as: 1, "R") != .exited(0), "the socket listens no more")
        #expect(channel.received.marks.count == 2)
        receiver.forget(channel)
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

    /// A byte that comes between the receiver's waking for another one and its reading has not arrived when it woke.
    @Test func noByteIsDatedBeforeItWasSent() throws {
        let directory = try TemporaryDirectory()
        let receiver = try MarkReceiver()
        defer { receiver.close() }
        for number in 0..<1_000 {
            let place = "\(directory.path)/i\(number)"
            try HostFiles.makeDirectory(place)
            let channel = try receiver.open(.inherited, directory: place)
            #expect(write(channel.instanceDescriptor, "E", 1) == 1)
            // About as long as the receiver takes to wake.
            let due = MonotonicClock.now() + UInt64(number % 100) * 1_000
            while MonotonicClock.now() < due {}
            let before = MonotonicClock.now()
            #expect(write(channel.instanceDescriptor, "X", 1) == 1)
            let received = channel.wait(until: before + 5_000_000_000) { $0.marks.count == 2 }
            let mark = try #require(received.marks.last)
            #expect(mark.nanoseconds >= before, "dated \(before - mark.nanoseconds) ns before it was sent")
            receiver.forget(channel)
        }
    }

    @Test func aPathTooLongForASocketIsRefusedWithARemedy() throws {
        let receiver = try MarkReceiver()
        defer { receiver.close() }
        let long = "/var/tmp/" + String(repeating: "x", count: 120)
        let error = #expect(throws: TareError.self) { try receiver.open(.sockets(user: 0, group: 0), directory: long) }
        #expect(error?.remedy?.contains("TARE_RUN_DIRECTORY") == true)
    }
}
