import CWitnessShims

/// The first process of an instance: where its marks go, and how it ends.
struct Witness {
    static let failureStatus: Int32 = 127

    let channel: MarkChannel
    let isGuest: Bool

    /// Tells the host that this instance failed, and ends it.
    func fail(_ text: Message) -> Never {
        channel.sendFailure(text)
        end(text)
    }

    /// Ends the instance with a text on its standard error or console.
    func end(_ text: Message) -> Never {
        // A guest may fail before its standard error exists, and after the kernel's devices were put aside.
        var output: Int32 = 2
        if isGuest {
            output = witness_open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC, 0)
            if output < 0 { output = witness_open("/.tare/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC, 0) }
            if output < 0 { output = 2 }
        }
        let line = Message("tare witness: ").add(text)
        _ = write(output, line.bytes, line.count)
        _ = write(output, "\n", 1)
        leave(Witness.failureStatus)
    }

    /// Exits, or powers the guest off.
    func leave(_ status: Int32) -> Never {
        guard isGuest else { _exit(status) }
        if channel.descriptor >= 0 { tcdrain(channel.descriptor) }
        // Nothing is written back first: all of a guest's disks end with it, and its end is awaited.
        reboot(Int32(bitPattern: UInt32(RB_POWER_OFF)))
        // Where the machine cannot be powered off by the kernel the host sees the stream's end, and destroys it.
        while true { pause() }
    }
}
