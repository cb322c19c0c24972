import BenchmarkModel

extension CapacityPlan.Range {
    static let zero = Self(value: 0, lower: 0, upper: 0)

    /// A figure without an interval.
    init(exactly value: Double) { self.init(value: value, lower: value, upper: value) }

    init(_ take: Take) { self.init(value: take.each, lower: take.lower, upper: take.upper) }

    static func + (one: Self, other: Self) -> Self {
        Self(value: one.value + other.value, lower: one.lower + other.lower, upper: one.upper + other.upper)
    }

    static func * (factor: Double, range: Self) -> Self {
        Self(value: factor * range.value, lower: factor * range.lower, upper: factor * range.upper)
    }

    /// How many instances there are of whole groups: the more each needs, the fewer.
    ///
    /// - Parameters:
    ///   - group: instances come in groups of this size.
    ///   - each: what one needs.
    ///   - most: how many there are if one needs so much, in any fraction.
    static func whole(of group: Int, each: Self, _ most: (Double) -> Double) -> Self {
        func whole(_ each: Double) -> Double {
            let groups = (max(0, most(each)) / Double(group)).rounded(.down)
            return groups * Double(group)
        }
        return Self(value: whole(each.value), lower: whole(each.upper), upper: whole(each.lower))
    }
}

extension CapacityPlan {
    /// What instances of one row need, and in groups of which size they come: the containers of one virtual machine.
    struct Needs {
        /// nil where it is unknown: memory is no bound then.
        var bytesEach: Range?
        /// What the platform costs by itself, in bytes.
        var fixedBytes: Double
        /// CPU time of an idle one, in seconds a second; nil where it is unknown.
        var idleCPU: Range?
        /// What is taken of limited resources, with what was in use on the measured host.
        var takes: [Take]
        var group = 1

        /// What ends the number of instances on a host, each with how many there are by it, and what of it is limited by the kernel.
        func bounds(_ request: Request) -> (all: [(bound: Bound, most: Range)], limits: [LimitShare]) {
            let usable = request.usableBytes - max(0, fixedBytes)
            var all: [(bound: Bound, most: Range)] = []
            if let bytesEach { all.append((.memory, Range.whole(of: group, each: bytesEach) { usable / $0 })) }
            if let idleCPU {
                let most = Range.whole(of: group, each: idleCPU) { $0 > 0 ? request.usableCPUs / $0 : .infinity }
                all.append((.cpu, most))
            }
            let limits = takes.compactMap { take -> LimitShare? in
                guard take.upper > 0, let limit = request.limits.limits[take.resource] else { return nil }
                return LimitShare(
                    take.resource, each: Range(take), limit: limit, inUse: request.limits.inUse(take), group: group)
            }.sorted { $0.holds.value < $1.holds.value }
            all += limits.map { (.limit($0), $0.holds) }
            if let most = request.maxPerHost {
                all.append(
                    (.maxPerHost(most), Range.whole(of: group, each: Range(exactly: 1)) { _ in Double(most) }))
            }
            return (all, limits)
        }
    }

    /// Works a row out.
    static func fill(_ row: inout Row, _ request: Request, _ needs: Needs, measured: Int) {
        let (bounds, limits) = needs.bounds(request)
        func least(_ end: KeyPath<Range, Double>) -> (bound: Bound, most: Double) {
            bounds.reduce((.memory, .infinity)) { least, next in
                next.most[keyPath: end] < least.1 ? (next.bound, next.most[keyPath: end]) : least
            }
        }
        row.limits = limits
        row.isCPUKnown = needs.idleCPU != nil
        let (value, lower, upper) = (least(\.value), least(\.lower), least(\.upper))
        guard lower.most > 0 else {
            row.refusal =
                value.most > 0
                ? .perhapsNothingFits(containers: needs.group, by: lower.bound)
                : .nothingFits(containers: needs.group, by: value.bound)
            return
        }
        guard value.most.isFinite, upper.most.isFinite else {
            row.refusal = .nothingKnown
            return
        }
        let perHost = Range(value: value.most, lower: lower.most, upper: upper.most)
        row.bytesEach = needs.bytesEach
        row.perHost = perHost
        row.binds = value.bound
        row.basis =
            perHost.value <= Double(measured)
            ? .measured : perHost.value <= 2 * Double(measured) ? .extrapolated : .longExtrapolation
        func hosts(_ each: Double) -> Double { (Double(request.instances) / each).rounded(.up) }
        let needed = Range(value: hosts(perHost.value), lower: hosts(perHost.upper), upper: hosts(perHost.lower))
        row.hosts = needed
        let all = needed + Range(exactly: Double(request.spareHosts))
        let bought = all.value * request.unreservedBytes
        row.wasted = needs.bytesEach.flatMap { each in
            bought > 0 ? max(0, 1 - Double(request.instances) * each.value / bought) : nil
        }
        row.cost = request.pricePerHostMonth.map { $0 * all }
    }
}
