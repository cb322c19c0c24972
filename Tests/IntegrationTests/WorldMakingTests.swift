import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// What tare makes for an instance is the same on every platform that is no guest, and none of it comes from the shell.
    @Suite("The world that instances are given", .serialized, .needs(program: "taskset"), .needs(program: "script"))
    struct WorldMakingTests {
        /// Tells in one line what it found.
        private static let script = """
            PATH=/bin:/usr/bin; export PATH
            busybox dd if=/dev/zero of=/dev/shm/tare-world bs=1048576 count=65 2>/dev/null
            own=/sys/fs/cgroup; limit=memory.max
            if [ -d $own/memory ]; then own=$own/memory; limit=memory.limit_in_bytes; fi
            busybox mkdir $own/x 2>/dev/null && rights=writable || rights=protected
            echo "world cpus $(busybox nproc) $(getconf _NPROCESSORS_ONLN) shm $(busybox stat -c %s /dev/shm/tare-world)" \
              "limit $(busybox cat $own/$limit) $rights pty $(script -qc 'echo ok' /dev/null | busybox tr -d '\\r')" \
              "groups $(busybox cut -d: -f3 /proc/self/cgroup | busybox sort -u)" \
              "new $(busybox awk '/NoNewPrivs/ {print $2}' /proc/self/status)" \
              "shell $(umask) $(ulimit -Sn) $(ulimit -Sc) ${LC_PLANTED:-clean}" \
              "$(busybox awk '/SigIgn/ {print $2}' /proc/self/status)" \
              "dev" $(busybox ls /dev | busybox grep -v core) "."
            exec busybox sleep 1000
            """

        /// Copies programs of the host with the libraries that they need into the image.
        private func copy(_ programs: [String], to root: String) throws {
            let script = """
                root=$1; shift
                for name; do
                  path=$(command -v "$name")
                  for file in "$path" $(ldd "$path" | grep -o '/[^ ]*'); do cp -L --parents "$file" "$root"; done
                done
                """
            let finished = try Program.start(
                ["/bin/sh", "-ec", script, "sh", root] + programs, environment: ["PATH": "/usr/bin:/bin"],
                directory: "/"
            ).finish()
            guard finished.exitCode == 0 else { throw SystemError("copying: \(finished.errors)", number: EIO) }
        }

        private func suite(_ view: String, cpus: Int) -> String {
            let line =
                "world cpus \(cpus) \(cpus) shm 67108864 limit 134217728 protected pty ok groups / new 0 "
                + "shell 0022 1024 0 clean 0{16} dev fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero [.]"
            return SuiteText(
                command: "[/bin/sh, /world.sh]", ready: #"{line: "^\#(line)$"}"#, deadline: "10s",
                platforms: ["process", "namespaces", "oci"].map { "{name: \($0), \($0): {}, cpu-view: \(view)}" }
            ).text
        }

        @Test func isTheSameEverywhere() throws {
            let place = try Place()
            try copy(["getconf", "script"], to: place.path + "/root")
            try place.write("root/world.sh", WorldMakingTests.script + "\n")
            let before = HostFiles.names(in: "/dev/shm")
            // As a careless shell would start it.
            let shell =
                "umask 077; ulimit -S -n 4096; ulimit -S -c 1; trap '' USR1; export LC_PLANTED=1; "
                + "exec taskset -c 0 nice -n 5 \"$@\""
            place.wrapper = ["sh", "-c", shell, "sh"]
            let online = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
            for (view, cpus) in [("engine", online), ("allowance", 1)] {
                try place.write("\(view).yaml", suite(view, cpus: cpus))
                let run = try place.tare("run", "\(view).yaml", "--output", "report-" + view)
                #expect(run.hasMeasured, "\(view): \(run.errors)")
                let exported = try place.export()
                let samples = exported.samples
                #expect(exported.fact("CPUs of tare (affinity)")?.hasPrefix("0") == true)
                #expect(samples.count == 3 && samples.allSatisfy { $0.isSound }, "\(samples.map(\.reasons))")
            }
            #expect(HostFiles.names(in: "/dev/shm") == before)
            let left = Leftovers.ofAnyRun(in: place)
            #expect(left.isEmpty, "\(left)")
        }

        @Test func moreCPUsThanThereAreAreRefused() throws {
            let place = try Place()
            let online = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
            let text = suite("allowance", cpus: 1).replacing("memory: 128MiB", with: "cpus: \(online + 1)")
            try place.write("many.yaml", text)
            let run = try place.tare("run", "many.yaml")
            #expect(run.exitCode == 1 && run.errors.contains("many.yaml:10:44: platform 'process': cpu-view"))
            #expect(run.errors.contains("\(online + 1) CPUs to see, and tare has \(online)"), "\(run.errors)")
        }
    }
}
