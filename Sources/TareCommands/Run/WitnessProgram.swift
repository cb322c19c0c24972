import BenchmarkModel
import Glibc
import LinuxSystem

/// The program that is the first process of every instance.
enum WitnessProgram {
    /// The witness is built beside tare. `TARE_WITNESS` names another.
    static func path() throws -> String {
        if let named = Directories.environment("TARE_WITNESS") {
            guard access(named, X_OK) == 0 else {
                throw TareError(
                    .hostLacks, "TARE_WITNESS names \(named), which is not an executable file",
                    remedy: "Unset it, or name the witness that was built with this tare.")
            }
            return named
        }
        let executable = HostFiles.target(ofLink: "/proc/self/exe") ?? ""
        let directory = executable.split(separator: "/").dropLast().joined(separator: "/")
        let path = "/\(directory)/witness"
        guard access(path, X_OK) == 0 else {
            throw TareError(
                .hostLacks, "the witness is not beside tare (\(path))",
                remedy: "Build it with 'swift build', or name it with TARE_WITNESS.")
        }
        return path
    }
}
