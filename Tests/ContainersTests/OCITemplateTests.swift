import BenchmarkModel
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

    @Test func controlCharactersAreEscaped() throws {
        let workload = Workload(name: "noop", image: .rootfs(path: "/image"), command: ["true"])
        let filled = try OCIConfiguration.Template(workload, Furniture(sharedMemoryBytes: 1 << 20)).filled(
            arguments: ["a\nb\u{1}"], rootPath: "/r", hostname: "h", cgroupsPath: "/g")
        #expect(String(decoding: filled, as: UTF8.self).contains(#"["a\u000ab\u0001"]"#))
    }
}
