/// The boot of the host.
package enum HostBoot {
    /// Random for every boot.
    package static var id: String { HostFiles.value("/proc/sys/kernel/random/boot_id") ?? "unknown" }
}
