/// Image work of a guest, done.
struct PreparedGuest: Sendable {
    let kernel: String
    let initramfs: String
    /// The shared read-only disk, where QEMU's user can reach it.
    let base: String
    /// An empty copy-on-write layer over the base, copied for every instance.
    let layerTemplate: [UInt8]
    /// What the layer's writes and flushes come to.
    let layerCache: DomainXML.Cache
    /// In the order of the workload's volumes.
    let volumes: [PreparedVolume]
}

/// An empty file system on the file system that the suite names, copied for every instance.
struct PreparedVolume: Sendable {
    let template: String
    let serial: String
    let cache: DomainXML.Cache
}
