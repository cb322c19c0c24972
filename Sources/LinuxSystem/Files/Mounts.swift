internal import CLinuxShims
import Glibc
import Synchronization

/// Mounts in the namespace of the calling process.
package enum Mounts {
    /// Flags of mount(2), for ``SpawnStep/mount(source:target:type:flags:data:)`` and ``mount(source:target:type:flags:data:)``.
    package enum Flag {
        /// Read-only.
        package static let readOnly = TARE_MS_RDONLY
        /// Ignore set-user-id bits.
        package static let noSUID = TARE_MS_NOSUID
        /// No device files.
        package static let noDevices = TARE_MS_NODEV
        /// No program is run from it.
        package static let noExec = TARE_MS_NOEXEC
        /// The whole tree.
        package static let recursive = TARE_MS_REC
        /// Another view of what is mounted already.
        package static let bind = TARE_MS_BIND
        /// Nothing goes out to the parent namespace, changes there come in.
        package static let slave = TARE_MS_SLAVE
        /// Nothing goes out or comes in.
        package static let isPrivate = TARE_MS_PRIVATE
        /// Other flags of what is mounted already.
        package static let remount = TARE_MS_REMOUNT
    }

    /// The data of an overlay with the uppermost lower directory first. Fails where a path holds `:` or `,`.
    package static func overlayData(lower: [String], upper: String, work: String) -> String {
        "lowerdir=\(lower.joined(separator: ":")),upperdir=\(upper),workdir=\(work)"
    }

    /// Whether an overlay can have a path among its directories: `:`, `,` and `\` part them in its data. By bytes: this is asked
    /// inside a measured time, and looking at whole characters takes ten times as long.
    package static func overlayTakes(_ path: String) -> Bool {
        !path.utf8.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\\") }
    }

    /// mount(2).
    ///
    /// - Throws: ``SystemError``.
    package static func mount(source: String, target: String, type: String, flags: UInt64, data: String?) throws {
        guard Glibc.mount(source, target, type, UInt(flags), data) == 0 else {
            throw SystemError("mounting \(type) on \(target)")
        }
    }

    /// Moves a mount, with all that is mounted in it, to another place.
    ///
    /// - Throws: ``SystemError``.
    package static func move(_ source: String, to target: String) throws {
        if Glibc.mount(source, target, "none", UInt(TARE_MS_MOVE), nil) == 0 { return }
        guard errno == EINVAL else { throw SystemError("moving the mount \(source) to \(target)") }
        // The kernel moves nothing out of a mount that others share, as the host's root often is. tare itself runs in a mount
        // namespace where none is.
        try mount(source: source, target: target, type: "none", flags: Flag.bind | Flag.recursive, data: nil)
        try unmount(source)
    }

    /// Takes a mount away at once; what still uses it keeps it until it ends. One that is not there is no error.
    ///
    /// - Throws: ``SystemError``.
    package static func unmount(_ target: String) throws {
        guard umount2(target, Int32(MNT_DETACH)) == 0 || errno == EINVAL || errno == ENOENT else {
            throw SystemError("unmounting \(target)")
        }
    }

    /// Gives the process a mount namespace of its own, so that its mounts end with it even when it is killed, and a mount
    /// held by a stranger cannot make ours busy. Call it while the process has a single thread: later threads inherit it.
    ///
    /// - Throws: ``SystemError``.
    package static func enterPrivateNamespace() throws {
        guard HostFiles.names(in: "/proc/self/task").count == 1 else {
            throw SystemError("entering a mount namespace from a process with several threads", number: EBUSY)
        }
        guard tare_unshare(TARE_CLONE_NEWNS) == 0 else { throw SystemError("entering a mount namespace") }
        try mount(source: "none", target: "/", type: "none", flags: Flag.recursive | Flag.slave, data: nil)
        entered.store(true, ordering: .relaxed)
    }

    /// Whether this process has entered a mount namespace of its own, so that what it mounts ends with it.
    package static var isNamespacePrivate: Bool { entered.load(ordering: .relaxed) }
    private static let entered = Atomic<Bool>(false)

    /// Where something is mounted at or below a directory in the calling process's namespace, in the order of mounting.
    package static func points(below directory: String) -> [String] {
        lines(containing: directory).compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[4] == directory[...] || fields[4].hasPrefix(directory + "/") else {
                return nil
            }
            return String(fields[4])
        }
    }

    /// Lines of the mount table whose text contains a word, as `/proc/self/mountinfo` shows them.
    package static func lines(containing word: String) -> [String] {
        guard let text = try? HostFiles.read("/proc/self/mountinfo") else { return [] }
        return text.split(separator: "\n").filter { $0.contains(word) }.map(String.init)
    }
}
