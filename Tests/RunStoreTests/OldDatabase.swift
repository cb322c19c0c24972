import BenchmarkModel
import GRDB

@testable import RunStore

/// Databases as older versions of tare left them, written by hand: no encoder of today makes their texts.
struct OldDatabase {
    /// Every enumeration of a suite in the form of version 1.
    static let suite = #"""
        {"name":"old","description":"what for","seed":18446744073709551615,
         "workloads":[
          {"name":"noop","image":{"packages":{"_0":["busybox-static"],"release":"bookworm","files":{"/etc/x":"a\nb"}}},
           "command":["busybox","sleep","1"],"environment":{"A":"b"},"workingDirectory":"/","readiness":{"started":{}},
           "readinessDeadlineSeconds":1.5,"memoryBytes":134217728,"cpus":1},
          {"name":"own","image":{"rootfs":{"path":"/srv/tree"}},"command":["/bin/true"],"environment":{},
           "workingDirectory":"/","readiness":{"http":{"port":80,"path":"/x"}},"readinessDeadlineSeconds":60,
           "memoryBytes":1,"cpus":2},
          {"name":"line","image":{"rootfs":{"path":"/a"}},"command":["c"],"environment":{},"workingDirectory":"/",
           "readiness":{"line":{"_0":"^up$"}},"readinessDeadlineSeconds":60,"memoryBytes":1,"cpus":1},
          {"name":"tcp","image":{"rootfs":{"path":"/a"}},"command":["c"],"environment":{},"workingDirectory":"/",
           "readiness":{"tcp":{"port":65535}},"readinessDeadlineSeconds":60,"memoryBytes":1,"cpus":1},
          {"name":"file","image":{"rootfs":{"path":"/a"}},"command":["c"],"environment":{},"workingDirectory":"/",
           "readiness":{"file":{"path":"/run/up"}},"readinessDeadlineSeconds":60,"memoryBytes":1,"cpus":1}],
         "platforms":[
          {"name":"process","kind":{"process":{}}},{"name":"namespaces","kind":{"namespaces":{}}},
          {"name":"parts","kind":{"isolation":{"_0":["net","cgroup"]}}},
          {"name":"runc","kind":{"oci":{"_0":{"runtime":"runc","options":["--debug"],"detach":true}}}},
          {"name":"q35","kind":{"libvirt":{"_0":{"uri":"embed","machine":"q35","accelerator":"tcg","kernel":"/k"}}}}],
         "startup":{"samples":1,"warmupBlocks":1,"echoes":5,"workloads":["noop"],"platforms":["process","runc"],
          "modes":[{"warm":{}},{"cold":{}},{"concurrent":{"_0":4}},{"occupied":{"_0":8}}]}CLIMBS}
        """#
    static let climbsOfSuite = #"""
        ,"footprint":{"ladders":2,"cap":8,"holdSeconds":0.5},
         "density":{"budgetBytes":67108865,"reserveBytes":5,"ceiling":9,"holdSeconds":1,"ramps":1,"parallel":2,
          "memoryPressurePercent":10}
        """#

    /// Three cells of startup in five blocks: a warm-up and two more, then the cold cell's warm-up and one more.
    static let plan = #"""
        {"seed":7,"cells":[
          {"key":"startup/noop/process/warm","experiment":"startup","workload":"noop","platform":"process",
           "mode":{"warm":{}},"planned":2},
          {"key":"startup/noop/runc/cold","experiment":"startup","workload":"noop","platform":"runc",
           "mode":{"cold":{}},"planned":1},
          {"key":"startup/own/process/occupied-8","experiment":"startup","workload":"own","platform":"process",
           "mode":{"occupied":{"_0":8}},"planned":0,"impossible":"one port"}],
         "blocks":[{"index":0,"counted":false,"order":[0]},{"index":1,"counted":true,"order":[0]},
          {"index":2,"counted":true,"order":[0]},{"index":3,"counted":false,"order":[1]},
          {"index":4,"counted":true,"order":[1]}]CLIMBS}
        """#
    static let climbsOfPlan = #"""
        ,"footprint":{"cells":[
          {"key":"footprint/own/process/idle","workload":"own","platform":"process","planned":0,"most":8,
           "impossible":"one port"},
          {"key":"footprint/noop/runc/idle","workload":"noop","platform":"runc","planned":2,"most":8}],
         "blocks":[[1],[1]]},
         "density":{"cells":[
          {"key":"density/noop/runc/64MiB","workload":"noop","platform":"runc","planned":1,"most":9}],"blocks":[[0]]}
        """#
    static let facts = #"{"facts":[{"name":"kernel","value":"6.1","mustAgree":true}]}"#

    let queue: DatabaseQueue

    /// Makes one in the schema of a release.
    init(path: String, schema: String) throws {
        queue = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(queue, upTo: schema)
    }

    func execute(_ sql: String, _ arguments: StatementArguments = []) throws {
        try queue.write { try $0.execute(sql: sql, arguments: arguments) }
    }

    /// A run and its cells of startup.
    ///
    /// - Parameter climbs: whether its suite asks for ladders and ramps.
    func addRun(_ id: String, climbs: Bool, plan: String? = nil) throws {
        func text(_ text: String, _ more: String) -> String { text.replacing("CLIMBS", with: climbs ? more : "") }
        try execute(
            "INSERT INTO run VALUES (?, 5.5, 6.5, 'complete', '0.1.0', 'tare run', 'old', ?, 'name: old', ?, ?, 1, 2, 'b')",
            [
                id, text(OldDatabase.suite, OldDatabase.climbsOfSuite),
                plan ?? text(OldDatabase.plan, OldDatabase.climbsOfPlan), OldDatabase.facts,
            ])
        let cells = [("noop/process/warm", 2), ("noop/runc/cold", 1), ("own/process/occupied-8", 0)]
        for (key, planned) in cells {
            try execute(
                "INSERT INTO cell VALUES (?, ?, ?, ?)",
                [id, "startup/\(key)", planned, planned == 0 ? "one port" : nil])
        }
    }

    /// A sample of the first cell with marks.
    func addSample(
        _ run: String, _ number: Int, cell: String = "startup/noop/process/warm", block: Int = 1, rest: Int? = nil
    ) throws {
        let columns = try queue.read { try $0.columns(in: "sample").count }
        var arguments: StatementArguments = [run, number, cell, block, "tare-i\(number)"]
        if columns > 10 { arguments += [rest] }
        try execute(
            "INSERT INTO sample VALUES (?, ?, ?, ?, 1, ?, 'ok', '[]', '[\"w\"]', 5" + (columns > 10 ? ", ?)" : ")"),
            arguments)
        // The order of the rows is not that of the marks.
        for (position, name, time) in [(1, "ready", 1_207), (0, "requested", 207)] {
            try execute("INSERT INTO mark VALUES (?, ?, ?, ?, ?)", [run, number, position, name, time])
        }
    }

    /// A ladder in the words of its time.
    ///
    /// - Parameter slack: whether its readings tell the free objects of slabs, as since the ledger's second definition.
    func addLadder(
        _ run: String, _ number: Int, cell: String = "footprint/noop/runc/idle", block: Int = 0, slack: Bool = false,
        record: String? = nil
    ) throws {
        let figures = #"{"figures":{"anonymous":1024,"available":9"# + (slack ? #","slabSlack":3}}"# : "}}")
        let text = """
            {"number":\(number),"cell":"\(cell)","block":\(block),"outcome":"invalid","reasons":["swap: 'x'"],
             "warnings":["w"],"ending":"the cap was reached","noise":{"figures":{}},"ledgerNoise":7,
             "rungs":[{"instances":0,"settleSeconds":0.25,"settled":true,"reading":\(figures)},
              {"instances":4,"settleSeconds":0.5,"settled":false,"reading":\(figures),"readingNanoseconds":7}],
             "idleNanoseconds":5,"climbNanoseconds":6,"drift":{"figures":{"perCPU":-9}}}
            """
        try execute("INSERT INTO ladder VALUES (?, ?, ?, 'invalid', ?)", [run, number, cell, record ?? text])
    }

    /// A ramp in the words of its time.
    func addRamp(_ run: String, _ number: Int, cell: String = "density/noop/runc/64MiB", cause: String) throws {
        let text = """
            {"number":\(number),"cell":"\(cell)","block":0,"outcome":"ok","reasons":[],"warnings":[],"instances":3,
             "cause":\(cause),"heldNanoseconds":8,"liveness":"alive","teardownNanoseconds":4,
             "points":[{"instances":3,"elapsedNanoseconds":9,"startupsNanoseconds":[1,2],"reading":{"figures":{}},
              "memoryPressurePercent":0.5}]}
            """
        try execute("INSERT INTO ramp VALUES (?, ?, ?, 'ok', 3, ?)", [run, number, cell, text])
    }
}
