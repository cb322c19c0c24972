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
            Every figure carries its interval and says whether it was measured or extrapolated. What ends the number on a host is \
            said by its name: memory, CPU, a limit of the kernel, a disk, or an orchestrator's own limit. Guests that ran under \
            software emulation are not taken for virtual machines unless --accept-emulated is given.

            Examples: tare plan --host-memory 512GiB --host-cpus 64 --reserve 8GiB --instances 20000
                      tare plan --host-memory 512GB --host-cpus 64 --instances 20000 --host-limits debian-12 \
            --utilisation 70% --max-per-host 110 --spare-hosts 1 --host-disk 1TiB
            """)

    @Option(
        name: .customLong("run"),
        help: "A run with a footprint: its name, the beginning of it, or 'latest'. May be given again. Default: latest."
    )
    var runs: [String] = []

    @OptionGroup var store: StoreOptions

    @Option(help: "Memory of a host, such as 512GiB or 512GB.")
    var hostMemory: String

    @Option(help: "CPUs of a host.")
    var hostCpus: Int

    @Option(help: "Memory of each host that no instance may use.")
    var reserve = "1GiB"

    @Option(
        name: [.customLong("utilisation"), .customLong("utilization")],
        help: ArgumentHelp(
            "How much of the CPUs, and of the memory without the reserve, is used, such as 70% or 0.7. Default: all.",
            discussion: "Limits of the kernel, of a disk and of --max-per-host are used to the end.", valueName: "share"
        ))
    var utilisation: String?

    @Option(
        help: ArgumentHelp(
            "What a host has of limited resources: kernel, debian-12, this, or a file.",
            discussion: """
                'kernel' is what the kernel sets by itself for such memory and CPUs, 'debian-12' what systemd sets there \
                besides, 'this' what this host has and uses now. A file is YAML, such as {pid_max: 65536, "memory cgroups": \
                65535, in-use: {pid_max: 300}}; what it does not name is the kernel's.
                """, valueName: "name or file"), completion: .file(extensions: ["yaml", "yml"]))
    var hostLimits = "kernel"

    @Option(
        help: "Disk of a host for what instances write, made as ext4, such as 1TiB. Default: disk does not bind.")
    var hostDisk: String?

    @Option(help: "The most instances that an orchestrator puts on a host, such as 110.")
    var maxPerHost: Int?

    @Option(help: "Hosts besides those that are needed.")
    var spareHosts = 0

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
        let database = try store.openExisting()
        let analyses = try (runs.isEmpty ? ["latest"] : runs).map { RunAnalysis(run: try database.run($0)) }
        let plan = try CapacityPlan(request, from: analyses)
        switch format {
        case .text: Console.output(plan.text(width: Console.width, color: Console.usesEscapes(STDOUT_FILENO)))
        case .markdown: Console.output(plan.markdown())
        case .json: Console.output(try plan.json())
        }
        if request.limits.isThisHost { for note in ThisHost.notes() { Console.error(note) } }
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
