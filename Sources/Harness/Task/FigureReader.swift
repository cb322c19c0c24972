import BenchmarkModel

/// Reads the figures that a task prints out of its texts. Pure; any bytes may stand in them.
struct FigureReader {
    /// What was found.
    struct Found: Sendable, Equatable {
        /// By name.
        var values: [String: Double] = [:]
        /// Why the others were not, in words: one for all figures of which the same is to be said.
        var problems: [String] = []
    }

    private let specs: [FigureSpec]
    private let isStopped: () -> Bool

    /// - Parameter isStopped: asked again and again; true gives up what is left.
    init(_ specs: [FigureSpec], isStopped: @escaping () -> Bool = { false }) {
        self.specs = specs
        self.isStopped = isStopped
    }

    func read(_ texts: [FigureSpec.Source: FigureText]) -> Found {
        var found = Found()
        var problems: [(text: String, names: [String])] = []
        var documents: [FigureSpec.Source: Result<JSONText, FigureProblem>] = [:]
        for spec in specs {
            do throws(FigureProblem) {
                found.values[spec.name] = try value(of: spec, texts, &documents)
            } catch {
                let text = "\(spec.source.name): \(error.words)"
                if let position = problems.firstIndex(where: { $0.text == text }) {
                    problems[position].names.append(spec.name)
                } else {
                    problems.append((text, [spec.name]))
                }
            }
        }
        found.problems = problems.map { problem in
            let names = problem.names.map { "'\($0)'" }.joined(separator: ", ")
            return "figure\(problem.names.count == 1 ? "" : "s") \(names) in \(problem.text)"
        }
        return found
    }

    private func value(
        of spec: FigureSpec, _ texts: [FigureSpec.Source: FigureText],
        _ documents: inout [FigureSpec.Source: Result<JSONText, FigureProblem>]
    ) throws(FigureProblem) -> Double {
        guard !isStopped() else { throw FigureExpression.stopped }
        let bytes: [UInt8]
        switch texts[spec.source] {
        case .text(let text): bytes = text
        case .absent(let reason): throw FigureProblem(reason)
        case nil: throw FigureProblem("it is not there")
        }
        switch spec.place {
        case .match(let pattern): return try FigureExpression(pattern).value(in: bytes, isStopped: isStopped)
        case .json(let path):
            guard let query = JSONPath(path) else { throw FigureProblem("'\(path)' is no path to one value") }
            let document = documents[spec.source] ?? JSONText.find(in: bytes)
            documents[spec.source] = document
            return try document.get().number(at: query, written: path)
        }
    }
}

extension FigureSpec.Source {
    /// As reasons name it.
    var name: String {
        switch self {
        case .output: "its output"
        case .file(let path): path
        }
    }
}
