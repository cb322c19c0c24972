import BenchmarkModel
import Foundation
import LinuxSystem
import TestSupport
import Testing

@testable import TareCommands

/// Files as they are on disks.
@Suite struct SuiteFileTests {
    let scratch: TemporaryDirectory
    var path: String { scratch.path + "/s.yaml" }

    init() throws { scratch = try TemporaryDirectory() }

    private func refused(_ bytes: [UInt8]) throws -> TareError {
        try HostFiles.replace(path, bytes: bytes)
        let error = try #require(#expect(throws: TareError.self) { try SuiteReader.read(path: path) })
        #expect(error.code == .usage && error.exitCode == 64 && error.remedy?.isEmpty == false)
        return error
    }

    @Test func refusesAFileThatIsTooLarge() throws {
        let error = try refused([UInt8](repeating: UInt8(ascii: "#"), count: 10 << 20))
        #expect(error.message == "the suite file \(path) has more than the 1048576 bytes that a suite may have")
    }

    @Test func refusesAnEndlessFile() throws {
        // A device says it has no bytes, and never ends.
        let error = try #require(#expect(throws: TareError.self) { try SuiteReader.read(path: "/dev/zero") })
        #expect(error.code == .usage)
        #expect(error.message == "the suite file /dev/zero has more than the 1048576 bytes that a suite may have")
    }

    @Test func refusesWhatIsNotUTF8() throws {
        #expect(try refused(Array("name: ".utf8) + [0xff, 0xfe]).message == "the suite file \(path) is not UTF-8")
        #expect(try refused([0xff, 0xfe, 0x6e, 0x00]).message == "the suite file \(path) is not UTF-8")
    }

    @Test func refusesWhatIsNotThere() throws {
        let absent = try #require(#expect(throws: TareError.self) { try SuiteReader.read(path: path) })
        #expect(absent.message == "the suite file \(path) is not there")
        let directory = try #require(#expect(throws: TareError.self) { try SuiteReader.read(path: scratch.path) })
        #expect(directory.message == "\(scratch.path) is a directory")
    }

    /// The suite's, unless a workload says otherwise.
    @Test func aWorkloadsNetworkIsItsOwnOrTheSuites() throws {
        func networks(_ text: String) throws -> [WorkloadNetwork] {
            try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/").suite.workloads.map(\.network)
        }
        #expect(try networks(SuiteText.good) == [.none])
        let suites = SuiteText.good.replacing("workloads:", with: "defaults: {network: bridge}\nworkloads:")
        #expect(try networks(suites) == [.bridge])
        let own = suites.replacing("command:", with: "network: host\n    command:")
        #expect(try networks(own) == [.host])
    }

    @Test func takesByteOrderMarkAndCarriageReturns() throws {
        let plain = try SuiteReader.parse(text: SuiteText.good, file: "s.yaml", baseDirectory: "/").suite
        let returns = SuiteText.good.replacing("\n", with: "\r\n")
        for text in ["\u{feff}" + SuiteText.good, returns, "\u{feff}" + returns] {
            try HostFiles.replace(path, bytes: Array(text.utf8))
            let document = try SuiteReader.read(path: path)
            #expect(document.suite == plain)
            // Word for word, byte order mark and all.
            #expect(Array(document.text.utf8) == Array(text.utf8))
        }
        try HostFiles.replace(path, bytes: Array((returns + "sed: 1\r\n").utf8))
        let errors = try #require(#expect(throws: SuiteErrors.self) { try SuiteReader.read(path: path) })
        #expect(errors.errors.first?.location == TareError.Location(file: path, line: 11, column: 1))
    }

    @Test func findsImagesBesideTheSuite() throws {
        let text = SuiteText.good.replacing("{packages: [busybox-static]}", with: "{rootfs: tree}")
        try HostFiles.replace(path, bytes: Array(text.utf8))
        let errors = try #require(#expect(throws: SuiteErrors.self) { try SuiteReader.read(path: path) })
        #expect(errors.description.contains("\(path):4:21: image: \(scratch.path)/tree is not there or not readable"))
        try HostFiles.makeDirectory(scratch.path + "/tree")
        let document = try SuiteReader.read(path: path)
        #expect(document.suite.workloads.first?.image == .rootfs(path: scratch.path + "/tree"))
        #expect(document.location(ofWorkload: "noop", key: "image")?.line == 4)
        #expect(document.location(ofWorkload: "noop", key: "ready")?.line == 3)
    }

    @Test func readsEveryKey() throws {
        let text = """
            name: full
            description: |
              Two
              lines.
            seed: 7
            defaults: {memory: 64MiB, cpus: 2, deadline: 1500ms}
            workloads:
              - name: a
                image: {packages: [nginx-light, libc6], release: trixie, files: {/etc/x: 80}}
                command: [nginx, -p, 80, true]
                environment: {A: 1, B: "x y", C: ""}
                working-directory: /srv
                ready: {line: "^up [0-9]+$"}
              - {name: b, image: {packages: [x]}, command: [y], ready: {tcp: 1}, memory: 1.5 GiB, cpus: 1, deadline: 2min}
              - {name: c, image: {packages: [x]}, command: [y], ready: {http: 8080/a?b=c}}
              - {name: d, image: {packages: [x]}, command: [y], ready: {file: /run/x}}
              - {name: e, image: {packages: [x]}, command: [y], ready: started}
            platforms:
              - namespaces
              - {name: p, process: {}}
              - {name: crun, oci: {runtime: /usr/bin/crun, options: [--debug]}}
              - {name: vm, libvirt: {uri: "qemu:///system", machine: q35, accelerator: tcg, kernel: /proc/version}}
            experiments:
              startup: {samples: 5, warm-up: 0, echoes: 10, modes: [cold, {concurrent: 2}, {occupied: 1}]}
            """
        let suite = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/").suite
        #expect(suite.description == "Two\nlines.\n" && suite.seed == 7)
        let first = Workload(
            name: "a", image: .packages(["nginx-light", "libc6"], release: "trixie", files: ["/etc/x": "80"]),
            command: ["nginx", "-p", "80", "true"], environment: ["A": "1", "B": "x y", "C": ""],
            workingDirectory: "/srv", readiness: .line("^up [0-9]+$"), readinessDeadlineSeconds: 1.5,
            memoryBytes: 64 << 20, cpus: 2)
        #expect(suite.workloads.first == first)
        #expect(suite.workloads[1].memoryBytes == 1_536 << 20 && suite.workloads[1].cpus == 1)
        #expect(suite.workloads[1].readinessDeadlineSeconds == 120)
        #expect(
            suite.workloads.dropFirst().map(\.readiness) == [
                .tcp(port: 1), .http(port: 8_080, path: "/a?b=c"), .file(path: "/run/x"), .started,
            ])
        #expect(
            suite.platforms.map(\.kind) == [
                .namespaces, .process,
                .oci(OCISettings(runtime: "/usr/bin/crun", options: ["--debug"])),
                .libvirt(LibvirtSettings(uri: "qemu:///system", accelerator: .tcg, kernel: "/proc/version")),
            ])
        #expect(
            suite.startup
                == StartupExperiment(
                    samples: 5, warmupBlocks: 0, modes: [.cold, .concurrent(2), .occupied(1)], echoes: 10))
    }

    @Test func readsTheSuitesThatAreShipped() throws {
        let quick = try SuiteReader.read(path: Repository.path + "/Benchmarks/suites/quick.yaml")
        #expect(quick.text == SuiteResources.quick)
        #expect(quick.suite.platforms.map(\.name) == ["process", "namespaces", "runc", "q35"])
        let startup = try SuiteReader.read(path: Repository.path + "/Benchmarks/suites/startup.yaml").suite
        #expect(startup.startup?.modes == [.warm, .cold, .concurrent(4), .occupied(8)])
        #expect(startup.startup?.samples == 20)
        #expect(startup.workloads.map(\.command) == quick.suite.workloads.map(\.command))
    }

    @Test func readsTheSuiteOfParity() throws {
        let parity = try SuiteReader.read(path: Repository.path + "/Benchmarks/suites/parity.yaml").suite
        #expect(parity.platforms.map(\.cpuView) == [.engine, .allowance, .engine])
        #expect(
            parity.workloads.map(\.cpus) == [1, 1] && parity.workloads.map(\.memoryBytes) == [512 << 20, 512 << 20])
        // The other suites say how many workers there are: here it is what is asked.
        guard case .packages(_, _, let files) = parity.workloads[0].image else { return }
        #expect(files["/etc/nginx/nginx.conf"]?.contains("worker_processes auto;") == true)
    }

    @Test func readsTheSuitesOfTheClimbs() throws {
        let footprint = try SuiteReader.read(path: Repository.path + "/Benchmarks/suites/footprint.yaml").suite
        #expect(footprint.footprint == FootprintExperiment(ladders: 3, cap: 256, holdSeconds: 5))
        #expect(footprint.startup?.workloads == ["noop"] && footprint.startup?.platforms?.count == 7)
        // Every part of the isolation by itself, and none.
        let parts = footprint.platforms.compactMap { platform -> [IsolationPart]? in
            if case .isolation(let parts) = platform.kind { parts } else { nil }
        }
        #expect(parts.filter(\.isEmpty).count == 1)
        #expect(Set(parts.filter { $0.count == 1 }.joined()) == Set(IsolationPart.allCases) && parts.count == 7)
        let density = try SuiteReader.read(path: Repository.path + "/Benchmarks/suites/density.yaml").suite
        #expect(density.density?.budgetBytes == 2 << 30 && density.density?.reserveBytes == 1 << 30)
        // The prediction needs the footprint of the same cells.
        #expect(density.footprint != nil && density.footprint?.platforms == nil)
        let quick = try SuiteReader.read(path: Repository.path + "/Benchmarks/suites/quick.yaml").suite
        #expect(quick.density?.budgetBytes == 1 << 30)
        #expect(quick.footprint?.platforms == ["runc", "q35"] && quick.density?.platforms == ["runc", "q35"])
    }

    @Test func readsEveryKeyOfTheClimbs() throws {
        let text = SuiteText.good.replacing(
            "startup: {}",
            with: """
                footprint: {ladders: 5, cap: 8, hold: 250ms, workloads: [noop], platforms: [runc]}
                  density:
                    {budget: 1.5GiB, reserve: 256 MiB, ceiling: 9, hold: 1min, ramps: 2, parallel: 4, startup-p95: 1.5s,
                     memory-pressure: 2.5%, cpu-pressure: 80 %, workloads: [noop], platforms: [process, runc]}
                """)
        let suite = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/").suite
        #expect(
            suite.footprint
                == FootprintExperiment(
                    ladders: 5, cap: 8, holdSeconds: 0.25, workloads: ["noop"], platforms: ["runc"]))
        #expect(
            suite.density
                == DensityExperiment(
                    budgetBytes: 1_536 << 20, reserveBytes: 256 << 20, ceiling: 9, holdSeconds: 60, ramps: 2,
                    parallel: 4, startupP95LimitSeconds: 1.5, memoryPressurePercent: 2.5, cpuPressurePercent: 80,
                    workloads: ["noop"], platforms: ["process", "runc"]))
        #expect(suite.startup == nil)
    }

    @Test func whatIsNotGivenHasItsDefault() throws {
        let text = SuiteText.good.replacing("startup: {}", with: "footprint: {}\n  density: {budget: 1GiB}")
        let suite = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/").suite
        #expect(suite.footprint == FootprintExperiment())
        #expect(suite.density == DensityExperiment(budgetBytes: 1 << 30))
        #expect(suite.density?.reserveBytes == 512 << 20 && suite.density?.memoryPressureLimitPercent == 10)
        let parts = SuiteText.good.replacing("oci: {}", with: "namespaces: {parts: [cgroup, pid]}")
        let kinds = try SuiteReader.parse(text: parts, file: "s.yaml", baseDirectory: "/").suite.platforms.map(\.kind)
        #expect(kinds == [.process, .isolation([.cgroup, .pid])])
        let none = SuiteText.good.replacing("oci: {}", with: "namespaces: {parts: []}")
        #expect(
            try SuiteReader.parse(text: none, file: "s.yaml", baseDirectory: "/").suite.platforms.last?.kind
                == .isolation([]))
    }
}

/// The repository, of which the shipped suites are a part.
enum Repository {
    static let path = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
}
