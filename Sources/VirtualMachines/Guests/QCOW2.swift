import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

/// Private copy-on-write layers.
enum QCOW2 {
    /// An empty layer over a raw base, made once by qemu-img: a copy of these bytes is an instance's private layer.
    ///
    /// - Throws: ``TareError``.
    static func template(over base: String, scratch: String) async throws -> [UInt8] {
        let places: [String] = ["/usr/bin/qemu-img", "/usr/local/bin/qemu-img"]
        guard let tool = places.first(where: { access($0, X_OK) == 0 }) else {
            throw TareError(
                .hostLacks, "qemu-img was not found", remedy: "Install it (on Debian: apt-get install qemu-utils).")
        }
        defer { unlink(scratch) }
        let output = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { Glibc.close(output) }
        let errors = open(scratch + ".log", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer {
            Glibc.close(errors)
            unlink(scratch + ".log")
        }
        let request = SpawnRequest(
            path: tool,
            arguments: ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", base, scratch],
            environment: ["PATH=/usr/bin:/bin"], descriptors: (output, output, errors))
        let child = try ChildProcess.spawn(request)
        guard child.wait(deadlineMilliseconds: 30_000) == .exited(0),
            let bytes = FileManager.default.contents(atPath: scratch)
        else {
            child.end(graceMilliseconds: 0)
            throw TareError(.image, "qemu-img could not make a private layer", cause: HostFiles.tail(scratch + ".log"))
        }
        return Array(bytes)
    }
}
