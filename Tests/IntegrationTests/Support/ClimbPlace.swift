import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

/// A suite of climbs, as text.
struct ClimbSuite {
    /// A workload of it.
    struct Workload {
        var name: String
        var command: String
        var ready = "started"
        var memory = "64MiB"
        var deadline = "60s"

        /// The `probe` program, ready once it has done its work.
        static func probe(_ name: String, _ arguments: String..., memory: String = "64MiB") -> Workload {
            let words = (["/bin/probe"] + arguments).map { "\"\($0)\"" }.joined(separator: ", ")
            return Workload(name: name, command: "[\(words)]", ready: "{file: /ready}", memory: memory)
        }

        /// Nothing but a process that waits.
        static let noop = Workload(name: "noop", command: "[/.tare/witness, pause]")
    }

    var workloads: [Workload]
    var platforms = [SuiteText.runc]
    var footprint: String?
    var density: String?

    var text: String {
        var lines = ["name: climbs", "workloads:"]
        for workload in workloads {
            lines += [
                "  - name: \(workload.name)", "    image: {rootfs: root}", "    command: \(workload.command)",
                "    ready: \(workload.ready)", "    memory: \(workload.memory)", "    deadline: \(workload.deadline)",
            ]
        }
        lines += ["platforms:"] + platforms.map { "  - \($0)" } + ["experiments:"]
        if let footprint { lines.append("  footprint: {\(footprint)}") }
        if let density { lines.append("  density: {\(density)}") }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// What tests of climbs read of the document `tare-run/1`.
struct ExportedClimbs: Decodable {
    struct Line: Decodable { var slopeBytes: Double }
    struct Footprint: Decodable {
        var key: String
        var planned, ok, failed, invalid: Int
        var ledger: Line?
    }
    struct Density: Decodable {
        var key: String
        var planned, ok, failed, invalid: Int
        var instances: Int?
        var cause: String?
        var predicted: Double?
        var marks: [String]
    }
    struct Rung: Decodable {
        struct Reading: Decodable { var figures: [String: Int64] }
        var instances: Int
        var reading: Reading
    }
    struct Ladder: Decodable {
        var cell, outcome: String
        var reasons: [String]
        var rungs: [Rung]

        /// The growth of a figure from the empty host to the top rung, in bytes an instance.
        func cost(_ figure: String) -> Double? {
            guard let top = rungs.last, top.instances > 0, let last = top.reading.figures[figure],
                let first = rungs.first?.reading.figures[figure]
            else { return nil }
            return Double(last - first) / Double(top.instances)
        }
    }
    struct Ramp: Decodable {
        struct Point: Decodable {
            var instances: Int
            var reading: Rung.Reading
        }
        var cell, outcome: String
        var reasons, warnings: [String]
        var instances: Int
        var enforcedBy: String?
        var points: [Point]
    }

    var run: ExportedRun.RunPart
    var accounting: ExportedRun.Accounting
    var footprints: [Footprint]?
    var densities: [Density]?
    var ladders: [Ladder]?
    var ramps: [Ramp]?
    var threats: [ExportedRun.Threat]

    /// The cell of that workload and platform.
    func density(_ workload: String, _ platform: String = "runc") throws -> Density {
        try #require(densities?.first { $0.key.hasPrefix("density/\(workload)/\(platform)/") })
    }

    /// The median over the ladders of a cell of what an instance costs in a figure, in bytes.
    func cost(_ figure: String, _ workload: String, _ platform: String) throws -> Double {
        let ladders = try #require(ladders).filter { $0.cell == "footprint/\(workload)/\(platform)/idle" }
        let costs = ladders.filter { $0.outcome == "ok" }.compactMap { $0.cost(figure) }.sorted()
        try #require(costs.count == 3, "\(workload) on \(platform): \(ladders.map(\.reasons))")
        return costs[1]
    }

    /// planned = ok + failed + invalid, in every cell.
    func expectAccounts(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(accounting.holds, sourceLocation: sourceLocation)
        #expect(
            accounting.planned == accounting.ok + accounting.failed + accounting.invalid,
            sourceLocation: sourceLocation)
        for cell in footprints ?? [] {
            #expect(
                cell.planned == cell.ok + cell.failed + cell.invalid, "\(cell.key)", sourceLocation: sourceLocation)
        }
        for cell in densities ?? [] {
            #expect(
                cell.planned == cell.ok + cell.failed + cell.invalid, "\(cell.key)", sourceLocation: sourceLocation)
        }
    }
}

extension Place {
    /// Puts the `probe` program into the root directory. What it does stands in `Scripts/probe.c`.
    func compileProbe() throws {
        let source = try #require(Bundle.module.path(forResource: "Scripts/probe", ofType: "c"))
        let compiler = try Program.start(
            ["gcc", "-static", "-O1", "-o", path + "/root/bin/probe", source],
            environment: ["PATH": "/usr/bin:/bin"], directory: path)
        let finished = try compiler.finish()
        try #require(finished.exitCode == 0, "\(finished.errors)")
    }

    /// Measures a suite to its end, and checks what must hold of each: it adds up, and nothing is left.
    func climb(
        _ suite: ClimbSuite, exitCode: Int32 = 0, deadlineSeconds: Int32 = 300,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (run: ExportedClimbs, errors: String) {
        try write("suite.yaml", suite.text)
        let finished = try tare("run", "suite.yaml", "--output", "report", deadlineSeconds: deadlineSeconds)
        #expect(
            finished.exitCode == exitCode || exitCode == 0 && finished.hasMeasured, "\(finished.errors)",
            sourceLocation: sourceLocation)
        let run = try climbs()
        try Leftovers.expectNone(of: run.run.id, in: self, sourceLocation: sourceLocation)
        return (run, finished.errors)
    }

    /// The latest run.
    func climbs() throws -> ExportedClimbs {
        let exported = try tare("export", "latest")
        guard exported.exitCode == 0 else { throw SystemError("exporting: \(exported.errors)", number: EIO) }
        return try JSONDecoder().decode(ExportedClimbs.self, from: Data(exported.output.utf8))
    }
}
