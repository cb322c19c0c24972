import Analysis
import ArgumentParser
import BenchmarkModel
import Engines
import Images
import RunStore
import VirtualMachines

/// `tare clean`.
struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Removes what dead runs left on the host: processes, cgroups, guests, directories.",
        discussion: "Stored runs and their samples are kept. Runs that are being measured are left alone. Needs root.")

    @OptionGroup var store: StoreOptions

    @Flag(
        help:
            "Also empty the cache of images, disks and kernels, those that engines were given too, and forget whether KVM works."
    )
    var cache = false

    @Option(help: "What is printed: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        try Rights.needRoot()
        var outcome = try Housekeeping.reapDeadRuns(try store.open(), unjournalled: true) { _ in }
        let images = try ImageCache(directory: Directories.cache)
        outcome.removed += try images.sweep().map { "unfinished image work \($0)" }
        if cache {
            outcome.removed += try images.removeAll().map { "cached \($0)" }
            let engines = EngineReaper.removeImages()
            outcome.removed += engines.removed
            outcome.stays += engines.stays
            try Accelerator.forget(cacheDirectory: Directories.cache)
        }
        switch format {
        case .text:
            for line in outcome.removed { Console.output("removed: \(line)") }
            for line in outcome.alive { Console.output("left alone, it is being measured: run \(line)") }
            if outcome.removed.isEmpty, outcome.stays.isEmpty { Console.output("There was nothing to clean.") }
        case .json:
            Console.output(try JSONDocument.text(outcome))
        }
        guard outcome.stays.isEmpty else {
            throw TareError(
                .failed, "something stays behind: \(outcome.stays.joined(separator: "; "))",
                remedy: "Remedy what is said and run 'tare clean' again.")
        }
    }
}
