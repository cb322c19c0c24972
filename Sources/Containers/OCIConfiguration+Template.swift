import BenchmarkModel

extension OCIConfiguration {
    /// The `config.json` of a workload with holes for what differs from container to container.
    ///
    /// Encoding the whole anew would put half a millisecond of tare's own into every start that is measured.
    struct Template: Sendable {
        private enum Hole: Equatable {
            case arguments
            case rootPath
            case hostname
            case cgroupsPath
            case cpus
            case onlineFile
            case networkPath
            /// The directory of one of the volumes.
            case volume(Int)

            private var word: String {
                switch self {
                case .arguments: "arguments"
                case .rootPath: "rootPath"
                case .hostname: "hostname"
                case .cgroupsPath: "cgroupsPath"
                case .cpus: "cpus"
                case .onlineFile: "onlineFile"
                case .networkPath: "networkPath"
                case .volume(let index): "volume\(index)"
                }
            }

            /// A text that no suite can contain at this place, since a NUL ends every path and argument.
            var filler: String { "\u{0}\(word)" }

            /// The filler as JSON has it, quotes and brackets included.
            var encoded: String {
                let text = "\"\\u0000\(word)\""
                return self == .arguments ? "[\(text)]" : text
            }
        }

        /// Each hole with the text before it.
        private let parts: [(before: String, hole: Hole)]
        private let end: String

        /// Encodes a workload once.
        ///
        /// - Parameter confined: whether each container gets CPUs of its own to see.
        /// - Throws: what the encoder throws, and ``TareError`` where it left out a hole.
        init(_ workload: Workload, _ furniture: Furniture, confined: Bool = false) throws {
            let volumes = furniture.volumes.indices.map(Hole.volume)
            let holes: [Hole] =
                [.arguments, .rootPath, .hostname, .cgroupsPath] + (confined ? [.cpus, .onlineFile] : [])
                + (workload.network == .bridge ? [.networkPath] : []) + volumes
            let json = try OCIConfiguration.json(
                Parameters(
                    workload: workload, furniture: furniture, arguments: [Hole.arguments.filler],
                    rootPath: Hole.rootPath.filler, hostname: Hole.hostname.filler,
                    cgroupsPath: Hole.cgroupsPath.filler, cpus: confined ? Hole.cpus.filler : nil,
                    onlineFile: confined ? Hole.onlineFile.filler : nil, volumes: volumes.map(\.filler),
                    networkPath: workload.network == .bridge ? Hole.networkPath.filler : nil))
            var rest = String(decoding: json, as: UTF8.self)[...]
            let places = holes.compactMap { hole in rest.firstRange(of: hole.encoded).map { ($0, hole) } }
            guard places.count == holes.count else {
                throw TareError(.failed, "the configuration of \(workload.name) cannot be made a template")
            }
            var parts: [(String, Hole)] = []
            for (place, hole) in places.sorted(by: { $0.0.lowerBound < $1.0.lowerBound }) {
                parts.append((String(rest[..<place.lowerBound]), hole))
                rest = rest[place.upperBound...]
            }
            self.parts = parts
            end = String(rest)
        }

        /// The same bytes as ``OCIConfiguration/json(_:)`` gives.
        func filled(
            arguments: [String], rootPath: String, hostname: String, cgroupsPath: String, cpus: String? = nil,
            onlineFile: String? = nil, volumes: [String] = [], networkPath: String? = nil
        ) -> [UInt8] {
            var json: [UInt8] = []
            json.reserveCapacity(4_096)
            for (before, hole) in parts {
                json += before.utf8
                switch hole {
                case .arguments:
                    json.append(UInt8(ascii: "["))
                    for (index, argument) in arguments.enumerated() {
                        if index > 0 { json.append(UInt8(ascii: ",")) }
                        Template.append(argument, to: &json)
                    }
                    json.append(UInt8(ascii: "]"))
                case .rootPath: Template.append(rootPath, to: &json)
                case .hostname: Template.append(hostname, to: &json)
                case .cgroupsPath: Template.append(cgroupsPath, to: &json)
                case .cpus: Template.append(cpus ?? "", to: &json)
                case .onlineFile: Template.append(onlineFile ?? "", to: &json)
                case .networkPath: Template.append(networkPath ?? "", to: &json)
                case .volume(let index):
                    Template.append(volumes.indices.contains(index) ? volumes[index] : "", to: &json)
                }
            }
            return json + end.utf8
        }

        /// A string of JSON (RFC 8259): quotes, backslashes and control characters are escaped.
        private static func append(_ text: String, to json: inout [UInt8]) {
            json.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
                case 0..<0x20:
                    let digits = String(byte, radix: 16)
                    json += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
                default: json.append(byte)
                }
            }
            json.append(UInt8(ascii: "\""))
        }
    }
}
