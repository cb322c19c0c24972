import Glibc
import Testing

@testable import LinuxSystem

@Suite struct FileSystemUseTests {
    @Test func whatIsWrittenIsInUse() throws {
        // A file system of memory, which nobody else fills by gigabytes while this runs.
        let path = "/dev/shm/tare-use-\(getpid())"
        defer { unlink(path) }
        let before = try #require(FileSystemUse.at("/dev/shm"))
        try HostFiles.create(path, bytes: [UInt8](repeating: 1, count: 8 << 20))
        let after = try #require(FileSystemUse.at(path))
        #expect(after.capacityBytes == before.capacityBytes && after.capacityInodes == before.capacityInodes)
        // Others may have given some back meanwhile.
        #expect(Int64(after.usedBytes) - Int64(before.usedBytes) >= 4 << 20)
        #expect((after.usedInodes ?? 0) > 0 && after.usedBytes <= after.capacityBytes)
    }

    @Test func whatIsNotThereHasNone() {
        #expect(FileSystemUse.at("/nowhere") == nil)
        // A file system without blocks says nothing.
        #expect(FileSystemUse.at("/proc") == nil)
    }
}
