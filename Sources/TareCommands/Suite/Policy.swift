import BenchmarkModel
import Containers
import Foundation
import Glibc

// A policy, as `/etc/tare/policy.yaml` holds it. A suite is code that runs as root; the policy says what a suite of a stranger may
// ask for. What it does not name is not allowed, but what tare uses where a suite asks for nothing: the runtime `runc`, libvirt's
// embedded driver, the host's kernel, Debian packages.
//
//   platforms     kinds of platform; default [oci, libvirt]. `process` and `namespaces` run a command as root of the host.
//   runtimes      [{ path: absolute, options: [pattern of one option, ...] }]
//   uris          [embed | qemu:///system | qemu:///session, ...]
//   kernels       [pattern of a path, ...]
//   rootfs        [folder, ...]
//   packages, releases   [pattern, ...] of Debian packages and releases; absent: any
//   capabilities  [CAP_..., ...] that a suite may add (no suite can, so far)
//   budgets       { memory: of all instances together, instances: at once, time: of a run }
//
// Patterns are those of a shell (`*`, `?`, `[a-z]`); `*` does not cross a `/`.

/// What a suite may ask of the host.
struct Policy: Sendable {
    /// A runtime by its absolute path, with patterns of the options that it may be given.
    struct Runtime: Sendable, Equatable {
        var path: String
        var options: [String]
    }

    /// Where it stands; nil where there is none, and nothing of the host is allowed.
    var file: String?
    var platforms = ["oci", "libvirt"]
    var runtimes: [Runtime]?
    var uris = ["embed"]
    var kernels: [String] = []
    var rootfs: [String] = []
    var packages: [String]?
    var releases: [String]?
    var capabilities: [String] = []
    var memoryBytes: UInt64?
    var instances: Int?
    var seconds: Double?

    /// The place of the host's own policy.
    static let place = "/etc/tare/policy.yaml"

    /// Everything in a suite that the policy does not allow, each with its place, the rule and a remedy.
    func refusals(_ document: SuiteDocument) -> [TareError] {
        var refusals: [TareError] = []
        func refuse(_ place: String, _ what: String, _ rule: String) {
            let whose = file.map { "the policy \($0)" } ?? "an untrusted suite without a policy"
            refusals.append(
                TareError(
                    .usage, "\(what) is not allowed by \(whose) (\(rule))",
                    remedy: file == nil
                        ? "Allow it in \(Policy.place), or run the suite without --untrusted once you have read it."
                        : "Change the suite, or have root allow it there.",
                    location: document.location(of: place)))
        }
        for spec in document.suite.platforms { check(spec, refuse) }
        for workload in document.suite.workloads { check(workload, refuse) }
        if let most = instances {
            for (what, count) in document.suite.mostInstances where count > most {
                refuse("experiments/\(what)", "\(count) instances at once in '\(what)'", "budgets: instances: \(most)")
            }
        }
        return refusals
    }

    private func check(_ spec: PlatformSpec, _ refuse: (String, String, String) -> Void) {
        let place = "platforms/\(spec.name)"
        if !platforms.contains(spec.kind.word) {
            refuse(place, "the platform '\(spec.name)' (\(spec.kind.word))", "platforms: \(platforms)")
        }
        switch spec.kind {
        case .process, .namespaces, .isolation: break
        case .oci(let settings): check(settings, place, refuse)
        case .libvirt(let settings):
            if !uris.contains(settings.uri) {
                refuse("\(place)/uri", "the connection \(settings.uri)", "uris: \(uris)")
            }
            if let kernel = settings.kernel, !kernels.contains(where: { Policy.fits(Policy.real(kernel), $0) }) {
                refuse("\(place)/kernel", "the kernel \(kernel)", "kernels: \(kernels)")
            }
        }
    }

    private func check(_ settings: OCISettings, _ place: String, _ refuse: (String, String, String) -> Void) {
        guard let runtimes else {
            if settings.runtime != OCISettings().runtime {
                refuse("\(place)/runtime", "the runtime \(settings.runtime)", "runtimes: only \(OCISettings().runtime)")
            } else if let option = settings.options.first {
                refuse("\(place)/options", "the runtime's option \(option)", "runtimes: options of none")
            }
            return
        }
        let path = Executables.find(settings.runtime) ?? settings.runtime
        guard let rule = runtimes.first(where: { $0.path == path }) else {
            refuse("\(place)/runtime", "the runtime \(path)", "runtimes: \(runtimes.map(\.path))")
            return
        }
        for option in settings.options where !rule.options.contains(where: { Policy.fits(option, $0) }) {
            refuse("\(place)/options", "the runtime's option \(option)", "options of \(path): \(rule.options)")
        }
    }

    private func check(_ workload: Workload, _ refuse: (String, String, String) -> Void) {
        let place = "workloads/\(workload.name)"
        if let most = memoryBytes, workload.memoryBytes > most {
            refuse(
                "\(place)/memory", "memory of \(workload.memoryBytes >> 20) MiB", "budgets: memory: \(most >> 20) MiB")
        }
        switch workload.image {
        case .packages(let names, let release, _):
            if let releases, !releases.contains(where: { Policy.fits(release, $0) }) {
                refuse("\(place)/image", "the Debian release \(release)", "releases: \(releases)")
            }
            for name in names where packages.map({ allowed in !allowed.contains { Policy.fits(name, $0) } }) ?? false {
                refuse("\(place)/image", "the package \(name)", "packages: \(packages ?? [])")
            }
        case .rootfs(let path):
            let real = Policy.real(path)
            let lies = rootfs.contains { folder in
                let folder = Policy.real(folder)
                return real == folder || real.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
            }
            if !lies { refuse("\(place)/image", "the root filesystem \(path)", "rootfs: \(rootfs)") }
        }
    }

    /// Where a path really leads: a link must not lead out of an allowed folder.
    private static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func fits(_ text: String, _ pattern: String) -> Bool { fnmatch(pattern, text, FNM_PATHNAME) == 0 }
}

extension Suite {
    /// The most instances that run at the same time, by experiment.
    var mostInstances: [(experiment: String, count: Int)] {
        var found: [(String, Int)] = []
        if let startup, let most = startup.modes.map(\.instancesAtOnce).max() { found.append(("startup", most)) }
        if let footprint { found.append(("footprint", footprint.cap)) }
        if let density { found.append(("density", density.ceiling)) }
        return found
    }
}
