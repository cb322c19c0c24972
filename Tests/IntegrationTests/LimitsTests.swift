import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// Ramps that come to a limit of the kernel or of tare, and what was said of it beforehand.
    @Suite(
        "Limits", .serialized, .needsRoot,
        .enabled(if: (try? CgroupTree.current().mode) != .v2, "needs control groups of version 1"))
    struct LimitsTests {
        /// A control group in which tare is started, gone with the test: of processes, and of groups where there is a v2 hierarchy
        /// beside those of v1.
        private final class Limited {
            private let tasks: String
            private let unified: String?

            init() throws {
                let tree = try CgroupTree.current()
                let name = "/limits-\(getpid())"
                tasks = try #require(tree.directory(of: name, controller: "pids"))
                unified = tree.directory(of: name, controller: "unified")
                for directory in [tasks, unified].compactMap({ $0 }) { try HostFiles.makeDirectory(directory) }
            }

            deinit { for directory in [tasks, unified].compactMap({ $0 }) { rmdir(directory) } }

            var files: [String] { [tasks, unified].compactMap { $0 }.map { $0 + "/cgroup.procs" } }
            var limitsGroups: Bool { unified != nil }

            func limit(tasks most: Int) throws { try HostFiles.write("\(most)", to: tasks + "/pids.max") }
            func limit(groups most: String) throws {
                if let unified { try HostFiles.write(most, to: unified + "/cgroup.max.descendants") }
            }
        }

        /// What tests read of the document `tare-headroom/1`.
        private struct Forecast: Decodable {
            struct Holds: Decodable { var value: Double? }
            struct Bound: Decodable { var resource: String }
            struct Row: Decodable {
                var platform: String
                var holds: Holds?
                var bound: Bound?
            }
            var rows: [Row]
        }

        private let place: Place
        private let limited: Limited

        init() throws {
            place = try Place()
            limited = try Limited()
        }

        @Test func theNameAndTheNumberAreThoseThatWereToldBeforehand() throws {
            // More than is needed, and little enough to be felt: the run is made below the group.
            try limited.limit(tasks: 1_500)
            let measured = try run(
                ClimbSuite(
                    workloads: [.noop], platforms: ["namespaces"], footprint: "ladders: 3, cap: 16, hold: 500ms"))
            #expect(measured.footprints?.first?.ok == 3)
            try limited.limit(tasks: 170)
            try expectRamp(endsBy: "pids.max")
            try limited.limit(tasks: 1_500)
            try expectRamp(endsBy: "open files of tare", prefix: ["prlimit", "--nofile=220:220"])
            // Hosts of CI have a unified hierarchy beside those of version 1; in the guest of a usual host it is the only one.
            #expect(limited.limitsGroups || !Requirement.isEnforced)
            guard limited.limitsGroups else { return }
            try limited.limit(groups: "100")
            try expectRamp(endsBy: "cgroup.max.descendants")
        }

        /// Measures a ramp that has a budget and a ceiling far beyond the limit.
        private func expectRamp(
            endsBy limit: String, prefix: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let told = try forecast(prefix: prefix)
            let ramped = try run(
                ClimbSuite(
                    workloads: [.noop], platforms: ["namespaces"], density: "budget: 4GiB, ceiling: 1000, hold: 500ms"),
                prefix: prefix)
            let density = try ramped.density("noop", "namespaces")
            let found = try #require(density.instances, sourceLocation: sourceLocation)
            #expect(density.cause?.hasPrefix(limit + ": ") == true, "\(density)", sourceLocation: sourceLocation)
            #expect(density.ok == 1 && found > 50 && found < 300, "\(density)", sourceLocation: sourceLocation)
            expectSame(told, limit, found, sourceLocation: sourceLocation)
        }

        /// What was told beforehand: the same limit, and the same number within 2 % or one instance.
        private func expectSame(_ told: Forecast.Row, _ limit: String, _ found: Int, sourceLocation: SourceLocation) {
            #expect(told.bound?.resource == limit, "\(told)", sourceLocation: sourceLocation)
            let number = told.holds?.value ?? 0
            #expect(
                abs(number - Double(found)) <= max(1, 0.02 * Double(found)), "told \(number), found \(found)",
                sourceLocation: sourceLocation)
        }

        private func forecast(prefix: [String]) throws -> Forecast.Row {
            let told = try place.start(
                ["doctor", "--for", "1000", "--format", "json", "--db", place.database], prefix: prefix,
                groups: limited.files
            ).finish()
            // Not all 1,000 run.
            #expect(told.exitCode == 1, "\(told.errors)")
            let rows = try JSONDecoder().decode(Forecast.self, from: Data(told.output.utf8)).rows
            return try #require(rows.first { $0.platform == "namespaces" }, "\(told.output)")
        }

        /// Measures a suite in the group, to its end; nothing of it is left.
        private func run(_ suite: ClimbSuite, prefix: [String] = []) throws -> ExportedClimbs {
            try place.write("suite.yaml", suite.text)
            let finished = try place.start(
                ["run", "suite.yaml", "--output", "report"], prefix: prefix, groups: limited.files
            ).finish(deadlineSeconds: 300)
            #expect(finished.exitCode == 0, "\(finished.errors)")
            let run = try place.climbs()
            run.expectAccounts()
            try Leftovers.expectNone(of: run.run.id, in: place)
            return run
        }
    }
}
