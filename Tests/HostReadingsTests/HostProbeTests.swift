import BenchmarkModel
import Testing

@testable import HostReadings
import LinuxSystem

@Suite struct HostProbeTests {
    /// Two machines are told apart, one is always the same, and its own identity (machine-id(5) is confidential) is not told.
    @Test func machinesAreToldApartWithoutTellingWhoTheyAre() throws {
        let identity = "0123456789abcdef0123456789abcdef"
        func machine(_ files: [String: String]) -> String? { HostProbe.machine { files[$0] }.first?.value }
        let one = try #require(machine(["/etc/machine-id": identity]))
        #expect(one.count == 16 && !identity.contains(one))
        #expect(machine(["/etc/machine-id": identity]) == one)
        #expect(machine(["/etc/machine-id": "f" + identity.dropFirst()]) != one)
        #expect(machine(["/etc/machine-id": "", "/var/lib/dbus/machine-id": identity]) == one)
        #expect(machine(["/etc/machine-id": "uninitialized"]) == nil)
    }

    @Test func aReportShowsOnlyTellingKernelParameters() {
        let line =
            "BOOT_IMAGE=/vmlinuz root=UUID=1 ro mitigations=auto quiet token=secret isolcpus=1 psi=1 -- --password x"
        #expect(HostProbe.parameters(of: line) == "mitigations=auto isolcpus=1 psi=1")
        #expect(HostProbe.parameters(of: "root=/dev/vda quiet") == "none that is known to change figures")
    }
}
