import CWitnessShims

extension Configuration {
    /// The records of a configuration of which Settings.swift makes something.
    struct Settings {
        private(set) var user: UnsafeMutablePointer<CChar>?
        private(set) var limitCount = 0
        private(set) var capabilities = UInt64.max
        private(set) var hasInput = false
        private(set) var stopSignal: Int32 = 0

        /// - Returns: whether the record is one of these.
        mutating func take(
            _ record: UnsafeMutablePointer<CChar>, into limits: UnsafeMutablePointer<ResourceLimit>, isGuest: Bool,
            _ failure: (Message) -> Never
        ) -> Bool {
            if let text = value(of: record, "user=") {
                user = text
            } else if let text = value(of: record, "limit=") {
                add(text, isAsked: true, to: limits, failure)
            } else if let text = value(of: record, "usual-limit=") {
                add(text, isAsked: false, to: limits, failure)
            } else if let text = value(of: record, "capabilities=") {
                if !isGuest { capabilities = Settings.mask(text, failure) }
            } else if let text = value(of: record, "guest-capabilities=") {
                if isGuest { capabilities = Settings.mask(text, failure) }
            } else if strcmp(record, "input=file") == 0 {
                hasInput = true
            } else if let text = value(of: record, "stop-signal=") {
                guard let number = decimal(text, limit: 64), number > 0 else {
                    failure(Message("stop-signal in /.tare/config is not a number from 1 to 64: ").quote(text))
                }
                // Elsewhere the host reaches the command by itself.
                if isGuest { stopSignal = Int32(number) }
            } else {
                return false
            }
            return true
        }

        private mutating func add(
            _ text: UnsafeMutablePointer<CChar>, isAsked: Bool, to limits: UnsafeMutablePointer<ResourceLimit>,
            _ failure: (Message) -> Never
        ) {
            let colon = CChar(bitPattern: UInt8(ascii: ":"))
            var end = 0
            guard limitCount < ResourceLimit.kinds,
                let number = leadingDecimal(text, limit: UInt64(ResourceLimit.kinds) - 1, end: &end), text[end] == colon
            else { Settings.refuse(text, failure) }
            var rest = text + end + 1
            guard let soft = Settings.leadingAmount(rest, end: &end), rest[end] == colon else {
                Settings.refuse(text, failure)
            }
            rest += end + 1
            guard let hard = Settings.leadingAmount(rest, end: &end), rest[end] == 0 else {
                Settings.refuse(text, failure)
            }
            limits[limitCount] = ResourceLimit(number: Int32(number), soft: soft, hard: hard, isAsked: isAsked)
            limitCount += 1
        }

        private static func leadingAmount(_ text: UnsafeMutablePointer<CChar>, end: inout Int) -> UInt64? {
            let word: StaticString = "unlimited"
            guard value(of: text, word) == nil else {
                end = word.utf8CodeUnitCount
                return ResourceLimit.unlimited
            }
            return leadingDecimal(text, limit: ResourceLimit.most, end: &end)
        }

        private static func refuse(_ text: UnsafePointer<CChar>, _ failure: (Message) -> Never) -> Never {
            failure(Message("a limit in /.tare/config is not NUMBER:SOFT:HARD: ").quote(text))
        }

        /// A number in hexadecimal digits, up to 64 bits.
        private static func mask(_ text: UnsafePointer<CChar>, _ failure: (Message) -> Never) -> UInt64 {
            var mask: UInt64 = 0
            var index = 0
            while text[index] != 0, index < 16 {
                let byte = UInt8(bitPattern: text[index])
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): mask = mask << 4 | UInt64(byte - UInt8(ascii: "0"))
                case UInt8(ascii: "a")...UInt8(ascii: "f"): mask = mask << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
                default: failure(Message("a set of capabilities in /.tare/config is not hexadecimal: ").quote(text))
                }
                index += 1
            }
            guard index > 0, text[index] == 0 else {
                failure(Message("a set of capabilities in /.tare/config is not hexadecimal: ").quote(text))
            }
            return mask
        }
    }
}
