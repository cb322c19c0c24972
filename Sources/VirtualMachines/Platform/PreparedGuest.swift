/// Image work of a guest, done.
struct PreparedGuest: Sendable {
    let kernel: String
    let initramfs: String
    /// The shared read-only disk, where QEMU's user can reach it.
    let base: String
    /// An empty copy-on-write layer over the base, copied for every instance.
    let layerTemplate: [UInt8]
}
