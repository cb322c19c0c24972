import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// What a suite says of a workload holds on every platform, judged from inside by the workload itself.
    @Suite("Keys of a workload", .serialized, .needs(program: "gcc")) struct WorkloadKeyTests {
        /// Prints what is not as the suite says, then a line by which all is well; when it is asked to end it takes a while,
        /// which nobody takes who is killed.
        private static let script = #"""
            PATH=/bin; export PATH; bad=
            is() { [ "$2" = "$3" ] || { bad=yes; echo "keys: $1 is '$2' and not '$3'"; }; }
            status() { busybox awk -v key="$1:" '$1 == key { print $2 }' /proc/self/status; }
            limit() { busybox awk -v name="Max $1" 'index($0, name) == 1 { print $(NF - 2), $(NF - 1) }' /proc/self/limits; }
            size() { busybox df -k "$1" | busybox awk 'NR > 1 { print $2 }'; }
            is user "$(busybox id -u):$(busybox id -g):$(busybox id -G)" "999:34:34"
            is HOME "$HOME" /var/lib/postgresql
            is directory "$(busybox pwd)" /srv
            is umask "$(umask)" 0022
            is effective "$(status CapEff)" 0000000000000000
            # Without MKNOD (bit 27) everywhere; a container has NET_ADMIN (bit 12) besides the usual, a guest all others.
            case $(status CapBnd) in
              00000000a00435fb|000001fff7ffffff) ;;
              *) bad=yes; echo "keys: bounding is $(status CapBnd)";;
            esac
            is ignored "$(status SigIgn)" 0000000000000000
            is blocked "$(status SigBlk)" 0000000000000000
            is files "$(limit 'open files')" "77 99"
            is messages "$(limit 'msgqueue size')" "4096 8192"
            is setuid "$(/bin/who)" "0 of 999"
            is input "$(busybox cat)" "the suite's input"
            is shm "$(size /dev/shm)" 2048
            is tmpfs "$(size /scratch/a)" 3072
            busybox touch /scratch/a/file && busybox touch /dev/shm/file || bad=yes
            busybox mknod /scratch/a/node c 1 3 2>/dev/null && { bad=yes; echo "keys: a device was made"; }
            echo out >> /dev/stdout || bad=yes
            trap 'busybox sleep 2; exit 0' QUIT
            [ -z "$bad" ] && echo keys hold
            while :; do busybox sleep 0.1; done
            """#
        private static let program = """
            #include <stdio.h>
            #include <unistd.h>
            int main(void) { return printf("%d of %d\\n", (int)geteuid(), (int)getuid()) < 0; }
            """
        private static let passwd = "postgres:x:999:999:PostgreSQL:/var/lib/postgresql:/bin/sh\n"
        private static let keys = """
                user: postgres:backup
                working-directory: /srv
                stdin: input
                shm: 2MiB
                tmpfs: {/scratch/a: 3MiB}
                ulimits: {nofile: {soft: 77, hard: 99}, msgqueue: {soft: 4096, hard: 8192}}
                capabilities: {add: [NET_ADMIN], drop: [MKNOD]}
                stop-signal: QUIT
            """

        private func place() throws -> Place {
            let place = try Place()
            for name in ["etc", "srv"] { try HostFiles.makeDirectory("\(place.path)/root/\(name)") }
            try place.write("root/keys.sh", WorkloadKeyTests.script + "\n")
            try place.write("root/etc/passwd", WorkloadKeyTests.passwd)
            try place.write("root/etc/group", "backup:x:34:other\nadm:x:4:postgres\n")
            try place.write("input", "the suite's input\n")
            let source = try place.write("who.c", WorkloadKeyTests.program)
            let who = place.path + "/root/bin/who"
            let compiler = try Program.start(
                ["gcc", "-static", "-o", who, source], environment: ["PATH": "/usr/bin:/bin"], directory: place.path)
            #expect(try compiler.finish().exitCode == 0)
            // Belongs to root, as the tests do.
            chmod(who, 0o4755)
            return place
        }

        private func suite(_ keys: String, platforms: [String], deadline: String = "30s") -> String {
            var suite = SuiteText(
                command: "[/bin/sh, /keys.sh]", ready: #"{line: "^keys hold$"}"#, deadline: deadline,
                platforms: platforms
            ).text
            suite.replace("    ready:", with: keys + "\n    ready:")
            return suite
        }

        @Test func holdOnEveryPlatform() throws {
            let place = try place()
            try place.write(
                "all.yaml",
                suite(
                    WorkloadKeyTests.keys, platforms: ["process", "namespaces", SuiteText.runc, SuiteText.q35]))
            let finished = try place.tare(
                "run", "all.yaml", "--output", "report", deadlineSeconds: 240)
            #expect(finished.hasMeasured, "\(finished.errors)")
            let run = try place.export()
            #expect(run.samples.count == 4)
            for sample in run.samples {
                #expect(sample.isSound, "\(sample.cell): \(sample.reasons)")
                // It was asked, took its two seconds, and ended by itself long before it would have been killed.
                let stopping = try #require(sample.time("stopping"))
                let seconds = Double(try #require(sample.time("stopped")) - stopping) / 1e9
                #expect(seconds > 1.9 && seconds < 9, "\(sample.cell) took \(seconds) s to stop")
            }
        }

        /// One key is left out: the workload sees it, so the test above can fail.
        @Test(arguments: [
            ("stdin: input", "input is '' and not 'the suite's input'"), ("ulimits:", "files is '1024 "),
        ]) func areMissedWhereTheyAreNotGiven(_ key: String, _ words: String) throws {
            let place = try place()
            let lines = WorkloadKeyTests.keys.split(separator: "\n").filter { !$0.contains(key) }
            try place.write(
                "one.yaml", suite(lines.joined(separator: "\n"), platforms: ["process"], deadline: "2s"))
            let finished = try place.tare("run", "one.yaml", "--output", "report")
            #expect(finished.exitCode == 1)
            let reason = try #require(try place.export().samples.first?.reasons.first)
            #expect(reason.contains(words), "\(reason)")
        }
    }
}
