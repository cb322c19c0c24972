/// Everything a platform needs to launch one instance.
package struct LaunchRequest: Sendable {
    /// What the instance does.
    package enum Purpose: Sendable, Equatable {
        /// The workload's command.
        case workload
        /// The witness echoes bytes, so that the mark channel can be measured (argument `--echo`).
        case echo
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

    package init(
        name: String, number: Int, purpose: Purpose, prepared: PreparedWorkload, directory: String, cgroup: String,
        childCgroupFiles: [String] = [], marks: any MarkChannel
    ) {
        self.name = name
        self.number = number
        self.purpose = purpose
        self.prepared = prepared
        self.directory = directory
        self.cgroup = cgroup
        self.childCgroupFiles = childCgroupFiles
        self.marks = marks
    }
}
