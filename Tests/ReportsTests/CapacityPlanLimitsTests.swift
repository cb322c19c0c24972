import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Reports

/// Limits of a host in words, tables and JSON.
@Suite struct CapacityPlanLimitsTests {
    private static let takes = [
        Take(.processIDs, each: 3, lower: 3, upper: 4, inUse: 92),
        Take(.diskBytes, each: 1_310_720, lower: 1_310_720, upper: 1_310_720, inUse: 7e10),
        Take(.openFiles, each: 1, lower: 1, upper: 1, inUse: 1_000),
        Take(.keys, each: 0.5, lower: 0.5, upper: 0.5, inUse: 4),
    ]

    private static func analysis(_ takes: [Take] = takes) -> RunAnalysis {
        var analysis = RunAnalysis(run: SyntheticClimbs.run(), resamples: 50)
        for index in analysis.footprints.indices where analysis.footprints[index].cell.platform == "runc" {
            analysis.footprints[index].takes = takes
        }
        return analysis
    }

    private func plan(
        limits: HostLimits = HostLimits.kernel(memoryBytes: 512 << 30, cpus: 64).with(
            diskBytes: 1 << 40, source: "--host-disk"),
        spare: Int = 1, utilisation: Double = 1, maxPerHost: Int? = nil
    ) throws -> CapacityPlan {
        try CapacityPlan(
            CapacityPlan.Request(
                hostMemoryBytes: 512 << 30, hostCPUs: 64, reserveBytes: 1 << 30, utilisation: utilisation,
                limits: limits, maxPerHost: maxPerHost, spareHosts: spare, instances: 245_000,
                mix: [.init("nginx", 1)], pricePerHostMonth: 10, acceptsEmulated: true, containersPerVM: [5]),
            from: [Self.analysis()])
    }

    /// (65536 - 392) / 3 = 21714; / 4 = 16286. 245000 / 21714 = 11.3.
    @Test func whatBindsHasItsName() throws {
        let plan = try plan()
        #expect(
            plan.answers == [
                "nginx: 12 + 1 spare hosts with runc, 21,714 on each (pid_max binds); "
                    + "39 + 1 spare hosts with q35 (emulated), 6,400 on each (CPU binds)."
            ])
        let markdown = plan.markdown()
        #expect(markdown.contains("| pid\\_max \\[3 processes and threads an instance\\] |"))
        #expect(markdown.contains("| 12 \\[12 to 16\\] + 1 spare |"))
        #expect(
            plan.question.contains(
                "hosts with 512 GiB (550 GB) and 64 CPUs, 1 GiB of each kept free, 1 TiB (1.10 TB) of disk, "
                    + "1 spare host, 10.0 a host and month."))
    }

    /// Within ten times of what binds: a disk holds 1,081,258,016,768 / 1310720 = 824,934, which is more, inodes are not taken.
    @Test func theLimitsStandBelow() throws {
        let text = try plan().text(width: 400, color: false)
        #expect(text.contains("Limits of a host (kernel)"))
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("pid_max") })
        for part in ["65,536", "92", "runc 3 (21,714)", "default of kernel.pid_max"] {
            #expect(line.contains(part), "\(line)")
        }
        #expect(!text.split(separator: "\n").contains { $0.hasPrefix("disk") || $0.hasPrefix("file-max") })
        #expect(text.contains("Limits are the kernel's own defaults for such a host; --host-limits names others."))
        #expect(text.contains("What nginx on q35 takes of the kernel's limited resources was not measured"))
        #expect(text.contains("One process an instance was assumed at least"))
        // 1 TiB without 16 GiB of inodes and 1 GiB of journal.
        #expect(text.contains("Of 1 TiB of disk ext4 leaves 1007 GiB to instances"))
        let small = HostLimits.kernel(memoryBytes: 512 << 30, cpus: 64).with(
            diskBytes: 16 << 30, source: "--host-disk")
        let bound = try plan(limits: small)
        #expect(bound.markdown().contains("| disk \\[1.25 MiB an instance\\] |"))
        let narrow = try plan().text(width: 80, color: false)
        for line in narrow.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test func otherBoundsHaveNamesToo() throws {
        let most = try plan(spare: 0, maxPerHost: 110)
        #expect(most.markdown().contains("| max-per-host (110) |"))
        #expect(most.question.contains(", at most 110 instances on each"))
        #expect(most.answers.first?.contains("110 on each (max-per-host (110) binds)") == true)
        let part = try plan(utilisation: 0.7)
        #expect(part.question.contains(", 70.0 % of the rest used"))
        #expect(part.text(width: 400, color: false).contains("70.0 % of the CPUs and of the memory"))
    }

    @Test func jsonHasEveryLimit() throws {
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(try plan().json().utf8)) as? [String: Any])
        let host = try #require(document["hostLimits"] as? [String: Any])
        #expect(host["name"] as? String == "kernel")
        let limits = try #require(host["limits"] as? [[String: Any]])
        let disk = try #require(limits.first { $0["resource"] as? String == "disk" })
        #expect(disk["limit"] as? Int == 1_081_258_016_768 && disk["inUse"] as? Int == 0)
        let asked = try #require(document["request"] as? [String: Any])
        #expect(asked["spareHosts"] as? Int == 1 && asked["utilisation"] as? Double == 1)
        let rows = try #require(document["rows"] as? [[String: Any]])
        let row = try #require(rows.first { $0["platform"] as? String == "runc" })
        #expect(row["binds"] as? String == "pid_max (3 processes and threads an instance)")
        #expect(row["hostsInAll"] as? Int == 13 && row["limitsKnown"] as? Bool == true)
        #expect((row["costPerMonth"] as? [String: Double])?["value"] == 130)
        let bound = try #require(row["bound"] as? [String: Any])
        #expect(bound["resource"] as? String == "pid_max" && bound["limit"] as? Int == 65_536)
        #expect(bound["inUse"] as? Int == 92 && bound["kept"] as? Int == 300)
        #expect(bound["each"] as? [String: Double] == ["value": 3, "lower": 3, "upper": 4])
        #expect(bound["holds"] as? [String: Double] == ["value": 21_714, "lower": 16_286, "upper": 21_714])
        // (1000000 - 4) / 0.5; a thread each of 512 GiB / 128 KiB; 274877906944 is a tenth of memory in KiB, without 1000 that are in use.
        let holds = try #require(row["limits"] as? [[String: Any]]).map { $0["resource"] as? String }
        #expect(holds == ["pid_max", "disk", "root_maxkeys", "threads-max", "file-max"])
        let guest = try #require(rows.first { $0["platform"] as? String == "q35" })
        #expect((guest["bound"] as? [String: String]) == ["resource": "cpu"])
        #expect(guest["limitsKnown"] as? Bool == false)
    }

    @Test(
        arguments: [
            (512_000_000_000, "477 GiB (512 GB)"), (1 << 40, "1 TiB (1.10 TB)"), (500, "500 bytes"),
            (64 << 20, "64 MiB (67.1 MB)"),
        ] as [(UInt64, String)])
    func memoryIsSaidBothWays(bytes: UInt64, text: String) {
        #expect(Format.bytesBothWays(bytes) == text)
    }

    // MARK: tare doctor --for

    private let host = Headroom.Host(
        availableBytes: 20 << 30, cpus: 2,
        limits: HostLimits(
            "this", limits: [.processIDs: KernelLimit(4_096, source: "kernel.pid_max")], inUse: [.processIDs: 500],
            isThisHost: true))

    /// (4096 - 300 - 500) / 3 = 1098; / 4 = 824.
    @Test func aRampIsForetoldInASentence() throws {
        func sentence(_ asked: Int) throws -> String? {
            try Headroom(asked, on: host, from: [Self.analysis()], workloads: ["nginx"], platforms: ["runc"])
                .sentences.first
        }
        #expect(
            try sentence(1_200)
                == "nginx on runc: ends at 1,098 [824 to 1,098], before 1,200: pid_max (3 processes and threads an "
                + "instance); 500 of 4,096 are in use, and it is set by kernel.pid_max.")
        #expect(
            try sentence(1_000)
                == "nginx on runc: 1,000 fit, perhaps not all; the first limit is pid_max (3 processes and threads an "
                + "instance), at 1,098 [824 to 1,098].")
        #expect(try sentence(800)?.hasPrefix("nginx on runc: 800 fit; the first limit is pid_max") == true)
    }

    @Test func aForecastIsATableAndADocument() throws {
        let headroom = try Headroom(1_200, on: host, from: [Self.analysis()])
        let text = headroom.text(width: 400, color: false, notes: ["A note."])
        #expect(
            text.hasPrefix("1,200 instances on this host, with 20 GiB of memory available, 512 MiB of it kept free"))
        #expect(text.contains("Limits, and what is in use of them, are those of this host as they are now"))
        #expect(text.contains("A note.") && text.contains("NO"))
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(try headroom.json(notes: ["A note."]).utf8)) as? [String: Any])
        #expect(document["schema"] as? String == "tare-headroom/1" && document["fits"] as? Bool == false)
        let rows = try #require(document["rows"] as? [[String: Any]])
        let row = try #require(
            rows.first { $0["platform"] as? String == "runc" && $0["workload"] as? String == "nginx" })
        #expect((row["holds"] as? [String: Double])?["value"] == 1_098 && row["fits"] as? Bool == false)
        #expect((row["bound"] as? [String: Any])?["resource"] as? String == "pid_max")
        #expect((document["statements"] as? [String])?.last == "A note.")
    }

    @Test func withoutAMeasurementItSaysWhatItKnows() throws {
        var bare = host
        bare.limits.limits[.ownOpenFiles] = KernelLimit(19_936, source: "RLIMIT_NOFILE")
        let headroom = Headroom(1_000, on: bare, unmeasured: [SyntheticRun.runc])
        #expect(
            headroom.sentences == [
                "runc, not measured: tare holds 3 files open for each instance, so that at most 6,645 run "
                    + "(open files of tare)."
            ])
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(try headroom.json().utf8)) as? [String: Any])
        #expect(document["fits"] == nil && (document["unmeasured"] as? [Any])?.count == 1)
    }
}
