import BenchmarkModel

/// A suite with the file that it came from.
struct SuiteDocument: Sendable {
    /// The suite.
    var suite: Suite
    /// The file's text, word for word.
    var text: String
    /// The file as the user named it.
    var file: String
    /// The file's folder, absolute.
    var folder = "/"
    /// Places of keys, by path such as `workloads/nginx/image`.
    var places: [String: TareError.Location]

    /// Where a key of a workload stands.
    func location(ofWorkload name: String, key: String) -> TareError.Location? {
        location(of: "workloads/\(name)/\(key)")
    }

    /// Where something stands, such as `platforms/runc/options`, or what it is a part of; nil where neither is known.
    func location(of path: String) -> TareError.Location? {
        places[path] ?? path.lastIndex(of: "/").flatMap { location(of: String(path[..<$0])) }
    }
}

/// Everything that is wrong with a suite file, in the order of the file.
struct SuiteErrors: Error, CustomStringConvertible {
    var errors: [TareError]

    /// One error a line.
    var description: String { errors.map(\.description).joined(separator: "\n") }

    /// 64, as for every wrong use.
    let exitCode: Int32 = 64
}
