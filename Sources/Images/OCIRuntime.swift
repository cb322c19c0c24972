import BenchmarkModel

/// A command-line runtime of the OCI.
package enum OCIRuntime {
    /// The commands that the OCI runtime specification asks of a runtime's command line, as far as tare and engines use them.
    private static let commands = ["create", "start", "state", "kill", "delete", "run"]

    /// What people take for an OCI runtime, and what they mean by it; nil where nothing is known.
    package static func otherPlatform(for runtime: String) -> String? {
        let name = (runtime.split(separator: "/").last.map(String.init) ?? runtime).lowercased()
        if name.contains("kata") {
            return
                "Kata is a shim of containerd's since its version 2: write containerd: {runtime: io.containerd.kata.v2}."
        }
        for engine in ["docker", "podman", "containerd"] where name.hasPrefix(engine) {
            return "It is an engine: write '\(engine):' in the place of 'oci:'."
        }
        return nil
    }

    /// The first line of the runtime's own version, once it is sure that it is a runtime. (An engine has other commands; the
    /// shim of Kata Containers 2 is spoken to by containerd alone.)
    ///
    /// - Throws: ``TareError`` where it is none.
    package static func version(of runtime: String, platform: String) throws -> String {
        let help = try Executables.output(of: runtime, ["--help"])
        let words = Set(help.text.split { !($0.isLetter || $0 == "-") }.map(String.init))
        let missing = commands.filter { !words.contains($0) }
        guard missing.isEmpty else {
            throw TareError(
                .hostLacks,
                "platform '\(platform)': \(runtime) is no OCI command-line runtime: it does not know "
                    + missing.map { "'\($0)'" }.joined(separator: ", "),
                remedy: OCIRuntime.otherPlatform(for: runtime)
                    ?? "Name one such as runc, crun or runsc with 'runtime:'. Engines and containerd's shims are none."
            )
        }
        let version = try Executables.output(of: runtime, ["--version"])
        guard version.isSuccess, let line = version.text.split(separator: "\n").first else {
            throw TareError(
                .hostLacks, "platform '\(platform)': '\(runtime) --version' failed",
                remedy: "Check that it runs by hand.", cause: version.text.split(separator: "\n").last.map(String.init))
        }
        return String(line)
    }
}
