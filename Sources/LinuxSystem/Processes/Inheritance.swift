internal import CLinuxShims
import Glibc

/// What a process has of whoever started it, and must not hand on.
package enum Inheritance {
    /// Takes back what children of this process, its runtimes and hypervisors among them, would otherwise have of the shell:
    /// priority, what the kernel thinks of killing it for want of memory, and libraries that are loaded into every program.
    /// To be called before any thread is started. What the kernel refuses is left: it is then the same on all platforms.
    ///
    /// Affinity is not among it, which the threads that launch instances take back by themselves; nor is the umask, which holds
    /// for the files of the user that this process writes.
    package static func shed() {
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 0)
        try? HostFiles.write("0", to: "/proc/self/oom_score_adj")
        // libvirt hands these two on to QEMU.
        for name in ["LD_PRELOAD", "LD_LIBRARY_PATH"] { unsetenv(name) }
    }

    /// Gives the calling thread, and what it starts, an IPC namespace: message queues and shared segments that an instance
    /// without isolation leaves behind end with it.
    ///
    /// - Throws: ``SystemError``.
    package static func enterOwnIPC() throws {
        guard tare_unshare(TARE_CLONE_NEWIPC) == 0 else { throw SystemError("making an IPC namespace") }
    }
}
