package import BenchmarkModel

/// What one more idle instance takes of a limited resource of the kernel: a line of the limits ledger.
package struct Take: Sendable, Equatable {
    package var resource: LimitedResource
    /// For each further instance: the median of the ladders' slopes, in the resource's own count.
    package var each: Double
    /// The least and the most of the ladders' slopes.
    package var lower: Double
    package var upper: Double
    /// What was in use on the measured host before the first instance, with what the platform takes once: the most of the ladders.
    package var inUse: Double
    /// The limit of the measured host; nil where it has none, or none was read.
    package var limit: KernelLimit?
    /// Whether the ladders show what an instance takes; false where it is 0 only because what others took and gave back meanwhile
    /// may hide it.
    package var isDiscerned: Bool

    package init(
        _ resource: LimitedResource, each: Double, lower: Double, upper: Double, inUse: Double,
        limit: KernelLimit? = nil, isDiscerned: Bool = true
    ) {
        self.resource = resource
        self.each = each
        self.lower = lower
        self.upper = upper
        self.inUse = inUse
        self.limit = limit
        self.isDiscerned = isDiscerned
    }

    /// How many instances a limit of this resource holds, without what the kernel keeps of it.
    package func most(within limit: KernelLimit) -> Double {
        Take.most(within: Double(limit.value) - Double(resource.reserved), inUse: inUse, each: each)
    }

    /// How many instances fit within a limit; infinite where an instance takes nothing of it.
    ///
    /// - Parameters:
    ///   - limit: of the host in question.
    ///   - inUse: what is in use there without them.
    ///   - each: one of ``each``, ``lower`` and ``upper``.
    package static func most(within limit: Double, inUse: Double, each: Double) -> Double {
        each > 0 ? max(0, ((limit - inUse) / each).rounded(.down)) : .infinity
    }
}
