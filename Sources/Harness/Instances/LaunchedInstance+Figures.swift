import BenchmarkModel
internal import CLinuxShims
import Glibc
import LinuxSystem

/// What comes behind the end of a command that ends: its time on the instance's own clock, files, and the rest of its output.
extension LaunchedInstance {
    private var workload: Workload { request.prepared.workload }
    private var printsFigures: Bool { workload.figures.contains { $0.source == .output } }

    /// Lets all be kept that figures are looked for in. Before the launch.
    func prepareFigures() {
        guard workload.readiness == .completed else { return }
        channel.awaitFiles(workload.figureFiles.count)
        if printsFigures { channel.keepOutput(firstBytes: FigureSpec.mostTextBytes) }
    }

    /// How a command that is awaited to its end ended; nil where it has not, or where nobody knows.
    var taskEnding: CommandEnding? {
        let received = channel.received
        if let told = received.ending { return told }
        guard launchError == nil, received.failure == nil else { return nil }
        if received.marks.contains(where: { $0.name == .ready }) { return .exited(0) }
        return received.ended ? commandEnding() : nil
    }

    /// How long nothing may come of what the witness sends of an ended command, and how long all of it may take, in nanoseconds.
    private static let trailNanoseconds: UInt64 = 5_000_000_000
    private static let longestTrailNanoseconds: UInt64 = 60_000_000_000

    /// Waits for what comes behind the command's end, where it has ended. Not in the timed path.
    func awaitTrail(_ interruption: Interruption) {
        guard taskEnding != nil else { return }
        let limit = MonotonicClock.now() + LaunchedInstance.longestTrailNanoseconds
        var arrived = -1
        while MonotonicClock.now() < limit, !interruption.isRequested {
            let patience = min(limit, MonotonicClock.now() + LaunchedInstance.trailNanoseconds)
            let received = channel.wait(until: patience, interrupted: { interruption.isRequested }) {
                $0.ended || ($0.instanceNanoseconds != nil && $0.files.areComplete)
            }
            // A slow serial port may take longer than one wait; one that brings nothing any more is not waited for.
            if received.ended || received.files.areComplete || received.files.arrivedBytes == arrived { break }
            arrived = received.files.arrivedBytes
        }
        guard printsFigures else { return }
        if !channel.directory.isEmpty {
            // A runtime in the foreground hands on what the command prints, and may not be done with that.
            outputIsWhole = awaitPlatformsEnd()
        } else if channel.received.hasPort {
            // The guest powers off, and the VMM closes the port behind the last byte.
            let patience = MonotonicClock.now() + LaunchedInstance.portNanoseconds
            _ = channel.wait(until: patience, interrupted: { interruption.isRequested }) { $0.outputEnded }
        }
    }

    /// The texts in which the workload's figures are looked for, as far as the instance gave them. While it lives.
    func figureTexts() -> [FigureSpec.Source: FigureText] {
        var texts: [FigureSpec.Source: FigureText] = [:]
        if printsFigures { texts[.output] = outputText() }
        let received = channel.received
        for (position, path) in workload.figureFiles.enumerated() {
            let isHere = position < received.files.files.count
            texts[.file(path)] =
                isHere
                ? received.files.files[position]
                : .absent("it did not come from the instance" + (received.ended ? " before that ended" : " in time"))
        }
        return texts
    }

    private func outputText() -> FigureText {
        guard outputIsWhole else {
            let seconds = LaunchedInstance.portNanoseconds / 1_000_000_000
            return .absent("the runtime did not hand it on within \(seconds) s")
        }
        if !channel.directory.isEmpty { return LaunchedInstance.text(ofFile: request.directory + "/output") }
        let received = channel.received
        guard received.hasPort else {
            return .absent(
                "the guest's kernel has no virtio console, so that the output comes with the kernel's own messages; let the "
                    + "figures be read from a file ('in:')")
        }
        guard received.outputEnded else {
            return .absent("its end did not come within \(LaunchedInstance.portNanoseconds / 1_000_000_000) s")
        }
        return received.output.whole.map { .text($0) } ?? .absent(FigureText.tooLong)
    }

    /// Reads a file of the host that a workload without isolation may have done anything with.
    static func text(ofFile path: String) -> FigureText {
        let descriptor = tare_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return .absent(String(cString: strerror(errno))) }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return .absent("it is no regular file")
        }
        guard status.st_size <= FigureSpec.mostTextBytes else { return .absent(FigureText.tooLong) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= FigureSpec.mostTextBytes {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .absent(String(cString: strerror(errno))) }
            guard count > 0 else { return .text(bytes) }
            bytes.append(contentsOf: chunk[..<count])
        }
        // Something goes on printing.
        return .absent(FigureText.tooLong)
    }
}
