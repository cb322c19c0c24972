import BenchmarkModel
import Glibc
import LinuxSystem

/// Measures what a platform's mark channel costs: an instance whose witness sends every byte back.
enum EchoMeasurement {
    /// The time in which an instance must enter, in seconds, and in which one byte must return.
    static let entryDeadlineSeconds: UInt64 = 120
    static let byteDeadlineMilliseconds: Int32 = 5_000

    /// Starts an instance for ``LaunchRequest/Purpose/echo`` and awaits that it enters.
    ///
    /// - Throws: ``TareError`` when it does not.
    static func enter(_ instance: LaunchedInstance, launcher: Launcher, interruption: Interruption) throws {
        try instance.stage(on: launcher)
        try instance.launch(on: launcher)
        if let error = instance.launchError { throw error }
        let deadline = MonotonicClock.now() + entryDeadlineSeconds * 1_000_000_000
        let received = instance.channel.wait(until: deadline, interrupted: { interruption.isRequested }) {
            $0.ended || $0.failure != nil || $0.marks.contains { $0.name == .entered }
        }
        guard received.marks.contains(where: { $0.name == .entered }) else {
            throw TareError(
                .platform, "no echo: the instance did not enter", cause: received.failure ?? instance.lastOutput)
        }
    }

    /// Round trips of single bytes, in nanoseconds.
    ///
    /// - Parameter instance: one that sends back what it receives.
    /// - Throws: ``TareError`` when a byte does not return.
    static func roundTrips(
        count: Int, over instance: LaunchedInstance, receiver: MarkReceiver, interruption: Interruption
    ) throws -> [UInt64] {
        guard let descriptor = receiver.takeDescriptor(of: instance.channel) else {
            throw TareError(.platform, "no echo: the instance's end of the channel is closed")
        }
        defer { close(descriptor) }
        var trips: [UInt64] = []
        trips.reserveCapacity(count)
        var byte: UInt8 = UInt8(ascii: "a")
        for _ in 0..<count where !interruption.isRequested {
            let start = MonotonicClock.now()
            guard write(descriptor, &byte, 1) == 1 else { throw SystemError("writing to the mark channel") }
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, byteDeadlineMilliseconds) == 1, read(descriptor, &byte, 1) == 1 else {
                throw TareError(.platform, "an echoed byte did not return within \(byteDeadlineMilliseconds) ms")
            }
            trips.append(MonotonicClock.now() - start)
        }
        return trips
    }
}
