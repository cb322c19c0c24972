import Glibc
import LinuxSystem

/// Asks until a condition holds or 20 seconds passed.
package func eventually(seconds: UInt64 = 20, _ condition: () -> Bool) -> Bool {
    let end = MonotonicClock.now() + seconds * 1_000_000_000
    while MonotonicClock.now() < end {
        if condition() { return true }
        usleep(2_000)
    }
    return condition()
}
