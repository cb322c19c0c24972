import BenchmarkModel
import Testing

/// The digest by which a suite is known, against `sha256sum`.
@Suite struct SHA256Tests {
    @Test(arguments: [
        // printf '' | sha256sum
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        // printf 'abc' | sha256sum, which is FIPS 180-4's own example
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        // printf 'name: größe\n' | sha256sum
        ("name: größe\n", "36c1e3a2e4b6fde650ce23bbd32088f30d6c8b860f73d3c145779213e36e358d"),
    ]) func isThatOfTheTools(text: String, digest: String) {
        #expect(SHA256.hexadecimal(of: text) == digest)
    }

    /// Around the ends of blocks, where padding is easily wrong: python3 -c "import hashlib;
    /// print(hashlib.sha256(b''.join(hashlib.sha256(b'a' * n).hexdigest().encode() for n in range(130))).hexdigest())"
    @Test func everyLengthIsPaddedAsItMustBe() {
        let sums = (0..<130).map { SHA256.hexadecimal(of: String(repeating: "a", count: $0)) }.joined()
        #expect(
            SHA256.hexadecimal(of: sums) == "c665ed20ef30f158e90c7e921d8182bc0943c4b087a82f64a18d417bcdfadce7")
    }
}
