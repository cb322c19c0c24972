import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Containers

@Suite struct OCIConfigurationTests {
    private func parameters(_ change: (inout OCIConfiguration.Parameters) -> Void = { _ in })
        -> OCIConfiguration.Parameters
    {
        var parameters = OCIConfiguration.Parameters(
            workload: Workload(
                name: "w", image: .rootfs(path: "/x"), command: ["/bin/true"], memoryBytes: 96 << 20, cpus: 3),
            furniture: Furniture(sharedMemoryBytes: 64 << 20),
            arguments: ["/.tare/witness"], rootPath: "/run/tare/i1/root", hostname: "tare-x-i1",
            cgroupsPath: "/tare-x.run/i1")
        change(&parameters)
        return parameters
    }

    private func object(_ parameters: OCIConfiguration.Parameters) throws -> [String: Any] {
        let data = Data(try OCIConfiguration.json(parameters))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// A value by its path, such as `linux/resources/memory/limit`.
    private func value<Value>(_ path: String, in object: [String: Any], as type: Value.Type = Value.self) throws
        -> Value
    {
        var current: Any? = object
        for key in path.split(separator: "/") { current = (current as? [String: Any])?[String(key)] }
        return try #require(current as? Value, "\(path)")
    }

    @Test func holdsTheAllowances() throws {
        let json = try object(parameters())
        #expect(try value("linux/resources/memory/limit", in: json, as: Int.self) == 96 << 20)
        let period: Int = try value("linux/resources/cpu/period", in: json)
        let quota: Int = try value("linux/resources/cpu/quota", in: json)
        #expect(quota == 3 * period)
        #expect(try value("linux/cgroupsPath", in: json) == "/tare-x.run/i1")
    }

    @Test func isolatesLikeAnOrdinaryContainer() throws {
        let json = try object(parameters())
        let namespaces: [[String: String]] = try value("linux/namespaces", in: json)
        #expect(namespaces.compactMap { $0["type"] }.sorted() == ["cgroup", "ipc", "mount", "network", "pid", "uts"])
        // A namespace with a path would be joined instead of made.
        #expect(namespaces.allSatisfy { $0.count == 1 })
        // As under an engine by default: sudo and its like work.
        #expect(try value("process/noNewPrivileges", in: json) == false)
        let bounding: [String] = try value("process/capabilities/bounding", in: json)
        #expect(bounding.count == 14 && !bounding.contains("CAP_SYS_ADMIN"))
        let devices: [[String: Any]] = try value("linux/resources/devices", in: json)
        #expect(devices.first?["allow"] as? Bool == false && devices.first?["access"] as? String == "rwm")
        let masked: [String] = try value("linux/maskedPaths", in: json)
        #expect(masked.contains("/proc/kcore"))
        let mounts: [[String: Any]] = try value("mounts", in: json)
        #expect(mounts.compactMap { $0["destination"] as? String }.contains("/proc"))
        // The host's own directories are not in it.
        #expect(!mounts.contains { $0["type"] as? String == "bind" })
    }

    @Test func isFurnishedFromTheOneList() throws {
        let furniture = Furniture(
            sharedMemoryBytes: 8 << 20, temporary: [TemporaryFileSystem(path: "/run/x y", bytes: 1_000_000)])
        let json = try object(parameters { $0.furniture = furniture })
        let mounts: [[String: Any]] = try value("mounts", in: json)
        let options = Dictionary(
            uniqueKeysWithValues: mounts.map {
                ($0["destination"] as? String ?? "", $0["options"] as? [String] ?? [])
            })
        #expect(
            mounts.compactMap { $0["destination"] as? String } == [
                "/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/sys/fs/cgroup", "/run/x y",
            ])
        #expect(options["/dev/shm"] == ["nosuid", "noexec", "nodev", "mode=1777", "size=8192k"])
        #expect(options["/run/x y"] == ["nosuid", "noexec", "nodev", "mode=1777", "size=1000000"])
        #expect(options["/sys/fs/cgroup"]?.contains("ro") == true)
        #expect(try value("linux/maskedPaths", in: json) == Furniture.maskedPaths)
        #expect(try value("linux/readonlyPaths", in: json) == Furniture.readOnlyPaths)
        // There is no filter of system calls, as on no other platform.
        #expect((json["linux"] as? [String: Any])?["seccomp"] == nil)
    }

    /// With the flags of the host's file system and no others, or two containers would see different mounts.
    @Test func bindsVolumesLast() throws {
        let furniture = Furniture(
            sharedMemoryBytes: 8 << 20, temporary: [TemporaryFileSystem(path: "/run/x", bytes: 1 << 20)],
            volumes: ["/data", "/a b"])
        let json = try object(
            parameters { parameters in
                parameters.furniture = furniture
                parameters.volumes = ["/mnt/tare-x/i1-0", "/mnt/tare-x/i1-1"]
            })
        let mounts: [[String: Any]] = try value("mounts", in: json)
        let volumes = mounts.suffix(2)
        #expect(volumes.compactMap { $0["destination"] as? String } == ["/data", "/a b"])
        #expect(volumes.compactMap { $0["source"] as? String } == ["/mnt/tare-x/i1-0", "/mnt/tare-x/i1-1"])
        #expect(volumes.allSatisfy { $0["type"] as? String == "bind" && $0["options"] as? [String] == ["bind"] })
        #expect(mounts.count == 10)
    }

    @Test func givesCPUsToSee() throws {
        let json = try object(
            parameters { parameters in
                parameters.cpus = "0,2"
                parameters.onlineFile = "/run/tare/i1/online"
            })
        #expect(try value("linux/resources/cpu/cpus", in: json) == "0,2")
        let mounts: [[String: Any]] = try value("mounts", in: json)
        let bind = try #require(mounts.first { $0["type"] as? String == "bind" })
        #expect(bind["destination"] as? String == "/sys/devices/system/cpu/online")
        #expect(bind["source"] as? String == "/run/tare/i1/online")
        #expect((bind["options"] as? [String])?.contains("ro") == true)
        // Otherwise nothing is said of CPUs but the quota.
        let resources: [String: Any] = try value("linux/resources/cpu", in: try object(parameters()))
        #expect(Set(resources.keys) == ["quota", "period"])
    }

    @Test func escapesWhatItIsGiven() throws {
        let odd = "/a \"b\" \\ \u{1f40b} \n"
        let json = try object(
            parameters { parameters in
                parameters.arguments = ["/.tare/witness", odd]
                parameters.rootPath = odd
                parameters.hostname = odd
            })
        #expect(try value("process/args", in: json) == ["/.tare/witness", odd])
        #expect(try value("root/path", in: json) == odd)
        #expect(try value("hostname", in: json) == odd)
        #expect(try value("root/readonly", in: json) == false)
    }

    @Test func equalParametersGiveEqualBytes() throws {
        let first = try OCIConfiguration.json(parameters())
        for _ in 0..<20 { #expect(try OCIConfiguration.json(parameters()) == first) }
    }

    @Test func memoryOfAnySizeIsANumber() throws {
        let json = try object(parameters { $0.workload.memoryBytes = 16 << 40 })
        #expect(try value("linux/resources/memory/limit", in: json, as: Int.self) == 16 << 40)
    }

    @Test(arguments: ["/a:b", "/a,b", "/a\\b"]) func anOverlayRefusesAPath(_ odd: String) throws {
        for layers in [[odd], ["/lower", odd + "/deep"]] {
            let error = try #require(
                #expect(throws: TareError.self) { _ = try OverlayRoot(directory: "/nowhere", layers: layers) })
            #expect(error.code == .usage && error.message.contains("which overlay mounts cannot take"))
            #expect(error.remedy?.contains("XDG_CACHE_HOME") == true)
        }
        let scratch = try TemporaryDirectory()
        #expect(throws: TareError.self) { _ = try OverlayRoot(directory: scratch.path + odd, layers: ["/lower"]) }
    }

    @Test func anOverlayPutsTheFirstLayerUppermost() throws {
        let scratch = try TemporaryDirectory()
        let overlay = try OverlayRoot(directory: scratch.path, layers: ["/top", "/bottom"])
        #expect(
            overlay.data
                == "lowerdir=/top:/bottom,upperdir=\(scratch.path)/upper,workdir=\(scratch.path)/work")
        #expect(overlay.merged == scratch.path + "/root")
    }
}
