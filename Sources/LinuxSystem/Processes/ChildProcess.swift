internal import CLinuxShims
import Glibc
import Synchronization

/// A child process that is held by a pidfd, so that its id can never mean another process.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum Ending: Sendable, Equatable {
        /// By itself, with this status.
        case exited(Int32)
        /// By this signal.
        case signalled(Int32)
    }

    /// The process id.
    package let pid: Int32
    /// `CLOCK_MONOTONIC` at the child's first instruction, in nanoseconds.
    package let bornNanoseconds: UInt64

    private struct State {
        var descriptor: Int32
        var ending: Ending?
    }
    private let state: Mutex<State>

    init(pid: Int32, descriptor: Int32, bornNanoseconds: UInt64) {
        self.pid = pid
        self.bornNanoseconds = bornNanoseconds
        state = Mutex(State(descriptor: descriptor, ending: nil))
    }

    deinit {
        state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
    }

    /// Starts a program. Returns once it has been exec'd.
    ///
    /// - Throws: ``SpawnError``; no process is left then.
    package static func spawn(_ request: SpawnRequest) throws(SpawnError) -> ChildProcess {
        var result = tare_spawn_result()
        CRequest.with(request) { _ = tare_spawn($0, &result) }
        guard result.error == 0 else {
            var what = result.failed.map { String(cString: $0) } ?? "starting"
            if result.failed_step >= 0, request.steps.indices.contains(result.failed_step) {
                what += " (\(request.steps[result.failed_step]))"
            } else if what == "exec" {
                what = "starting \(request.path)"
            }
            throw SpawnError(number: result.error, description: "\(what): \(String(cString: strerror(result.error)))")
        }
        return ChildProcess(pid: result.pid, descriptor: result.pidfd, bornNanoseconds: result.born_nanoseconds)
    }

    /// Sends a signal; one that has ended is no error.
    package func signal(_ number: Int32) {
        state.withLock { state in
            if state.ending == nil { _ = tare_pidfd_send_signal(state.descriptor, number) }
        }
    }

    /// Waits until the process ended and reaps it; nil when the deadline passed first.
    package func wait(deadlineMilliseconds: Int32) -> Ending? {
        let (descriptor, known) = state.withLock { ($0.descriptor, $0.ending) }
        if let known { return known }
        let end = MonotonicClock.now() + UInt64(max(0, deadlineMilliseconds)) * 1_000_000
        while true {
            let now = MonotonicClock.now()
            let left = now >= end ? 0 : Int32((end - now + 999_999) / 1_000_000)
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&polled, 1, left)
            if count < 0, errno == EINTR { continue }
            if count == 0 { return nil }
            break
        }
        return state.withLock { state in
            if let ending = state.ending { return ending }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0 {
                if errno != EINTR {
                    // Somebody else reaped it; that it ended is all that is known.
                    state.ending = .exited(-1)
                    return state.ending
                }
            }
            let signal = status & 0x7f
            state.ending = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
            return state.ending
        }
    }

    /// The ladder to end a process: SIGTERM, wait, SIGKILL, wait, reap.
    ///
    /// - Returns: how it ended, or nil when even SIGKILL did not end it in time.
    @discardableResult
    package func end(graceMilliseconds: Int32 = 2_000) -> Ending? {
        if graceMilliseconds > 0 {
            signal(SIGTERM)
            if let ending = wait(deadlineMilliseconds: graceMilliseconds) { return ending }
        }
        signal(SIGKILL)
        return wait(deadlineMilliseconds: 5_000)
    }
}

/// The C form of a request, alive during one call.
private enum CRequest {
    static func with(_ request: SpawnRequest, _ body: (UnsafePointer<tare_spawn_request>) -> Void) {
        var owned: [UnsafeMutablePointer<CChar>] = []
        defer { for pointer in owned { free(pointer) } }
        func copy(_ text: String) -> UnsafePointer<CChar>? {
            guard let pointer = strdup(text) else { return nil }
            owned.append(pointer)
            return UnsafePointer(pointer)
        }
        let arguments = request.arguments.map(copy) + [nil]
        let environment = request.environment.map(copy) + [nil]
        let groups = request.cgroupFiles.map(copy) + [nil]
        let steps = request.steps.map { step($0, copy) }
        var native = tare_spawn_request()
        native.path = copy(request.path)
        native.namespaces = request.namespaces.rawValue
        native.own_groups_as_root = request.seesOwnGroupsAsRoot ? 1 : 0
        native.standard_input = request.descriptors.input
        native.standard_output = request.descriptors.output
        native.standard_error = request.descriptors.error
        native.further = request.further ?? 0
        switch request.root {
        case .inherited: break
        case .chroot(let path): native.root = copy(path)
        case .pivot(let path):
            native.root = copy(path)
            native.pivot = 1
        }
        if let hostname = request.hostname { native.hostname = copy(hostname) }
        if let directory = request.directory { native.directory = copy(directory) }
        arguments.withUnsafeBufferPointer { arguments in
            environment.withUnsafeBufferPointer { environment in
                groups.withUnsafeBufferPointer { groups in
                    steps.withUnsafeBufferPointer { steps in
                        native.argv = arguments.baseAddress
                        native.envp = environment.baseAddress
                        native.cgroup_procs = groups.baseAddress
                        native.steps = steps.baseAddress
                        native.step_count = steps.count
                        body(&native)
                    }
                }
            }
        }
    }

    private static func step(_ step: SpawnStep, _ copy: (String) -> UnsafePointer<CChar>?) -> tare_step {
        var native = tare_step()
        switch step {
        case .mount(let source, let target, let type, let flags, let data):
            native.kind = Int32(TARE_STEP_MOUNT.rawValue)
            native.first = copy(source)
            native.second = copy(target)
            native.third = copy(type)
            native.flags = UInt(flags)
            if let data { native.data = copy(data) }
        case .makeDirectory(let path, let mode):
            native.kind = Int32(TARE_STEP_MKDIR.rawValue)
            native.first = copy(path)
            native.flags = UInt(mode)
        case .makeDevice(let path, let mode, let major, let minor):
            native.kind = Int32(TARE_STEP_MKNOD.rawValue)
            native.first = copy(path)
            native.flags = UInt(mode)
            native.number = major << 8 | minor
        case .symlink(let target, let path):
            native.kind = Int32(TARE_STEP_SYMLINK.rawValue)
            native.first = copy(target)
            native.second = copy(path)
        case .changeDirectory(let path):
            native.kind = Int32(TARE_STEP_CHDIR.rawValue)
            native.first = copy(path)
        case .enterMounts(let pid):
            native.kind = Int32(TARE_STEP_MOUNTS.rawValue)
            native.first = copy("/proc/\(pid)/ns/mnt")
        }
        return native
    }
}
