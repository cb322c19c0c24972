import BenchmarkModel
import Foundation
import Glibc

// A policy, as `/etc/tare/policy.yaml` holds it. A suite is code that runs as root; the policy says what a suite of a stranger may
// ask for. What it does not name is not allowed, but what tare uses where a suite asks for nothing: the runtime `runc`, libvirt's
// embedded driver, the host's kernel, Debian packages.
//
//   platforms     kinds of platform; default [oci, libvirt]. `process` and `namespaces` run a command as root of the host.
//   runtimes      [{ path: absolute, options: [pattern of one option, ...] }]
//   uris          [embed | qemu:///system | qemu:///session, ...]
//   sockets       [absolute path, ...] of engines, beside their default ones; absent: none
//   kernels       [pattern of a path, ...]
//   rootfs        [folder, ...] of root filesystems, images and standard inputs
//   volumes       [folder, ...] below which, or in which, volumes may lie: a suite fills the file system there; absent: none
//   registries    [pattern of a reference, ...], such as docker.io/library/*:*; absent: none
//   packages, releases   [pattern, ...] of Debian packages and releases; absent: any
//   capabilities  [CAP_..., ...] that a suite may add
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

    /// Told of something that is not allowed: its place in the suite, what it is, and the rule.
    typealias Refuse = (_ place: String, _ what: String, _ rule: String) -> Void

    /// Where it stands; nil where there is none, and nothing of the host is allowed.
    var file: String?
    var platforms = ["oci", "libvirt"]
    var runtimes: [Runtime]?
    var uris = ["embed"]
    var sockets: [String] = []
    var kernels: [String] = []
    var rootfs: [String] = []
    var volumes: [String] = []
    var registries: [String] = []
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
            for experiment in document.suite.experiments where experiment.mostInstances > most {
                refuse(
                    "experiments/\(experiment.name)",
                    "\(experiment.mostInstances) instances at once in '\(experiment.name)'",
                    "budgets: instances: \(most)")
            }
        }
        return refusals
    }

    private func check(_ spec: PlatformSpec, _ refuse: Refuse) {
        let place = "platforms/\(spec.name)"
        if !platforms.contains(spec.kind.word) {
            refuse(place, "the platform '\(spec.name)' (\(spec.kind.word))", "platforms: \(platforms)")
        }
        guard let registration = try? PlatformRegistry.registration(of: spec) else { return }
        registration.check(spec, against: self) { key, what, rule in refuse("\(place)/\(key)", what, rule) }
    }

    private func check(_ workload: Workload, _ refuse: Refuse) {
        let place = "workloads/\(workload.name)"
        if let most = memoryBytes, workload.memoryBytes > most {
            refuse(
                "\(place)/memory", "memory of \(workload.memoryBytes >> 20) MiB", "budgets: memory: \(most >> 20) MiB")
        }
        check(workload.surroundings, place, refuse)
        check(workload, volumesAt: place, refuse)
        switch workload.image {
        case .packages(let names, let release, _):
            if let releases, !releases.contains(where: { Policy.fits(release, $0) }) {
                refuse("\(place)/image", "the Debian release \(release)", "releases: \(releases)")
            }
            for name in names where packages.map({ allowed in !allowed.contains { Policy.fits(name, $0) } }) ?? false {
                refuse("\(place)/image", "the package \(name)", "packages: \(packages ?? [])")
            }
        case .registry(let reference):
            if !registries.contains(where: { Policy.fits(reference, $0) }) {
                refuse("\(place)/image", "the image \(reference) of a registry", "registries: \(registries)")
            }
        case .rootfs(let path), .oci(let path):
            let what = workload.image.namesCommand ? "image" : "root filesystem"
            if !liesInRootfs(path) { refuse("\(place)/image", "the \(what) \(path)", "rootfs: \(rootfs)") }
        }
    }

    private func check(_ surroundings: Surroundings, _ place: String, _ refuse: Refuse) {
        if let path = surroundings.standardInput, !liesInRootfs(path) {
            refuse("\(place)/stdin", "the standard input \(path)", "rootfs: \(rootfs)")
        }
        for name in surroundings.addedCapabilities
        where !capabilities.contains(where: { Capabilities.canonical($0) == name }) {
            refuse("\(place)/capabilities/add", "the capability \(name)", "capabilities: \(capabilities)")
        }
    }

    private func check(_ workload: Workload, volumesAt place: String, _ refuse: Refuse) {
        for volume in workload.volumes where !Policy.lies(volume.directory, in: volumes) {
            refuse("\(place)/volumes/\(volume.path)/in", "a volume on \(volume.directory)", "volumes: \(volumes)")
        }
    }

    /// Whether a path lies in a folder from which a suite may take files.
    private func liesInRootfs(_ path: String) -> Bool { Policy.lies(path, in: rootfs) }

    /// Whether a path is one of the folders, or lies in one.
    private static func lies(_ path: String, in folders: [String]) -> Bool {
        let real = Policy.real(path)
        return folders.contains { folder in
            let folder = Policy.real(folder)
            return real == folder || real.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
        }
    }

    /// Where a path really leads: a link must not lead out of an allowed folder.
    static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func fits(_ text: String, _ pattern: String) -> Bool { fnmatch(pattern, text, FNM_PATHNAME) == 0 }
}
