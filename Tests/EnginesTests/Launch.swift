import BenchmarkModel
import Images
import Synchronization

@testable import Engines

/// Keeps what is recorded; nobody is at the other end.
final class FakeMarks: MarkChannel {
    let instanceDescriptor: Int32 = -1
    let outputDescriptor: Int32 = -1
    let marksSocketPath = "/run/tare/i7/m"
    let consoleSocketPath = ""
    private let marks = Mutex<[Mark]>([])

    var recorded: [Mark] { marks.withLock { $0 } }

    func record(_ name: MarkName, at nanoseconds: UInt64) {
        marks.withLock { $0.append(Mark(name, nanoseconds: nanoseconds)) }
    }
}

/// The seventh instance of a run, as a platform is asked for it.
struct Launch: Sendable {
    let marks = FakeMarks()
    var settings = EngineSettings(.docker)
    var workload = Workload(
        name: "w", image: .rootfs(path: "/image"), command: ["/bin/true"], memoryBytes: 96 << 20, cpus: 3)
    var purpose = LaunchRequest.Purpose.workload
    var directory = "/run/tare/i7"
    var witnessLayer = "/cache/witness/layer"
    var cpus: [Int]?
    var parentGroup: String? = "/tare-x.run"

    var request: LaunchRequest {
        LaunchRequest(
            name: "tare-x-i7", number: 7, purpose: purpose,
            prepared: PreparedWorkload(workload: workload, steps: [], payload: image), directory: directory,
            cgroup: "/tare-x.run", marks: marks, cpus: cpus)
    }

    var image: PreparedEngineImage {
        PreparedEngineImage(
            reference: "localhost/tare:abc", witnessLayer: witnessLayer,
            furniture: Furniture(
                of: workload, temporary: workload.surroundings.temporary, volumes: workload.volumes.map(\.path)),
            volumeOwner: VolumeOwner())
    }

    var container: ContainerRequest { ContainerRequest(request, image, settings, parentGroup: parentGroup) }
}
