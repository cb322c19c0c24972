/// Suites that are part of tare.
enum SuiteResources {
    /// The quick suite: `Benchmarks/suites/quick.yaml`, the very same file.
    static var quick: String { String(decoding: PackageResources.quick_yaml, as: UTF8.self) }
}
