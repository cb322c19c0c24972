import BenchmarkModel
import Charts
import Foundation
import TestSupport
import Testing

@testable import Reports

/// The drawings of starts: nginx takes 2 ms without isolation, 8 ms in namespaces, 64 ms under runc, 5120 ms in q35.
@Suite struct StartupPictureTests {
    private func report(_ platforms: [PlatformSpec] = SyntheticRun.all) -> Report {
        Report(run: SyntheticRun.full(platforms: platforms))
    }

    /// Where lines of a style stand, in the order of the drawing.
    private func places(_ style: String, in figure: Reports.Figure) -> [String] {
        figure.svg.components(separatedBy: "<line ").dropFirst().filter { $0.contains("class=\"\(style)\"") }
            .map { line in String(line.dropFirst("x1=\"".count).prefix { $0 != "\"" }) }
    }

    @Test func platformsShareOneAxisWithAZoomOfTheShortOnes() throws {
        let phases = try #require(report().figure("phases-nginx-warm"))
        #expect(phases.svg.contains("Zoom: the first 80 ms; cut there: q35."))
        #expect(phases.svg.contains("requested to spawned: 640 ms, cut at 80 ms"))
        #expect(phases.svg.contains("5120 ms (cut)"))
        #expect(!phases.svg.contains("64.0 ms (cut)"))
        #expect(phases.caption.contains(" The first 80 ms are shown again below, larger"))
        #expect(phases.legend.last?.label == "the first 80 ms, shown again below")
        // The description has the figures of all, with the word that belongs to them.
        #expect(
            phases.svg.contains(
                "runc: to spawned 8.00 ms, to entered 24.0 ms, to executed 16.0 ms, to ready 16.0 ms, in all 64.0 ms."))
        #expect(phases.svg.contains("q35 (emulated): to spawned 640 ms, to kernel 640 ms, "))
    }

    @Test func withoutFarOnesThereIsNoZoom() throws {
        let near = [SyntheticRun.process, SyntheticRun.namespaces]
        let phases = try #require(report(near).figure("phases-nginx-warm"))
        #expect(!phases.svg.contains("Zoom") && !phases.caption.contains("again"))
        #expect(!phases.legend.contains { $0.style == "zoom" })
    }

    /// Each floor's line stands where the median of its own row does.
    @Test func theFloorsAreLinesOverAllSamples() throws {
        let strip = try #require(report().figure("strip-nginx-warm"))
        // By row: process, namespaces, runc, q35.
        let medians = places("median", in: strip)
        #expect(medians.count == 4 && Set(medians).count == 4)
        #expect(places("reference", in: strip) == [medians[1]] && places("reference f1", in: strip) == [medians[0]])
        let labels = strip.legend.filter { $0.style.hasPrefix("reference") }.map(\.label)
        #expect(
            labels == [
                "the floor, in bare namespaces: median 8.00 ms", "the floor, with no isolation: median 2.00 ms",
            ])
        for label in labels { #expect(strip.svg.contains("A dashed line: \(label).")) }
    }

    @Test func withoutAFloorThereIsNoLine() throws {
        for platforms in [[SyntheticRun.runc, SyntheticRun.vm], [SyntheticRun.namespaces]] {
            let strip = try #require(report(platforms).figure("strip-nginx-warm"))
            #expect(!strip.svg.contains("reference") && !strip.svg.contains("dashed"))
            #expect(!strip.legend.contains { $0.style.hasPrefix("reference") })
        }
        let one = try #require(report([SyntheticRun.namespaces, SyntheticRun.runc]).figure("strip-nginx-warm"))
        #expect(places("reference", in: one).count == 1 && places("reference f1", in: one).isEmpty)
    }
}
