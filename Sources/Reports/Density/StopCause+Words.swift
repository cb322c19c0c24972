import BenchmarkModel

extension Ramp.StopCause {
    /// The cause without what the platform said.
    var shortText: String {
        guard case .limit = self, let end = text.firstRange(of: "; \(Ramp.StopCause.platformSaid)")?.lowerBound else {
            return text
        }
        return String(text[..<end])
    }
}

extension LimitedResource {
    /// Of what the number is an answer, and how one goes on, in words.
    var remedy: String {
        switch self {
        case .groupTasks, .descendantGroups:
            "this N is that of the control groups in which tare was started, not of the host; raise their \(rawValue), or start "
                + "tare outside of them"
        case .ownOpenFiles:
            "this N is that of the open files that tare may have, not of the host; raise the limit (ulimit -Hn)"
        case .memoryGroups, .bridgePorts: "the kernel has no more of these \(noun), and no setting changes that"
        case .diskBytes, .diskInodes:
            "free some space where instances write, or name another place with TARE_RUN_DIRECTORY"
        case .interfaces, .loopDevices, .tapDevices: "there were no more \(noun)"
        default: "raise \(rawValue) (sysctl) to go on"
        }
    }
}
