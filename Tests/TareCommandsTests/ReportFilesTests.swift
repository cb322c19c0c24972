import Analysis
import BenchmarkModel
import Glibc
import LinuxSystem
import Reports
import TestSupport
import Testing

@testable import TareCommands

/// The files of a report, and the list of reports, in a real directory.
@Suite struct ReportFilesTests {
    private static let stranger: UInt32 = 65_534

    private let place: TemporaryDirectory
    private var output: String { place.path + "/report" }
    private var charts: String { output + "/charts" }

    init() throws { place = try TemporaryDirectory() }

    private func report(_ workloads: [String] = ["noop", "nginx"], id: String = "20260131-093000-abcd") -> Report {
        var run = SyntheticRun.full(
            workloads: workloads.map { SyntheticRun.workload($0, readiness: .started) },
            platforms: [SyntheticRun.namespaces, SyntheticRun.runc])
        run.id = id
        return Report(RunAnalysis(run: run, resamples: 10))
    }

    private func kind(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private func names(_ report: Report) -> [String] { report.chartFiles.map { $0.name }.sorted() }

    @Test func drawingsStandBesideTheText() throws {
        let report = report()
        for _ in 1...2 {
            try ReportFiles.write(report, to: output)
            #expect(HostFiles.names(in: output) == ["charts", "report.html", "report.md"])
            let found = HostFiles.names(in: charts)
            #expect(!found.isEmpty && found == names(report))
            for chart in report.chartFiles {
                let content = try HostFiles.read("\(charts)/\(chart.name)")
                #expect(content == chart.content)
            }
            let text = try HostFiles.read(output + "/report.md")
            #expect(text == report.markdown(charts: "charts") && text.contains("](charts/\(found[0])"))
        }
    }

    /// Of an earlier report of the same run what is not written any more goes, and nothing else does.
    @Test func whatIsNotWrittenAnyMoreGoes() throws {
        try ReportFiles.write(report(), to: output)
        let earlier = HostFiles.names(in: charts)
        let fewer = report(["nginx"])
        #expect(names(fewer).count < earlier.count)
        let other = try #require(report(id: "20260131-093000-ffff").chartFiles.first)
        let mine = try #require(report().chartFiles.first)
        for (name, text) in [
            ("mine.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"), ("other.svg", other.content),
            ("empty.svg", ""), ("notes.txt", mine.content), ("a b.svg", mine.content),
        ] {
            try HostFiles.create("\(charts)/\(name)", bytes: Array(text.utf8))
        }
        try HostFiles.create(place.path + "/target", bytes: Array(mine.content.utf8))
        #expect(symlink(place.path + "/target", charts + "/link.svg") == 0)
        #expect(mkfifo(charts + "/pipe.svg", 0o600) == 0)
        try HostFiles.makeDirectory(charts + "/folder.svg")
        try ReportFiles.write(fewer, to: output)
        let kept = [
            "mine.svg", "other.svg", "empty.svg", "notes.txt", "a b.svg", "link.svg", "pipe.svg", "folder.svg",
        ]
        #expect(HostFiles.names(in: charts) == (names(fewer) + kept).sorted())
        #expect(HostFiles.exists(place.path + "/target"))
    }

    /// What is held within a number of bytes is for a place without files.
    @Test func aShortTextHasNoDrawings() throws {
        try ReportFiles.write(report(), to: output)
        try ReportFiles.write(report(), to: output, within: 8_192)
        #expect(HostFiles.names(in: output) == ["report.html", "report.md"])
        let text = try HostFiles.read(output + "/report.md")
        #expect(text.utf8.count <= 8_192 && !text.contains("!["))
    }

    @Test func whatCannotBeWrittenLeavesTheEarlierReport() throws {
        let error = try #require(
            #expect(throws: TareError.self) { try ReportFiles.write(report(), to: output, within: 100) })
        #expect(error.code == .usage && error.message.contains("within 100 bytes"))
        #expect(!HostFiles.exists(output))
        try ReportFiles.write(report(), to: output)
        let before = try HostFiles.read(output + "/report.md")
        #expect(throws: TareError.self) { try ReportFiles.write(report(["nginx"]), to: output, within: 0) }
        let after = try HostFiles.read(output + "/report.md")
        #expect(before == after && HostFiles.names(in: charts) == names(report()))
    }

    /// A link in the place of a file is replaced and not followed.
    @Test func nothingIsWrittenThroughALink() throws {
        try HostFiles.create(place.path + "/target", bytes: Array("untouched".utf8))
        let report = report()
        try HostFiles.makeDirectory(output)
        try HostFiles.makeDirectory(charts)
        let name = try #require(report.chartFiles.first?.name)
        #expect(symlink(place.path + "/target", "\(charts)/\(name)") == 0)
        // Nor to what would take it for ever, or for something else.
        let other = try #require(report.chartFiles.last?.name)
        #expect(mkfifo("\(charts)/\(other)", 0o600) == 0 && mkfifo(output + "/report.md", 0o600) == 0)
        #expect(symlink("/dev/null", output + "/report.html") == 0)
        try ReportFiles.write(report, to: output)
        let target = try HostFiles.read(place.path + "/target")
        #expect(target == "untouched")
        for path in ["\(charts)/\(name)", "\(charts)/\(other)", output + "/report.md", output + "/report.html"] {
            #expect(kind(path) == S_IFREG, "\(path)")
        }
    }

    /// A directory of charts that is a stranger's link may lead anywhere.
    @Test(.needsRoot) func aStrangersLinkIsRefused() throws {
        try HostFiles.makeDirectory(place.path + "/elsewhere")
        try HostFiles.makeDirectory(output)
        #expect(symlink(place.path + "/elsewhere", charts) == 0)
        #expect(lchown(charts, Self.stranger, Self.stranger) == 0)
        let error = try #require(#expect(throws: TareError.self) { try ReportFiles.write(report(), to: output) })
        #expect(error.message.contains("charts is a link that belongs to"), "\(error)")
        #expect(throws: TareError.self) { try ReportFiles.check(output) }
        #expect(HostFiles.names(in: place.path + "/elsewhere").isEmpty)
    }

    @Test func aTrialLeavesNothingAndFindsWhatIsInTheWay() throws {
        try ReportFiles.check(output)
        #expect(!HostFiles.exists(output))
        try HostFiles.makeDirectory(output)
        try ReportFiles.check(output)
        #expect(HostFiles.names(in: output).isEmpty)
        try HostFiles.create(charts, bytes: [])
        let error = try #require(#expect(throws: TareError.self) { try ReportFiles.check(output) })
        #expect(error.message == "the report cannot be written to \(output)")
        #expect(HostFiles.names(in: output) == ["charts"])
    }
}

@Suite struct ReportIndexTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func make(_ name: String, _ page: String) throws {
        try HostFiles.makeDirectory("\(place.path)/\(name)")
        try HostFiles.create("\(place.path)/\(name)/report.html", bytes: Array(page.utf8))
    }

    private func page(_ run: String) -> String {
        "<html><head><meta name=\"tare-report\" content=\"1\"/><meta name=\"tare-run\" content=\"\(run)\"/><style>"
    }

    @Test func reportsAreListedFromTheirFiles() throws {
        try make("one", page("run-1"))
        try make("old", "<html></html>")
        try make("a\"><script>", page("&lt;script&gt;"))
        try HostFiles.makeDirectory(place.path + "/without")
        try HostFiles.create(place.path + "/report.html", bytes: Array(page("run-above").utf8))
        // What leads elsewhere, or would be waited for, is no report of this directory.
        try HostFiles.makeDirectory(place.path + "/linked")
        #expect(symlink(place.path + "/one/report.html", place.path + "/linked/report.html") == 0)
        #expect(symlink(place.path + "/one", place.path + "/link") == 0)
        try HostFiles.makeDirectory(place.path + "/waiting")
        #expect(mkfifo(place.path + "/waiting/report.html", 0o600) == 0)
        // Twice: its own list it may write anew.
        for path in [place.path, place.path + "/"] {
            #expect(try ReportIndex.write(to: path) == place.path + "/index.html")
        }
        let html = try HostFiles.read(place.path + "/index.html")
        #expect(html.contains("<a href=\"one/report.html\">run-1</a>"))
        #expect(html.contains("<a href=\"old/report.html\">old</a></h2>\n<p class=\"subtitle\">made by another"))
        #expect(html.contains("<a href=\"a%22%3E%3Cscript%3E/report.html\">&lt;script&gt;</a>"))
        #expect(html.contains(">3 reports, the newest first; 1 made by another version, or not by tare.<"))
        #expect(!html.contains("<script") && !html.contains("run-above"))
        #expect(HostFiles.names(in: place.path).allSatisfy { !$0.hasPrefix(".tare-") })
    }

    /// A user's own link to the directory is followed.
    @Test func aLinkMayNameTheDirectory() throws {
        try make("one", page("run-1"))
        let other = try TemporaryDirectory()
        #expect(symlink(place.path, other.path + "/reports") == 0)
        let path = try ReportIndex.write(to: other.path + "/reports")
        #expect(path == other.path + "/reports/index.html" && HostFiles.exists(place.path + "/index.html"))
    }

    /// A page that somebody else made is not overwritten.
    @Test func aForeignPageStays() throws {
        try make("one", page("run-1"))
        let index = place.path + "/index.html"
        try HostFiles.create(index, bytes: Array("<html>mine</html>".utf8))
        let error = try #require(#expect(throws: TareError.self) { try ReportIndex.write(to: place.path) })
        #expect(error.message == "\(index) is not overwritten: it is no list that tare made")
        let text = try HostFiles.read(index)
        #expect(text == "<html>mine</html>" && unlink(index) == 0)
        #expect(symlink(place.path + "/nowhere", index) == 0)
        #expect(throws: TareError.self) { try ReportIndex.write(to: place.path) }
        #expect(!HostFiles.exists(place.path + "/nowhere"))
    }

    @Test(arguments: ["/none", "/file"]) func whatIsNoDirectoryIsSaid(_ name: String) throws {
        try HostFiles.create(place.path + "/file", bytes: [])
        let error = try #require(#expect(throws: TareError.self) { try ReportIndex.write(to: place.path + name) })
        #expect(error.message == "the reports in \(place.path)\(name) cannot be listed")
        #expect(error.remedy?.contains("--index") == true)
    }
}
