import BenchmarkModel
import Testing

@testable import Images

/// What `tar --list --verbose` says of an archive, judged before anything is unpacked.
@Suite struct ArchiveCheckTests {
    private static func entry(_ kind: Character, _ name: String, bytes: UInt64 = 0) -> String {
        "\(kind)rw-r--r-- 0/0 \(bytes) 2023-06-10 00:00 \(name)"
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        var lines: [String]
        var reason: String
        var testDescription: String { lines.joined(separator: " | ") }
        init(_ reason: String, _ lines: String...) {
            self.lines = lines
            self.reason = reason
        }
    }

    static let hostile: [Hostile] = [
        Hostile("is an absolute path", entry("-", "/etc/passwd")),
        Hostile("is an absolute path", entry("d", "//")),
        Hostile("holds '..'", entry("-", "../x")),
        Hostile("holds '..'", entry("-", "a/../../x")),
        Hostile("holds '..'", entry("d", "a/..")),
        Hostile("is a device", "crw-rw-rw- 0/0 1,3 2023-06-10 00:00 dev/null"),
        Hostile("is a device", "brw-rw-rw- 0/0 8,0 2023-06-10 00:00 dev/sda"),
        Hostile("is a device", entry("p", "run/pipe")),
        Hostile("points out of the root, to '../../etc'", entry("l", "a/l -> ../../etc")),
        Hostile("points out of the root", entry("l", "l -> a/../../b")),
        Hostile("lies below the link 'l'", entry("l", "l -> /etc"), entry("-", "l/passwd")),
        Hostile("lies below the link 'a/l'", entry("l", "./a/l -> b"), entry("-", "a//l/./c/passwd")),
        Hostile("is an absolute path", entry("h", "h link to /etc/shadow")),
        Hostile("holds '..'", entry("h", "h link to ../../etc/shadow")),
        // The kernel follows a link on the way to the target of a hard link.
        Hostile("lies below the link 'l'", entry("l", "l -> /etc"), entry("h", "h link to l/shadow")),
        // A link named `x -> y` to `/`, or one named `x` to `y -> /`?
        Hostile("cannot be read", entry("l", "x -> y -> /"), entry("-", "x -> y/etc/passwd")),
        Hostile("cannot be read", entry("h", "a link to b link to c")),
        Hostile("cannot be read", "-rw-r--r-- 0/0"),
        // Where the time is one number the name seems to begin at its first space, and all later ones are padded.
        Hostile("the time of an entry cannot be read", "-rw-r--r-- 0/0 1 9223372036854775807 ../x y"),
        Hostile(
            "the time of an entry cannot be read", "-rw-r--r-- 0/0 1 9223372036854775807 a b",
            "-rw-r--r-- 0/0 5 2023-06-10 09:23    /etc/passwd"),
        Hostile("the time of an entry cannot be read", "-rw-r--r-- 0/0 1 +10000-01-01 00:00 a"),
        Hostile("cannot be read", "-rw-r--r-- 0/0 many 2023-06-10 00:00 a"),
        Hostile("more than 16 GiB", entry("-", "a", bytes: 8 << 30), entry("-", "b", bytes: (8 << 30) + 1)),
        // The sum of what sparse entries claim must not overflow.
        Hostile(
            "more than 16 GiB", entry("-", "a", bytes: .max / 2), entry("-", "b", bytes: .max / 2),
            entry("-", "c", bytes: .max / 2)),
    ]

    @Test(arguments: hostile) func refuses(_ hostile: Hostile) throws {
        let listing = hostile.lines.joined(separator: "\n") + "\n"
        let error = try #require(
            #expect(throws: TareError.self) { try Archive.check(listing, archive: "x.tar", size: 1 << 40) })
        #expect(error.code == .image)
        #expect(error.message.hasPrefix("the archive x.tar is refused: "))
        #expect(error.message.contains(hostile.reason))
        #expect(error.remedy != nil)
    }

    @Test func takesAnOrdinaryRoot() throws {
        let listing = """
            drwxr-xr-x 0/0               0 2023-06-10 00:00 ./
            drwxr-xr-x 0/0               0 2023-06-10 00:00 ./etc/
            -rw-r--r-- 0/0             100 2023-06-10 00:00 ./etc/a file with spaces
            -rw-r--r-- 0/0             100 2023-06-10 00:00 ./etc/...hidden..
            lrwxrwxrwx 0/0               0 2023-06-10 00:00 ./bin -> usr/bin
            lrwxrwxrwx 0/0               0 2023-06-10 00:00 ./etc/mtab -> /proc/self/mounts
            lrwxrwxrwx 0/0               0 2023-06-10 00:00 ./usr/lib/x/up -> ../../share/./x
            hrw-r--r-- 0/0               0 2023-06-10 00:00 ./etc/b link to ./etc/a file with spaces
            -rw-r--r-- 0/0               5 2023-06-10 00:00 ./etc/says -> in its name
            -rw-r--r-- 0/0               5 2023-06-10 00:00 ./binary
            """
        try Archive.check(listing, archive: "x.tar", size: 4_096)
    }

    @Test func refusesWhatUnpacksToTooManyTimesItsSize() throws {
        let listing = ArchiveCheckTests.entry("-", "a", bytes: 2_000_000)
        try Archive.check(listing, archive: "x.tar", size: 10_000)
        let error = try #require(
            #expect(throws: TareError.self) { try Archive.check(listing, archive: "x.tar", size: 9_900) })
        #expect(error.message.contains("more than 200 times its size"))
        // A small archive of a few sparse files is no bomb.
        try Archive.check(ArchiveCheckTests.entry("-", "a", bytes: 1 << 20), archive: "x.tar", size: 200)
    }

    @Test func refusesTooManyEntries() throws {
        let listing = String(repeating: "-\n", count: Archive.mostEntries + 1)
        let error = try #require(
            #expect(throws: TareError.self) { try Archive.check(listing, archive: "x.tar", size: 0) })
        #expect(error.message.contains("more than 1000000 entries"))
    }
}
