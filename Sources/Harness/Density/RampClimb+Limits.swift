import BenchmarkModel
import LinuxSystem

/// Limits of the kernel, and of tare's own processes, in a ramp.
extension RampClimb {
    /// So many launchers are served by the files that tare keeps; each further one needs a few while it starts an instance.
    private static let servedLaunchers = 8
    private static let filesOfLauncher = 8

    /// The open files of which instances may have what is left; nil where nothing limits them.
    private var mostFiles: Int? {
        search.limits[.ownOpenFiles].map { limit in
            Int(clamping: limit.value) - max(0, atOnce - RampClimb.servedLaunchers) * RampClimb.filesOfLauncher
        }
    }

    /// Open files of tare that an instance takes at most, while it starts.
    private var filesOfStart: Int {
        let bridged = bench.workload(of: cell)?.network == .bridge ? 1 : 0
        return max(1, bridged + (bench.platform(of: cell)?.traits.openFilesPerInstance ?? 1))
    }

    /// Open files of tare that one more instance takes.
    private func filesEach(_ used: Int64) -> Int {
        let count = Int64(crowd.instances.count)
        guard count > 0, let base = search.base[.ownOpenFiles] else { return filesOfStart }
        return max(1, Int((used - base + count / 2) / count))
    }

    /// How many more instances tare may have the files for at once; 0 where not even for one. Where it ran out of them, it could
    /// neither end what runs nor keep what it found, so the ramp is stopped before that. Those of a batch hold more files until they
    /// are ready than they do then; of a single one that is within what tare keeps.
    func roomOfFiles() -> Int {
        guard let most = mostFiles, let used = bench.host.limits([.ownOpenFiles])[.ownOpenFiles] else { return .max }
        let (left, each) = (max(0, most - Int(used)), filesEach(used))
        return left < each ? 0 : max(1, left / max(each, filesOfStart))
    }

    func outOfFiles() -> Ramp.StopCause {
        let used = bench.host.limits([.ownOpenFiles])[.ownOpenFiles]
        let each = filesEach(used ?? 0)
        let words = search.words(.ownOpenFiles, used: used)
        return .limit(.ownOpenFiles, "\(words), and one more instance takes \(each)")
    }

    /// Makes what a batch needs before its requests: directories and channels.
    ///
    /// - Returns: those that could be made, and what the system said where there was no room for more.
    func makeInstances(_ count: Int) throws -> (made: [LaunchedInstance], refusal: String?) {
        var made: [LaunchedInstance] = []
        for _ in 0..<count {
            do {
                made.append(try bench.makeInstance(of: cell))
            } catch let error as SystemError {
                return (made, "\(error)")
            }
        }
        return (made, nil)
    }

    /// Ends all.
    ///
    /// Where no process can be started any more, a runtime that ends an instance by one cannot either, nor can tare start a thread to
    /// wait with: all instances are killed first, and what is left of them is removed then.
    ///
    /// - Returns: how long it took, in nanoseconds.
    @discardableResult
    func endAll() -> UInt64 {
        var killing: UInt64 = 0
        if case .limit(let resource, _) = ramp.cause, [.processIDs, .threads, .groupTasks].contains(resource),
            !crowd.instances.isEmpty
        {
            let begin = bench.host.now()
            bench.host.killInstances()
            killing = bench.host.now() - begin
        }
        return killing + crowd.end()
    }
}
