import Testing

@testable import Images

@Suite struct ImageReferenceTests {
    static let sum = "sha256:" + String(repeating: "0a", count: 32)

    @Test(
        arguments: [
            ("nginx:1.27", "nginx", nil), ("docker.io/library/nginx:latest", "docker.io/library/nginx", "docker.io"),
            ("127.0.0.1:5000/a/b_c__d-e.f:V_1.x-2", "127.0.0.1:5000/a/b_c__d-e.f", "127.0.0.1:5000"),
            ("localhost/x:1", "localhost/x", "localhost"), ("[::1]:5000/x:1", "[::1]:5000/x", "[::1]:5000"),
            ("Example.ORG/x@\(sum)", "Example.ORG/x", "Example.ORG"),
        ] as [(String, String, String?)]) func reads(text: String, name: String, registry: String?) throws
    {
        let reference = try #require(ImageReference(text))
        #expect(reference.name == name && reference.registry == registry)
        #expect((reference.tag == nil) != (reference.digest == nil))
    }

    @Test(arguments: [
        "", "nginx", "nginx:", ":1", "Nginx:1", "a//b:1", "/a:1", "a/:1", "-x:1", "a..b:1", "a___b:1", "a_-b:1", "a-:1",
        "x:-1", "x:" + String(repeating: "1", count: 129), "x@sha256:00", "x@\(sum)0", "x:1@\(sum)", "a b:1", "a:1\n",
        "host:port/x:1", "host:/x:1", "[x]/x:1", "x:1 --all", "$(id):1", "a.-b/x:1", "../x:1", "x@sha512:\(sum)", "é:1",
    ]) func refuses(_ text: String) { #expect(ImageReference(text) == nil) }

    @Test func knowsThisHost() {
        for text in ["127.0.0.1:5000/x:1", "localhost:5/x:1", "127.1.2.3/x:1", "[::1]/x:1"] {
            #expect(ImageReference(text)?.isLoopback == true, "\(text)")
        }
        for text in ["127.0.0.1.example.org/x:1", "x:1", "10.0.0.1:5000/x:1", "localhost.example.org/x:1"] {
            #expect(ImageReference(text)?.isLoopback == false, "\(text)")
        }
    }
}
