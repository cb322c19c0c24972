/// A place that runs instances of a workload: a container runtime, a hypervisor, or nothing but the kernel.
///
/// `launch` is called on a thread of its own, between t0 and the arrival of the marks: it does what the platform must
/// do for each instance, and nothing that could have been done in `prepare` or `stage`.
public protocol Platform: Sendable {
    /// The specification it was made from.
    var spec: PlatformSpec { get }

    /// How marks come from an instance to the host.
    var channelKind: ChannelKind { get }

    /// Finds out what is really there (versions, accelerator), or says what is missing. Called once a run.
    func probe() async throws -> PlatformRecord

    /// Image work. Not timed as startup; its own duration is reported.
    func prepare(_ workload: Workload) async throws -> PreparedWorkload

    /// tare's own instrumentation for an instance, before t0: never what the platform must do for each instance.
    func stage(_ request: LaunchRequest) throws

    /// Asks for one instance. Returns once the platform accepted it; readiness arrives as a mark.
    ///
    /// - Throws: when the platform refused. Nothing of the instance is then left behind.
    func launch(_ request: LaunchRequest) throws -> any Instance

    /// What ``Instance/death()`` looks at, in words, for reports.
    var livenessCheck: String { get }

    /// Gives back what the platform holds for the whole run. Called once, after the last instance.
    func close() async
}

extension Platform {
    /// Nothing to stage.
    public func stage(_ request: LaunchRequest) throws {}
    /// Nothing to give back.
    public func close() async {}
}

/// How marks come from an instance to the host.
public enum ChannelKind: Sendable, Equatable {
    /// One end of a socket pair becomes the instance's standard input.
    case inherited
    /// The VMM, which runs as this user and group, connects two UNIX sockets on which tare listens: the mark channel and the
    /// console. Nobody else may.
    case sockets(user: UInt32, group: UInt32)
}

/// Image work that is done, ready to be launched any number of times.
public struct PreparedWorkload: Sendable {
    /// The workload.
    public var workload: Workload
    /// What was done and how long it took.
    public var steps: [Preparation]
    /// What the platform needs to launch it; known to that platform alone.
    public var payload: any Sendable

    /// Makes one.
    public init(workload: Workload, steps: [Preparation], payload: any Sendable) {
        self.workload = workload
        self.steps = steps
        self.payload = payload
    }
}

/// Everything a platform needs to launch one instance.
public struct LaunchRequest: Sendable {
    /// What the instance does.
    public enum Purpose: Sendable, Equatable {
        /// The workload's command.
        case workload
        /// The witness echoes bytes, so that the mark channel can be measured (argument `--echo`).
        case echo
    }

    /// The instance's name, unique on the host: `tare-RUN-iN`.
    public var name: String
    /// Its number in the run.
    public var number: Int
    /// What the instance does.
    public var purpose: Purpose
    /// What to launch.
    public var prepared: PreparedWorkload
    /// A directory of the instance's own on the host, empty, which the harness removes after the stop.
    public var directory: String
    /// The run's cgroup, as a path below each hierarchy's root, such as `/tare-RUN.run`; the launcher thread is in it.
    public var cgroup: String
    /// Files (`cgroup.procs`) into which a child must write itself first, because on cgroup v2 the launcher thread
    /// cannot be in the run's cgroup by itself; empty on v1, where children inherit it from the launcher thread.
    public var childCgroupFiles: [String]
    /// Where marks are recorded and how the instance reaches the host.
    public var marks: any MarkChannel

    /// Makes a request.
    public init(
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

/// The host's side of an instance's mark channel, open before t0.
public protocol MarkChannel: Sendable {
    /// The instance's end, which becomes its standard input (``ChannelKind/inherited``); -1 otherwise.
    var instanceDescriptor: Int32 { get }
    /// The instance's standard output and error (``ChannelKind/inherited``): a file in its directory; -1 otherwise.
    var outputDescriptor: Int32 { get }
    /// The socket on which tare awaits the mark channel (``ChannelKind/sockets``); empty otherwise.
    var marksSocketPath: String { get }
    /// The socket on which tare awaits the console (``ChannelKind/sockets``); empty otherwise.
    var consoleSocketPath: String { get }
    /// Records a mark that the host itself saw, at this `CLOCK_MONOTONIC` time in nanoseconds.
    func record(_ name: MarkName, at nanoseconds: UInt64)
}

/// One launched workload on one platform.
public protocol Instance: Sendable {
    /// The name from the request.
    var name: String { get }

    /// Host processes that exist because of this instance, each with its role.
    func processes() throws -> [HostProcess]

    /// Why the instance is not alive any more, in words; nil while it is. Cheap enough to be asked of a thousand.
    func death() -> String?

    /// Ends the instance and removes all that the platform made for it. Idempotent.
    ///
    /// - Throws: when something is left after the deadline; the message names it.
    func stop(deadline: Duration) throws
}

/// A process of the host that belongs to an instance.
public struct HostProcess: Sendable, Equatable, Codable {
    /// What the process does for the instance.
    public enum Role: String, Sendable, Codable {
        /// The workload's own processes.
        case workload
        /// The witness, before it became the workload.
        case witness
        /// The container runtime.
        case runtime
        /// The virtual machine monitor.
        case vmm
    }

    /// The process id on the host.
    public var pid: Int32
    /// What it does.
    public var role: Role

    /// Makes one.
    public init(pid: Int32, role: Role) {
        self.pid = pid
        self.role = role
    }
}
