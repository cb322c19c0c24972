import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

/// Archives that a user brings are not trusted: every entry is judged before it is written, and none is written but below the
/// tree. See ``TreeWriter`` for how.
enum Archive {
    /// Unpacks an archive of a root filesystem, or of an image's files.
    ///
    /// - Parameter filesUpTo: larger files, and hard links, are left out.
    /// - Returns: how many device nodes, pipes and sockets below /dev were passed over.
    /// - Throws: ``TareError`` with code `image`; the tree then holds what came before.
    @discardableResult
    static func unpack(
        _ path: String, into tree: String, filesUpTo most: UInt64? = nil, limits: ByteSource.Limits = .init()
    ) throws -> Int {
        try reading("the archive \(path)", remedy: remedy, limits: limits) {
            let source = try ByteSource(path, limits: limits)
            let writer = try TreeWriter(tree, isLayered: false)
            var reader = TarReader(source)
            try writer.write(&reader) { entry in most.map { entry.size <= $0 && entry.kind != .hardLink } ?? true }
            try source.finish()
            return writer.passedOver
        }
    }

    private static let remedy =
        "Make it again from the root filesystem's own directory, for example with 'tar -C DIR -cf FILE .'."

    /// Says in words for people, with the archive's name, what went wrong while it was read.
    ///
    /// - Parameters:
    ///   - archive: how it is called, such as `the archive x.tar`.
    ///   - remedy: what to do about one that is refused.
    static func reading<Result>(
        _ archive: String, remedy: String, limits: ByteSource.Limits, _ body: () throws -> Result
    ) throws -> Result {
        let whole = "Name a tar archive, plain or compressed with gzip, xz, zstd or bzip2, that is whole."
        func refused(_ why: String) -> TareError {
            TareError(.image, "\(archive) is refused: \(why)", remedy: remedy)
        }
        do {
            return try body()
        } catch let refusal as TarReader.Refusal {
            throw refused(refusal.why)
        } catch ByteSource.Trouble.cutShort {
            throw TareError(.image, "\(archive) ends too early", remedy: whole)
        } catch ByteSource.Trouble.damaged(let program) {
            throw TareError(.image, "\(archive) is damaged: '\(program)' cannot unpack it", remedy: whole)
        } catch ByteSource.Trouble.tooManyBytes {
            throw refused("it unpacks to more than \(ByteSource.Limits().bytes >> 30) GiB")
        } catch ByteSource.Trouble.tooManyTimes {
            throw refused("it unpacks to more than \(limits.ratio) times its size")
        }
    }
}
