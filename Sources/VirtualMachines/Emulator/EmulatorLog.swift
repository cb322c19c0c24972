import LinuxSystem

/// The file in which libvirt keeps the output of a domain's emulator, with its own remarks and the whole command line.
enum EmulatorLog {
    /// The last lines that the emulator wrote itself, at most two.
    ///
    /// - Parameter said: what is known already and need not be told again.
    static func lastWords(of log: String, beside said: String) -> [String] {
        let own = log.split(whereSeparator: \.isNewline).map { HostFiles.trimmed(withoutTime($0)) }.filter { line in
            let isCommand = line.hasSuffix(" \\") || line.hasPrefix("-")
            let isLibvirts = ["starting up libvirt version", "shutting down, reason", "char device redirected to"]
                .contains { line.contains($0) }
            return !line.isEmpty && !isCommand && !isLibvirts && !said.contains(line)
        }
        return Array(own.suffix(2))
    }

    /// A line without the time that QEMU puts before it (`-msg timestamp=on`), such as `2026-11-26T09:14:21.300Z `.
    private static func withoutTime(_ line: Substring) -> String {
        let words = line.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].hasSuffix("Z"), words[0].contains("T"), words[0].first?.isNumber == true else {
            return String(line)
        }
        return String(words[1])
    }
}
