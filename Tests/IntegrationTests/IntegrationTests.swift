import TestSupport
import Testing

/// Tests that run the built `tare` on real containers and real guests under software emulation, one after the other: they
/// measure, and share the host's CPUs.
@Suite(
    "The built tare", .serialized, .needsRoot, .needs(program: "python3"), .needs(program: "busybox"),
    .needs(program: "runc"), .needs(program: "qemu-system-x86_64"), .needs(program: "mke2fs"), .needs(program: "cpio"))
enum IntegrationTests {}
