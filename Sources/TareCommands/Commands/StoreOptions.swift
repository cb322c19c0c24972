import ArgumentParser
import BenchmarkModel
import Glibc
import RunStore

/// Where runs are kept.
struct StoreOptions: ParsableArguments {
    @Option(name: .customLong("db"), help: "The database of runs. Default: $XDG_STATE_HOME/tare/tare.db.")
    var database: String?

    /// The path of the database.
    var path: String { database ?? "\(Directories.state)/tare.db" }

    func open() throws -> RunStore { try RunStore(path: path) }
}

/// tare's own directories.
enum Directories {
    /// `$XDG_STATE_HOME/tare`.
    static var state: String { "\(base("XDG_STATE_HOME", ".local/state"))/tare" }
    /// `$XDG_CACHE_HOME/tare`.
    static var cache: String { "\(base("XDG_CACHE_HOME", ".cache"))/tare" }

    private static func base(_ variable: String, _ fallback: String) -> String {
        // A relative path is invalid by the XDG specification and is passed over.
        if let value = environment(variable), value.hasPrefix("/") { return value }
        return "\(environment("HOME") ?? "/root")/\(fallback)"
    }

    static func environment(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }
}

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}
