import BenchmarkModel
import Harness
import Images
import LinuxSystem
import RunStore

/// Tries platforms by starting one real instance on each: a program that waits, in a root filesystem made on the spot.
enum PlatformTrials {
    /// - Parameters:
    ///   - engines: engines of the host that the suite does not ask for: one that does not work is worth knowing, and no more.
    ///   - network: what workloads of the suite want of one.
    static func run(
        _ specs: [PlatformSpec], engines: [PlatformSpec] = [], network: WorkloadNetwork = .none
    ) async throws -> [DoctorCheck] {
        do {
            let scratch = try ScratchDirectory(.doctor)
            let image = scratch.path + "/image"
            try HostFiles.makeDirectory(image)
            try HostFiles.create(image + "/tare", bytes: Array("tare doctor\n".utf8))
            let store = try RunStore(path: scratch.path + "/tare.db")
            var checks: [DoctorCheck] = []
            for spec in specs { checks.append(await trial(spec, image: image, store: store, network: network)) }
            for spec in engines {
                var check = await trial(spec, image: image, store: store)
                check.name = "engine \(spec.name)"
                if check.outcome == .fails { check.outcome = .note }
                checks.append(check)
            }
            withExtendedLifetime(scratch) {}
            return checks
        } catch let error as TareError {
            return [failure(error, "platforms", remedy: "Free some space below \(RunEnvironment.base).")]
        } catch {
            return [
                DoctorCheck(
                    name: "platforms", outcome: .fails, found: "\(error)",
                    remedy: "Free some space below \(RunEnvironment.base).")
            ]
        }
    }

    /// The engines that this host has, as far as their daemons can be started, without those that a suite asks for itself.
    static func engines(beside specs: [PlatformSpec]) -> [PlatformSpec] {
        let asked = specs.compactMap { spec -> EngineSettings.Engine? in
            if case .engine(let settings) = spec.kind { settings.engine } else { nil }
        }
        return EngineSettings.Engine.allCases.filter { !asked.contains($0) }.compactMap { engine in
            // By a daemon of tare's own: the user's is not woken, and gets no image.
            guard Executables.find(engine.daemon) != nil else { return nil }
            return PlatformSpec(name: engine.rawValue, kind: .engine(EngineSettings(engine, starts: true)))
        }
    }

    private static func failure(_ error: TareError, _ name: String, remedy: String) -> DoctorCheck {
        DoctorCheck(
            name: name, outcome: .fails, found: error.message + (error.cause.map { ": \($0)" } ?? ""),
            remedy: error.remedy ?? remedy)
    }

    /// - Parameter network: what the instance shall have of one, as far as the platform gives it.
    private static func trial(
        _ spec: PlatformSpec, image: String, store: RunStore, network: WorkloadNetwork = .none
    ) async -> DoctorCheck {
        let name = "platform \(spec.name)"
        let suite = Suite(
            name: "doctor",
            workloads: [
                Workload(
                    name: "noop", image: .rootfs(path: image), command: [WitnessConfiguration.witnessPath, "pause"],
                    network: spec.problem(with: network) == nil ? network : .none)
            ],
            platforms: [spec], startup: StartupExperiment(samples: 1, warmupBlocks: 0, echoes: 10))
        do {
            let document = SuiteDocument(suite: suite, text: "", file: "doctor", places: [:])
            let session = try RunSession(
                document: document, store: store, seed: 1, command: "tare doctor", triesKVMAgain: true)
            _ = try await session.execute()
            let run = try session.load()
            let details = run.platforms.first?.details.prefix(2).map { "\($0.name) \($0.value)" } ?? []
            guard let sample = run.observations.first, sample.outcome != .failed,
                let time = sample.startup?.startupNanoseconds
            else {
                return DoctorCheck(
                    name: name, outcome: .fails, found: run.observations.first?.reasons.first ?? "nothing was measured",
                    remedy: "See what it says; the instance was really started.")
            }
            let milliseconds = time < 100_000_000 ? "\(Double(time / 10_000) / 100)" : "\(time / 1_000_000)"
            let place = suite.workloads.contains { $0.network == .bridge } ? " on a bridge" : ""
            let found = "an instance\(place) was ready in \(milliseconds) ms; \(details.joined(separator: "; "))"
            let emulated = run.platforms.first?.emulated == true
            return DoctorCheck(
                name: name, outcome: .works, found: found,
                remedy: emulated
                    ? "Guests are emulated: their figures are not those of a virtual machine. For those, use a host with KVM."
                    : nil)
        } catch let error as TareError {
            return failure(error, name, remedy: "See what it says.")
        } catch {
            return DoctorCheck(name: name, outcome: .fails, found: "\(error)", remedy: "See what it says.")
        }
    }
}
