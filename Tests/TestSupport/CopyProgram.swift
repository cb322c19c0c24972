import Glibc
import LinuxSystem

/// Copies a program with cp(1), mode included.
///
/// Where this process itself held the copy open for writing, a child that another test starts at that moment would hold it
/// too, and whoever runs the copy could find `Text file busy`.
///
/// - Throws: ``SystemError`` where it cannot be copied.
package func copyProgram(_ source: String, to destination: String) throws {
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    let child = try ChildProcess.spawn(
        SpawnRequest(
            path: "/bin/cp", arguments: ["cp", "--preserve=mode", source, destination], environment: [],
            descriptors: (null, null, 2)))
    guard child.wait(deadlineMilliseconds: 60_000) == .exited(0) else {
        throw SystemError("copying \(source) to \(destination)", number: EIO)
    }
}
