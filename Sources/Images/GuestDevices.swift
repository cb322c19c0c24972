/// How the devices that the witness needs are called inside a guest.
package struct GuestDevices: Sendable, Equatable {
    /// The block device with the root filesystem, such as `/dev/vda`.
    package var root: String
    /// The terminal that is the mark channel, such as `/dev/ttyS1`.
    package var marks: String
    /// What carries the workload's output, such as `/dev/vport0p1`; nil for the console.
    package var output: String?
    /// The name of that port, where it is not known how the kernel calls the device.
    package var outputName: String?

    package init(root: String, marks: String, output: String? = nil, outputName: String? = nil) {
        self.output = output
        self.outputName = outputName
        self.root = root
        self.marks = marks
    }
}
