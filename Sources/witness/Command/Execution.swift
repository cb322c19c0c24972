import CWitnessShims

/// Turns this process into the command, and leaves a helper beside it until the instance is ready.
///
/// The helper is a child of the command, because the command takes over this process. When it has ended, the command or
/// the command's parent reaps it. A command that never waits for children and is PID 1 keeps one defunct entry in its
/// process table, without memory of its own, for as long as it lives; `pause` reaps it. (A second fork would not help:
/// an orphan's parent is PID 1 again.) The command may see one SIGCHLD. Nothing else of the helper reaches it. The helper
/// keeps the rights that the command gives up: it must reach what it asks, and the channel.
///
/// In a guest and for `completed` the witness stays and is the command's parent (``Supervisor``).
///
/// - Parameter tellsWorld: tells what the command would see instead, and then echoes.
func execute(
    _ configuration: Configuration, as witness: Witness, streams: Streams, entered: UInt64, tellsWorld: Bool
) -> Never {
    witness_set_environment(configuration.environment)
    if tellsWorld {
        // In a guest the command is a child of the first process, and sees itself as one.
        let child = witness.isGuest ? witness_fork() : 0
        if child > 0 {
            waitpid(child, nil, 0)
            witness.leave(0)
        }
        applySettings(configuration) { witness.fail($0) }
        World.tell(configuration, over: witness.channel)
        echo(witness.channel)
        // A child in a guest must leave the powering off to its parent.
        _exit(0)
    }
    if witness.isGuest || configuration.readiness.isCommandsEnd {
        Supervisor.run(configuration, as: witness, streams: streams, entered: entered)
    }
    let ends = makePipe(witness)
    let parent = getpid()
    let child = witness_fork()
    guard child >= 0 else { witness.fail(Message("cannot fork").addLastError()) }
    if child == 0 {
        close(ends.1)
        Helper(
            channel: witness.channel, parent: parent, executed: ends.0, configuration: configuration,
            deadline: entered + configuration.deadlineMilliseconds * 1_000_000
        ).run()
    }
    func fail(_ text: Message) -> Never {
        // The helper ends without a word when it reads something; the failure is told here, where nothing can outrun it.
        _ = write(ends.1, "!", 1)
        waitpid(child, nil, 0)
        witness.fail(text)
    }
    // A successful exec closes the pipe's last writing end: that is how the helper learns of it.
    becomeCommand(configuration, fail)
}

/// Turns the calling process into the command.
///
/// - Parameter failure: told why not, in words.
func becomeCommand(_ configuration: Configuration, _ failure: (Message) -> Never) -> Never {
    applySettings(configuration, failure)
    execvp(configuration.command, configuration.arguments)
    failure(explain(configuration.command, witness_errno()))
}

/// A pipe that an exec closes: its reading and its writing end.
func makePipe(_ witness: Witness) -> (Int32, Int32) {
    var ends: (Int32, Int32) = (-1, -1)
    let made = withUnsafeMutableBytes(of: &ends) { buffer -> Int32 in
        guard let start = buffer.baseAddress else { return -1 }
        return pipe2(start.assumingMemoryBound(to: Int32.self), O_CLOEXEC)
    }
    guard made == 0 else { witness.fail(Message("cannot make a pipe").addLastError()) }
    return ends
}

/// Why a command could not be executed, in words.
private func explain(_ command: UnsafePointer<CChar>, _ number: Int32) -> Message {
    let isPath = strchr(command, Int32(UInt8(ascii: "/"))) != nil
    if number == ENOENT, isPath, access(command, F_OK) == 0 {
        return Message("cannot execute ").quote(command).add(": its interpreter or loader is not in the image")
    }
    if number == ENOENT { return Message("command not found in the image: ").quote(command) }
    return Message("cannot execute ").quote(command).add(": ").add(error: number)
}

/// Where the command's output goes in a guest: into a pipe, as under an engine, that the witness empties.
struct Streams {
    /// Reads what the command prints; -1 where that goes to the host by itself.
    var reading: Int32 = -1
    /// The device that carries it to the host; -1 likewise.
    var output: Int32 = -1
    /// Whether that is the console, where the guest's kernel prints too.
    var isConsole = false
}

/// Gives this process exactly the descriptors that the command shall have; all others are closed by the exec.
///
/// - Parameter port: in a guest, the device that carries the output to the host; -1 for the console.
func arrangeStreams(_ configuration: Configuration, _ witness: Witness, port: Int32) -> Streams {
    // Whatever a runtime left open would differ between platforms, and may be a way out of the instance.
    _ = witness_close_on_exec_from(3)
    var empty = witness_open("/dev/null", O_RDWR | O_CLOEXEC, 0)
    if empty < 0 {
        // An image may have no /dev/null. A pipe without a writer reads as empty too.
        let ends = makePipe(witness)
        close(ends.1)
        empty = ends.0
    }
    guard empty >= 0 else { witness.fail(Message("cannot make an empty standard input").addLastError()) }
    var streams = Streams()
    if witness.isGuest {
        // The first three numbers are free where the kernel had no console to give.
        while empty <= 2 { empty = witness_duplicate(empty, 3) }
        let ends = makePipe(witness)
        streams.reading = keepAside(ends.0)
        witness_never_wait(streams.reading)
        let writing = keepAside(ends.1)
        close(ends.0)
        close(ends.1)
        streams.isConsole = port < 0
        let console = witness_open("/.tare/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC, 0)
        streams.output = port >= 0 ? port : console >= 0 ? keepAside(console) : -1
        if console >= 0 { close(console) }
        for stream in Int32(1)...2 { dup2(writing, stream) }
        close(writing)
    } else {
        for stream in Int32(1)...2 where witness_is_open(stream) == 0 { dup2(empty, stream) }
    }
    dup2(empty, 0)
    if configuration.hasInput {
        let path: StaticString = "/.tare/input"
        let input = witness_open(path.cString, O_RDONLY | O_CLOEXEC, 0)
        guard input >= 0 else { witness.fail(Message("cannot open ").add(path).addLastError()) }
        dup2(input, 0)
        close(input)
    }
    if empty > 2 { close(empty) }
    if witness.isGuest { MountPlan.dropDevices() }
    return streams
}
