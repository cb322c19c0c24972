import ArgumentParser
import BenchmarkModel
import Glibc
import RunStore

/// Where runs are kept.
struct StoreOptions: ParsableArguments {
    @Option(name: .customLong("db"), help: "The database of runs. Default: $XDG_STATE_HOME/tare/tare.db.")
    var database: String?

    @OptionGroup var color: ColorOptions

    /// The path of the database.
    var path: String { database ?? "\(Directories.state)/tare.db" }

    /// Opens the store to write to it; it is made where it is not there.
    ///
    /// - Throws: ``TareError``, also where somebody else owns it or could put another in its place: what is written there
    ///   makes root act.
    func open() throws -> RunStore {
        try Ownership.check(database: path)
        let made = Ownership.missing(Ownership.folder(of: path))
        let store = try RunStore(path: path)
        Ownership.give(made + [path] + Ownership.besides(path))
        return store
    }

    /// Whether there is a database, as far as this user may see.
    ///
    /// - Throws: ``TareError`` where it cannot be told, which names whose the place is.
    func exists() throws -> Bool {
        if access(path, F_OK) == 0 { return true }
        if errno == EACCES { _ = try RunStore.reading(path) }
        return false
    }

    /// Opens the store to read it; nothing is written.
    ///
    /// - Throws: ``TareError``, also where there is none.
    func openExisting() throws -> RunStore {
        guard try exists() else {
            throw TareError(
                .store, "no run is stored: there is no database \(path)",
                remedy: "'tare run' measures one; --db names another database.")
        }
        return try RunStore.reading(path)
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

/// When escape sequences are used.
struct ColorOptions: ParsableArguments {
    @Option(
        help: "Colours and the rewritten line of progress: auto (on a terminal, without NO_COLOR), never or always.")
    var color: Console.Color = .auto

    func validate() throws { Console.setColor(color) }
}

extension Console.Color: ExpressibleByArgument {}

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}
