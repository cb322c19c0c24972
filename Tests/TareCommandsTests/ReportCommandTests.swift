import ArgumentParser
import Testing

@testable import TareCommands

@Suite struct ReportCommandTests {
    @Test func theOptionsAreRead() throws {
        let plain = try ReportCommand.parse([])
        #expect(plain.name == nil && plain.output == nil && plain.maxBytes == nil && plain.index == nil)
        #expect(!plain.opensBrowser && plain.format == .text)
        let all = try ReportCommand.parse(["20260131", "--output", "x", "--max-bytes", "64KiB", "--open"])
        #expect(all.name == "20260131" && all.output == "x" && all.maxBytes == "64KiB" && all.opensBrowser)
        let index = try ReportCommand.parse(["--index", "reports", "--open"])
        #expect(index.index == "reports" && index.opensBrowser)
    }

    @Test(arguments: [
        ["--max-bytes", "64", "--output", "x"], ["--max-bytes", "1MiB", "--output", "x"],
        ["--max-bytes", "0", "--output", "x"], ["--index", "a b"],
    ]) func isAccepted(_ arguments: [String]) {
        #expect(throws: Never.self) { try ReportCommand.parse(arguments) }
    }

    @Test(arguments: [
        ["--max-bytes", ""], ["--max-bytes", "64K"], ["--max-bytes=-1"], ["--max-bytes", "1.5"],
        ["--max-bytes", "99999999999999999999"], ["--max-bytes"], ["--index", ""], ["--index", "a", "latest"],
        ["--index", "a", "--output", "b"], ["--index", "a", "--max-bytes", "64KiB"],
        ["--max-bytes", "64KiB"], ["--index", "a", "--format", "json"], ["--format", "pdf"], ["a", "b"],
    ]) func theParserRefusesTheRest(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try ReportCommand.parse(arguments) }
    }

    @Test func aRefusalNamesWhatIsWrong() throws {
        func message(_ arguments: [String]) throws -> String {
            let error = try #require(#expect(throws: (any Error).self) { try ReportCommand.parse(arguments) })
            return ReportCommand.message(for: error)
        }
        let size = try message(["--max-bytes", "a\u{1B}[31mb"])
        #expect(size.hasPrefix("--max-bytes: 'a?[31mb' is no size: write a number of bytes, or one with KiB, "))
        let whole = try message(["--max-bytes", "64KiB"])
        #expect(whole.contains("would replace the whole one: name another directory with --output"))
        let index = try message(["--index", "reports", "--max-bytes", "1kB"])
        #expect(index == "--index lists reports and writes none: remove --max-bytes.")
    }

    @Test func sizesAreNumbersOrHaveUnits() {
        #expect(ReportSize.bytes("65536") == 65_536 && ReportSize.bytes("64KiB") == 65_536)
        #expect(ReportSize.bytes("1 MiB") == 1 << 20 && ReportSize.bytes("0") == 0)
        #expect(ReportSize.bytes("\(Int.max)") == Int.max)
        for text in ["", " ", "-1", "+1", "1e3", "64k", "٣", "9223372036854775808", "16777215.999TiB"] {
            #expect(ReportSize.bytes(text) == nil, "\(text)")
        }
    }
}

/// What shows a page, and as whom.
@Suite struct BrowserTests {
    private static let page = "file:///r/report.html"
    private static let caller = Browser.Caller(user: 1_000, group: 1_001, name: "ann", home: "/home/ann")

    private func choice(
        _ environment: [String: String], _ programs: [String], caller: Browser.Caller? = nil, isRoot: Bool? = nil
    ) -> Browser.Choice {
        Browser.choice(
            for: Self.page, caller: caller, isRoot: isRoot ?? (caller != nil), environment: { environment[$0] },
            program: { name in programs.contains(name) ? "/bin/" + name : nil })
    }

    /// Nobody called sudo: there is no user as whom a browser could run.
    @Test func rootStartsNone() {
        let found = choice(["DISPLAY": ":0", "BROWSER": "b"], ["b", "xdg-open", "setpriv"], isRoot: true)
        #expect(found == .nothing("root starts no browser; open it as another user"))
    }

    @Test func aDesktopHasItsOpener() {
        for display in ["DISPLAY", "WAYLAND_DISPLAY"] {
            #expect(
                choice([display: "x"], ["xdg-open"]) == .start(path: "/bin/xdg-open", arguments: [Self.page]))
        }
        #expect(choice([:], ["xdg-open"]) == .nothing("there is no display"))
        guard case .nothing(let why) = choice(["DISPLAY": ":0"], ["setpriv"]) else {
            Issue.record("nothing can be started here")
            return
        }
        #expect(why.contains("xdg-open") && why.contains("$BROWSER"))
    }

    /// Several names with colons between them, words with spaces; no shell reads them.
    @Test(
        arguments: [
            ("firefox", ["firefox", "P"]), ("firefox --new-window", ["firefox", "--new-window", "P"]),
            ("none:firefox", ["firefox", "P"]), ("none -x::firefox %s -y", ["firefox", "P", "-y"]),
            ("firefox --app=%s", ["firefox", "--app=P"]), ("firefox;$(id)", ["xdg-open", "P"]),
            ("firefox $(id)", ["firefox", "$(id)", "P"]), ("", ["xdg-open", "P"]), (" : ", ["xdg-open", "P"]),
        ] as [(String, [String])])
    func theUsersChoiceComesFirst(_ browser: String, _ words: [String]) {
        // P stands for the page.
        let arguments = words.dropFirst().map { $0.replacing("P", with: Self.page) }
        let found = choice(["BROWSER": browser, "DISPLAY": ":0"], ["firefox", "xdg-open"])
        #expect(found == .start(path: "/bin/" + words[0], arguments: arguments))
    }

    /// What a user names may need no display, on the far side of an editor's connection for one.
    @Test func theUsersChoiceNeedsNoDisplay() {
        #expect(choice(["BROWSER": "helper"], ["helper"]) == .start(path: "/bin/helper", arguments: [Self.page]))
    }

    /// Root starts no browser for somebody else with its own rights.
    @Test func underSudoItIsTheCallers() {
        let found = choice(["DISPLAY": ":0"], ["xdg-open", "setpriv"], caller: Self.caller)
        #expect(
            found
                == .start(
                    path: "/bin/setpriv",
                    arguments: [
                        "--reuid", "1000", "--regid", "1001", "--init-groups", "--", "/bin/xdg-open", Self.page,
                    ]))
        var unnamed = Self.caller
        unnamed.name = nil
        guard case .start(_, let arguments) = choice(["BROWSER": "b"], ["b", "setpriv"], caller: unnamed) else {
            Issue.record("it can be started")
            return
        }
        #expect(arguments.contains("--clear-groups") && !arguments.contains("--init-groups"))
        guard case .nothing(let why) = choice(["DISPLAY": ":0"], ["xdg-open"], caller: Self.caller) else {
            Issue.record("it would be root's")
            return
        }
        #expect(why.contains("setpriv"))
    }

    @Test func theEnvironmentIsTheCallers() {
        let own = [
            "HOME=/root", "USER=root", "LOGNAME=root", "PATH=/bin", "DISPLAY=:0", "SUDO_UID=1000", "SUDO_COMMAND=x",
            "XDG_RUNTIME_DIR=/run/user/0", "HOMEPAGE=x",
        ]
        #expect(Browser.environment(own, for: nil) == own)
        let some = Browser.environment(own, for: Self.caller) { $0 == "/run/user/1000" }
        #expect(
            some == [
                "PATH=/bin", "DISPLAY=:0", "HOMEPAGE=x", "HOME=/home/ann", "USER=ann", "LOGNAME=ann",
                "XDG_RUNTIME_DIR=/run/user/1000",
            ])
        let all = Browser.environment(own, for: Self.caller) { _ in true }
        #expect(all.last == "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus")
        // Somebody whom the host does not know has no name and no home.
        let unknown = Browser.environment(["HOME=/root", "USER=root"], for: .init(user: 7, group: 7)) { _ in false }
        #expect(unknown == ["HOME=/"])
    }

    @Test func aPathIsALinkWhateverItHolds() {
        #expect(Browser.link(to: "/a b/-x/#?%/report.html") == "file:///a%20b/-x/%23%3F%25/report.html")
        #expect(Browser.link(to: "/\"$(id)`;\n") == "file:///%22%24%28id%29%60%3B%0A")
    }
}
