import CWitnessShims

/// The witness as the parent of the command: in a guest, whose first process must outlive the command or the kernel panics, and
/// for `completed`, whose readiness is the command's end. It sends the marks itself, reaps what becomes its child, hands on
/// signals, and in a guest what the command prints.
///
/// In a guest it stays for as long as the guest lives, as any init does: asleep, with some 100 KiB of the guest's memory.
struct Supervisor {
    private let configuration: Configuration
    private let witness: Witness
    /// On ``Clock``.
    private let deadline: UInt64
    private let command: pid_t
    /// Ends when the command has been exec'd; -1 once that is known.
    private var executed: Int32
    private let signals: Int32
    /// What the host asks is read from it; -1 where it has nothing to ask.
    private var requests: Int32
    private let probe: Probe?
    private var isTold = false
    /// When the command was seen to be executed, on ``Clock``; nil before.
    private var executedNanoseconds: UInt64?
    private var nextProbe: UInt64 = 0
    /// Why the command could not be executed, in the child's words.
    private let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: Message.capacity)

    /// Starts the command as a child, and watches over it.
    static func run(_ configuration: Configuration, as witness: Witness, streams: Streams, entered: UInt64) -> Never {
        // Blocked, they are kept for the descriptor below, also those that the kernel would drop for a first process.
        var every = sigset_t()
        var before = sigset_t()
        sigfillset(&every)
        sigprocmask(SIG_BLOCK, &every, &before)
        let signals = witness_signal_descriptor(&every)
        guard signals >= 0 else { witness.fail(Message("cannot make a descriptor of signals").addLastError()) }
        let ends = makePipe(witness)
        let child = witness_fork()
        guard child >= 0 else { witness.fail(Message("cannot fork").addLastError()) }
        if child == 0 {
            sigprocmask(SIG_SETMASK, &before, nil)
            becomeCommand(configuration) { text in
                _ = write(ends.1, text.bytes, text.count)
                _exit(Witness.failureStatus)
            }
        }
        close(ends.1)
        // The command's output ends with the command, and not with the witness.
        if streams.output >= 0 {
            dup2(0, 1)
            // Where the witness itself says why an instance cannot be.
            dup2(streams.output, 2)
        }
        if streams.reading >= 0 { pump = Pump(streams) }
        var supervisor = Supervisor(
            configuration: configuration, witness: witness,
            deadline: entered + configuration.deadlineMilliseconds * 1_000_000, command: child, executed: ends.0,
            signals: signals)
        supervisor.watch()
    }

    private init(
        configuration: Configuration, witness: Witness, deadline: UInt64, command: pid_t, executed: Int32,
        signals: Int32
    ) {
        self.configuration = configuration
        self.witness = witness
        self.deadline = deadline
        self.command = command
        self.executed = executed
        self.signals = signals
        requests = witness.isGuest && configuration.stopSignal > 0 ? witness.channel.descriptor : -1
        probe = configuration.readiness.makeProbe()
        witness_exact_timers()
    }

    private mutating func watch() -> Never {
        while true {
            let polled = awaitSomething()
            // That it was executed comes before what it did, and what it did before its end.
            if executed >= 0, polled.executed { noteExecution() }
            if polled.output { pump?.handOn(all: false) }
            if polled.signal { takeSignals() }
            if polled.request { takeRequest() }
            guard !isTold else { continue }
            if executed < 0, let probe, Clock.nanoseconds() >= nextProbe { ask(probe) }
            if !isTold, Clock.nanoseconds() >= deadline { failDeadline() }
        }
    }

    private func awaitSomething() -> (executed: Bool, output: Bool, signal: Bool, request: Bool) {
        var wait = (
            pollfd(fd: executed, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pump?.reading ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            pollfd(fd: requests, events: Int16(POLLIN), revents: 0)
        )
        var pause: UInt64 = .max
        if !isTold {
            let next = probe != nil && executed < 0 ? min(nextProbe, deadline) : deadline
            let now = Clock.nanoseconds()
            pause = next > now ? next - now : 0
        }
        withUnsafeMutableBytes(of: &wait) { buffer in
            guard let start = buffer.baseAddress else { return }
            _ = witness_poll(start.assumingMemoryBound(to: pollfd.self), 4, pause)
        }
        return (wait.0.revents != 0, wait.1.revents != 0, wait.2.revents != 0, wait.3.revents != 0)
    }

    private mutating func noteExecution() {
        let count = read(executed, chunk, Message.capacity)
        if count > 0 {
            let text = Message("")
            for index in 0..<count { text.add(byte: chunk[index]) }
            waitpid(command, nil, 0)
            witness.fail(text)
        }
        close(executed)
        executed = -1
        executedNanoseconds = Clock.nanoseconds()
        if case .started = configuration.readiness, !isTold {
            witness.channel.send(MarkByte.executed, MarkByte.ready)
            isTold = true
        } else {
            witness.channel.send(MarkByte.executed)
        }
    }

    private mutating func ask(_ probe: Probe) {
        if probe.holds(until: deadline), probe.outlastsCommand || !commandHasEnded() {
            witness.channel.send(MarkByte.ready)
            isTold = true
        }
        nextProbe = Clock.nanoseconds() + configuration.probeMicroseconds * 1_000
    }

    /// Without reaping it.
    private func commandHasEnded() -> Bool { witness_has_ended(command) != 0 }

    private mutating func failDeadline() {
        let text = Message("readiness deadline of ").add(secondsOf: configuration.deadlineMilliseconds).add(" s passed")
        if executed >= 0 {
            text.add(": the command was not executed")
        } else if let probe {
            probe.describe(text.add(": "))
        } else {
            text.add(": the command has not ended")
        }
        // What the host judges, it tells itself.
        if !configuration.readiness.isJudgedByHost {
            witness.channel.sendFailure(text)
            if requests < 0 { close(witness.channel.descriptor) }
        }
        isTold = true
    }

    /// Whatever else the host may send is of no interest.
    private mutating func takeRequest() {
        var byte: UInt8 = 0
        let got = read(requests, &byte, 1)
        if got == 1, byte == MarkByte.stop { kill(command, configuration.stopSignal) }
        if got == 0 { requests = -1 }
    }

    private mutating func takeSignals() {
        while true {
            let signal = witness_next_signal(signals)
            guard signal > 0 else { return }
            guard signal == SIGCHLD else {
                kill(command, signal)
                continue
            }
            while true {
                var status: Int32 = 0
                let ended = waitpid(-1, &status, WNOHANG)
                guard ended > 0 else { break }
                if ended == command { end(status) }
            }
        }
    }

    /// The command ended: what it did before is judged, and then all ends.
    private mutating func end(_ status: Int32) -> Never {
        if executed >= 0 { noteExecution() }
        pump?.handOn(all: true)
        pump?.settle()
        let signal = status & 0x7f
        let code = (status >> 8) & 0xff
        let hasFailed = isTold
        let ended = Clock.nanoseconds()
        if case .completed = configuration.readiness, !isTold, status == 0 {
            witness.channel.send(MarkByte.ready)
        } else {
            if let probe, !isTold, probe.outlastsCommand, probe.holds(until: deadline) {
                witness.channel.send(MarkByte.ready)
            }
            let text = Message("")
            text.add(byte: MarkByte.ended).add(signal == 0 ? "e" : "s").add(UInt64(signal == 0 ? code : signal))
            text.add("\n")
            witness.channel.send(text.bytes, count: text.count)
        }
        // Where it failed before, that was the last word.
        if configuration.readiness.isCommandsEnd, !hasFailed, let start = executedNanoseconds {
            witness.channel.sendLine(MarkByte.ownTime, Message("").add(ended - start))
            sendFigureFiles(configuration.figureFiles, over: witness.channel)
        }
        witness.leave(signal == 0 ? code : 128 + signal)
    }
}
