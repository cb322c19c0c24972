import Analysis
import BenchmarkModel
import TestSupport

extension SyntheticClimbs {
    static func footprint(_ run: Run, _ platform: String = "runc", _ workload: String = "nginx") -> FootprintCell? {
        RunAnalysis(run: run, resamples: 50).footprints.first {
            $0.cell.platform == platform && $0.cell.workload == workload
        }
    }

    static func density(_ run: Run, _ platform: String = "runc") -> DensityCell? {
        RunAnalysis(run: run, resamples: 50).densities.first { $0.cell.platform == platform }
    }
}

extension Run {
    /// Changes all ramps.
    mutating func changeRamps(_ change: (inout Ramp) -> Void) {
        for index in observations.indices { observations[index].changeRamp(change) }
    }
}
