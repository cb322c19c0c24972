import CWitnessShims

/// Gives this process everything that the command inherits beside its descriptors: the same on every platform, whatever
/// tare, a runtime or a kernel would hand on.
///
/// That is: a session of its own; umask 0022; default signal dispositions and an empty mask; resource limits;
/// capabilities; supplementary groups, group and user; the working directory, entered as that user; `HOME` where the
/// configuration has none. Called once, right before the command, and after the helper was forked, which keeps the
/// rights that it needs.
func applySettings(_ configuration: Configuration, _ failure: (Message) -> Never) {
    let account = Account.find(configuration.user, failure)
    configuration.setHome(account.home)
    // A runtime has begun a session already; a guest's kernel has not.
    setsid()
    umask(0o022)
    if witness_default_signals() != 0 { failure(Message("cannot reset the signals").addLastError()) }
    applyLimits(configuration, failure)
    // While it may still give them away.
    if account.user != 0 { for stream in Int32(1)...2 { witness_give_stream(stream, account.user) } }
    reduceBounding(to: configuration.capabilities, failure)
    if witness_set_groups(account.groupCount, account.groups) != 0 {
        failure(Message("cannot set the supplementary groups").addLastError())
    }
    if setresgid(account.group, account.group, account.group) != 0 {
        failure(Message("cannot become group ").add(UInt64(account.group)).addLastError())
    }
    if setresuid(account.user, account.user, account.user) != 0 {
        failure(Message("cannot become user ").add(UInt64(account.user)).addLastError())
    }
    // Another user has lost all by now, but for what it could inherit.
    if witness_reduce_capabilities(configuration.capabilities) != 0 {
        failure(Message("cannot give up capabilities").addLastError())
    }
    if chdir(configuration.workingDirectory) != 0 {
        failure(
            Message("cannot enter the working directory ").quote(configuration.workingDirectory).addLastError())
    }
}

private func applyLimits(_ configuration: Configuration, _ failure: (Message) -> Never) {
    for index in 0..<configuration.limitCount {
        let limit = configuration.limits[index]
        // A kernel that does not know a limit, as gVisor's, leaves what it has: told by `--world`. But not where a suite
        // asks for it.
        if witness_set_limit(limit.number, UInt(limit.soft), UInt(limit.hard)) != 0, limit.isAsked {
            let text = Message("cannot set resource limit ").add(UInt64(limit.number)).addLastError()
            failure(text.add(" (numbers are those of setrlimit)"))
        }
    }
}

/// Takes out of the bounding set what shall not be kept: for root, an exec would bring it back.
private func reduceBounding(to kept: UInt64, _ failure: (Message) -> Never) {
    for number in Int32(0)..<64 where kept & 1 << UInt64(number) == 0 {
        // Asked first: a runtime has taken most of them away already, and taking costs six times as much as asking.
        let present = witness_has_bounding(number)
        // The first one that the kernel does not know.
        if present < 0 { return }
        guard present > 0 else { continue }
        if witness_drop_bounding(number) != 0 {
            failure(Message("cannot give up capability ").add(UInt64(number)).addLastError())
        }
    }
}
