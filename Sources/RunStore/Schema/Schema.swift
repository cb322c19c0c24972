import GRDB

// The schema of tare's database. SQLite enforces what it can: NOT NULL, foreign keys, CHECKs on what can only have few values.
//
//   run          one execution of a suite; owner_* tell whether the process that measures it still lives
//   cell         the cells of a run, with the number of planned observations
//   observation  the measurements: what became of each, and what its experiment recorded
//   platform     what was really used on each platform
//   preparation  image work
//   world        what each workload sees on each platform (facts as JSON)
//   channel_echo round trips of the mark channel (JSON array of nanoseconds)
//   threat       what was seen that makes figures doubtful
//   intent       the journal: what is about to be made on the host, until it is gone (closed = 1)
//   unmoved      rows of older tables that have no place in these, as JSON, with the reason
//
// Reasons and warnings are JSON arrays of texts. What is kept whole and never searched (suite, plan, facts, records) is text in
// an encoding of the store's own, see `Records/`, with the version of the encoding in a column beside it.

/// Named migrations, in order. A released one is never changed; a new one is added. None depends on a type of the model.
enum Schema {
    static let migrations = ["1-startup", "2-climbs", "3-rest", "4-observations", "5-worlds"]

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        let released = [first, second, third]
        for (name, sql) in zip(migrations, released) {
            // Only the rows that it touches are checked: damage elsewhere must not keep a database from being read.
            migrator.registerMigration(name, foreignKeyChecks: .immediate) { try $0.execute(sql: sql) }
        }
        // What has no place in the new tables is kept, so nothing that it leaves can point at nothing.
        migrator = migrator.disablingDeferredForeignKeyChecks()
        migrator.registerMigration("4-observations") { try $0.execute(sql: fourth) }
        migrator.registerMigration("5-worlds") { try $0.execute(sql: fifth) }
        return migrator
    }
}
