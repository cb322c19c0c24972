import BenchmarkModel
import Foundation
import Testing

@testable import Containers

@Suite struct OCITemplateTests {
    /// Values with all that JSON must escape.
    @Test(arguments: ["plain", "a \"quoted\" \\ word", "ä 漢", "/with/slashes"], [false, true])
    func aFilledTemplateIsTheEncodedConfiguration(value: String, confined: Bool) throws {
        let workload = Workload(
            name: "noop", image: .rootfs(path: "/image"), command: ["true"], memoryBytes: 64 << 20, cpus: 2)
        let parameters = OCIConfiguration.Parameters(
            workload: workload, furniture: Furniture(sharedMemoryBytes: 1 << 20, volumes: ["/data", "/\(value)"]),
            arguments: ["/.tare/witness", value], rootPath: "/root/\(value)", hostname: "tare-\(value)",
            cgroupsPath: "/group/\(value)", cpus: confined ? "0-1,3" : nil, onlineFile: confined ? "/\(value)" : nil,
            volumes: ["/mnt/\(value)/0", "/mnt/1"])
        let filled = try OCIConfiguration.Template(workload, parameters.furniture, confined: confined).filled(
            arguments: parameters.arguments, rootPath: parameters.rootPath, hostname: parameters.hostname,
            cgroupsPath: parameters.cgroupsPath, cpus: parameters.cpus, onlineFile: parameters.onlineFile,
            volumes: parameters.volumes)
        let encoded = String(decoding: try OCIConfiguration.json(parameters), as: UTF8.self)
        #expect(String(decoding: filled, as: UTF8.self) == encoded)
    }

    /// The runtime makes one, is given one, or has none to make.
    @Test(arguments: WorkloadNetwork.allCases) func theNetworkIsTheRuntimesTheGivenOrNone(_ network: WorkloadNetwork)
        throws
    {
        struct Written: Decodable {
            struct Linux: Decodable { var namespaces: [[String: String]] }
            var linux: Linux
        }
        let workload = Workload(
            name: "noop", image: .rootfs(path: "/image"), command: ["true"], network: network)
        let filled = try OCIConfiguration.Template(workload, Furniture(sharedMemoryBytes: 1 << 20)).filled(
            arguments: ["a"], rootPath: "/r", hostname: "h", cgroupsPath: "/g", networkPath: "/proc/1/fd/\"7")
        let spaces = try JSONDecoder().decode(Written.self, from: Data(filled)).linux.namespaces
        let mine = spaces.filter { $0["type"] == "network" }
        switch network {
        case .none: #expect(mine == [["type": "network"]])
        case .bridge: #expect(mine == [["type": "network", "path": "/proc/1/fd/\"7"]])
        case .host: #expect(mine.isEmpty && spaces.count == 5)
        }
    }

    @Test func controlCharactersAreEscaped() throws {
        let workload = Workload(name: "noop", image: .rootfs(path: "/image"), command: ["true"])
        let filled = try OCIConfiguration.Template(workload, Furniture(sharedMemoryBytes: 1 << 20)).filled(
            arguments: ["a\nb\u{1}"], rootPath: "/r", hostname: "h", cgroupsPath: "/g")
        #expect(String(decoding: filled, as: UTF8.self).contains(#"["a\u000ab\u0001"]"#))
    }
}
