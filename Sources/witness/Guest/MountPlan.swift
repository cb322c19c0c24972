import CWitnessShims

/// What is mounted in a guest's new root: what a container of these workloads gets too, and no more. A file system over
/// /run or /tmp, as an init would mount, would hide what the image has there, and make a write cost less than on the other
/// side.
enum MountPlan {
    static func mountAll(_ witness: Witness) {
        // tare's own corner: the witness and the configuration, which a container gets as an overlay layer.
        provide("tmpfs", "/newroot/.tare", 0, "mode=755,size=16m", witness)
        makeDirectory("/newroot/dev", witness)
        if mount("/dev", "/newroot/dev", nil, UInt(MS_MOVE), nil) != 0 {
            witness.fail(Message("cannot move /dev to the new root").addLastError())
        }
        provide(
            "devpts", "/newroot/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5", witness)
        provide("tmpfs", "/newroot/dev/shm", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m", witness)
        provide("proc", "/newroot/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nil, witness)
        provide("sysfs", "/newroot/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, nil, witness)
        // The links of a container's /dev. A server may well write its log to /dev/stderr.
        symlink("/proc/self/fd", "/newroot/dev/fd")
        symlink("/proc/self/fd/0", "/newroot/dev/stdin")
        symlink("/proc/self/fd/1", "/newroot/dev/stdout")
        symlink("/proc/self/fd/2", "/newroot/dev/stderr")
    }

    private static func provide(
        _ type: StaticString, _ path: StaticString, _ flags: Int, _ options: StaticString?, _ witness: Witness
    ) {
        makeDirectory(path, witness)
        if mount(type.cString, path.cString, type.cString, UInt(flags), options?.cString) != 0 {
            witness.fail(Message("cannot mount ").add(type).add(" on ").add(path).addLastError())
        }
    }

    private static func makeDirectory(_ path: StaticString, _ witness: Witness) {
        if mkdir(path.cString, 0o755) != 0, witness_errno() != EEXIST {
            witness.fail(Message("cannot make the directory ").add(path).addLastError())
        }
    }
}
