import CWitnessShims

/// The process beside the command, from before its exec until it is ready. Whatever it changes of itself (signals,
/// limits, timers) is its own: it never execs.
struct Helper {
    static let parentCheckMilliseconds: Int32 = 10

    let channel: MarkChannel
    /// The command's process.
    let parent: pid_t
    /// Ends when the command has been exec'd; yields an error number when it could not be.
    let executed: Int32
    let configuration: Configuration
    /// On ``Clock``.
    let deadline: UInt64

    func run() -> Never {
        witness_ignore_broken_pipe()
        witness_exact_timers()
        // The command's streams end with the command, not with its helper.
        close(0)
        close(1)
        close(2)
        if case .started = configuration.readiness {
            awaitExecution(nil)
            channel.send(MarkByte.executed, MarkByte.ready)
            _exit(0)
        }
        if configuration.readiness.isJudgedByHost {
            awaitExecution(nil)
            channel.send(MarkByte.executed)
            awaitEnd()
        }
        guard let probe = configuration.readiness.makeProbe() else { _exit(0) }
        awaitExecution(probe)
        channel.send(MarkByte.executed)
        while true {
            // Asked before the probe: what a command did just before it ended is still seen by the last probe.
            let alive = getppid() == parent
            if alive || probe.outlastsCommand, probe.holds(until: deadline),
                // What still answers for a command that went away is gone too where the command is the first process.
                probe.outlastsCommand || getppid() == parent
            {
                channel.send(MarkByte.ready)
                _exit(0)
            }
            // The host sees the stream's end. It knows better how the command ended.
            guard alive else { _exit(0) }
            let now = Clock.nanoseconds()
            if now < deadline {
                Clock.sleep(nanoseconds: min(configuration.probeMicroseconds * 1_000, deadline - now))
            }
            // Not followed by another probe: without time to wait, it would hide what was seen last.
            guard Clock.nanoseconds() < deadline else { failDeadline(probe) }
        }
    }

    /// Keeps the channel open until the command ends, by which the host sees that, or until the host has seen enough.
    private func awaitEnd() -> Never {
        // Not where the command has become another user, who may send it no signal: hence the look at the parent.
        witness_die_with_parent()
        while getppid() == parent {
            var wait = pollfd(fd: channel.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&wait, 1, Helper.parentCheckMilliseconds) > 0 { break }
        }
        _exit(0)
    }

    /// Returns when the command has been exec'd. Where that failed, the first process tells it, and the helper ends.
    private func awaitExecution(_ probe: Probe?) {
        while true {
            let now = Clock.nanoseconds()
            guard now < deadline else { failDeadline(probe) }
            var wait = pollfd(fd: executed, events: Int16(POLLIN), revents: 0)
            let milliseconds = (deadline - now) / 1_000_000 + 1
            guard poll(&wait, 1, Int32(clamping: milliseconds)) > 0 else { continue }
            var number: Int32 = 0
            let got = read(executed, &number, MemoryLayout<Int32>.size)
            if got > 0 { _exit(0) }
            if got == 0 {
                close(executed)
                return
            }
        }
    }

    private func failDeadline(_ probe: Probe?) -> Never {
        let text = Message("readiness deadline of ").add(secondsOf: configuration.deadlineMilliseconds)
        text.add(" s passed: ")
        guard let probe else { fail(text.add("the command was not executed")) }
        probe.describe(text)
        fail(text)
    }

    private func fail(_ text: Message) -> Never {
        channel.sendFailure(text)
        _exit(0)
    }
}
