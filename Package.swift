// swift-tools-version: 6.2
import PackageDescription

/// `scripts/lint` sets this; a user's newer compiler may warn about more, and must not be stopped by that.
let strict: [SwiftSetting] =
    Context.environment["TARE_WARNINGS_AS_ERRORS"] == "1" ? [.treatAllWarnings(as: .error)] : []

/// Every target of our own is held to the same language settings.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + strict

let package = Package(
    name: "tare",
    products: [
        .executable(name: "tare", targets: ["tare"]),
        .executable(name: "witness", targets: ["witness"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        .target(name: "BenchmarkModel", swiftSettings: settings),
        .target(name: "Statistics", swiftSettings: settings),
        .target(name: "CLinuxShims"),
        .target(
            name: "LinuxSystem",
            dependencies: ["CLinuxShims"],
            swiftSettings: settings),
        .target(
            name: "HostReadings",
            dependencies: ["BenchmarkModel", "LinuxSystem"],
            swiftSettings: settings),
        .target(
            name: "Images",
            dependencies: [
                "BenchmarkModel", "CLinuxShims", "LinuxSystem",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings),
        .target(
            name: "Containers",
            dependencies: [
                "BenchmarkModel", "LinuxSystem", "Images",
            ],
            swiftSettings: settings),
        // HTTP over UNIX sockets, on the calling thread. SwiftNIO would bring 58 s and async-http-client 159 s of building, and a thread
        // between the timed one and the socket; libcurl is on every system that Foundation runs on.
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "Engines",
            dependencies: ["BenchmarkModel", "CCurl", "LinuxSystem", "Images"],
            swiftSettings: settings),
        .systemLibrary(
            name: "CLibvirt", pkgConfig: "libvirt",
            providers: [.apt(["libvirt-dev"])]),
        .target(
            name: "VirtualMachines",
            dependencies: ["BenchmarkModel", "LinuxSystem", "Images", "CLibvirt", "CLinuxShims"],
            swiftSettings: settings),
        .target(
            name: "Harness",
            dependencies: ["BenchmarkModel", "CLinuxShims", "HostReadings", "LinuxSystem"],
            swiftSettings: settings),
        .target(
            name: "RunStore",
            dependencies: [
                "BenchmarkModel", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .target(
            name: "Analysis",
            dependencies: ["BenchmarkModel", "Statistics"],
            swiftSettings: settings),
        .target(name: "Charts", swiftSettings: settings),
        .target(
            name: "Exports",
            dependencies: ["Analysis", "BenchmarkModel", "Statistics"],
            swiftSettings: settings),
        .target(
            name: "Reports",
            dependencies: [
                "Analysis", "BenchmarkModel", "Charts", "Statistics",
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            resources: [.embedInCode("Templates")],
            swiftSettings: settings),
        .target(
            name: "TareCommands",
            dependencies: [
                "Analysis", "BenchmarkModel", "Containers", "Engines", "Exports", "Harness", "HostReadings", "Images",
                "LinuxSystem",
                "Reports", "RunStore", "Statistics", "VirtualMachines",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("Resources")],
            swiftSettings: settings),
        .executableTarget(name: "tare", dependencies: ["TareCommands"], swiftSettings: settings),
        // What the verdicts say of recorded starts; `Benchmarks/calibration` calls it. No part of what users get.
        .executableTarget(
            name: "trials", dependencies: ["Analysis", "BenchmarkModel", "Statistics"], path: "Benchmarks/trials",
            swiftSettings: settings),

        // The witness runs as the first process of every instance: static, without the Swift runtime,
        // and optimised even in a debug build, because it is inside every startup that is measured.
        .target(name: "CWitnessShims"),
        .executableTarget(
            name: "witness",
            dependencies: ["CWitnessShims"],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableExperimentalFeature("Embedded"),
                .unsafeFlags(["-wmo", "-Osize"]),
            ],
            // Stripped, because each start of a guest unpacks and copies it. Clang need not say that -static wins
            // over the -pie that SwiftPM adds.
            linkerSettings: [
                .unsafeFlags([
                    "-Xclang-linker", "-static", "-Xclang-linker", "-Wno-unused-command-line-argument", "-Xlinker",
                    "-s",
                ])
            ]),

        .target(
            name: "TestSupport",
            dependencies: ["BenchmarkModel", "Harness", "HostReadings", "LinuxSystem", "Images"],
            path: "Tests/TestSupport",
            swiftSettings: settings),
        // Runs in a guest of the tests' own that has the unified hierarchy only.
        .executableTarget(
            name: "cgroup-probe", dependencies: ["BenchmarkModel", "HostReadings", "LinuxSystem"],
            path: "Tests/CgroupProbe",
            swiftSettings: settings),
        .testTarget(name: "BenchmarkModelTests", dependencies: ["BenchmarkModel"], swiftSettings: settings),
        .testTarget(name: "StatisticsTests", dependencies: ["Statistics"], swiftSettings: settings),
        .testTarget(name: "LinuxSystemTests", dependencies: ["LinuxSystem", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "HostReadingsTests", dependencies: ["HostReadings", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "ImagesTests", dependencies: ["Images", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "ContainersTests", dependencies: ["Containers", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "EnginesTests", dependencies: ["CLinuxShims", "Engines", "Images", "LinuxSystem", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "VirtualMachinesTests", dependencies: ["VirtualMachines", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "HarnessTests", dependencies: ["Harness", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "RunStoreTests",
            dependencies: ["LinuxSystem", "RunStore", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
            resources: [.copy("Fixtures")],
            swiftSettings: settings),
        .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "ChartsTests", dependencies: ["Charts"], swiftSettings: settings),
        .testTarget(name: "ExportsTests", dependencies: ["Exports", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "TestSupport"], swiftSettings: settings),
        // Pages in a browser: Chromium, the Nu checker and axe-core.
        .testTarget(
            name: "PageTests",
            dependencies: [
                "Analysis", "BenchmarkModel", "Reports", "Statistics", "TareCommands", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Scripts"], swiftSettings: settings),
        .testTarget(
            name: "TareCommandsTests",
            dependencies: [
                "Analysis", "HostReadings", "TareCommands", "TestSupport", .product(name: "Yams", package: "Yams"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "WitnessTests", dependencies: ["BenchmarkModel", "LinuxSystem", "Images", "TestSupport"],
            swiftSettings: settings),
        // Mutated inputs for what reads what strangers wrote; the corpus holds what was found once.
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "BenchmarkModel", "Harness", "Images", "LinuxSystem", "RunStore", "TareCommands", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [.copy("Corpus")],
            swiftSettings: settings),
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["BenchmarkModel", "LinuxSystem", "TestSupport", "VirtualMachines"],
            resources: [.copy("Scripts")],
            swiftSettings: settings),
    ]
)
