/// A suite file with one workload, as text.
struct SuiteText {
    var command = #"[/bin/busybox, sleep, "1000"]"#
    var image = "{rootfs: root}"
    var ready = "started"
    var deadline = "60s"
    var network = "none"
    var platforms = [runc]
    var samples = 1
    var warmup = 0
    var echoes = 5
    var modes = "[warm]"

    static let runc = "{name: runc, oci: {runtime: runc}}"
    /// Emulated, so that no test waits for KVM to be tried.
    static let q35 = "{name: q35, libvirt: {machine: q35, accelerator: tcg}}"
    /// A shell that becomes ready after a while, so that a sample is long enough to be met in flight.
    static func slowly(seconds: String) -> (command: String, ready: String) {
        let script = "busybox sleep \(seconds); : > /ready; exec busybox sleep 1000"
        return (#"[/bin/sh, -c, "PATH=/bin; \#(script)"]"#, "{file: /ready}")
    }

    var text: String {
        """
        name: test
        workloads:
          - name: work
            image: \(image)
            command: \(command)
            ready: \(ready)
            deadline: \(deadline)
            memory: 128MiB\(network == "none" ? "" : "\n    network: \(network)")
        platforms:
        \(platforms.map { "  - \($0)" }.joined(separator: "\n"))
        experiments:
          startup: {samples: \(samples), warm-up: \(warmup), echoes: \(echoes), modes: \(modes)}

        """
    }
}
