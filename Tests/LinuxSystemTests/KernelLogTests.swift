import LinuxSystem
import TestSupport
import Testing

@Suite struct KernelLogTests {
    /// As /dev/kmsg gives it: one record a read.
    private static func record(_ group: String) -> String {
        "6,2048,4187704251,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=i69,mems_allowed=0,oom_memcg=\(group),"
            + "task_memcg=\(group)/below,task=busybox,pid=1830,uid=0\n"
    }

    @Test(
        arguments: [
            ("/tare-x.run/i69", ["/tare-x.run/i69"], true), ("/tare-x.run/i69", ["abc", "i69"], true),
            // Another instance, whose name only begins alike, and a group within it.
            ("/tare-x.run/i69", ["/tare-x.run/i6"], false), ("/tare-x.run/i6/below", ["/tare-x.run/i6"], false),
            ("/other", [], false),
        ])
    func tellsOfThatGroupAlone(_ group: String, _ names: [String], _ isTold: Bool) throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/kmsg"
        try HostFiles.create(path, bytes: Array(KernelLogTests.record(group).utf8))
        #expect(KernelLog.tellsOutOfMemory(inGroup: names, path: path) == isTold)
    }

    @Test func aLogThatMayNotBeReadTellsNothing() {
        #expect(!KernelLog.tellsOutOfMemory(inGroup: ["/x"], path: "/nowhere"))
    }
}
