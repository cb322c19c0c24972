import Testing

@testable import VirtualMachines

@Suite struct EmulatorLogTests {
    @Test func tellsTheEmulatorsLastWordsOnly() {
        let log = """
            2026-11-26 09:13:02.123+0000: starting up libvirt version: 9.0.0, package: 9.0.0-4, qemu version: 7.2.22
            LC_ALL=C \\
            /usr/bin/qemu-system-x86_64 \\
            -name guest=tare-x-i1,debug-threads=on \\
            -msg timestamp=on
            char device redirected to /dev/pts/1 (label charserial0)
            2026-11-26T09:13:02.456789Z qemu-system-x86_64: warning: first
            2026-11-26T09:13:02.456790Z qemu-system-x86_64: error: failed to set MSR 0x10a to 0x4
            qemu-system-x86_64: ../kvm.c:3010: kvm_buf_set_msrs: Assertion `ret == n' failed.
            2026-11-26 09:13:02.999+0000: shutting down, reason=crashed
            """
        let error = "qemu-system-x86_64: error: failed to set MSR 0x10a to 0x4"
        let assertion = "qemu-system-x86_64: ../kvm.c:3010: kvm_buf_set_msrs: Assertion `ret == n' failed."
        #expect(EmulatorLog.lastWords(of: log, beside: "") == [error, assertion])
        let warning = "qemu-system-x86_64: warning: first"
        #expect(
            EmulatorLog.lastWords(of: log, beside: "process exited: 2026-11-26T09:13:02.456790Z \(error)\n")
                == [warning, assertion])
        #expect(EmulatorLog.lastWords(of: "", beside: "x").isEmpty)
    }
}
