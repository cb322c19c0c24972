import Glibc
import LinuxSystem
import Reports

/// Shows a page in the user's browser. That is a courtesy: where it cannot be done, standard error says so, and nothing
/// fails.
enum Browser {
    /// What can be done.
    enum Choice: Equatable {
        case start(path: String, arguments: [String])
        /// Why nothing can be, as the end of a sentence.
        case nothing(String)
    }

    /// The user for whom a page is opened by root.
    struct Caller: Equatable {
        var user: UInt32
        var group: UInt32
        /// nil where the host does not know the user.
        var name: String?
        var home: String?
    }

    /// One that fails does so at once; most others hand the page over and end.
    private static let patienceMilliseconds: Int32 = 500

    /// Opens a page, as the user who called sudo where somebody did. Returns at once, whatever becomes of the browser.
    static func open(_ page: String) {
        let caller = Ownership.caller.map { user, group -> Caller in
            let entry = getpwuid(user)
            func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
            return Caller(
                user: user, group: group, name: text(entry?.pointee.pw_name), home: text(entry?.pointee.pw_dir))
        }
        let choice = choice(
            for: link(to: GateFile.resolved(page)), caller: caller, isRoot: geteuid() == 0,
            environment: Directories.environment, program: program)
        switch choice {
        case .nothing(let why): tell(page, why)
        case .start(let path, let arguments):
            start(path, arguments, environment: environment(ownEnvironment, for: caller), page: page)
        }
    }

    /// What opens a link: what `$BROWSER` names, else xdg-open where there is a display.
    ///
    /// - Parameters:
    ///   - caller: for whom it is opened by root; nil where nobody called sudo.
    ///   - isRoot: whether this process is root.
    ///   - environment: the value of a variable; nil where it is not set.
    ///   - program: the path of a program that can be executed; nil where there is none.
    static func choice(
        for link: String, caller: Caller?, isRoot: Bool, environment: (String) -> String?,
        program: (String) -> String?
    ) -> Choice {
        // A browser is never root's here: what it shows and loads is not to be trusted with that.
        if isRoot, caller == nil { return .nothing("root starts no browser; open it as another user") }
        var found: [String]?
        // Names with colons between them, of which the first that is there is meant; %s stands for the link. No shell
        // reads it.
        for browser in (environment("BROWSER") ?? "").split(separator: ":") {
            let words = browser.split(separator: " ").map(String.init)
            guard let first = words.first, let path = program(first) else { continue }
            let rest = words.dropFirst().map { $0.replacing("%s", with: link) }
            found = [path] + rest + (words.contains { $0.contains("%s") } ? [] : [link])
            break
        }
        if found == nil {
            guard let opener = program("xdg-open") else {
                return .nothing("there is no program that opens it: neither xdg-open nor what $BROWSER names")
            }
            guard environment("DISPLAY") != nil || environment("WAYLAND_DISPLAY") != nil else {
                return .nothing("there is no display")
            }
            found = [opener, link]
        }
        guard let command = found, let path = command.first else {
            return .nothing("there is no program that opens it")
        }
        guard let caller else { return .start(path: path, arguments: Array(command.dropFirst())) }
        guard let lowering = program("setpriv") else {
            return .nothing("there is no setpriv that would start a browser without root's rights")
        }
        return .start(
            path: lowering,
            arguments: [
                "--reuid", "\(caller.user)", "--regid", "\(caller.group)",
                caller.name == nil ? "--clear-groups" : "--init-groups", "--",
            ] + command)
    }

    /// The environment of what is started: this process's own, and where root opens it for somebody else, that user's
    /// places.
    ///
    /// - Parameter own: `NAME=VALUE` each.
    static func environment(
        _ own: [String], for caller: Caller?, exists: (String) -> Bool = { HostFiles.exists($0) }
    ) -> [String] {
        guard let caller else { return own }
        var places = [("HOME", caller.home ?? "/"), ("USER", caller.name ?? ""), ("LOGNAME", caller.name ?? "")]
        let runtime = "/run/user/\(caller.user)"
        if exists(runtime) { places.append(("XDG_RUNTIME_DIR", runtime)) }
        if exists("\(runtime)/bus") { places.append(("DBUS_SESSION_BUS_ADDRESS", "unix:path=\(runtime)/bus")) }
        let changed = places.map { "\($0.0)=" } + ["SUDO_", "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "XDG_DATA_HOME="]
        return own.filter { variable in !changed.contains { variable.hasPrefix($0) } }
            + places.filter { !$0.1.isEmpty }.map { "\($0.0)=\($0.1)" }
    }

    /// A path as a link, in which nothing of it means anything.
    static func link(to path: String) -> String { "file://\(PercentEncoding.path(path.utf8))" }

    /// This process's environment as it was at its start.
    private static var ownEnvironment: [String] {
        ((try? HostFiles.read("/proc/self/environ")) ?? "").split(separator: "\0").map(String.init)
    }

    /// The path of a program by its name, or by its path.
    private static func program(_ name: String) -> String? {
        func isProgram(_ path: String) -> Bool {
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
        if name.contains("/") { return name.hasPrefix("/") && isProgram(name) ? name : nil }
        return (Directories.environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
            .filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first(where: isProgram)
    }

    /// In a session of its own and without this process's streams, so that neither waits for the other.
    private static func start(_ path: String, _ arguments: [String], environment: [String], page: String) {
        let null = Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0 else { return tell(page, "/dev/null cannot be opened") }
        defer { close(null) }
        do {
            let child = try ChildProcess.spawn(
                SpawnRequest(
                    path: path, arguments: [path] + arguments, environment: environment,
                    descriptors: (null, null, null)))
            switch child.wait(deadlineMilliseconds: patienceMilliseconds) {
            case nil, .exited(0)?: break
            case .exited(let status)?: tell(page, "\(path) ended with status \(status)")
            case .signalled(let signal)?: tell(page, "\(path) was ended by signal \(signal)")
            }
        } catch {
            tell(page, "\(error)")
        }
    }

    private static func tell(_ page: String, _ why: String) {
        Console.error("tare: no browser shows \(page): \(why).")
    }
}
