import Glibc

/// The resource limits of tare's own process, which bound those of all that it starts.
package enum OwnLimits {
    /// The hard limit of a kind, by its number of setrlimit(2); nil for none.
    package static func hard(_ number: Int32) -> UInt64? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(number)), &limit) == 0 else { return nil }
        return limit.rlim_max == rlim_t.max ? nil : UInt64(limit.rlim_max)
    }

    /// Raises a hard limit where this process may. What it starts inherits it; the soft one, which binds it, stays.
    package static func raise(_ number: Int32, to wanted: UInt64?) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(number)), &limit) == 0 else { return }
        let wanted = wanted.map { rlim_t($0) } ?? rlim_t.max
        guard wanted > limit.rlim_max else { return }
        limit.rlim_max = wanted
        setrlimit(__rlimit_resource_t(UInt32(number)), &limit)
    }
}
