import CWitnessShims

/// Tells what the command would see, right where it would be executed: nothing of it is reckoned, all of it is asked of the
/// kernel. The records are specified at the head of MarkProtocol.swift.
enum World {
    static func tell(_ configuration: Configuration, over channel: MarkChannel) {
        let text = WorldText()
        tellCPUs(text)
        Allowance.tell(text)
        tellLimits(text)
        tellStatus(text)
        tellScheduling(text)
        tellPlace(text)
        tellStreams(text)
        Nodes.tell(text)
        tellMounts(text)
        tellEnvironment(configuration, text)
        text.send(over: channel)
    }

    private static func tellCPUs(_ text: WorldText) {
        // As the C library reads it for `sysconf(_SC_NPROCESSORS_ONLN)`.
        let online = ProcFile("/sys/devices/system/cpu/online")
        if online.isThere {
            text.begin("cpus-online=").quote(online.text, until: UInt8(ascii: "\n")).end()
        } else {
            // Where there is no /sys it counts these lines instead.
            var count: UInt64 = 0
            ProcFile("/proc/stat").forEachLine { line in
                if strncmp(line, "cpu", 3) == 0, line[3] != CChar(bitPattern: UInt8(ascii: " ")) { count += 1 }
            }
            text.begin("cpus-counted=").add(count).end()
        }
        text.begin("cpus-affinity=").add(UInt64(witness_affinity_count())).end()
    }

    /// In the order of their numbers in the kernel.
    private static func tellLimits(_ text: WorldText) {
        for resource in Int32(0)..<16 {
            var soft: UInt64 = 0
            var hard: UInt64 = 0
            guard witness_read_limit(resource, &soft, &hard) != 0 else { continue }
            text.begin("limit=").add(UInt64(resource)).add(" ").add(limit: soft).add(" ").add(limit: hard).end()
        }
    }

    /// Lines of /proc/self/status as they are.
    private static func tellStatus(_ text: WorldText) {
        ProcFile("/proc/self/status").forEachLine { line in
            let isWanted =
                value(of: line, "Umask:") != nil || value(of: line, "Uid:") != nil || value(of: line, "Gid:") != nil
                || value(of: line, "Groups:") != nil || value(of: line, "Cap") != nil
                || value(of: line, "NoNewPrivs:") != nil || value(of: line, "Seccomp:") != nil
                || value(of: line, "SigBlk:") != nil || value(of: line, "SigIgn:") != nil
            if isWanted { text.begin("status=").quote(line, until: UInt8(ascii: "\n")).end() }
        }
    }

    private static func tellScheduling(_ text: WorldText) {
        text.begin("nice=").add(signed: Int(witness_nice())).end()
        text.begin("policy=").add(signed: Int(sched_getscheduler(0))).end()
        text.begin("io-priority=").add(signed: Int(witness_io_priority())).end()
        text.begin("timer-slack=").add(signed: Int(witness_timer_slack())).end()
        text.begin("personality=").add(UInt64(UInt32(bitPattern: personality(0xFFFF_FFFF))), base: 8).end()
        let score = ProcFile("/proc/self/oom_score_adj")
        text.begin("oom-score-adj=").quote(score.text, until: UInt8(ascii: "\n")).end()
    }

    private static func tellPlace(_ text: WorldText) {
        text.begin("kernel=").quote(witness_kernel_release()).end()
        let own = getpid()
        text.begin("first-process=").add(own == 1 ? "yes" : "no").end()
        text.begin("session-leader=").add(getsid(0) == own ? "yes" : "no").end()
        text.begin("group-leader=").add(getpgrp() == own ? "yes" : "no").end()
        let directory = UnsafeMutablePointer<CChar>.allocate(capacity: 4_096)
        if getcwd(directory, 4_096) != nil { text.begin("cwd=").quote(directory).end() }
        directory.deallocate()
        text.begin("shared-memory=").add(witness_file_system_size(("/dev/shm" as StaticString).cString)).end()
    }

    private static func tellStreams(_ text: WorldText) {
        for stream in Int32(0)...2 {
            var status = stat()
            guard witness_status_of_descriptor(stream, &status) == 0 else { continue }
            text.begin("stream=").add(UInt64(stream)).add(" ").add(byte: UInt8(bitPattern: witness_kind(&status)))
            if witness_kind(&status) == CChar(bitPattern: UInt8(ascii: "c")) {
                text.add(" ").add(UInt64(witness_major(&status))).add(":").add(UInt64(witness_minor(&status)))
            }
            text.end()
        }
    }

    /// `TARGET TYPE OPTIONS OPTIONS-OF-THE-FILE-SYSTEM` of each mount. The sources, and what an overlay says of its layers, are
    /// paths of the host and stay untold; tare's own corner is none of the command's world.
    private static func tellMounts(_ text: WorldText) {
        let blank = UInt8(ascii: " ")
        ProcFile("/proc/self/mountinfo").forEachLine { line in
            // 36 35 98:0 ROOT TARGET OPTIONS [TAGS...] - TYPE SOURCE OPTIONS
            guard let target = field(4, of: line), let options = field(5, of: line),
                let end = separator(of: options), let type = field(1, of: end), let ofFileSystem = field(3, of: end),
                value(of: target, "/.tare ") == nil, value(of: target, "/.tare/") == nil
            else { return }
            text.begin("mount=").quote(target, until: blank).add(" ").quote(type, until: blank).add(" ")
            text.quote(options, until: blank).add(" ")
            if value(of: type, "overlay ") != nil {
                text.add("-")
            } else {
                text.quote(ofFileSystem, until: UInt8(ascii: "\n"))
            }
            text.end()
        }
    }

    /// The start of a field of a line, from 0; nil where the line has no so many.
    private static func field(_ number: Int, of line: UnsafeMutablePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
        var at = line
        for _ in 0..<number {
            while at[0] != CChar(bitPattern: UInt8(ascii: " ")) {
                if at[0] == 0 || at[0] == CChar(bitPattern: UInt8(ascii: "\n")) { return nil }
                at += 1
            }
            at += 1
        }
        return at
    }

    /// The field `-`, which ends the tags.
    private static func separator(of line: UnsafeMutablePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
        var number = 0
        while let at = field(number, of: line) {
            if value(of: at, "- ") != nil { return at }
            number += 1
        }
        return nil
    }

    private static func tellEnvironment(_ configuration: Configuration, _ text: WorldText) {
        var index = 0
        while let variable = configuration.environment[index] {
            text.begin("env=").quote(variable).end()
            index += 1
        }
    }
}
