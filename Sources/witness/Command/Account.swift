import CWitnessShims

/// As whom the command runs, looked up in the image's own files as container engines do it.
///
/// `NAME` and `UID` bring the group and the home directory of their entry in /etc/passwd, and the groups of /etc/group
/// that list it as a member; a number without an entry has group 0. With `:GROUP` or `:GID` it has that group alone.
struct Account {
    /// Larger ones are no user lists.
    private static let sizeLimit = 1 << 20
    /// The last number that is a user's; the one after it means "unchanged" to the kernel.
    private static let mostID: UInt64 = 4_294_967_294

    private(set) var user: uid_t = 0
    private(set) var group: gid_t = 0
    private(set) var home: UnsafePointer<CChar> = ("/" as StaticString).cString
    /// The supplementary groups; the main one stands first among them.
    private(set) var groups = UnsafeMutablePointer<gid_t>.allocate(capacity: 1)
    private(set) var groupCount = 1

    /// - Parameter wanted: `NAME`, `NAME:GROUP`, `UID`, `UID:GID`; nil for root.
    static func find(_ wanted: UnsafeMutablePointer<CChar>?, _ failure: (Message) -> Never) -> Account {
        var account = Account()
        var user: UnsafeMutablePointer<CChar>?
        var group: UnsafeMutablePointer<CChar>?
        if let wanted {
            user = wanted
            if let colon = strchr(wanted, Int32(UInt8(ascii: ":"))) {
                colon[0] = 0
                group = colon + 1
            }
        }
        let name = account.findUser(user, failure)
        if let group {
            account.findGroup(group, failure)
        } else if let name {
            account.findGroups(of: name, failure)
        }
        account.groups[0] = account.group
        return account
    }

    /// - Returns: the name of the entry in /etc/passwd; nil where a number has none.
    private mutating func findUser(
        _ wanted: UnsafeMutablePointer<CChar>?, _ failure: (Message) -> Never
    ) -> UnsafeMutablePointer<CChar>? {
        let number = wanted == nil ? 0 : wanted.flatMap { decimal($0, limit: Account.mostID) }
        if let number { user = uid_t(number) }
        let table = Table("/etc/passwd", failure)
        while let line = table.nextLine() {
            // NAME:PASSWORD:UID:GID:TEXT:HOME:SHELL
            guard let its = line.field(2), let itsUser = decimal(its, limit: Account.mostID),
                let itsGroup = line.field(3),
                let main = decimal(itsGroup, limit: Account.mostID), let itsName = line.field(0)
            else { continue }
            if let number {
                guard itsUser == number else { continue }
            } else {
                guard let wanted, strcmp(itsName, wanted) == 0 else { continue }
            }
            user = uid_t(itsUser)
            group = gid_t(main)
            if let directory = line.field(5), directory[0] != 0 { home = UnsafePointer(directory) }
            return itsName
        }
        if number == nil, let wanted {
            failure(Message("user '").quote(wanted).add("' is not in the image's /etc/passwd"))
        }
        return nil
    }

    private mutating func findGroup(_ wanted: UnsafeMutablePointer<CChar>, _ failure: (Message) -> Never) {
        if let number = decimal(wanted, limit: Account.mostID) {
            group = gid_t(number)
            return
        }
        let table = Table("/etc/group", failure)
        while let line = table.nextLine() {
            // NAME:PASSWORD:GID:MEMBER,MEMBER
            guard let name = line.field(0), strcmp(name, wanted) == 0, let its = line.field(2),
                let number = decimal(its, limit: Account.mostID)
            else { continue }
            group = gid_t(number)
            return
        }
        failure(Message("group '").quote(wanted).add("' is not in the image's /etc/group"))
    }

    private mutating func findGroups(of name: UnsafePointer<CChar>, _ failure: (Message) -> Never) {
        let table = Table("/etc/group", failure)
        let found = UnsafeMutablePointer<gid_t>.allocate(capacity: table.lineCount + 1)
        var count = 1
        while let line = table.nextLine() {
            guard let members = line.field(3), Account.lists(members, name), let its = line.field(2),
                let number = decimal(its, limit: Account.mostID)
            else { continue }
            found[count] = gid_t(number)
            count += 1
        }
        groups.deallocate()
        groups = found
        groupCount = count
    }

    /// Whether a name stands between commas.
    private static func lists(_ members: UnsafePointer<CChar>, _ name: UnsafePointer<CChar>) -> Bool {
        let length = strlen(name)
        let comma = CChar(bitPattern: UInt8(ascii: ","))
        var start = members
        while start[0] != 0 {
            if strncmp(start, name, length) == 0, start[length] == 0 || start[length] == comma { return true }
            guard let next = strchr(start, Int32(comma)) else { return false }
            start = UnsafePointer(next + 1)
        }
        return false
    }

    /// A file of lines of fields between colons, held in memory for the rest of this process's life.
    private final class Table {
        private var next: UnsafeMutablePointer<CChar>?
        private let end: UnsafeMutablePointer<CChar>
        let lineCount: Int

        /// One that is not there has no lines.
        init(_ path: StaticString, _ failure: (Message) -> Never) {
            // Not blocking, in case that an image has a pipe there.
            let descriptor = witness_open(path.cString, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
            let size = descriptor < 0 ? 0 : witness_file_size(descriptor)
            if descriptor < 0, witness_errno() != ENOENT {
                failure(Message("cannot open the image's ").add(path).addLastError())
            }
            guard size >= 0 else { failure(Message("cannot read the image's ").add(path).addLastError()) }
            guard size <= Account.sizeLimit else {
                failure(Message("the image's ").add(path).add(" is larger than 1 MiB"))
            }
            let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: size + 1)
            var filled = 0
            while filled < size {
                let got = read(descriptor, bytes + filled, size - filled)
                if got < 0, witness_errno() == EINTR { continue }
                guard got > 0 else { break }
                filled += got
            }
            if descriptor >= 0 { close(descriptor) }
            bytes[filled] = 0
            var lines = 1
            for index in 0..<filled where bytes[index] == CChar(bitPattern: UInt8(ascii: "\n")) {
                lines += 1
            }
            lineCount = lines
            next = bytes
            end = bytes + filled
        }

        func nextLine() -> Line? {
            guard let start = next, start < end else { return nil }
            if let feed = strchr(start, Int32(UInt8(ascii: "\n"))) {
                feed[0] = 0
                next = feed + 1
            } else {
                next = nil
            }
            return Line(start)
        }
    }

    /// A line of a table, cut into its fields.
    private struct Line {
        private var fields:
            (
                UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?,
                UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?
            ) = (nil, nil, nil, nil, nil, nil)

        init(_ text: UnsafeMutablePointer<CChar>) {
            var rest: UnsafeMutablePointer<CChar>? = text
            func cut() -> UnsafeMutablePointer<CChar>? {
                guard let start = rest else { return nil }
                if let colon = strchr(start, Int32(UInt8(ascii: ":"))) {
                    colon[0] = 0
                    rest = colon + 1
                } else {
                    rest = nil
                }
                return start
            }
            fields = (cut(), cut(), cut(), cut(), cut(), cut())
        }

        func field(_ index: Int) -> UnsafeMutablePointer<CChar>? {
            switch index {
            case 0: fields.0
            case 1: fields.1
            case 2: fields.2
            case 3: fields.3
            default: fields.5
            }
        }
    }
}
