import BenchmarkModel
import Testing

@testable import Containers

@Suite struct OCITemplateTests {
    /// Values with all that JSON must escape.
    @Test(arguments: ["plain", "a \"quoted\" \\ word", "ä 漢", "/with/slashes"])
    func aFilledTemplateIsTheEncodedConfiguration(value: String) throws {
        let workload = Workload(
            name: "noop", image: .rootfs(path: "/image"), command: ["true"], memoryBytes: 64 << 20, cpus: 2)
        let parameters = OCIConfiguration.Parameters(
            workload: workload, arguments: ["/.tare/witness", value], rootPath: "/root/\(value)",
            hostname: "tare-\(value)", cgroupsPath: "/group/\(value)")
        let filled = try OCIConfiguration.Template(workload).filled(
            arguments: parameters.arguments, rootPath: parameters.rootPath, hostname: parameters.hostname,
            cgroupsPath: parameters.cgroupsPath)
        let encoded = String(decoding: try OCIConfiguration.json(parameters), as: UTF8.self)
        #expect(String(decoding: filled, as: UTF8.self) == encoded)
    }

    @Test func controlCharactersAreEscaped() throws {
        let workload = Workload(name: "noop", image: .rootfs(path: "/image"), command: ["true"])
        let filled = try OCIConfiguration.Template(workload).filled(
            arguments: ["a\nb\u{1}"], rootPath: "/r", hostname: "h", cgroupsPath: "/g")
        #expect(String(decoding: filled, as: UTF8.self).contains(#"["a\u000ab\u0001"]"#))
    }
}
