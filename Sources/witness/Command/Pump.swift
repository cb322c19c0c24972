import CWitnessShims

/// Hands on what the command prints in a guest: out of a pipe, to the port or the console that leads to the host. Also while the
/// witness waits for an answer to a probe: a command must not have to wait for that to print.
final class Pump {
    /// So much is handed on at once. A serial port is slow: what is written to it must not keep probes waiting.
    private static let chunkCapacity = 64 << 10
    private static let consoleCapacity = 512
    /// The largest pipe that a command can make of its own (/proc/sys/fs/pipe-max-size).
    private static let mostPipeBytes = 1 << 20

    /// The pipe; -1 once nobody can write to it any more.
    private(set) var reading: Int32
    private let output: Int32
    private let isConsole: Bool
    private let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: chunkCapacity)

    init(_ streams: Streams) {
        reading = streams.reading
        output = streams.output
        isConsole = streams.isConsole
    }

    /// - Parameter all: what lies in the pipe when the command has ended. What it left behind may go on printing for ever.
    func handOn(all: Bool) {
        guard reading >= 0 else { return }
        let capacity = isConsole ? Pump.consoleCapacity : Pump.chunkCapacity
        var handed = 0
        repeat {
            let got = read(reading, chunk, capacity)
            if got < 0, witness_errno() == EINTR { continue }
            if got == 0 {
                close(reading)
                reading = -1
            }
            guard got > 0 else { return }
            handed += got
            var sent = 0
            while sent < got {
                let written = write(output, chunk + sent, got - sent)
                if written < 0, witness_errno() == EINTR { continue }
                guard written > 0 else { break }
                sent += written
            }
        } while all && handed < Pump.mostPipeBytes
    }

    /// Waits until a slow console has taken all.
    func settle() {
        if isConsole { tcdrain(output) }
    }
}

/// The one of this guest; nil where there is none. The witness has one thread.
nonisolated(unsafe) var pump: Pump?
