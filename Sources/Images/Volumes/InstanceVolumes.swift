package import BenchmarkModel
import Glibc
import LinuxSystem

/// The directories of one instance's volumes on the host, from right before t0 until the instance is gone. What a killed tare leaves
/// of them goes with the run's own directory around them.
package struct InstanceVolumes: Sendable {
    package let directories: [String]

    package init(of request: LaunchRequest) { directories = request.volumeDirectories }

    /// Makes them, empty and as their owner's. Instrumentation, and no part of a start: an engine's volumes are there before its
    /// containers.
    ///
    /// - Throws: ``SystemError``; nothing is left then.
    package func make(for owner: VolumeOwner) throws {
        var made: [String] = []
        do {
            for path in directories {
                // What stands there already is nobody's that tare knows, and stays.
                guard mkdir(path, 0o700) == 0 else { throw SystemError("making the volume \(path)") }
                made.append(path)
                guard chown(path, owner.user, owner.group) == 0, chmod(path, VolumeOwner.mode) == 0 else {
                    throw SystemError("giving the volume \(path) to user \(owner.user)")
                }
            }
        } catch {
            for path in made { try? HostFiles.removeTree(path) }
            throw error
        }
    }

    /// Removes them with all that is in them. Those that are gone are no error.
    ///
    /// - Throws: ``SystemError`` naming what stays.
    package func remove() throws {
        for path in directories { try HostFiles.removeTree(path) }
    }
}
