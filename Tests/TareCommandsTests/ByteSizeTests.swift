import Testing

@testable import TareCommands

/// Sizes in bytes: powers of 1024 and of 1000, never one for the other.
@Suite struct ByteSizeTests {
    @Test(
        arguments: [
            ("1KiB", 1_024), ("1kB", 1_000), ("1KB", 1_000), ("512MiB", 536_870_912), ("512MB", 512_000_000),
            ("1GiB", 1_073_741_824), ("1GB", 1_000_000_000), ("512GB", 512_000_000_000), ("2TiB", 2_199_023_255_552),
            ("2TB", 2_000_000_000_000), ("1.5GiB", 1_610_612_736), ("1.1GB", 1_100_000_000), ("0.1GiB", 107_374_182),
            ("1 GiB", 1_073_741_824), ("1\tGiB", 1_073_741_824), ("0MiB", 0), ("0.0000000000000000000001TiB", 0),
            ("007kB", 7_000), ("16777215.999TiB", 18_446_744_072_610_039_988), ("18446744073709.551615MB", .max),
        ] as [(String, UInt64)])
    func isRead(_ text: String, _ bytes: UInt64) {
        #expect(ByteSize.bytes(text) == bytes && ByteSize.isWritten(text))
    }

    @Test(arguments: [
        "", "MiB", " MiB", "64", "64M", "64G", "64 m", "64mib", "64Mib", "64mb", "64B", "64bytes", "-64MiB", "+64MiB",
        ".5GiB", "1.GiB", "1.2.3GiB", "1,5GiB", "6 4MiB", "1e3MiB", "0x10MiB", "64MiB ", " 64MiB", "64MiBps", "٣MiB",
        "64\nMiB",
    ])
    func isNoSize(_ text: String) {
        #expect(ByteSize.bytes(text) == nil && !ByteSize.isWritten(text))
    }

    @Test(arguments: ["16777216TiB", "18446744073709.551616MB", "99999999999999999999KiB", "18446745TB"])
    func isMoreThanCanBe(_ text: String) {
        #expect(ByteSize.bytes(text) == nil && ByteSize.isWritten(text))
    }

    @Test(arguments: ByteSize.units.map(\.name)) func theMessagesNameEachUnit(_ unit: String) {
        #expect(unit == "KB" || ByteSize.unitWords.contains(unit))
    }
}
