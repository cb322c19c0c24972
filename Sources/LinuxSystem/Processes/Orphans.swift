internal import CLinuxShims
import Glibc

/// Processes whose parent ended: runtimes leave containers behind on purpose. While tare measures it adopts them, because
/// the host's first process may reap them late (in many containers it is no init), and runtimes wait for that.
package enum Orphans {
    /// Lets this process adopt the orphans among its descendants.
    package static func adopt() {
        _ = tare_adopt_orphans(1)
    }

    /// Leaves orphans to the host's first process again.
    package static func leave() {
        _ = tare_adopt_orphans(0)
    }

    /// Reaps every child that ended by itself in a group or below it. A container whose process ended before it was stopped
    /// is in no list of the group's processes any more, and would stay a zombie for whoever adopts it after this process.
    ///
    /// - Parameter group: a path below each hierarchy's root.
    package static func reapEnded(in group: String) {
        for pid in ProcessTable.children(of: getpid()) {
            guard ProcessEntry(pid: pid)?.state == "Z",
                (try? HostFiles.read("/proc/\(pid)/cgroup"))?.contains(group) == true
            else { continue }
            waitpid(pid, nil, WNOHANG)
        }
    }

    /// How a child of this process ended, adopted ones among them. It is not reaped: whoever ends its group does that.
    ///
    /// - Parameter deadline: `CLOCK_MONOTONIC` in nanoseconds, until which it is waited for.
    /// - Returns: nil where it runs, or is nobody's child here.
    package static func ending(of pid: Int32, deadline: UInt64) -> ChildProcess.Ending? {
        while true {
            var status: Int32 = 0
            switch tare_child_ending(pid, &status) {
            case 1: return .exited(status)
            case 2: return .signalled(status)
            case 0 where MonotonicClock.now() < deadline: usleep(500)
            default: return nil
            }
        }
    }

    /// A process that left the control group it was born in.
    package struct Stray: Sendable, Equatable {
        /// Its id.
        package var pid: Int32
        /// Its name, as it calls itself.
        package var name: String
    }

    /// Ends the children of this process that live outside a group, and what they started. This process adopts orphans, so
    /// whatever leaves its control group and its parent is found here.
    ///
    /// To be called while nothing is being started: every child that this process has then belongs to a run.
    ///
    /// - Parameters:
    ///   - group: a path below each hierarchy's root.
    ///   - spared: those that are known to be an instance's.
    package static func endStrays(outside group: String, sparing spared: Set<Int32> = []) -> [Stray] {
        var found: [Stray] = []
        // Those of one that is ended are adopted in turn.
        for _ in 0..<16 {
            let strays = ProcessTable.children(of: getpid()).filter { pid in
                guard !spared.contains(pid), let entry = ProcessEntry(pid: pid), entry.state != "Z",
                    let groups = try? HostFiles.read("/proc/\(pid)/cgroup")
                else { return false }
                return !groups.contains("\(group)/") && !groups.contains("\(group)\n")
            }
            if strays.isEmpty { break }
            for pid in strays {
                found.append(Stray(pid: pid, name: HostFiles.value("/proc/\(pid)/comm") ?? "unknown"))
                kill(pid, SIGKILL)
            }
            reap(Set(strays), deadline: MonotonicClock.now() + 1_000_000_000)
        }
        return found
    }

    /// Reaps these processes as far as they are children of this one.
    ///
    /// - Parameter deadline: `CLOCK_MONOTONIC` in nanoseconds, until which an ending process is waited for.
    package static func reap(_ pids: Set<Int32>, deadline: UInt64) {
        for pid in pids {
            // 0 means: a child that has not quite ended.
            while waitpid(pid, nil, WNOHANG) == 0, MonotonicClock.now() < deadline { usleep(100) }
        }
    }
}
