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

    /// Opens the store; it is made where it is not there.
    func open() throws -> RunStore { try RunStore(path: path) }

    /// Whether there is a database.
    var exists: Bool { access(path, F_OK) == 0 }

    /// Opens the store to read it.
    ///
    /// - Throws: ``TareError``, also where there is none: a command that only reads leaves no empty one behind.
    func openExisting() throws -> RunStore {
        guard exists else {
            throw TareError(
                .store, "no run is stored: there is no database \(path)",
                remedy: "'tare run' measures one; --db names another database.")
        }
        return try open()
    }
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
