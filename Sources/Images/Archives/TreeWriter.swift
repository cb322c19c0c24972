import BenchmarkModel
import Glibc
import LinuxSystem

/// Writes what archives hold into a tree, by descriptors, one name after the other: no link of the tree is ever followed by the
/// kernel, so that nothing outside the tree can be reached, whatever an archive says.
///
/// Layers of an image are written one over the other (OCI Image Specification, "Image Layer Filesystem Changeset"): what a later
/// one holds replaces what stands there, `.wh.NAME` hides NAME and `.wh..wh..opq` all that the directory held, both only where it
/// comes of lower layers. A directory of a path that is a link of a lower layer is resolved inside the tree when the link is
/// relative (`bin -> usr/bin`); one through an absolute link, or through a link of the same archive, is refused.
final class TreeWriter {
    static let mostEntries = 1_000_000
    static let deepest = 512
    /// What is wrong with an entry, and not with the disk.
    private static let ofTheEntry: Set<Int32> = [
        ENAMETOOLONG, ENOENT, EFBIG, EPERM, EINVAL, E2BIG, ERANGE, ENOTDIR, ELOOP, EOPNOTSUPP,
    ]

    /// A directory on the way to an entry.
    private struct Step {
        var name: Directory.Name
        var directory: Directory
        var path: [UInt8]
    }

    private struct PendingLink {
        var parts: [Directory.Name]
        var target: [Directory.Name]
    }

    private let root: Directory
    private let isLayered: Bool
    private var steps: [Step] = []
    /// What the archive that is being written made or spoke of, and the links among it.
    private var made: Set<[UInt8]> = []
    private var links: Set<[UInt8]> = []
    private var pending: [PendingLink] = []
    /// Times of directories, set once nothing is written into them any more.
    private var times: [[UInt8]: FileTime] = [:]
    /// Access lists that what is made in a directory would inherit, set at the end too.
    private var inherited: [[UInt8]: [ExtendedAttribute]] = [:]
    private var entries = 0
    /// What its files take on a disk, each piece filled up to whole blocks: a sparse file of small pieces takes far more than it
    /// is long in the archive.
    private var diskBytes: UInt64 = 0
    /// Device nodes, pipes and sockets below /dev that were passed over.
    private(set) var passedOver = 0

    /// - Parameter isLayered: whether archives are layers of an image.
    /// - Throws: ``SystemError``.
    init(_ tree: String, isLayered: Bool) throws {
        root = try Directory(tree)
        self.isLayered = isLayered
    }

    /// Writes an archive.
    ///
    /// - Parameter isWanted: what of it.
    /// - Throws: ``TarReader/Refusal``, ``ByteSource/Trouble``, ``SystemError``.
    func write(_ reader: inout TarReader, where isWanted: (TarEntry) -> Bool = { _ in true }) throws {
        (made, links, pending, times, inherited, steps) = ([], [], [], [:], [:], [])
        while let entry = try reader.next() {
            entries += 1
            guard entries <= TreeWriter.mostEntries else {
                throw TarReader.Refusal(why: "it has more than \(TreeWriter.mostEntries) entries")
            }
            guard isWanted(entry) else { continue }
            do {
                try write(entry, &reader)
            } catch let error as SystemError where TreeWriter.ofTheEntry.contains(error.number) {
                throw TarReader.Refusal(why: "'\(entry.name.shown)' cannot be written: \(error.description)")
            }
        }
        var left = pending
        while let first = left.first {
            let missed = try left.filter { !(try makeHardLink($0, isLast: true)) }
            guard missed.count < left.count else {
                throw TarReader.Refusal(
                    why: "the hard link '\(first.parts.shown)' leads to '\(first.target.shown)', which it does not hold"
                )
            }
            // A chain that was written backwards is done the other way round.
            left = missed.reversed()
        }
        steps = []
        for (path, attributes) in inherited {
            let parts = path.split(separator: UInt8(ascii: "/")).compactMap { Directory.Name($0) }
            guard let directory = try? parent(of: parts, create: false) else { continue }
            func set(_ file: Int32) throws { for one in attributes { try one.set(on: file, path.shown) } }
            if let last = parts.last {
                if directory.status(of: last)?.st_mode.isDirectory == true { try directory.look(at: last, set) }
            } else {
                try directory.look(set)
            }
        }
        steps = []
        // Setting the time of a directory changes none of another.
        for (path, time) in times {
            let parts = path.split(separator: UInt8(ascii: "/")).compactMap { Directory.Name($0) }
            // What was removed again, or replaced, has no time.
            guard let directory = try? parent(of: parts, create: false) else { continue }
            if let last = parts.last {
                if directory.status(of: last)?.st_mode.isDirectory == true { try directory.set(time: time, of: last) }
            } else {
                try directory.set(time: time)
            }
        }
    }

    private func write(_ entry: TarEntry, _ reader: inout TarReader) throws {
        let parts = try TreeWriter.parts(of: entry.name)
        guard let name = parts.last else {
            guard entry.kind == .directory else {
                throw TarReader.Refusal(why: "'\(entry.name.shown)' is the root and no directory")
            }
            try root.set(entry.metadata, attributes: split(entry, []))
            times[[]] = entry.metadata.time
            return
        }
        if entry.kind == .device || entry.kind == .pipe {
            // The platform makes the nodes of /dev; those of the archive would only differ between the sides.
            guard parts.count > 1, parts[0].raw.elementsEqual("dev".utf8) else {
                throw TarReader.Refusal(why: "'\(entry.name.shown)' is a device, a pipe or a socket")
            }
            passedOver += 1
            return
        }
        if isLayered {
            // Notes of a union file system for itself.
            if parts.dropLast().contains(where: { $0.raw.starts(with: ".wh..wh.".utf8) }) { return }
            if name.raw.starts(with: ".wh.".utf8) { return try hide(parts) }
        }
        if entry.kind == .symbolicLink { try TreeWriter.checkTarget(entry.target, of: parts) }
        if entry.kind == .hardLink {
            let link = PendingLink(parts: parts, target: try TreeWriter.parts(of: entry.target))
            if !(try makeHardLink(link, isLast: false)) { pending.append(link) }
            return
        }
        guard let directory = try parent(of: parts, create: true) else { return }
        let path = here + name.raw
        let old = directory.status(of: name)
        switch entry.kind {
        case .directory:
            if old?.st_mode.isDirectory != true {
                if old != nil { try directory.remove(name) }
                try directory.makeDirectory(name)
            }
            times[path] = entry.metadata.time
            links.remove(path)
        case .symbolicLink:
            try replace(name, in: directory, old)
            try directory.makeLink(name, to: entry.target)
            links.insert(path)
        default:
            try replace(name, in: directory, old)
            try directory.makeFile(name) { try fill($0, entry, &reader) }
            links.remove(path)
        }
        made.insert(path)
        try directory.set(entry.metadata, attributes: split(entry, path), of: name)
    }

    /// Puts aside what is set at the end.
    ///
    /// - Returns: what is set at once.
    private func split(_ entry: TarEntry, _ path: [UInt8]) -> [ExtendedAttribute] {
        func isInherited(_ one: ExtendedAttribute) -> Bool { one.name.elementsEqual("system.posix_acl_default".utf8) }
        inherited[path] = entry.attributes.contains(where: isInherited) ? entry.attributes.filter(isInherited) : nil
        return entry.attributes.filter { !isInherited($0) }
    }

    // MARK: - Where an entry belongs

    /// The parts of a name.
    private static func parts(of name: [UInt8]) throws -> [Directory.Name] {
        guard name.first != UInt8(ascii: "/") else {
            throw TarReader.Refusal(why: "'\(name.shown)' is an absolute path")
        }
        let parts = try name.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }.map { part in
            guard let name = Directory.Name(part) else { throw TarReader.Refusal(why: "'\(name.shown)' holds '..'") }
            return name
        }
        guard parts.count <= deepest else { throw TarReader.Refusal(why: "a name has more than \(deepest) parts") }
        return parts
    }

    /// A relative link may climb, but not out of the root. An absolute one is resolved inside the instance's own root.
    private static func checkTarget(_ target: [UInt8], of parts: [Directory.Name]) throws {
        guard target.first != UInt8(ascii: "/") else { return }
        var depth = parts.count - 1
        for part in target.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
            depth += part.elementsEqual("..".utf8) ? -1 : 1
            guard depth >= 0 else {
                throw TarReader.Refusal(
                    why: "the link '\(parts.shown)' points out of the root, to '\(target.shown)'")
            }
        }
    }

    /// The path of the directory that was opened last, with a slash at its end; empty for the root.
    private var here: [UInt8] { steps.last.map { $0.path + [UInt8(ascii: "/")] } ?? [] }

    /// Opens the directory of an entry, from the root or from where the last entry was.
    ///
    /// - Parameter create: whether what is missing is made, and what is there counts as spoken of.
    /// - Returns: nil where it is missing and not made.
    private func parent(of parts: [Directory.Name], create: Bool) throws -> Directory? {
        var wanted = Array(parts.dropLast().reversed())
        let shared = zip(steps, parts.dropLast()).prefix { $0.name == $1 }.count
        // Behind a link that was resolved, names say nothing of where they stand.
        steps.removeLast(steps.count - shared)
        wanted.removeLast(shared)
        var resolved = 0
        while let name = wanted.popLast() {
            let directory = steps.last?.directory ?? root
            let path = here + name.raw
            guard let status = directory.status(of: name) else {
                guard create else { return nil }
                try keepTime(of: directory)
                try directory.makeDirectory(name)
                times[path] = TreeWriter.settled
                try step(name, path, directory)
                continue
            }
            if status.st_mode.isDirectory {
                try step(name, path, directory)
            } else if status.st_mode.isLink {
                resolved += 1
                guard let way = try way(through: name, path, in: directory, of: parts), resolved <= 40 else {
                    throw TarReader.Refusal(why: "'\(parts.shown)' lies below the link '\(path.shown)'")
                }
                // Where the link is, its own text goes on, from the root: steps hold true names only.
                var place = steps.map(\.name)
                for part in way {
                    if let part { place.append(part) } else { _ = place.popLast() }
                }
                steps = []
                wanted += place.reversed()
            } else {
                // A directory takes the place of a lower layer's file.
                guard isLayered, create, !made.contains(path) else {
                    throw TarReader.Refusal(why: "'\(parts.shown)' lies below '\(path.shown)', which is no directory")
                }
                try keepTime(of: directory)
                try directory.remove(name)
                wanted.append(name)
            }
        }
        let directory = steps.last?.directory ?? root
        if create {
            for step in steps { made.insert(step.path) }
            try keepTime(of: directory)
        }
        return directory
    }

    private func step(_ name: Directory.Name, _ path: [UInt8], _ directory: Directory) throws {
        steps.append(Step(name: name, directory: try directory.directory(name), path: path))
    }

    /// The parts of a link's target that may be followed, nil standing for `..`; or nil where it may not be.
    private func way(
        through name: Directory.Name, _ path: [UInt8], in directory: Directory, of parts: [Directory.Name]
    ) throws -> [Directory.Name?]? {
        guard isLayered, !links.contains(path), let target = directory.target(of: name),
            target.first != UInt8(ascii: "/")
        else { return nil }
        return target.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }.map {
            Directory.Name($0)
        }
    }

    /// A fixed time for what no archive speaks of, so that the same archives give the same tree.
    private static let settled = FileTime(seconds: Int64(ImageCache.epoch))

    /// Remembers the time of the directory that was opened last before something in it is changed, unless an archive gives it one.
    private func keepTime(of directory: Directory) throws {
        let path = steps.last?.path ?? []
        if times[path] == nil { times[path] = try directory.time() }
    }

    // MARK: - What an entry does

    private func replace(_ name: Directory.Name, in directory: Directory, _ old: stat?) throws {
        if old != nil { try directory.remove(name) }
    }

    /// Makes a hard link; false where its target is not there (yet).
    private func makeHardLink(_ link: PendingLink, isLast: Bool) throws -> Bool {
        guard let name = link.parts.last, let target = link.target.last else {
            throw TarReader.Refusal(why: "a hard link is the root, or leads to it")
        }
        guard let found = try parent(of: link.target, create: false), let status = found.status(of: target) else {
            return false
        }
        guard !status.st_mode.isDirectory else {
            throw TarReader.Refusal(why: "the hard link '\(link.parts.shown)' leads to a directory")
        }
        let isLink = status.st_mode.isLink
        let (from, fromPath) = (try found.again(), here + target.raw)
        // What a lower layer holds there may yet be replaced by this one.
        guard isLast || made.contains(fromPath) else { return false }
        guard let directory = try parent(of: link.parts, create: true) else { return false }
        let path = here + name.raw
        guard path != fromPath else { return true }
        try replace(name, in: directory, directory.status(of: name))
        try directory.makeHardLink(name, to: target, in: from)
        made.insert(path)
        if isLink { links.insert(path) } else { links.remove(path) }
        return true
    }

    /// Writes the data of a file. Blocks of zeros are left out, so that what was sparse once is sparse again.
    private func fill(_ file: Int32, _ entry: TarEntry, _ reader: inout TarReader) throws {
        for piece in entry.pieces ?? [.init(offset: 0, length: entry.storedBytes)] {
            var offset = piece.offset
            try reader.forward(piece.length) { bytes in
                try SparseData.pieces(of: bytes, at: offset) { part, place in
                    diskBytes += (UInt64(part.count) / UInt64(SparseData.block) + 1) * UInt64(SparseData.block)
                    guard diskBytes <= 2 * ByteSource.Limits().bytes else { throw ByteSource.Trouble.tooManyBytes }
                    try SparseData.write(part, to: file, at: place)
                }
                offset += UInt64(bytes.count)
            }
        }
        guard ftruncate(file, Int(entry.size)) == 0 else { throw SystemError("writing '\(entry.name.shown)'") }
    }

    /// Takes away what a whiteout names, as far as it comes of lower layers.
    private func hide(_ parts: [Directory.Name]) throws {
        guard let name = parts.last?.raw else { return }
        guard let directory = try parent(of: parts, create: false) else { return }
        let prefix = here
        if name.elementsEqual(".wh..wh..opq".utf8) {
            try keepTime(of: directory)
            for name in try directory.names() { try hide(name, in: directory, prefix) }
            return
        }
        if name.starts(with: ".wh..wh.".utf8) { return }
        guard let hidden = Directory.Name(name.dropFirst(4)) else {
            throw TarReader.Refusal(why: "the whiteout '\(parts.shown)' names nothing")
        }
        try keepTime(of: directory)
        try hide(hidden, in: directory, prefix)
    }

    private func hide(_ name: Directory.Name, in directory: Directory, _ prefix: [UInt8]) throws {
        let path = prefix + name.raw
        guard made.contains(path) else { return try directory.remove(name) }
        guard directory.status(of: name)?.st_mode.isDirectory == true else { return }
        let inner = try directory.directory(name)
        for name in try inner.names() { try hide(name, in: inner, path + [UInt8(ascii: "/")]) }
    }
}

extension mode_t {
    var isDirectory: Bool { self & S_IFMT == S_IFDIR }
    var isLink: Bool { self & S_IFMT == S_IFLNK }
    var isFile: Bool { self & S_IFMT == S_IFREG }
}

extension [Directory.Name] {
    /// As a path for people.
    var shown: String { map { $0.raw.shown }.joined(separator: "/") }
}
