import BenchmarkModel
import Images
import LinuxSystem

extension CgroupTree {
    /// Makes an instance's own group with its allowances.
    func makeInstanceGroup(_ request: LaunchRequest, limitingDevices: Bool) throws {
        let (group, workload) = (request.instanceGroup, request.prepared.workload)
        try create(group)
        try limitMemory(of: group, bytes: workload.memoryBytes)
        try limitCPUs(of: group, count: workload.cpus)
        if let cpus = request.cpus { try confine(group, to: cpus) }
        if limitingDevices { try limitDevices(of: group, to: InstanceRoot.allowedDevices) }
    }
}
