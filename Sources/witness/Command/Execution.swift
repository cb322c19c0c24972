import CWitnessShims

/// Turns this process into the command, and leaves a helper beside it until the instance is ready.
///
/// The helper is a child of the command, because the command takes over this process. When it has ended, the command or
/// the command's parent reaps it. A command that never waits for children and is PID 1 keeps one defunct entry in its
/// process table, without memory of its own, for as long as it lives; `pause` reaps it. (A second fork would not help:
/// an orphan's parent is PID 1 again.) The command may see one SIGCHLD. Nothing else of the helper reaches it: signal
/// dispositions, the signal mask, limits and descriptors are those of a plain exec.
func execute(_ configuration: Configuration, as witness: Witness, entered: UInt64) -> Never {
    witness_set_environment(configuration.environment)
    if chdir(configuration.workingDirectory) != 0 {
        witness.fail(
            Message("cannot enter the working directory ").quote(configuration.workingDirectory).addLastError())
    }
    let output = redirectOutput(configuration, witness)
    var ends: (Int32, Int32) = (-1, -1)
    let made = withUnsafeMutableBytes(of: &ends) { buffer -> Int32 in
        guard let start = buffer.baseAddress else { return -1 }
        return pipe2(start.assumingMemoryBound(to: Int32.self), O_CLOEXEC)
    }
    guard made == 0 else { witness.fail(Message("cannot make a pipe").addLastError()) }
    let parent = getpid()
    let child = witness_fork()
    guard child >= 0 else { witness.fail(Message("cannot fork").addLastError()) }
    if child == 0 {
        close(ends.1)
        Helper(
            channel: witness.channel, parent: parent, executed: ends.0, output: output, configuration: configuration,
            deadline: entered + configuration.deadlineMilliseconds * 1_000_000
        ).run()
    }
    // A successful exec closes the pipe's last writing end: that is how the helper learns of it.
    execvp(configuration.command, configuration.arguments)
    var number = witness_errno()
    // The helper ends without a word when it reads something; the failure is told here, where nothing can outrun it.
    _ = write(ends.1, &number, MemoryLayout<Int32>.size)
    waitpid(child, nil, 0)
    witness.fail(explain(configuration.command, number))
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

/// For `line`, makes a file the command's standard output and error; returns a descriptor that reads it, or -1.
private func redirectOutput(_ configuration: Configuration, _ witness: Witness) -> Int32 {
    guard case .line = configuration.readiness else { return -1 }
    let path: StaticString = "/.tare/output"
    let writing = witness_open(path.cString, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
    guard writing >= 0 else { witness.fail(Message("cannot create ").add(path).addLastError()) }
    let reading = witness_open(path.cString, O_RDONLY | O_CLOEXEC, 0)
    guard reading >= 0 else { witness.fail(Message("cannot open ").add(path).addLastError()) }
    dup2(writing, 1)
    dup2(writing, 2)
    close(writing)
    return reading
}

/// Gives this process exactly the descriptors that the command shall have; all others are closed by the exec.
func arrangeStreams(_ witness: Witness) {
    // Whatever a runtime left open would differ between platforms, and may be a way out of the instance.
    _ = witness_close_on_exec_from(3)
    var empty = witness_open("/dev/null", O_RDWR | O_CLOEXEC, 0)
    if empty < 0 {
        // An image may have no /dev/null. A pipe without a writer reads as empty too.
        var ends: (Int32, Int32) = (-1, -1)
        withUnsafeMutableBytes(of: &ends) { buffer in
            guard let start = buffer.baseAddress else { return }
            _ = pipe2(start.assumingMemoryBound(to: Int32.self), O_CLOEXEC)
        }
        if ends.1 >= 0 { close(ends.1) }
        empty = ends.0
    }
    guard empty >= 0 else { witness.fail(Message("cannot make an empty standard input").addLastError()) }
    let console = witness.isGuest ? witness_open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC, 0) : -1
    for stream in Int32(1)...2 {
        if console >= 0 {
            dup2(console, stream)
        } else if witness.isGuest || witness_is_open(stream) == 0 {
            dup2(empty, stream)
        }
    }
    dup2(empty, 0)
    if empty > 2 { close(empty) }
    if console > 2 { close(console) }
}
