import Analysis
import ArgumentParser
import BenchmarkModel
import Glibc
import Reports
import RunStore

/// `tare plan`.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Says how many instances fit on other hosts, and so how many hosts are needed.",
        discussion: """
            From the footprints of one or more runs of one host, for each platform and for containers inside virtual machines. \
            Every figure carries its interval and says whether it was measured or extrapolated. Guests that ran under software \
            emulation are not taken for virtual machines unless --accept-emulated is given.

            Example: tare plan --host-memory 512GiB --host-cpus 64 --reserve 8GiB --instances 20000
            """)

    @Option(
        name: .customLong("run"),
        help: "A run with a footprint: its name, the beginning of it, or 'latest'. May be given again. Default: latest."
    )
    var runs: [String] = []

    @OptionGroup var store: StoreOptions

    @Option(help: "Memory of a host, such as 512GiB.")
    var hostMemory: String

    @Option(help: "CPUs of a host.")
    var hostCpus: Int

    @Option(help: "Memory of each host that no instance may use.")
    var reserve = "1GiB"

    @Option(help: "How many instances there shall be in all.")
    var instances: Int

    @Option(help: "Shares of the workloads, such as nginx=80%,redis=20%. Default: each workload by itself.")
    var mix: String?

    @Option(help: "What a host costs a month, in any currency.")
    var pricePerHostMonth: Double?

    @Option(help: "Containers in one virtual machine for the mixed answer, such as 5,20,100.")
    var containersPerVm = "5,20,100"

    @Flag(
        help: "Take figures of emulated guests for those of virtual machines. They are marked as emulated all the same."
    )
    var acceptEmulated = false

    @Option(help: "What is printed: text, markdown or json.")
    var format: PlanFormat = .text

    func run() throws {
        let request = try PlanOptions.request(self)
        let database = try store.open()
        let analyses = try (runs.isEmpty ? ["latest"] : runs).map { RunAnalysis(run: try database.run($0)) }
        let plan = try CapacityPlan(request, from: analyses)
        switch format {
        case .text: Console.output(plan.text(width: Console.width, color: Console.usesEscapes(STDOUT_FILENO)))
        case .markdown: Console.output(plan.markdown())
        case .json: Console.output(try plan.json())
        }
        guard plan.saysAnything else {
            throw TareError(
                .failed,
                "no platform can be sized: \(plan.rows.compactMap(\.refusal).first?.text ?? "nothing was measured")",
                remedy: "Do what is said beside each platform.")
        }
    }
}

/// The forms of a plan.
enum PlanFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case markdown
    case json
}

/// Checks the options of `tare plan`.
enum PlanOptions {
    static func request(_ command: PlanCommand) throws -> CapacityPlan.Request {
        let memory = try bytes(command.hostMemory, "--host-memory", example: "512GiB")
        let reserve = try bytes(command.reserve, "--reserve", example: "8GiB")
        guard reserve < memory else {
            throw wrong(
                "--reserve \(command.reserve) leaves nothing of --host-memory \(command.hostMemory)", "Keep less free.")
        }
        guard (1...100_000).contains(command.hostCpus) else {
            throw wrong("--host-cpus \(command.hostCpus) is out of range", "Write a number from 1 to 100000.")
        }
        guard (1...1_000_000_000).contains(command.instances) else {
            throw wrong("--instances \(command.instances) is out of range", "Write a number from 1 to 1000000000.")
        }
        if let price = command.pricePerHostMonth, !(price.isFinite && price >= 0) {
            throw wrong("--price-per-host-month \(price) is no price", "Write a number from 0 on.")
        }
        let counts = try command.containersPerVm.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let count = Int(part), (1...100_000).contains(count) else {
                throw wrong(
                    "--containers-per-vm: '\(part)' is no number from 1 to 100000", "Write a list such as 5,20,100.")
            }
            return count
        }
        return CapacityPlan.Request(
            hostMemoryBytes: memory, hostCPUs: command.hostCpus, reserveBytes: reserve, instances: command.instances,
            mix: try command.mix.map(mix), pricePerHostMonth: command.pricePerHostMonth,
            acceptsEmulated: command.acceptEmulated, containersPerVM: counts)
    }

    private static func wrong(_ message: String, _ remedy: String) -> TareError {
        TareError(.usage, message, remedy: remedy)
    }

    /// A number with KiB, MiB, GiB or TiB.
    static func bytes(_ text: String, _ option: String, example: String) throws -> UInt64 {
        for (unit, power) in [("KiB", 10.0), ("MiB", 20), ("GiB", 30), ("TiB", 40)] where text.hasSuffix(unit) {
            let digits = text.dropLast(unit.count)
            guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(digits),
                number > 0
            else { break }
            let bytes = number * pow(2, power)
            guard (1..<1e18).contains(bytes) else { break }
            return UInt64(bytes)
        }
        throw wrong(
            "\(option): '\(text)' is no amount of memory",
            "Write a number with KiB, MiB, GiB or TiB, such as \(example).")
    }

    /// `nginx=80%,redis=20%`; the shares must sum up to 100 %.
    static func mix(_ text: String) throws -> [CapacityPlan.Share] {
        var mix: [CapacityPlan.Share] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard halves.count == 2, !halves[0].isEmpty, halves[1].hasSuffix("%"),
                let percent = Double(halves[1].dropLast()),
                percent > 0, percent <= 100
            else {
                throw wrong("--mix: '\(part)' is no share of a workload", "Write shares such as nginx=80%,redis=20%.")
            }
            guard !mix.contains(where: { $0.workload == halves[0] }) else {
                throw wrong("--mix: '\(halves[0])' is given twice", "Give each workload once.")
            }
            mix.append(CapacityPlan.Share(halves[0], percent / 100))
        }
        let sum = mix.reduce(0) { $0 + $1.share } * 100
        guard abs(sum - 100) < 0.01 else {
            throw wrong("--mix: the shares sum up to \((sum * 100).rounded() / 100) %", "Let them sum up to 100 %.")
        }
        return mix
    }
}
