internal import CLinuxShims
import Glibc

/// Groups below the one that tare was started in, on pure cgroup v2. There a group whose children have controllers holds no process
/// itself, and a group that a manager owns is changed by nobody else unless the manager has delegated it.
enum UnifiedNesting {
    /// Where systemd says that it runs.
    static let managerDirectory = "/run/systemd/system"

    /// Why no groups can be made below a group, in words; nil where they can.
    static func obstacle(_ groups: CgroupTree, group: String, managerDirectory: String = managerDirectory) -> String? {
        guard let root = groups.mounts["unified"] else { return "there is no unified hierarchy" }
        let directory = root + group
        if HostFiles.exists(managerDirectory), !isDelegated(directory) {
            return "systemd owns \(group) and has not delegated it"
                + (ManagedScope.failure.map { "; asked for a scope of its own, it said: \($0)" } ?? "")
        }
        let others = ((try? HostFiles.read(directory + "/cgroup.procs")) ?? "").split(separator: "\n")
            .compactMap { Int32($0) }.filter { $0 != getpid() }
        guard others.isEmpty else {
            let names = others.prefix(3).map { "\(HostFiles.value("/proc/\($0)/comm") ?? "?") (\($0))" }
            return "other processes are in \(group): " + names.joined(separator: ", ")
                + (others.count > 3 ? " and \(others.count - 3) more" : "")
        }
        return nil
    }

    /// Whether a manager says that a group is for somebody else to divide (`Delegate=yes` of systemd).
    static func isDelegated(_ directory: String) -> Bool {
        ["trusted.delegate", "user.delegate"].contains { name in
            var value: [UInt8] = [0]
            return tare_getxattr(directory, name, &value, 1) == 1 && value[0] == UInt8(ascii: "1")
        }
    }

    /// The group of tare itself, so that its own group is free of processes.
    private static var leaf: String { "/tare-\(getpid()).own" }

    /// Moves this process, the only one of its group, into a group below it, so that the group's other children may have controllers.
    ///
    /// - Throws: ``SystemError``.
    static func makeRoom(in directory: String) throws {
        try HostFiles.makeDirectory(directory + leaf)
        do {
            try HostFiles.write("\(getpid())", to: "\(directory)\(leaf)/cgroup.procs")
        } catch {
            rmdir(directory + leaf)
            throw error
        }
    }

    /// Undoes it. What stays is an empty group, which nobody counts and `tare clean` removes.
    static func leave(_ directory: String) {
        guard HostFiles.exists(directory + leaf) else { return }
        for controller in (HostFiles.value(directory + "/cgroup.subtree_control") ?? "").split(separator: " ") {
            try? HostFiles.write("-\(controller)", to: directory + "/cgroup.subtree_control")
        }
        try? HostFiles.write("\(getpid())", to: directory + "/cgroup.procs")
        rmdir(directory + leaf)
    }
}

/// A scope of its own that systemd makes for tare, with the limits of the unit in which tare was started.
package enum ManagedScope {
    private static let mark = "TARE_SCOPE"

    /// What systemd said when it was asked in vain.
    static var failure: String? {
        guard let text = getenv(mark).map({ String(cString: $0) }), text != "granted" else { return nil }
        return text
    }

    /// Where limits of a unit of systemd can be felt and the unit is not delegated: executes this program again in a scope that is
    /// delegated, in the same slice and with the same limits. Does nothing where that is not so, and where systemd refuses.
    ///
    /// To be called while the process has a single thread, before it has changed anything.
    package static func enterIfLimited() {
        guard getenv(mark) == nil, HostFiles.exists(UnifiedNesting.managerDirectory),
            let groups = try? CgroupTree.current(), groups.mode == .v2, let root = groups.mounts["unified"],
            let text = try? HostFiles.read("/proc/self/cgroup"),
            let group = groups.group(in: text, controller: "memory"),
            !GroupLimits(groups: groups, text: text).felt(on: .current).isEmpty,
            !UnifiedNesting.isDelegated(root + group), let slice = slice(of: group)
        else { return }
        let request =
            ["systemd-run", "--scope", "--quiet", "--collect", "--slice=\(slice)", "--property=Delegate=yes"]
            + properties(of: root + group).map { "--property=\($0)" } + ["--"]
        // Whether it will is tried first: a program that was executed in vain would not come back.
        if let problem = trial(request + ["true"]) {
            setenv(mark, problem, 1)
            return
        }
        setenv(mark, "granted", 1)
        let own = HostFiles.target(ofLink: "/proc/self/exe") ?? CommandLine.arguments[0]
        var words: [UnsafeMutablePointer<CChar>?] =
            (request + [own] + CommandLine.arguments.dropFirst()).map { strdup($0) } + [nil]
        execvp("systemd-run", &words)
        setenv(mark, "systemd-run cannot be executed: \(String(cString: strerror(errno)))", 1)
    }

    /// Takes what was noted for the program executed again out of the environment.
    static func forget() { unsetenv(mark) }

    /// The slice of a unit directly below one; nil where the unit is another's, such as that of a user's own manager.
    static func slice(of group: String) -> String? {
        let parts = group.split(separator: "/").map(String.init)
        guard let unit = parts.last, unit.hasSuffix(".scope") || unit.hasSuffix(".service"),
            parts.dropLast().allSatisfy({ $0.hasSuffix(".slice") })
        else { return nil }
        return parts.count == 1 ? "-.slice" : parts[parts.count - 2]
    }

    /// The limits of a group as properties of a unit. Those of the groups above hold in the same slice anyway.
    static func properties(of directory: String) -> [String] {
        func value(_ file: String) -> String? {
            HostFiles.value("\(directory)/\(file)").flatMap { $0.isEmpty || $0 == "max" ? nil : $0 }
        }
        var found: [String] = []
        for (file, name) in [
            ("memory.max", "MemoryMax"), ("memory.high", "MemoryHigh"), ("memory.swap.max", "MemorySwapMax"),
            ("pids.max", "TasksMax"), ("cpuset.cpus", "AllowedCPUs"), ("cpuset.mems", "AllowedMemoryNodes"),
        ] {
            if let value = value(file) { found.append("\(name)=\(value)") }
        }
        let quota = (value("cpu.max") ?? "").split(separator: " ").compactMap { Double($0) }
        if quota.count == 2, quota[1] > 0 { found.append("CPUQuota=\(Int((quota[0] / quota[1] * 100).rounded()))%") }
        if let weight = value("cpu.weight"), weight != "100" { found.append("CPUWeight=\(weight)") }
        return found
    }

    /// Runs a program to its end.
    ///
    /// - Returns: nil where it went well, else what it said.
    private static func trial(_ words: [String]) -> String? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return String(cString: strerror(errno)) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let result = posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ)
        close(ends[1])
        defer { close(ends[0]) }
        guard result == 0 else { return "\(words[0]): \(String(cString: strerror(result)))" }
        var said: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1_024)
        while case let count = Glibc.read(ends[0], &buffer, buffer.count), count > 0 || (count < 0 && errno == EINTR) {
            if count > 0, said.count < 4_096 { said += buffer.prefix(count) }
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard status != 0 else { return nil }
        let text = HostFiles.trimmed(String(decoding: said, as: UTF8.self))
        return text.isEmpty ? "\(words[0]) ended with status \(status)" : text
    }
}
