import Analysis
import BenchmarkModel

/// Checks the options of `tare plan`.
enum PlanOptions {
    static func request(_ command: PlanCommand) throws -> CapacityPlan.Request {
        let memory = try bytes(command.hostMemory, "--host-memory", example: "512GiB")
        let reserve = try bytes(command.reserve, "--reserve", example: "8GiB")
        guard reserve < memory else {
            throw wrong(
                "--reserve \(command.reserve) leaves nothing of --host-memory \(command.hostMemory)", "Keep less free.")
        }
        try check(command.hostCpus, "--host-cpus", 1...100_000)
        try check(command.instances, "--instances", 1...1_000_000_000)
        try check(command.spareHosts, "--spare-hosts", 0...1_000_000)
        if let most = command.maxPerHost { try check(most, "--max-per-host", 1...1_000_000_000) }
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
        let utilisation = try command.utilisation.map(utilisation) ?? 1
        let disk = try command.hostDisk.map { try bytes($0, "--host-disk", example: "1TiB", "disk") }
        return CapacityPlan.Request(
            hostMemoryBytes: memory, hostCPUs: command.hostCpus, reserveBytes: reserve, utilisation: utilisation,
            limits: try limits(command.hostLimits, memoryBytes: memory, cpus: command.hostCpus, diskBytes: disk),
            maxPerHost: command.maxPerHost, spareHosts: command.spareHosts, instances: command.instances,
            mix: try command.mix.map(mix), pricePerHostMonth: command.pricePerHostMonth,
            acceptsEmulated: command.acceptEmulated, containersPerVM: counts)
    }

    private static func wrong(_ message: String, _ remedy: String) -> TareError {
        TareError(.usage, message, remedy: remedy)
    }

    private static func check(_ number: Int, _ option: String, _ range: ClosedRange<Int>) throws {
        guard range.contains(number) else {
            throw wrong(
                "\(option) \(number) is out of range",
                "Write a number from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    /// A size with its unit.
    static func bytes(_ text: String, _ option: String, example: String, _ what: String = "memory") throws -> UInt64 {
        guard let bytes = ByteSize.bytes(text), bytes > 0, Double(bytes) < 1e18 else {
            throw wrong(
                "\(option): '\(text.printable)' is no amount of \(what)",
                "Write a number with \(ByteSize.unitWords), such as \(example).")
        }
        return bytes
    }

    /// `70%` or `0.7`. What may be meant either way is refused.
    static func utilisation(_ text: String) throws -> Double {
        let isPercent = text.hasSuffix("%")
        let digits = (isPercent ? text.dropLast() : text[...]).reversed().drop { $0 == " " }.reversed()
        let word = String(digits)
        guard !word.isEmpty, word.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(word)
        else {
            throw wrong("--utilisation: '\(text.printable)' is no share", "Write a share such as 70% or 0.7.")
        }
        guard isPercent || number < 1 else {
            throw wrong(
                "--utilisation: '\(word.printable)' may be a share or a percentage",
                "Write \(word.printable)% where it is a percentage, or a share below 1 such as 0.7.")
        }
        let share = isPercent ? number / 100 : number
        guard share > 0, share <= 1 else {
            throw wrong("--utilisation \(text.printable) is out of range", "Write a share above 0% and up to 100%.")
        }
        return share
    }

    /// What the planned host has of limited resources.
    private static func limits(
        _ name: String, memoryBytes: UInt64, cpus: Int, diskBytes: UInt64?
    ) throws -> HostLimits {
        let defaults = HostLimits.kernel(memoryBytes: memoryBytes, cpus: cpus)
        let limits =
            try HostLimits.system(name, memoryBytes: memoryBytes, cpus: cpus)
            ?? (name == "this" ? try ThisHost.limits() : try HostLimitsFile.read(name, defaults: defaults))
        return diskBytes.map { limits.with(diskBytes: $0, source: "--host-disk") } ?? limits
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
