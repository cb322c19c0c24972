import Glibc

/// What the system said: an errno with its text.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The errno.
    public var number: Int32
    /// What was attempted, such as `mount /x`.
    public var attempt: String

    /// Takes the current errno; call it right after the failing call.
    public init(_ attempt: String) {
        self.init(attempt, number: errno)
    }

    /// Takes a given errno.
    public init(_ attempt: String, number: Int32) {
        self.number = number
        self.attempt = attempt
    }

    /// `attempt: No such file or directory`.
    public var description: String {
        "\(attempt): \(String(cString: strerror(number)))"
    }
}
