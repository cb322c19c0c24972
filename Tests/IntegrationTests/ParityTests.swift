import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// The two sides differ in the isolation, and in nothing else.
    @Suite("The root filesystem is the same on both sides", .serialized) struct ParityTests {
        /// Prints one checksum over the path, mode, owner and contents of everything in the root but what the platform mounts.
        private static let script = """
            PATH=/bin; export PATH; cd /
            tree() {
              busybox find . -xdev '(' -path ./.tare -o -path ./lost+found -o -path ./dev -o -path ./proc -o -path ./sys ')' \
              -prune -o "$@"
            }
            busybox echo tree $( {
              tree -type f -exec busybox sha256sum '{}' ';'
              tree -type l -print -exec busybox readlink '{}' ';'
              tree '(' -type d -o -type f ')' -exec busybox stat -c '%n %a %u %g' '{}' ';'
            } | busybox sort | busybox sha256sum )
            """

        @Test func byteForByte() throws {
            let place = try Place()
            // Contents where a guest's init is tempted to put file systems of its own, odd modes and owners, links.
            for name in ["tmp", "run", "srv"] { try HostFiles.makeDirectory("\(place.path)/root/\(name)") }
            try place.write("root/tmp/kept", "kept in /tmp\n")
            try place.write("root/run/kept", "kept in /run\n")
            try place.write("root/srv/odd", "odd\n")
            chmod(place.path + "/root/srv/odd", 0o4711)
            chown(place.path + "/root/srv/odd", 1234, 4321)
            symlink("/nowhere", place.path + "/root/srv/link")
            link(place.path + "/root/srv/odd", place.path + "/root/srv/twin")
            try place.write("root/tree.sh", ParityTests.script + "\n")

            // The container prints its sum and ends: what a failed instance printed is in its reason.
            let command = "[/bin/sh, /tree.sh]"
            try place.write(
                "container.yaml",
                SuiteText(command: command, ready: "{file: /never}", platforms: [SuiteText.runc]).text)
            let first = try place.tare("run", "container.yaml", "--output", "report")
            #expect(first.exitCode == 1)
            let reason = try #require(try place.export().samples.first?.reasons.first)
            let words = reason.split(separator: " ").map(String.init)
            let sum = try #require(words.first { $0.count == 64 }, "\(reason)")

            // The guest is ready only when it prints the same one. It stays, or the end of its first process might overtake the
            // line.
            let staying = #"[/bin/sh, -c, "sh /tree.sh; exec /bin/busybox sleep 1000"]"#
            try place.write(
                "guest.yaml",
                SuiteText(
                    command: staying, ready: #"{line: "^tree \#(sum) "}"#, deadline: "30s", platforms: [SuiteText.q35]
                ).text)
            let second = try place.tare("run", "guest.yaml", "--output", "report")
            #expect(second.hasMeasured, "\(second.errors)")

            // One byte more in the image, and the guest is not ready any more: the comparison can fail.
            try place.write("root/srv/odd", "odd.\n")
            try place.write(
                "other.yaml",
                SuiteText(
                    command: staying, ready: #"{line: "^tree \#(sum) "}"#, deadline: "8s", platforms: [SuiteText.q35]
                ).text)
            let third = try place.tare("run", "other.yaml", "--output", "report")
            #expect(third.exitCode == 1)
            #expect(third.errors.contains("no measurement of startup/work/q35/warm is good"))
        }
    }
}
