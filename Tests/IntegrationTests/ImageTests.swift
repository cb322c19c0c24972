import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// An image that Debian's tools made runs on every platform as it says itself.
    @Suite(
        "Images of other tools", .serialized, .needs(program: "umoci"), .needs(program: "skopeo"))
    struct ImageTests {
        /// Ends well only where all is as the image says, and the tree has the sum that stands in its arguments.
        private static let script = """
            PATH=/bin; export PATH; cd /
            sum() {
              {
                busybox find bin etc srv -type f -exec busybox sha256sum '{}' ';'
                busybox find bin etc srv -type l -print -exec busybox readlink '{}' ';'
                busybox find bin etc srv '!' -type l -exec busybox stat -c '%n %a %u %g %h' '{}' ';'
              } | busybox sort | busybox sha256sum
            }
            """

        private func tool(_ place: Place, _ name: String, _ arguments: String...) throws -> String {
            let done = try Program.start(
                [name] + arguments, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], directory: place.path)
            done.endInput()
            let finished = try done.finish()
            guard finished.exitCode == 0 else { throw SystemError("\(name): \(finished.errors)", number: EIO) }
            return finished.output
        }

        @Test func runAsTheySay() throws {
            let place = try Place()
            let root = place.path + "/bundle/rootfs"
            _ = try tool(place, "umoci", "init", "--layout", "layout")
            _ = try tool(place, "umoci", "new", "--image", "layout:one")
            _ = try tool(place, "umoci", "unpack", "--image", "layout:one", "bundle")
            for name in ["bin", "etc", "srv", "srv/sub"] { try HostFiles.makeDirectory("\(root)/\(name)") }
            try copyProgram("\(place.path)/root/bin/busybox", to: root + "/bin/busybox")
            #expect(symlink("busybox", root + "/bin/sh") == 0)
            try place.write("bundle/rootfs/etc/passwd", "root:x:0:0::/root:/bin/sh\nweb:x:33:44::/srv:/bin/sh\n")
            try place.write("bundle/rootfs/etc/group", "root:x:0:\nweb:x:44:\n")
            try place.write("bundle/rootfs/srv/gone", "gone\n")
            try place.write("bundle/rootfs/srv/odd", "odd\n")
            #expect(chown(root + "/srv/odd", 1234, 4321) == 0 && link(root + "/srv/odd", root + "/srv/twin") == 0)
            _ = try tool(place, "umoci", "repack", "--refresh-bundle", "--image", "layout:one", "bundle")
            unlink(root + "/srv/gone")
            try place.write("bundle/rootfs/run.sh", ImageTests.script + "\n")
            _ = try tool(place, "umoci", "repack", "--image", "layout:one", "bundle")
            // The sum by another program than tare, of another program's tree.
            _ = try tool(place, "umoci", "unpack", "--image", "layout:one", "judge")
            let sum = try tool(
                place, "sh", "-c", ImageTests.script.replacing("cd /\n", with: "cd judge/rootfs\n") + "\nsum"
            ).split(separator: " ").first.map(String.init)
            let expected = try #require(sum)
            let check = """
                . /run.sh
                echo "$A $(busybox id -u) $(busybox id -g) $WD $(sum | busybox cut -c 1-64)"
                [ -e /srv/gone ] && exit 1
                exec busybox sleep 1000
                """
            _ = try tool(
                place, "umoci", "config", "--image", "layout:one", "--config.entrypoint", "/bin/sh",
                "--config.entrypoint",
                "-c", "--config.cmd", "WD=$PWD; " + check, "--config.env", "A=b", "--config.user", "web",
                "--config.workingdir", "/srv/sub")
            _ = try tool(place, "skopeo", "copy", "oci:layout:one", "docker-archive:saved.tar:test:1")
            // No command: the image's own.
            let text = SuiteText(
                image: "{oci: saved.tar}", ready: #"{line: "^b 33 44 /srv/sub \#(expected)$"}"#, deadline: "30s",
                platforms: ["process", "namespaces", SuiteText.runc, SuiteText.q35]
            ).text.split(separator: "\n").filter { !$0.contains(" command: ") }.joined(separator: "\n")
            try place.write("image.yaml", text + "\n")
            let run = try place.tare("run", "image.yaml", "--output", "report")
            #expect(run.hasMeasured, "\(run.errors)")
            let samples = try place.export().samples
            #expect(samples.count == 4 && samples.allSatisfy { $0.isSound })

            try place.write("wrong.yaml", text.replacing("{oci: saved.tar}", with: "{rootfs: saved.tar}") + "\n")
            let wrong = try place.tare("suite", "check", "wrong.yaml")
            #expect(wrong.exitCode != 0 && wrong.errors.contains("wrong.yaml:4:"), "\(wrong.errors)")
            #expect(wrong.errors.contains("Write it as 'oci:'."), "\(wrong.errors)")
        }
    }
}
