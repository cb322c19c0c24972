import Analysis
import ArgumentParser
import BenchmarkModel
import Reports
import Testing

@testable import TareCommands

@Suite struct PlanOptionsTests {
    private static let good = ["--host-memory", "512GiB", "--host-cpus", "64", "--instances", "20000"]

    private func command(_ further: [String]) throws -> PlanCommand {
        try PlanCommand.parse(PlanOptionsTests.good + further)
    }

    @Test func readsEveryOption() throws {
        let request = try PlanOptions.request(
            try command([
                "--reserve", "8GiB", "--mix", "nginx=80%,redis=20%", "--price-per-host-month", "900.5",
                "--containers-per-vm", "2,7", "--accept-emulated", "--utilisation", "70%", "--max-per-host", "110",
                "--spare-hosts", "1", "--host-limits", "debian-12", "--host-disk", "1TB",
            ]))
        #expect(request.hostMemoryBytes == 512 << 30 && request.reserveBytes == 8 << 30)
        #expect(request.hostCPUs == 64 && request.instances == 20_000)
        #expect(request.mix?.map(\.workload) == ["nginx", "redis"])
        #expect(request.mix?.map { ($0.share * 100).rounded() } == [80, 20])
        #expect(request.pricePerHostMonth == 900.5 && request.acceptsEmulated)
        #expect(request.containersPerVM == [2, 7])
        #expect(request.utilisation == 0.7 && request.maxPerHost == 110 && request.spareHosts == 1)
        #expect(request.limits.name == "debian-12" && request.limits.limits[.processIDs]?.value == 4_194_304)
        // Without 256 bytes for each 16 KiB, and a journal of 1 GiB (1 TB / 64 is more).
        #expect(
            request.limits.limits[.diskBytes]
                == KernelLimit(1_000_000_000_000 - 61_035_156 * 256 - (1 << 30), source: "--host-disk, made as ext4"))
    }

    @Test func whatIsNotGivenHasItsDefault() throws {
        let request = try PlanOptions.request(try command([]))
        #expect(request.reserveBytes == 1 << 30 && request.mix == nil && request.pricePerHostMonth == nil)
        #expect(!request.acceptsEmulated && request.containersPerVM == [5, 20, 100])
        #expect(request.utilisation == 1 && request.maxPerHost == nil && request.spareHosts == 0)
        #expect(request.limits == .kernel(memoryBytes: 512 << 30, cpus: 64))
        #expect(request.limits.limits[.diskBytes] == nil)
        #expect(try command(["--run", "a", "--run", "b"]).runs == ["a", "b"])
    }

    @Test(
        arguments: [
            ("1KiB", 1_024), ("1.5MiB", 3 << 19), ("2GiB", 2 << 30), ("1TiB", 1 << 40), ("512GB", 512_000_000_000),
            ("512 GiB", 512 << 30), ("1.5TB", 1_500_000_000_000),
        ] as [(String, UInt64)])
    func amountsOfMemory(text: String, bytes: UInt64) throws {
        #expect(try PlanOptions.bytes(text, "--x", example: "1GiB") == bytes)
    }

    @Test(arguments: [("70%", 0.7), ("0.7", 0.7), ("100%", 1), ("12.5 %", 0.125), (".5", 0.5)] as [(String, Double)])
    func shares(text: String, share: Double) throws {
        #expect(try PlanOptions.utilisation(text) == share)
        #expect(try PlanOptions.request(try command(["--utilization", text])).utilisation == share)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var options: [String]
        var message: String
        var remedy: String
        var testDescription: String { options.joined(separator: " ") }
        init(_ options: [String], _ message: String, _ remedy: String) {
            (self.options, self.message, self.remedy) = (options, message, remedy)
        }
    }

    static let memory: [Bad] = [
        "512", "512G", "512gb", "GiB", "-1GiB", "0GiB", "0GB", "1.2.3GiB", "٣GiB", "1e3GiB", "infGiB",
        "99999999999TiB", "0.0001KiB",
    ].flatMap { text in
        ["--host-memory", "--reserve"].map { option in
            Bad(
                ["\(option)=\(text)"], "\(option): '\(text)' is no amount of memory",
                "Write a number with KiB, MiB, GiB, TiB (powers of 1024) and kB, MB, GB, TB (powers of 1000), such as ")
        }
    }

    static let newer: [Bad] = [
        Bad(["--host-disk", "1000"], "--host-disk: '1000' is no amount of disk", "such as 1TiB."),
        Bad(["--host-disk", "0TiB"], "--host-disk: '0TiB' is no amount of disk", "such as 1TiB."),
        Bad(["--utilisation", "70"], "--utilisation: '70' may be a share or a percentage", "Write 70% where it is"),
        Bad(["--utilisation", "1"], "--utilisation: '1' may be a share or a percentage", "Write 1% where it is"),
        Bad(["--utilisation", "1.5"], "--utilisation: '1.5' may be a share or a percentage", "such as 0.7."),
        Bad(["--utilisation", "101%"], "--utilisation 101% is out of range", "above 0% and up to 100%."),
        Bad(["--utilisation", "0%"], "--utilisation 0% is out of range", "above 0%"),
        Bad(["--utilisation", "0"], "--utilisation 0 is out of range", "above 0%"),
        Bad(["--utilisation", "%"], "--utilisation: '%' is no share", "such as 70% or 0.7."),
        Bad(["--utilisation", ""], "--utilisation: '' is no share", "such as 70% or 0.7."),
        Bad(["--utilisation", "nan%"], "--utilisation: 'nan%' is no share", "such as 70% or 0.7."),
        Bad(["--utilisation=-5%"], "--utilisation: '-5%' is no share", "such as 70% or 0.7."),
        Bad(["--max-per-host", "0"], "--max-per-host 0 is out of range", "Write a number from 1 to 1000000000."),
        Bad(["--spare-hosts=-1"], "--spare-hosts -1 is out of range", "Write a number from 0 to 1000000."),
        Bad(
            ["--host-limits", "debian-11"], "the host limits file debian-11 is not there",
            "Name kernel, debian-12 or this, or a YAML file such as {pid_max: 65536}."),
        Bad(["--host-limits", "/"], "/ is a directory", "Name a YAML file in it."),
    ]

    static let others: [Bad] = [
        Bad(
            ["--reserve", "512GiB"], "--reserve 512GiB leaves nothing of --host-memory 512GiB", "Keep less free."),
        Bad(["--host-cpus", "0"], "--host-cpus 0 is out of range", "Write a number from 1 to 100000."),
        Bad(["--host-cpus", "100001"], "--host-cpus 100001 is out of range", "from 1 to 100000."),
        Bad(["--instances", "0"], "--instances 0 is out of range", "Write a number from 1 to 1000000000."),
        Bad(["--instances=-5"], "--instances -5 is out of range", "from 1 to"),
        Bad(["--price-per-host-month=-1"], "--price-per-host-month -1.0 is no price", "Write a number from 0 on."),
        Bad(["--price-per-host-month", "nan"], "--price-per-host-month nan is no price", "from 0 on."),
        Bad(["--price-per-host-month", "inf"], "--price-per-host-month inf is no price", "from 0 on."),
        Bad(["--containers-per-vm", "5,x"], "--containers-per-vm: 'x' is no number from 1 to", "such as 5,20,100."),
        Bad(["--containers-per-vm", "5,"], "--containers-per-vm: '' is no number", "Write a list"),
        Bad(["--containers-per-vm", "0"], "--containers-per-vm: '0' is no number from 1 to 100000", "Write a list"),
        Bad(["--mix", ""], "--mix: '' is no share of a workload", "Write shares such as nginx=80%,redis=20%."),
        Bad(["--mix", "nginx"], "--mix: 'nginx' is no share of a workload", "Write shares such as"),
        Bad(["--mix", "nginx=80"], "--mix: 'nginx=80' is no share", "Write shares"),
        Bad(["--mix", "=100%"], "--mix: '=100%' is no share", "Write shares"),
        Bad(["--mix", "nginx=0%,redis=100%"], "--mix: 'nginx=0%' is no share", "Write shares"),
        Bad(["--mix", "nginx=nan%"], "--mix: 'nginx=nan%' is no share", "Write shares"),
        Bad(["--mix", "nginx=101%"], "--mix: 'nginx=101%' is no share", "Write shares"),
        Bad(["--mix", "a=50%,,b=50%"], "--mix: '' is no share", "Write shares"),
        Bad(["--mix", "a=50%,a=50%"], "--mix: 'a' is given twice", "Give each workload once."),
        Bad(["--mix", "a=50%,b=40%"], "--mix: the shares sum up to 90.0 %", "Let them sum up to 100 %."),
        Bad(["--mix", "a=80%,b=40%"], "--mix: the shares sum up to 120.0 %", "Let them sum up to 100 %."),
    ]

    @Test(arguments: memory + newer + others) func saysWhatIsWrong(_ bad: Bad) throws {
        let error = try #require(
            #expect(throws: TareError.self) { try PlanOptions.request(try command(bad.options)) })
        #expect(error.code == .usage && error.exitCode == 64)
        #expect(error.message.hasPrefix(bad.message), "\(error)")
        #expect(error.remedy?.contains(bad.remedy) == true, "\(error)")
    }

    /// Thirds do not sum up to 100 % in any decimal form.
    @Test func aRoundedMixIsTaken() throws {
        #expect(try PlanOptions.mix("a=33.33%,b=33.33%,c=33.34%").count == 3)
        #expect(try PlanOptions.mix("a=33.333%,b=33.333%,c=33.333%").count == 3)
    }

    @Test(arguments: [["--host-cpus", "many"], ["--format", "pdf"], ["--instances", "1.5"], ["--unknown"]])
    func theParserRefusesTheRest(_ options: [String]) {
        #expect(throws: (any Error).self) { try command(options) }
    }
}
