/// The one shape of an error that reaches a person: what is wrong, where, and how it may be remedied.
package struct TareError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is. It decides the exit code.
    package enum Code: String, Sendable, Codable {
        /// The command line or the suite asks for something that is not possible. Exit code 64.
        case usage
        /// The two runs differ in a fact that matters. Exit code 5.
        case notComparable
        /// The host lacks something: a right, a tool, space, a controller. Exit code 1.
        case hostLacks
        /// The image of a workload cannot be had or is damaged. Exit code 1.
        case image
        /// A platform refused or failed to run an instance. Exit code 1.
        case platform
        /// The store cannot be opened, read or written. Exit code 1.
        case store
        /// A person or a signal ended it. Exit code 130.
        case interrupted
        /// Anything else that stopped the work. Exit code 1.
        case failed
    }

    /// A place in a file, both counted from 1. Columns count Unicode scalars.
    package struct Location: Sendable, Equatable {
        /// The file as the user named it.
        package var file: String
        /// The line, from 1.
        package var line: Int
        /// The column, from 1.
        package var column: Int

        package init(file: String, line: Int, column: Int) {
            self.file = file
            self.line = line
            self.column = column
        }
    }

    /// The kind of trouble.
    package var code: Code
    /// What went wrong, as a sentence without a final full stop.
    package var message: String
    /// What to do about it, as a sentence; nil only where nothing can be done.
    package var remedy: String?
    /// Where in a file, when the trouble is in one.
    package var location: Location?
    /// What lay beneath: the message of a tool or of the system, word for word.
    package var cause: String?

    /// The key of the workload that it is about, such as `memory`, where whoever throws it does not know the file.
    package var concerns: String?

    /// Makes an error; see the properties.
    package init(
        _ code: Code, _ message: String, remedy: String? = nil, location: Location? = nil, cause: String? = nil,
        concerns: String? = nil
    ) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.location = location
        self.cause = cause
        self.concerns = concerns
    }

    /// The exit code of a command that ends with this error.
    package var exitCode: Int32 {
        switch code {
        case .usage: 64
        case .notComparable: 5
        case .interrupted: 130
        case .hostLacks, .image, .platform, .store, .failed: 1
        }
    }

    /// `file:line:column: message: cause. Remedy.`
    package var description: String {
        var text = ""
        if let location { text += "\(location.file):\(location.line):\(location.column): " }
        text += message
        if let cause, !cause.isEmpty { text += ": \(cause)" }
        if let remedy {
            if let last = text.last, !".!?".contains(last) { text += "." }
            text += " \(remedy)"
        }
        return text
    }
}
