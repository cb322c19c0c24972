import Foundation
import TestSupport
import Testing

/// The tools that open a page as a reader does, which `scripts/prepare test` installs.
enum PageChecks {
    private static let tools = TestTools.directory("page-checks")
    private static let java = "/usr/bin/java"
    private static let script =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Scripts/page.py"

    /// Without them the tests are skipped, unless nothing may be skipped.
    static var arePossible: Bool {
        Requirement.isEnforced
            || ["\(tools)/bin/python", "/usr/bin/chromium", java].allSatisfy(FileManager.default.isExecutableFile)
    }

    /// What an action of the script finds of a page.
    ///
    /// - Parameter files: further files, by their contents; their paths are given to the script after the page's.
    static func find<Found: Decodable>(
        _ action: String, _ html: String, files: [String] = [], as kind: Found.Type = Found.self
    ) throws -> Found {
        let directory = try TemporaryDirectory()
        let paths = try ([html] + files).enumerated().map { index, text in
            let path = "\(directory.path)/\(index == 0 ? "report.html" : "file\(index)")"
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            return path
        }
        let (output, code, errors) = try run(["\(tools)/bin/python", script, action] + paths, in: directory.path)
        try #require(code == 0, "page.py \(action): \(errors.suffix(2_000))")
        return try JSONDecoder().decode(kind, from: Data(output.utf8))
    }

    /// What the Nu checker has against a page, a line each.
    static func nu(_ html: String) throws -> [String] {
        let directory = try TemporaryDirectory()
        let page = directory.path + "/report.html"
        try html.write(toFile: page, atomically: false, encoding: .utf8)
        let (found, _, _) = try run(
            ["/usr/bin/find", "\(tools)/lib", "-name", "vnu.jar"], in: directory.path)
        let jar = try #require(found.split(separator: "\n").first.map(String.init), "there is no vnu.jar")
        let (output, code, errors) = try run(
            [java, "-jar", jar, "--format", "gnu", "--stdout", "--exit-zero-always", page], in: directory.path)
        try #require(code == 0, "\(errors.suffix(2_000))")
        return output.split(separator: "\n").map(String.init).filter { line in
            !newProperties.contains { line.hasSuffix("Property “\($0)” doesn't exist.") }
        }
    }

    /// Properties of CSS that are in all browsers, and newer than the checker, which is of June 2020.
    private static let newProperties = ["paint-order", "print-color-adjust"]

    private static func run(_ command: [String], in directory: String) throws -> (String, Int32, String) {
        let process = Process()
        // A page that never comes to an end is a fault, and no reason to wait for ever.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["-k", "5", "300"] + command
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": directory, "LC_ALL": "C.UTF-8"]
        process.standardInput = FileHandle.nullDevice
        // Files, not pipes: nobody has to read while it writes.
        let outputs = ["output", "errors"].map { "\(directory)/\($0)" }
        for output in outputs { _ = FileManager.default.createFile(atPath: output, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputs[0]))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: outputs[1]))
        try process.run()
        process.waitUntilExit()
        let texts = try outputs.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
        return (texts[0], process.terminationStatus, texts[1])
    }
}
