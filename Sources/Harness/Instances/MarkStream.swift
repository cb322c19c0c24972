import BenchmarkModel

// The mark protocol, instance to host, is single bytes on a stream (specified with the witness, Sources/witness):
//   E  entered        X  executed        R  ready        F text \n  failed, with the reason as UTF-8
//   D how \n  the command ended, by itself (`e` and the status) or by a signal (`s` and its number)
//   T time \n  how long it took by the instance's own clock, in nanoseconds
//   P pieces  a file that figures are read from (ReceivedFiles.swift)
//   W records  what the command would see, where that was asked for
// The other way comes one at the most:  S  the command is to be asked to end (guests only).
// A byte's time is the host's CLOCK_MONOTONIC when it has arrived; bytes that arrive together share their time.

/// What the bytes of one mark channel say, in whatever pieces they come. Any bytes may come: what is not of the protocol is counted.
struct MarkStream: Sendable {
    /// A text that goes on to the next line feed.
    private enum Text {
        case failure
        case ending
        case time

        /// What is longer is strange.
        var mostBytes: Int {
            switch self {
            case .failure: 1_024
            case .ending: 4
            case .time: 20
            }
        }
    }

    private var text: (kind: Text, bytes: [UInt8])?
    private var worldText: [UInt8]?
    /// Whether a world's records are awaited; they are strange otherwise.
    var awaitsWorld = false

    /// Of a mark that comes again so many are kept: enough to see that it did.
    static let mostOfOneMark = 2

    /// Takes bytes that arrived at a time.
    ///
    /// - Returns: whether the channel is worth listening to any more.
    mutating func take(
        _ bytes: ArraySlice<UInt8>, at nanoseconds: UInt64, into received: inout InstanceChannel.Received
    ) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            // Where it is given up must not depend on the pieces in which the bytes happen to arrive.
            guard received.strangeBytes <= InstanceChannel.mostStrangeBytes else { return false }
            if received.files.isReceiving {
                received.strangeBytes += received.files.take(&rest)
                continue
            }
            let byte = rest.removeFirst()
            if text != nil {
                takeText(byte, at: nanoseconds, into: &received)
            } else if worldText != nil {
                guard takeWorld(byte, into: &received) else {
                    received.strangeBytes = InstanceChannel.mostStrangeBytes + 1
                    return false
                }
            } else {
                takeMark(byte, at: nanoseconds, into: &received)
            }
        }
        return received.strangeBytes <= InstanceChannel.mostStrangeBytes
    }

    private mutating func takeMark(
        _ byte: UInt8, at nanoseconds: UInt64, into received: inout InstanceChannel.Received
    ) {
        func add(_ name: MarkName) {
            if received.marks.count(where: { $0.name == name }) < MarkStream.mostOfOneMark {
                received.marks.append(Mark(name, nanoseconds: nanoseconds))
            } else {
                received.strangeBytes += 1
            }
        }
        switch byte {
        case UInt8(ascii: "E"):
            add(.entered)
            received.consoleBytesBeforeEntry = received.consoleBytesBeforeEntry ?? received.consoleBytes
        case UInt8(ascii: "X"): add(.executed)
        case UInt8(ascii: "R"): add(.ready)
        case UInt8(ascii: "F") where received.failure == nil: text = (.failure, [])
        case UInt8(ascii: "D") where received.ending == nil: text = (.ending, [])
        case UInt8(ascii: "T") where received.instanceNanoseconds == nil: text = (.time, [])
        case UInt8(ascii: "P") where received.files.begin(): break
        case UInt8(ascii: "W") where awaitsWorld:
            awaitsWorld = false
            worldText = []
        default: received.strangeBytes += 1
        }
    }

    private mutating func takeText(
        _ byte: UInt8, at nanoseconds: UInt64, into received: inout InstanceChannel.Received
    ) {
        guard let (kind, bytes) = text else { return }
        guard byte == UInt8(ascii: "\n") else {
            if bytes.count < kind.mostBytes { text?.bytes.append(byte) } else { received.strangeBytes += 1 }
            return
        }
        let line = String(decoding: bytes, as: UTF8.self)
        switch kind {
        case .failure: received.failure = line
        case .ending:
            guard let ending = CommandEnding(protocolText: line) else {
                received.strangeBytes += 1
                return
            }
            received.ending = ending
            received.endedNanoseconds = received.endedNanoseconds ?? nanoseconds
        case .time:
            guard bytes.allSatisfy({ (48...57).contains($0) }), let time = UInt64(line) else {
                received.strangeBytes += 1
                return
            }
            received.instanceNanoseconds = time
        }
        text = nil
    }

    /// Takes a byte of a world's records; false where there are too many.
    private mutating func takeWorld(_ byte: UInt8, into received: inout InstanceChannel.Received) -> Bool {
        guard let count = worldText?.count, count < WorldReader.mostBytes else { return false }
        if byte == 0, worldText?.last ?? 0 == 0 {
            received.world = worldText
            worldText = nil
        } else {
            worldText?.append(byte)
        }
        return true
    }
}
