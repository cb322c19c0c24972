import Analysis
import BenchmarkModel
import Foundation
import Testing

@testable import Exports

/// Exports read back by programs that share nothing with those that wrote them.
enum Exported {
    static func json(_ run: Run, _ sentences: JSONExport.Sentences = .init()) throws -> [String: Any] {
        let text = try JSONExport.encode(RunAnalysis(run: run, resamples: 100), sentences)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    static let python = "/usr/bin/python3"
    static let mayRunPython =
        FileManager.default.isExecutableFile(atPath: python)
        || ProcessInfo.processInfo.environment["TARE_REQUIRE_INTEGRATION"] == "1"

    /// The rows of a table, by column, as Python's `csv` reads them.
    static func rows(_ csv: String) throws -> [[String: String]] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("tare-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        try csv.write(to: file, atomically: true, encoding: .utf8)
        let program = """
            import csv, json, sys
            with open(sys.argv[1], newline='', encoding='utf-8') as f:
                print(json.dumps(list(csv.DictReader(f, strict=True))))
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", program, file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try #require(try JSONSerialization.jsonObject(with: output) as? [[String: String]])
    }
}
