/// Everything a platform needs to launch one instance.
package struct LaunchRequest: Sendable {
    /// What the instance does.
    package enum Purpose: Sendable, Equatable {
        /// The workload's command.
        case workload
        /// The witness echoes bytes, so that the mark channel can be measured (argument `--echo`).
        case echo
        /// The witness does all that it does before a command, then tells what the command would see, and echoes bytes after
        /// that (argument `--world`).
        case world

        /// What the witness is called with.
        package var witnessArguments: [String] {
            switch self {
            case .workload: []
            case .echo: ["--echo"]
            case .world: ["--world"]
            }
        }
    }

    /// The instance's name, unique on the host: `tare-RUN-iN`.
    package var name: String
    /// Its number in the run.
    package var number: Int
    /// What the instance does.
    package var purpose: Purpose
    /// What to launch.
    package var prepared: PreparedWorkload
    /// A directory of the instance's own on the host, empty, which the harness removes after the stop.
    package var directory: String
    /// The run's cgroup, as a path below each hierarchy's root, such as `/tare-RUN.run`; the launcher thread is in it.
    package var cgroup: String
    /// Files (`cgroup.procs`) into which a child must write itself first, because on cgroup v2 the launcher thread
    /// cannot be in the run's cgroup by itself; empty on v1, where children inherit it from the launcher thread.
    package var childCgroupFiles: [String]
    /// Where marks are recorded and how the instance reaches the host.
    package var marks: any MarkChannel
    /// The CPUs of the host that the instance gets and sees (``CPUView/allowance``); nil for all.
    package var cpus: [Int]?
    /// Its place on a bridge; nil where the workload has none.
    package var slot: NetworkSlot?

    package init(
        name: String, number: Int, purpose: Purpose, prepared: PreparedWorkload, directory: String, cgroup: String,
        childCgroupFiles: [String] = [], marks: any MarkChannel, cpus: [Int]? = nil,
        slot: NetworkSlot? = nil
    ) {
        self.name = name
        self.number = number
        self.purpose = purpose
        self.prepared = prepared
        self.directory = directory
        self.cgroup = cgroup
        self.childCgroupFiles = childCgroupFiles
        self.marks = marks
        self.cpus = cpus
        self.slot = slot
    }
}

extension LaunchRequest {
    /// The name of its run, which all bears that the run makes: `tare-RUN`.
    package var runName: String {
        let own = "-i\(number)"
        return name.hasSuffix(own) ? String(name.dropLast(own.count)) : name
    }

    /// Directories of the host that are its volumes, one for each of the workload's, in their order. The platform makes them
    /// before t0 and removes them with the instance.
    package var volumeDirectories: [String] {
        prepared.workload.volumes.enumerated().map { index, volume in
            "\(volume.place(ofRun: runName))/i\(number)-\(index)"
        }
    }

    /// The signal that asks the command to end; nil where it is killed at once, or where there is no command.
    package var stopSignal: Int32? {
        purpose == .workload ? prepared.workload.surroundings.stopSignalNumber : nil
    }
}
