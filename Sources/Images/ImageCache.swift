import BenchmarkModel
internal import CLinuxShims
import Foundation
import Glibc
import LinuxSystem

// The cache:
//   objects/KIND-KEY/     an entry: its payload and manifest.json; KEY is the SHA-256 of the recipe
//   partial/PID-RANDOM/   an entry that is being made; moved to objects/ when it is whole
//   locks/KIND-KEY        held while an entry is made, so that two makers do not do the work twice

/// A content-addressed cache of root filesystems, disks, kernels and initramfs images.
package struct ImageCache: Sendable {
    let directory: String
    let notice: @Sendable (String) -> Void
    /// What tags stand for, asked once: all platforms of a run get the same image, though a tag be moved meanwhile.
    let resolved = ResolvedTags()

    /// Opens or makes a cache.
    ///
    /// - Parameters:
    ///   - directory: usually `$XDG_CACHE_HOME/tare`.
    ///   - notice: told when an entry was found damaged and is made again.
    /// - Throws: ``TareError`` when the directory cannot be made.
    package init(directory: String, notice: @escaping @Sendable (String) -> Void = { _ in }) throws {
        self.directory = directory
        self.notice = notice
        // Overlay mounts cannot take such a path: said now, not at the first sample.
        guard Mounts.overlayTakes(directory) else {
            throw TareError(
                .usage, "the cache \(directory) holds ':', ',' or '\\' in its path, which overlay mounts cannot take",
                remedy: "Name another place with XDG_CACHE_HOME.")
        }
        do {
            for name in ["objects", "partial", "locks"] {
                try FileManager.default.createDirectory(
                    atPath: "\(directory)/\(name)", withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o755])
            }
            // Files of an image keep their owners and modes, so nobody else may come near them.
            guard chmod(directory, 0o700) == 0 || errno == EPERM || errno == EROFS else {
                throw SystemError("closing \(directory) to others")
            }
        } catch {
            throw TareError(
                .image, "the cache \(directory) cannot be made", remedy: "Name another place with XDG_CACHE_HOME.",
                cause: (error as NSError).localizedDescription)
        }
    }

    /// What a maker leaves in its directory.
    struct Product {
        /// The payload's name.
        var payload: String
        /// See ``CachedItem/identity``.
        var identity: String
        var notes: [String] = []
    }

    /// Finds an entry, or makes it.
    ///
    /// - Parameters:
    ///   - kind: a word for the sort of entry.
    ///   - recipe: everything that the contents depend on.
    ///   - make: makes the payload in the given directory.
    func entry(
        _ kind: String, recipe: String, make: (String) async throws -> Product
    ) async throws -> (item: CachedItem, manifest: Manifest, directory: String) {
        let start = MonotonicClock.now()
        let key = try await Digest.text(recipe)
        let name = "\(kind)-\(key.prefix(32))"
        let final = "\(directory)/objects/\(name)"
        let lock: Lock
        do {
            lock = try await Lock("\(directory)/locks/\(name)")
        } catch {
            throw ImageCache.translated(error, directory: directory)
        }
        defer { lock.release() }
        if let manifest = Manifest.read(final) {
            guard let damage = manifest.damage(in: final) else {
                return (item(manifest, final, since: start, cached: true), manifest, final)
            }
            notice("The cache entry \(name) is damaged (\(damage)); it is made again.")
            try HostFiles.removeTree(final)
        } else if HostFiles.exists(final) {
            notice("The cache entry \(name) was never finished; it is made again.")
            try HostFiles.removeTree(final)
        }
        let partial = "\(directory)/partial/\(getpid())-\(UInt32.random(in: .min ... .max))"
        do {
            try HostFiles.makeDirectory(partial)
            let product = try await Tool.$work.withValue(partial) { try await make(partial) }
            guard let found = Manifest.measure("\(partial)/\(product.payload)") else {
                throw TareError(.image, "the maker of \(name) made nothing")
            }
            let manifest = Manifest(
                payload: product.payload, identity: product.identity, entries: found.entries, bytes: found.bytes,
                recipe: recipe, notes: product.notes)
            try manifest.write(partial)
            // The move must not overtake the contents on their way to the disk.
            sync()
            guard rename(partial, final) == 0 else { throw SystemError("moving \(partial) to \(final)") }
            return (item(manifest, final, since: start, cached: false), manifest, final)
        } catch {
            try? HostFiles.removeTree(partial)
            throw ImageCache.translated(error, directory: directory)
        }
    }

    private func item(_ manifest: Manifest, _ final: String, since start: UInt64, cached: Bool) -> CachedItem {
        CachedItem(
            path: "\(final)/\(manifest.payload)", identity: manifest.identity,
            seconds: Double(MonotonicClock.now() - start) / 1e9, cached: cached, bytes: manifest.bytes,
            notes: manifest.notes)
    }

    private static func translated(_ error: any Error, directory: String) -> any Error {
        guard let system = error as? SystemError else { return error }
        let full = system.number == ENOSPC
        return TareError(
            .image, full ? "no space is left for images in \(directory)" : "the image cannot be stored in \(directory)",
            remedy: "Free some space, or name another cache with XDG_CACHE_HOME. Nothing unfinished was kept.",
            cause: system.description)
    }

    /// Removes what dead makers left unfinished, and ends the tools that still work at it: they outlive a killed maker.
    ///
    /// - Returns: what was removed.
    /// - Throws: ``SystemError`` naming what stays.
    package func sweep() throws -> [String] {
        var removed: [String] = []
        try ImageCache.end("of dead runs") { Tool.orphans() }
        for name in HostFiles.names(in: "\(directory)/partial") {
            guard let pid = name.split(separator: "-").first.flatMap({ Int32($0) }), pid > 0 else { continue }
            // A maker of another user may not be signalled, and lives.
            if kill(pid, 0) == 0 || errno == EPERM { continue }
            let path = "\(directory)/partial/\(name)"
            try ImageCache.end("at \(path)") { Tool.processes(of: path) }
            try HostFiles.removeTree(path)
            removed.append(name)
        }
        return removed
    }

    /// Kills tools until none is left.
    ///
    /// - Throws: ``SystemError`` where that takes too long.
    private static func end(_ which: String, _ tools: () -> [Int32]) throws {
        let end = MonotonicClock.now() + 5_000_000_000
        while case let tools = tools(), !tools.isEmpty {
            for tool in tools { kill(tool, SIGKILL) }
            guard MonotonicClock.now() < end else { throw SystemError("ending the tools \(which)", number: EBUSY) }
            usleep(5_000)
        }
    }

    /// Empties the cache.
    ///
    /// - Returns: the entries that were removed.
    /// - Throws: the first trouble, once all that can be removed is.
    package func removeAll() throws -> [String] {
        var trouble: (any Error)?
        var removed: [String] = []
        for name in HostFiles.names(in: "\(directory)/objects") {
            do {
                try HostFiles.removeTree("\(directory)/objects/\(name)")
                removed.append(name)
            } catch {
                trouble = trouble ?? error
            }
        }
        if let trouble { throw trouble }
        return removed
    }
}

/// A lock between processes, held by a descriptor: it ends with its holder.
private struct Lock {
    private let descriptor: Int32

    /// Waits for the lock without blocking the thread: the holder may be another task, which needs the thread to end.
    init(_ path: String) async throws {
        descriptor = tare_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("opening the lock \(path)") }
        do {
            while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR else { throw SystemError("taking the lock \(path)") }
                try await Task.sleep(for: .milliseconds(20))
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    func release() {
        close(descriptor)
    }
}

/// SHA-256 by coreutils' sha256sum: a program that is on every host, so that no library is needed.
enum Digest {
    static func file(_ path: String) async throws -> String {
        // A name with a backslash or line end would be printed escaped; from standard input there is no name.
        let output = try await Tool.run("sha256sum", ["--zero", "--", path], doing: "reading \(path)")
        return String(output.prefix(64))
    }

    static func text(_ text: String) async throws -> String {
        let output = try await Tool.feed(Array(text.utf8), to: "sha256sum", ["--zero", "-"], doing: "reading a recipe")
        return String(output.prefix(64))
    }

    /// Of a tree, see ``TreeDigest``.
    static func tree(_ path: String) throws -> String { try TreeDigest.digest(path) }
}
