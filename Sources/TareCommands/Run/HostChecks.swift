import BenchmarkModel
import Glibc
import Harness
import LinuxSystem

/// What `tare doctor` can try without starting an instance.
enum HostChecks {
    static func all() -> [DoctorCheck] {
        [rights(), cgroups(), overlay(), monotonicClock(), openFiles(), space()] + tools()
    }

    private static func rights() -> DoctorCheck {
        geteuid() == 0
            ? DoctorCheck(name: "rights", outcome: .works, found: "root")
            : DoctorCheck(name: "rights", outcome: .fails, found: "user id \(geteuid())", remedy: "Run tare as root.")
    }

    private static func cgroups() -> DoctorCheck {
        let remedy = "Mount the cgroup hierarchies writable below /sys/fs/cgroup."
        do {
            let groups = try CgroupTree.current()
            guard groups.mode != .none else {
                return DoctorCheck(name: "cgroups", outcome: .fails, found: "none is mounted", remedy: remedy)
            }
            let group = "/tare-doctor-\(getpid()).run"
            try groups.create(group)
            defer { try? groups.remove(group) }
            guard groups.cpuNanoseconds(of: group) != nil else {
                return DoctorCheck(
                    name: "cgroups", outcome: .fails, found: "\(groups.mode.rawValue), without CPU accounting",
                    remedy: "Enable the cpu (v2) or cpuacct (v1) controller.")
            }
            return DoctorCheck(
                name: "cgroups", outcome: .works,
                found: "\(groups.mode.rawValue), a group was made in \(groups.roots.count) hierarchies and removed")
        } catch {
            return DoctorCheck(name: "cgroups", outcome: .fails, found: "\(error)", remedy: remedy)
        }
    }

    /// By mounting one: where overlay is a module, the first mount loads it.
    private static func overlay() -> DoctorCheck {
        let name = "overlay file system"
        guard geteuid() == 0, Mounts.isNamespacePrivate else {
            return DoctorCheck(
                name: name, outcome: .unknown, found: "not tried without root", remedy: "Run 'tare doctor' as root.")
        }
        do {
            let scratch = try ScratchDirectory(.doctor)
            let place = scratch.path
            for part in ["lower", "upper", "work", "root"] { try HostFiles.makeDirectory("\(place)/\(part)") }
            try Mounts.mount(
                source: "overlay", target: place + "/root", type: "overlay", flags: 0,
                data: Mounts.overlayData(
                    lower: ["\(place)/lower"], upper: "\(place)/upper", work: "\(place)/work"))
            try withExtendedLifetime(scratch) { try Mounts.unmount(place + "/root") }
            return DoctorCheck(name: name, outcome: .works, found: "one was mounted below \(RunEnvironment.base)")
        } catch let error as TareError {
            return DoctorCheck(
                name: name, outcome: .fails, found: error.message + (error.cause.map { ": \($0)" } ?? ""),
                remedy: error.remedy)
        } catch {
            let isLayered = (error as? SystemError)?.number == EINVAL
            return DoctorCheck(
                name: name, outcome: .fails, found: "\(error)",
                remedy: isLayered
                    ? "\(RunEnvironment.base) may itself lie on an overlay; name another place with TARE_RUN_DIRECTORY."
                    : "Load it with 'modprobe overlay', or name another place with TARE_RUN_DIRECTORY.")
        }
    }

    private static func monotonicClock() -> DoctorCheck {
        let source = HostFiles.value("/sys/devices/system/clocksource/clocksource0/current_clocksource") ?? "unknown"
        // A clock that needs a device access costs microseconds for each mark.
        let slow = ["hpet", "acpi_pm", "refined-jiffies", "jiffies"].contains(source)
        return DoctorCheck(
            name: "clock source", outcome: slow ? .note : .works, found: source,
            remedy: slow ? "Times are coarse with it; boot with a better one if the hardware has it." : nil)
    }

    private static func openFiles() -> DoctorCheck {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let enough = limit.rlim_max >= 4_096
        return DoctorCheck(
            name: "open files", outcome: enough ? .works : .note, found: "at most \(limit.rlim_max)",
            remedy: enough ? nil : "Raise the hard limit (ulimit -Hn) before measuring many instances at once.")
    }

    private static func space() -> DoctorCheck {
        var directory = Directories.cache
        while !HostFiles.exists(directory), let slash = directory.lastIndex(of: "/"), slash != directory.startIndex {
            directory = String(directory[..<slash])
        }
        guard let bytes = FileSystemUse.freeBytes(at: directory) else {
            return DoctorCheck(name: "space for images", outcome: .unknown, found: "\(directory) is not readable")
        }
        let free = bytes >> 20
        return DoctorCheck(
            name: "space for images", outcome: free >= 1_024 ? .works : .fails,
            found: "\(free) MiB free at \(directory)",
            remedy: free >= 1_024 ? nil : "Free 1 GiB, or name another place with XDG_CACHE_HOME.")
    }

    private static func tools() -> [DoctorCheck] {
        let needed = [
            ("mmdebstrap", "mmdebstrap", "image of packages"), ("mke2fs", "e2fsprogs", "guest disks"),
            ("cpio", "cpio", "guest initramfs"), ("depmod", "kmod", "guest kernel modules"),
            ("qemu-img", "qemu-utils", "private disk layers"), ("dpkg", "dpkg", "guest kernel"),
            ("apt-get", "apt", "guest kernel"), ("sha256sum", "coreutils", "identities of images"),
            ("tar", "tar", "image archives"),
        ]
        let path = (Directories.environment("PATH") ?? "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
        return needed.map { tool, package, purpose in
            let found = path.split(separator: ":").map { "\($0)/\(tool)" }.first { (candidate: String) in
                access(candidate, X_OK) == 0
            }
            return DoctorCheck(
                name: tool, outcome: found == nil ? .fails : .works,
                found: found.map { "\($0) (\(purpose))" } ?? "not found",
                remedy: found == nil ? "Install it (on Debian: apt-get install \(package))." : nil)
        }
    }
}
