import BenchmarkModel
import LinuxSystem

/// The guest kernel's command line. What each switch costs or saves stands beside it.
enum KernelCommandLine {
    /// - Parameters:
    ///   - purpose: what the witness does there.
    ///   - place: where the guest is on a bridge.
    static func text(
        for hardware: GuestHardware, _ purpose: LaunchRequest.Purpose, at place: NetworkPlace? = nil
    ) -> String {
        var switches = [
            // The console, which becomes the workload's output and tells of a failed boot.
            "console=" + hardware.console.name,
            // Only notices and worse: every line printed costs guest time on a serial port.
            "loglevel=6",
        ]
        // Prints from the kernel's first moment, which makes the first byte a true mark `kernel` (97 ms after QEMU's start
        // under emulation, instead of 600 ms when the console driver comes up). No cost could be told from the noise.
        if let early = hardware.earlyConsole { switches.append("earlyprintk=" + early) }
        // A guest whose first process ended is over: reboot at once, which libvirt turns into the end of the domain.
        switches += ["panic=-1", "reboot=t"]
        // What stands behind `--` goes to the first process.
        var arguments = purpose.witnessArguments
        if let place {
            arguments.append("--network=\(place.addressWords)/\(NetworkPlace.prefix)/\(place.gatewayWords)")
        }
        if !arguments.isEmpty { switches += ["--"] + arguments }
        return switches.joined(separator: " ")
    }
}
