import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing
import Yams

@testable import TareCommands

/// The JSON Schema with which editors complete suites, held to the reader.
@Suite struct SuiteSchemaTests {
    private static let file = Repository.path + "/Benchmarks/suites/suite.schema.json"
    private static let interpreter = ["/usr/bin/python3", "/usr/local/bin/python3"]

    @Test func isTheOneThatIsCommitted() throws {
        // When it is not: `tare suite schema > Benchmarks/suites/suite.schema.json`.
        #expect(try HostFiles.read(SuiteSchemaTests.file) == SuiteSchema.json())
    }

    @Test func isNamedByTheSuites() throws {
        for name in ["quick", "startup", "footprint", "density"] {
            let text = try HostFiles.read("\(Repository.path)/Benchmarks/suites/\(name).yaml")
            #expect(text.hasPrefix("# yaml-language-server: $schema=suite.schema.json\n"), "\(name)")
        }
    }

    /// Parts of a suite in JSON, which is YAML too: what is put in place of a key of the good suite.
    struct Case: Sendable {
        var key: String
        var value: String
        var good: Bool
        init(_ key: String, _ value: String, _ good: Bool) { (self.key, self.value, self.good) = (key, value, good) }

        var text: String {
            var parts = [
                "name": "\"test\"",
                "workloads": "[{\"name\":\"noop\",\"image\":{\"packages\":[\"busybox\"]},\"command\":[\"/bin/true\"]}]",
                "platforms": "[\"process\"]",
                "experiments": "{\"startup\":{}}",
            ]
            if value.isEmpty { parts[key] = nil } else { parts[key] = value }
            return "{" + parts.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
                + "}"
        }
    }

    private static func workload(_ rest: String, _ good: Bool) -> Case {
        Case("workloads", "[{\"name\":\"noop\",\(rest)}]", good)
    }
    private static let image = "\"image\":{\"packages\":[\"x\"]}"
    private static let base = image + ",\"command\":[\"x\"]"

    static let suites: [Case] = [
        Case("name", "\"test\"", true), Case("name", "123", true), Case("name", "", false),
        Case("name", "\"Test\"", false), Case("name", "-1", false), Case("name", "1.5", false),
        Case("name", "[]", false), Case("name", "{}", false),
        Case("name", "\"\(String(repeating: "x", count: 32))\"", false),
        Case("description", "\"words\"", true), Case("description", "12", true), Case("description", "[]", false),
        Case("seed", "0", true), Case("seed", "-1", false), Case("seed", "\"1\"", false), Case("seed", "1.5", false),
        Case("colour", "\"red\"", false), Case("workloads", "", false), Case("workloads", "[]", false),
        Case("workloads", "{}", false), Case("platforms", "[]", false), Case("platforms", "[\"docker\"]", false),
        Case("platforms", "\"process\"", false), Case("experiments", "{}", false), Case("experiments", "", false),
        Case("experiments", "{\"shutdown\":{}}", false), Case("experiments", "[]", false),
        Case("defaults", "{\"memory\":\"64MiB\",\"cpus\":2,\"deadline\":\"1.5s\"}", true),
        Case("defaults", "{\"memory\":\"64 MiB\",\"deadline\":\"2 min\"}", true), Case("defaults", "{}", true),
        Case("defaults", "{\"memory\":\"64MB\"}", false), Case("defaults", "{\"memory\":64}", false),
        Case("defaults", "{\"memory\":\"6 4MiB\"}", false), Case("defaults", "{\"memory\":\".5GiB\"}", false),
        Case("defaults", "{\"memory\":\"64.MiB\"}", false), Case("defaults", "{\"memory\":\"1.2.3GiB\"}", false),
        Case("defaults", "{\"deadline\":\"1h\"}", false), Case("defaults", "{\"cpus\":0}", false),
        Case("defaults", "{\"cpus\":\"2\"}", false), Case("defaults", "{\"name\":\"x\"}", false),
        workload(base, true), workload(image, false), workload("\"command\":[\"x\"]", false),
        workload(image + ",\"command\":[]", false), workload(image + ",\"command\":\"x\"", false),
        workload(image + ",\"command\":[\"x\",80,true]", true), workload(image + ",\"command\":[[\"x\"]]", false),
        workload(base + ",\"environment\":{\"A\":1,\"B\":\"x\"}", true), workload(base + ",\"environment\":[]", false),
        workload(base + ",\"ready\":\"started\"", true), workload(base + ",\"ready\":\"soon\"", false),
        workload(base + ",\"ready\":{\"tcp\":80}", true), workload(base + ",\"ready\":{\"tcp\":0}", false),
        workload(base + ",\"ready\":{\"http\":\"80/x\"}", true), workload(base + ",\"ready\":{\"http\":\"80\"}", false),
        workload(base + ",\"ready\":{\"http\":80}", false), workload(base + ",\"ready\":{\"http\":\"x/\"}", false),
        workload(base + ",\"ready\":{}", false), workload(base + ",\"ready\":{\"tcp\":80,\"line\":\"x\"}", false),
        workload(base + ",\"ready\":{\"line\":\"x\"}", true), workload(base + ",\"ready\":{\"file\":\"/x\"}", true),
        workload("\"image\":{},\"command\":[\"x\"]", false),
        workload("\"image\":{\"rootfs\":\"/proc\"},\"command\":[\"x\"]", true),
        workload("\"image\":{\"rootfs\":\"/proc\",\"packages\":[\"x\"]},\"command\":[\"x\"]", false),
        workload("\"image\":{\"rootfs\":\"/proc\",\"release\":\"x\"},\"command\":[\"x\"]", false),
        workload("\"image\":{\"packages\":[\"x\"],\"files\":{\"/x\":\"y\"}},\"command\":[\"x\"]", true),
        workload("\"image\":\"x\",\"command\":[\"x\"]", false),
        Case("platforms", "[\"process\",\"namespaces\"]", true),
        Case("platforms", "[{\"name\":\"a\",\"process\":{}}]", true),
        Case("platforms", "[{\"name\":\"a\"}]", false), Case("platforms", "[{\"oci\":{}}]", false),
        Case("platforms", "[{\"name\":\"a\",\"oci\":{},\"libvirt\":{}}]", false),
        Case("platforms", "[{\"name\":\"a\",\"oci\":{},\"memory\":\"1GiB\"}]", false),
        Case("platforms", "[{\"name\":\"a\",\"process\":{\"x\":1}}]", false),
        Case("platforms", "[{\"name\":\"a\",\"namespaces\":{\"parts\":[]}}]", true),
        Case("platforms", "[{\"name\":\"a\",\"namespaces\":{\"parts\":[\"pid\",\"net\"]}}]", true),
        Case("platforms", "[{\"name\":\"a\",\"namespaces\":{\"parts\":[\"pid\",\"pid\"]}}]", false),
        Case("platforms", "[{\"name\":\"a\",\"namespaces\":{\"parts\":[\"hat\"]}}]", false),
        Case("platforms", "[{\"name\":\"a\",\"namespaces\":{\"parts\":\"pid\"}}]", false),
        Case("experiments", "{\"footprint\":{}}", true), Case("experiments", "{\"footprint\":{\"ladders\":2}}", false),
        Case("experiments", "{\"footprint\":{\"cap\":8,\"hold\":\"1s\",\"platforms\":[\"process\"]}}", true),
        Case("experiments", "{\"footprint\":{\"hold\":1}}", false), Case("experiments", "{\"density\":{}}", false),
        Case("experiments", "{\"density\":{\"budget\":\"1GiB\",\"memory-pressure\":\"5%\"}}", true),
        Case("experiments", "{\"density\":{\"budget\":\"1GiB\",\"memory-pressure\":5}}", false),
        Case("experiments", "{\"density\":{\"budget\":\"1GB\"}}", false),
        Case("experiments", "{\"footprint\":{\"cap\":3}}", false),
        Case("experiments", "{\"footprint\":{\"workloads\":[\"noop\"]}}", true),
        Case("experiments", "{\"footprint\":{\"workloads\":[]}}", false),
        Case("experiments", "{\"startup\":{\"workloads\":[\"noop\"],\"platforms\":[\"process\"]}}", true),
        Case(
            "experiments",
            "{\"density\":{\"budget\":\"1GiB\",\"reserve\":\"1 GiB\",\"ceiling\":9,\"hold\":\"500ms\",\"ramps\":2,"
                + "\"parallel\":4,\"startup-p95\":\"1.5s\",\"cpu-pressure\":\"12.5 %\",\"workloads\":[\"noop\"]}}", true
        ),
        Case("experiments", "{\"density\":{\"budget\":\"1GiB\",\"ceiling\":0}}", false),
        Case("experiments", "{\"density\":{\"budget\":\"1GiB\",\"parallel\":257}}", false),
        Case("experiments", "{\"density\":{\"budget\":\"1GiB\",\"cpu-pressure\":\"-5%\"}}", false),
        Case("platforms", "[{\"name\":\"a\",\"oci\":{\"runtime\":\"crun\",\"options\":[\"-x\"]}}]", true),
        Case("platforms", "[{\"name\":\"a\",\"oci\":{\"detach\":false}}]", true),
        Case("platforms", "[{\"name\":\"a\",\"oci\":{\"detach\":\"maybe\"}}]", false),
        Case("platforms", "[{\"name\":\"a\",\"oci\":{\"options\":[]}}]", false),
        Case(
            "platforms",
            "[{\"name\":\"a\",\"libvirt\":{\"uri\":\"embed\",\"machine\":\"q35\",\"accelerator\":\"tcg\"}}]", true),
        Case("platforms", "[{\"name\":\"a\",\"libvirt\":{\"accelerator\":\"xen\"}}]", false),
        Case(
            "experiments",
            "{\"startup\":{\"samples\":3,\"warm-up\":0,\"echoes\":1,\"modes\":[\"warm\",{\"occupied\":1}]}}", true),
        Case("experiments", "{\"startup\":{\"samples\":0}}", false),
        Case("experiments", "{\"startup\":{\"warm-up\":101}}", false),
        Case("experiments", "{\"startup\":{\"modes\":[]}}", false),
        Case("experiments", "{\"startup\":{\"modes\":[\"hot\"]}}", false),
        Case("experiments", "{\"startup\":{\"modes\":[{\"concurrent\":1}]}}", false),
        Case("experiments", "{\"startup\":{\"modes\":[{\"concurrent\":2,\"occupied\":2}]}}", false),
    ]

    @Test(arguments: suites) func theReaderJudges(_ one: Case) {
        let errors = SuiteText.errors(one.text)
        #expect(errors.isEmpty == one.good, "\(one.text): \(errors)")
    }

    @Test(.enabled(if: Requirement.isEnforced || validates, "needs python3-jsonschema"))
    func theSchemaJudgesTheSame() throws {
        var documents = SuiteSchemaTests.suites.map(\.text)
        for name in ["quick", "startup", "footprint", "density"] {
            let text = try HostFiles.read("\(Repository.path)/Benchmarks/suites/\(name).yaml")
            let object = try #require(try Yams.load(yaml: text))
            documents.append(String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self))
        }
        let verdicts = try SuiteSchemaTests.validate(documents)
        #expect(verdicts.count == documents.count)
        for (one, verdict) in zip(SuiteSchemaTests.suites, verdicts) {
            #expect(verdict == one.good, "the schema \(verdict ? "takes" : "refuses") \(one.text)")
        }
        #expect(verdicts.suffix(4) == [true, true, true, true])
    }

    private static var validates: Bool {
        interpreter.contains { run($0, ["-c", "import jsonschema"], input: "") != nil }
    }

    private static func validate(_ documents: [String]) throws -> [Bool] {
        let script = """
            import json, sys
            from jsonschema import Draft202012Validator
            with open(sys.argv[1]) as file:
                schema = json.load(file)
            Draft202012Validator.check_schema(schema)
            validator = Draft202012Validator(schema)
            for line in sys.stdin:
                print(int(validator.is_valid(json.loads(line))))
            """
        for path in interpreter {
            guard let output = run(path, ["-c", script, file], input: documents.joined(separator: "\n") + "\n") else {
                continue
            }
            return output.split(separator: "\n").map { $0 == "1" }
        }
        throw SystemError("validating with python3's jsonschema", number: ENOENT)
    }

    /// What a program prints; nil when it is not there or fails.
    private static func run(_ path: String, _ arguments: [String], input: String) -> String? {
        guard access(path, X_OK) == 0, let scratch = try? TemporaryDirectory(),
            (try? HostFiles.create(scratch.path + "/in", bytes: Array(input.utf8))) != nil
        else { return nil }
        let source = open(scratch.path + "/in", O_RDONLY | O_CLOEXEC)
        let target = open(scratch.path + "/out", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer {
            close(source)
            close(target)
        }
        let request = SpawnRequest(
            path: path, arguments: [path] + arguments, environment: ["LC_ALL=C.UTF-8"],
            descriptors: (source, target, target))
        guard let child = try? ChildProcess.spawn(request), child.wait(deadlineMilliseconds: 60_000) == .exited(0)
        else {
            return nil
        }
        return try? HostFiles.read(scratch.path + "/out")
    }
}
