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
        for name in ["quick", "startup", "footprint", "density", "parity", "cost"] {
            let text = try HostFiles.read("\(Repository.path)/Benchmarks/suites/\(name).yaml")
            #expect(text.hasPrefix("# yaml-language-server: $schema=suite.schema.json\n"), "\(name)")
        }
    }

    /// Parts of a suite in JSON, which is YAML too: what is put in place of a key of the good suite.
    struct Case: Sendable {
        var key: String
        var value: String
        var good: Bool
        /// Of the workload, where that is not what is replaced.
        var ready = ""
        init(_ key: String, _ value: String, _ good: Bool) { (self.key, self.value, self.good) = (key, value, good) }

        var text: String {
            var parts = [
                "name": "\"test\"",
                "workloads":
                    "[{\"name\":\"noop\",\"image\":{\"packages\":[\"busybox\"]},\"command\":[\"/bin/true\"]\(ready)}]",
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
        Case("defaults", "{\"memory\":\"64MB\"}", true),
        Case("defaults", "{\"memory\":\"64M\"}", false), Case("defaults", "{\"memory\":\"64mib\"}", false),
        Case("defaults", "{\"memory\":\"0.1TiB\"}", true), Case("defaults", "{\"memory\":64}", false),
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
        workload("\"image\":{\"oci\":\"/etc/hostname\"}", true), workload("\"image\":{\"registry\":\"x:1\"}", true),
        workload("\"image\":{\"oci\":\"/etc/hostname\"},\"command\":[\"x\"]", true),
        workload("\"image\":{\"oci\":\"/etc/hostname\"},\"command\":[]", false),
        workload("\"image\":{\"oci\":\"/etc/hostname\",\"registry\":\"x:1\"}", false),
        workload("\"image\":{\"rootfs\":\"/proc\"}", false),
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
        Case("experiments", "{\"density\":{\"budget\":\"1GB\"}}", true),
        Case("experiments", "{\"density\":{\"budget\":\"1G\"}}", false),
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

    private static func key(_ text: String, _ good: Bool) -> Case { workload(base + ",\"" + text, good) }

    static let surroundings: [Case] = [
        key("user\":33", true), key("user\":\"postgres:999\"", true), key("user\":\"a b\"", false),
        key("user\":\"a:b:c\"", false), key("user\":-1", false), key("user\":\"\"", false), key("user\":[]", false),
        key("user\":\"1.5\"", false),
        key("stdin\":\"/etc/hostname\"", true), key("stdin\":{}", false),
        key("shm\":\"4KiB\"", true), key("shm\":64", false), key("shm\":\"1MB\"", true), key("shm\":\"1M\"", false),
        key("tmpfs\":{\"/tmp\":\"1MiB\"}", true), key("tmpfs\":{}", false), key("tmpfs\":{\"/tmp\":1}", false),
        key("tmpfs\":[\"/tmp\"]", false),
        key("ulimits\":{\"nofile\":1024,\"core\":\"unlimited\",\"nproc\":{\"soft\":1,\"hard\":\"unlimited\"}}", true),
        key("ulimits\":{\"files\":1024}", false), key("ulimits\":{\"nofile\":-1}", false),
        key("ulimits\":{\"nofile\":\"1024\"}", false), key("ulimits\":{\"nofile\":\"unlimited\"}", false),
        key("ulimits\":{\"nofile\":{\"soft\":1}}", false), key("ulimits\":{\"nice\":41}", false),
        key("capabilities\":{\"add\":[\"NET_ADMIN\"],\"drop\":[\"ALL\"]}", true),
        key("capabilities\":{\"add\":[]}", false), key("capabilities\":[\"NET_ADMIN\"]", false),
        key("capabilities\":{\"remove\":[\"NET_ADMIN\"]}", false),
        key("stop-signal\":\"SIGTERM\"", true), key("stop-signal\":15", true), key("stop-signal\":0", false),
        key("stop-signal\":\"SIG TERM\"", false), key("stop-signal\":[]", false),
    ]

    private static let ended = base + ",\"ready\":\"completed\""
    private static func figure(_ rest: String, _ good: Bool) -> Case {
        workload(ended + ",\"figures\":{\"iops\":{\(rest)}}", good)
    }
    private static let told = "\"unit\":\"op/s\",\"better\":\"higher\""
    private static func volume(_ path: String, _ rest: String, _ good: Bool) -> Case {
        workload(base + ",\"volumes\":{\"\(path)\":\(rest)}", good)
    }
    private static func task(_ rest: String, _ good: Bool) -> Case {
        var one = Case("experiments", "{\"task\":\(rest)}", good)
        one.ready = ",\"ready\":\"completed\""
        return one
    }

    static let tasks: [Case] = [
        figure("\"match\":\"a (.*)\",\(told)", true), figure("\"json\":\"a[0].b\",\(told)", true),
        figure("\"json\":\"a\",\"in\":\"/tmp/x\",\(told)", true), figure(told, false),
        figure("\"json\":\"a\",\"match\":\"(a)\",\(told)", false), figure("\"json\":\"a\"", false),
        figure("\"json\":\"a\",\"unit\":\"s\"", false), figure("\"json\":\"a\",\"better\":\"lower\"", false),
        figure("\"json\":\"a\",\"unit\":\"s\",\"better\":\"more\"", false),
        figure("\"json\":\"a\",\"unit\":\"\",\"better\":\"lower\"", false),
        figure("\"json\":\"a\",\"unit\":\" s\",\"better\":\"lower\"", false),
        figure("\"json\":\"a\",\"unit\":\"s\\t\",\"better\":\"lower\"", false),
        figure("\"json\":\"a\",\"unit\":\"bogo ops\",\"better\":\"lower\"", true),
        figure(
            "\"json\":\"a\",\"unit\":\"\(String(repeating: "x", count: 32))\",\"better\":\"lower\"", true),
        figure(
            "\"json\":\"a\",\"unit\":\"\(String(repeating: "x", count: 33))\",\"better\":\"lower\"", false),
        figure("\"json\":\"a\",\"of\":1,\(told)", false), figure("\"json\":[],\(told)", false),
        workload(base + ",\"figures\":{\"iops\":{\"json\":\"a\",\(told)}}", false),
        workload(ended + ",\"figures\":{}", false), workload(ended + ",\"figures\":[]", false),
        workload(ended + ",\"figures\":{\"IOPS\":{\"json\":\"a\",\(told)}}", false),
        workload(ended + ",\"figures\":{\"iops\":\"a\"}", false),
        workload(
            ended + ",\"figures\":{"
                + (0...32).map { "\"f\($0)\":{\"json\":\"a\",\(told)}" }.joined(separator: ",") + "}", false),
        volume("/data", "{\"in\":\"/var/tmp\"}", true),
        volume("/data", "{\"in\":\"disk\",\"size\":\"64 MB\"}", true), volume("/data", "{}", false),
        volume("/data", "{\"in\":\"/var/tmp\",\"size\":64}", false), volume("/data", "\"/var/tmp\"", false),
        volume("/data", "{\"in\":\"/var/tmp\",\"mode\":1}", false),
        workload(base + ",\"volumes\":{}", false), workload(base + ",\"volumes\":[\"/data\"]", false),
        workload(
            base + ",\"volumes\":{" + (0...4).map { "\"/d\($0)\":{\"in\":\"/x\"}" }.joined(separator: ",") + "}",
            false),
        task("{}", true),
        task("{\"samples\":1,\"warm-up\":0,\"workloads\":[\"noop\"],\"platforms\":[\"process\"]}", true),
        task("{\"samples\":0}", false), task("{\"samples\":\"3\"}", false), task("{\"warm-up\":101}", false),
        task("{\"workloads\":[]}", false), task("{\"modes\":[\"warm\"]}", false), task("[]", false),
    ]

    @Test(arguments: suites + surroundings + tasks) func theReaderJudges(_ one: Case) {
        let errors = SuiteText.errors(one.text)
        #expect(errors.isEmpty == one.good, "\(one.text): \(errors)")
    }

    @Test(.enabled(if: Requirement.isEnforced || validates, "needs python3-jsonschema"))
    func theSchemaJudgesTheSame() throws {
        let suites = SuiteSchemaTests.suites + SuiteSchemaTests.surroundings + SuiteSchemaTests.tasks
        var documents = suites.map(\.text)
        for name in ["quick", "startup", "footprint", "density", "parity", "cost"] {
            let text = try HostFiles.read("\(Repository.path)/Benchmarks/suites/\(name).yaml")
            let object = try #require(try Yams.load(yaml: text))
            documents.append(String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self))
        }
        let verdicts = try SuiteSchemaTests.validate(documents)
        #expect(verdicts.count == documents.count)
        for (one, verdict) in zip(suites, verdicts) {
            #expect(verdict == one.good, "the schema \(verdict ? "takes" : "refuses") \(one.text)")
        }
        #expect(verdicts.suffix(6).allSatisfy { $0 })
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
