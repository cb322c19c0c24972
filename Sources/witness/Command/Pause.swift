import CWitnessShims

/// The idle program: sleeps in the kernel until SIGTERM or SIGINT, and reaps what becomes its child meanwhile, be it
/// the witness's own helper or, as PID 1, an orphan.
func pauseUntilTold() -> Never {
    // Blocked signals are kept for sigwaitinfo even by PID 1, for which the kernel drops unhandled ones otherwise.
    var awaited = sigset_t()
    sigemptyset(&awaited)
    sigaddset(&awaited, SIGTERM)
    sigaddset(&awaited, SIGINT)
    sigaddset(&awaited, SIGCHLD)
    sigprocmask(SIG_BLOCK, &awaited, nil)
    while true {
        // Also before the first wait: the helper may have ended before the signals were blocked.
        while waitpid(-1, nil, WNOHANG) > 0 {}
        let signal = sigwaitinfo(&awaited, nil)
        if signal == SIGTERM || signal == SIGINT { _exit(0) }
    }
}
