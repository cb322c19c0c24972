/// Image work that is done, ready to be launched any number of times.
package struct PreparedWorkload: Sendable {
    /// The workload.
    package var workload: Workload
    /// What was done and how long it took.
    package var steps: [Preparation]
    /// What the platform needs to launch it; known to that platform alone.
    package var payload: any Sendable

    package init(workload: Workload, steps: [Preparation], payload: any Sendable) {
        self.workload = workload
        self.steps = steps
        self.payload = payload
    }
}
