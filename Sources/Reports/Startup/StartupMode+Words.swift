import BenchmarkModel

extension StartupMode {
    /// The mode in words that follow a workload's name.
    var phrase: String {
        switch self {
        case .warm: "started warm"
        case .cold: "started cold"
        case .concurrent(let count): "one of \(count) requested at once"
        case .occupied(let count): "started beside \(Format.count(count, "idle instance"))"
        }
    }

    /// The mode as a heading, with what it means.
    var heading: String {
        switch self {
        case .warm: "Startup, warm"
        case .cold: "Startup, cold"
        case .concurrent(let count): "Startup, \(count) at once"
        case .occupied(let count): "Startup, beside \(Format.count(count, "idle instance"))"
        }
    }

    /// What the mode means, in a sentence.
    var definition: String {
        switch self {
        case .warm: "The image and the binaries are in the page cache."
        case .cold: "The host's caches are dropped before every sample."
        case .concurrent(let count):
            "\(count) requests are due at the same moment, and each counts from when it was due, so that a launcher "
                + "that stalls cannot hide its queue."
        case .occupied(let count):
            count == 1
                ? "1 instance of the workload already runs and idles."
                : "\(count) instances of the workload already run and idle."
        }
    }
}
