/// The limits of setrlimit(2) that a command gets, on every platform the same numbers.
package enum ResourceLimits {
    /// A limit with what an instance gets where its suite says nothing.
    package struct Kind: Sendable {
        package var name: String
        /// The kernel's number for it (`asm-generic/resource.h`, so on x86-64 and arm64).
        package var number: Int32
        /// nil for no limit.
        package var soft: UInt64?
        package var hard: UInt64?
        /// The greatest number that means anything.
        package var most: UInt64 = ResourceLimits.most
    }

    /// More than any kernel counts, and less than what overflows in the witness.
    package static let most: UInt64 = 1 << 60

    /// All of them. An engine hands on those of its own service; these are what it has under a common distribution, with
    /// fixed numbers where the kernel would count by the machine's memory (`sigpending`), and without core files,
    /// which go where the host's kernel has been told to put them.
    package static let kinds = [
        Kind(name: "cpu", number: 0),
        Kind(name: "fsize", number: 1),
        Kind(name: "data", number: 2),
        Kind(name: "stack", number: 3, soft: 8 << 20),
        Kind(name: "core", number: 4, soft: 0),
        Kind(name: "rss", number: 5),
        Kind(name: "nproc", number: 6),
        // Nobody may have more open files than fs.nr_open, whose default is this.
        Kind(name: "nofile", number: 7, soft: 1_024, hard: 524_288, most: 1 << 20),
        Kind(name: "memlock", number: 8, soft: 8 << 20, hard: 8 << 20),
        Kind(name: "as", number: 9),
        Kind(name: "locks", number: 10),
        Kind(name: "sigpending", number: 11, soft: 32_768, hard: 32_768),
        Kind(name: "msgqueue", number: 12, soft: 819_200, hard: 819_200),
        Kind(name: "nice", number: 13, soft: 0, hard: 0, most: 40),
        Kind(name: "rtprio", number: 14, soft: 0, hard: 0, most: 99),
        Kind(name: "rttime", number: 15),
    ]

    /// A limit as the witness sets it.
    package struct Setting: Sendable, Equatable {
        package var number: Int32
        /// nil for no limit.
        package var soft: UInt64?
        package var hard: UInt64?
        /// Whether a suite asks for it, so that an instance without it must not run.
        package var isAsked: Bool
    }

    /// What a command gets.
    ///
    /// - Parameter own: tare's own hard limit by number, nil for none: what is greater cannot be given, whoever asks.
    package static func settings(_ asked: [ResourceLimit], own: (Int32) -> UInt64?) -> [Setting] {
        kinds.map { kind in
            let wanted = asked.first { $0.name == kind.name }
            let hard = lesser(wanted.map(\.hard) ?? kind.hard, own(kind.number))
            let soft = lesser(wanted.map(\.soft) ?? kind.soft, hard)
            return Setting(number: kind.number, soft: soft, hard: hard, isAsked: wanted != nil)
        }
    }

    /// The limits that are asked for and cannot be given, each with the most that can.
    package static func refused(
        _ asked: [ResourceLimit], own: (Int32) -> UInt64?
    ) -> [(limit: ResourceLimit, most: UInt64)] {
        asked.compactMap { limit in
            guard let kind = kinds.first(where: { $0.name == limit.name }), let most = own(kind.number),
                limit.hard.map({ $0 > most }) ?? true
            else { return nil }
            return (limit, most)
        }
    }

    private static func lesser(_ first: UInt64?, _ second: UInt64?) -> UInt64? {
        guard let first, let second else { return first ?? second }
        return min(first, second)
    }
}
