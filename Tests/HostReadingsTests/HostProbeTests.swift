import Testing

@testable import HostReadings
import LinuxSystem

@Suite struct HostProbeTests {
    @Test func aReportShowsOnlyTellingKernelParameters() {
        let line =
            "BOOT_IMAGE=/vmlinuz root=UUID=1 ro mitigations=auto quiet token=secret isolcpus=1 psi=1 -- --password x"
        #expect(HostProbe.parameters(of: line) == "mitigations=auto isolcpus=1 psi=1")
        #expect(HostProbe.parameters(of: "root=/dev/vda quiet") == "none that is known to change figures")
    }
}
