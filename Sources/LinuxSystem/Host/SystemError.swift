import Glibc

/// What the system said: an errno with its text.
package struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The errno.
    package var number: Int32
    /// What was attempted, such as `mount /x`.
    package var attempt: String

    /// Takes the current errno; call it right after the failing call.
    package init(_ attempt: String) {
        self.init(attempt, number: errno)
    }

    /// Takes a given errno.
    package init(_ attempt: String, number: Int32) {
        self.number = number
        self.attempt = attempt
    }

    /// `attempt: No such file or directory`.
    package var description: String {
        "\(attempt): \(String(cString: strerror(number)))"
    }
}
