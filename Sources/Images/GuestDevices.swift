/// How the devices that the witness needs are called inside a guest.
package struct GuestDevices: Sendable, Equatable {
    /// The block device with the root filesystem, such as `/dev/vda`.
    package var root: String
    /// The terminal that is the mark channel, such as `/dev/ttyS1`.
    package var marks: String

    package init(root: String, marks: String) {
        self.root = root
        self.marks = marks
    }
}
