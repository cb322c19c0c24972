import Glibc
import Synchronization

/// A run's name: its start to the second, and four digits by lot. Two that begin in one second may draw the same four: whoever finds
/// its name taken draws again.
final class RunName: Sendable {
    /// How often a name is drawn.
    static let mostDraws = 8

    private let current: Mutex<String>
    private let draw: @Sendable () -> String
    private let isTaken: @Sendable (String) -> Bool

    var value: String { current.withLock { $0 } }

    /// Draws one that is free.
    ///
    /// - Parameter isTaken: whether another run has a name.
    init(draw: @escaping @Sendable () -> String = RunName.drawn, isTaken: @escaping @Sendable (String) -> Bool) {
        var name = draw()
        for _ in 1..<RunName.mostDraws where isTaken(name) { name = draw() }
        current = Mutex(name)
        self.draw = draw
        self.isTaken = isTaken
    }

    /// Makes what bears the name and can be there once; draws another where somebody was faster.
    ///
    /// - Throws: what `make` throws of another reason, or at last.
    func claim(_ make: (String) throws -> Void) throws {
        for _ in 1..<RunName.mostDraws {
            do {
                return try make(value)
            } catch {
                guard isTaken(value) else { throw error }
                current.withLock { $0 = draw() }
            }
        }
        try make(value)
    }

    private static func drawn() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y%m%d-%H%M%S", &parts)
        let stamp = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let random = String(UInt32.random(in: 0x1000...0xffff), radix: 16)
        return "\(stamp)-\(random)"
    }
}
