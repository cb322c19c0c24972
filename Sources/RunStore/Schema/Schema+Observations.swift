// The migration `4-observations`: one table for what all experiments measure, instead of `sample` and `mark`, `ladder`, `ramp`.
//
// Numbers and blocks become unique in a run. Samples keep theirs; ladders are counted on from the samples, ramps from the
// ladders; blocks of ladders from those of startup, blocks of ramps from those of ladders. What is read of a plan here is
// its JSON of version 1. Nothing of one run can keep the others from being moved: a row that fits nowhere goes to `unmoved`.

extension Schema {
    static let fourth =
        [newTables, climbCells, movedRows, leftRows, intents, oldTables].joined(separator: "\n")

    /// SQLite looks through all rows of a table that gets a column: CHECKs that one of them breaks already must not stop that.
    private static let newTables = """
        PRAGMA ignore_check_constraints = 1;
        ALTER TABLE run ADD COLUMN suite_version INTEGER NOT NULL DEFAULT 1 CHECK (suite_version >= 1);
        ALTER TABLE run ADD COLUMN plan_version INTEGER NOT NULL DEFAULT 1 CHECK (plan_version >= 1);
        ALTER TABLE run ADD COLUMN facts_version INTEGER NOT NULL DEFAULT 1 CHECK (facts_version >= 1);
        ALTER TABLE platform ADD COLUMN record_version INTEGER NOT NULL DEFAULT 1 CHECK (record_version >= 1);
        PRAGMA ignore_check_constraints = 0;
        CREATE TABLE observation (
          run_id TEXT NOT NULL,
          number INTEGER NOT NULL CHECK (number >= 1),
          cell TEXT NOT NULL,
          block INTEGER NOT NULL CHECK (block >= 0),
          counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
          outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed', 'invalid')),
          reasons TEXT NOT NULL,
          warnings TEXT NOT NULL,
          experiment TEXT NOT NULL CHECK (experiment <> ''),
          record_version INTEGER NOT NULL CHECK (record_version >= 1),
          record TEXT NOT NULL,
          PRIMARY KEY (run_id, number),
          FOREIGN KEY (run_id, cell) REFERENCES cell(run_id, key) ON DELETE CASCADE,
          CHECK (outcome = 'ok' OR reasons <> '[]')
        ) STRICT;
        CREATE TABLE unmoved (
          id INTEGER PRIMARY KEY,
          run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          source TEXT NOT NULL CHECK (source <> ''),
          number INTEGER,
          why TEXT NOT NULL CHECK (why <> ''),
          content TEXT NOT NULL
        ) STRICT;
        """

    /// Until now only cells of startup had rows.
    private static let climbCells = """
        CREATE TABLE old_plan AS
        SELECT id AS run_id, CASE WHEN json_valid(plan) THEN plan ELSE '{}' END AS plan FROM run;
        INSERT OR IGNORE INTO cell (run_id, key, planned, impossible)
        SELECT run_id, json_extract(cell, '$.key'),
          CASE WHEN json_type(cell, '$.planned') = 'integer' THEN MAX(json_extract(cell, '$.planned'), 0) ELSE 0 END,
          json_extract(cell, '$.impossible')
        FROM (
          SELECT run_id, CASE type WHEN 'object' THEN value ELSE '{}' END AS cell
          FROM old_plan, json_each(plan, '$.footprint.cells')
          UNION ALL
          SELECT run_id, CASE type WHEN 'object' THEN value ELSE '{}' END
          FROM old_plan, json_each(plan, '$.density.cells'))
        WHERE json_type(cell, '$.key') = 'text';
        """

    private static let movedRows = """
        CREATE TABLE shift (run_id TEXT NOT NULL PRIMARY KEY, samples, ladders, startup_blocks, footprint_blocks);
        INSERT INTO shift SELECT run_id,
          COALESCE((SELECT MAX(number) FROM sample WHERE run_id = old_plan.run_id), 0),
          COALESCE((SELECT MAX(number) FROM ladder WHERE run_id = old_plan.run_id), 0),
          COALESCE(json_array_length(plan, '$.blocks'), 0), COALESCE(json_array_length(plan, '$.footprint.blocks'), 0)
        FROM old_plan;
        INSERT OR IGNORE INTO observation
        SELECT run_id, number, cell, block, counted, outcome, reasons, warnings, 'startup', 1,
          COALESCE(cpu_nanoseconds, '-') || ' ' || COALESCE(rest_nanoseconds, '-') || COALESCE((
            SELECT group_concat(' ' || name || ':' || nanoseconds, '') FROM (
              SELECT name, nanoseconds FROM mark
              WHERE mark.run_id = sample.run_id AND mark.sample = sample.number ORDER BY position)), '')
            || ';' || instance
        FROM sample
        WHERE EXISTS (SELECT 1 FROM cell WHERE cell.run_id = sample.run_id AND cell.key = sample.cell);
        CREATE TABLE climb AS
        SELECT ladder.run_id, 'footprint' AS experiment, 'ladder' AS source, number, samples + number AS moved_number,
          cell, startup_blocks AS first_block, outcome, record,
          CASE WHEN json_valid(record) THEN record ELSE '{}' END AS content
        FROM ladder LEFT JOIN shift USING (run_id)
        UNION ALL
        SELECT ramp.run_id, 'density', 'ramp', number, samples + ladders + number,
          cell, startup_blocks + footprint_blocks, outcome, record,
          CASE WHEN json_valid(record) THEN record ELSE '{}' END
        FROM ramp LEFT JOIN shift USING (run_id);
        INSERT OR IGNORE INTO observation
        SELECT run_id, moved_number, cell, first_block + json_extract(content, '$.block'), 1, outcome,
          json_extract(content, '$.reasons'), json_extract(content, '$.warnings'), experiment, 1, record
        FROM climb
        WHERE typeof(moved_number) = 'integer' AND json_type(content, '$.block') = 'integer'
          AND json_extract(content, '$.block') >= 0
          AND typeof(first_block + json_extract(content, '$.block')) = 'integer'
          AND json_type(content, '$.reasons') = 'array' AND json_type(content, '$.warnings') = 'array'
          AND EXISTS (SELECT 1 FROM cell WHERE cell.run_id = climb.run_id AND cell.key = climb.cell);
        UPDATE threat SET block = block
          + (SELECT startup_blocks + CASE WHEN cell LIKE 'density/%' THEN footprint_blocks ELSE 0 END
             FROM shift WHERE shift.run_id = threat.run_id)
        WHERE (cell LIKE 'footprint/%' OR cell LIKE 'density/%') AND block BETWEEN 0 AND 2147483647
          AND EXISTS (SELECT 1 FROM shift WHERE shift.run_id = threat.run_id);
        """

    private static let leftRows = """
        INSERT INTO unmoved (run_id, source, number, why, content)
        SELECT run_id, 'sample', number,
          CASE WHEN EXISTS (SELECT 1 FROM cell WHERE cell.run_id = sample.run_id AND cell.key = sample.cell)
            THEN 'it contradicts itself' ELSE 'its cell ' || cell || ' is nowhere' END,
          json_object('cell', cell, 'block', block, 'counted', counted, 'instance', instance, 'outcome', outcome,
            'reasons', reasons, 'warnings', warnings, 'cpuNanoseconds', cpu_nanoseconds,
            'restNanoseconds', rest_nanoseconds, 'marks', (
              SELECT json_group_array(json_array(name, nanoseconds)) FROM mark
              WHERE mark.run_id = sample.run_id AND mark.sample = sample.number))
        FROM sample
        WHERE NOT EXISTS (
          SELECT 1 FROM observation
          WHERE observation.run_id = sample.run_id AND observation.number = sample.number AND experiment = 'startup');
        INSERT INTO unmoved (run_id, source, number, why, content)
        SELECT run_id, 'mark', sample, 'sample ' || sample || ' is nowhere', (
          SELECT json_group_array(json_array(name, nanoseconds)) FROM mark
          WHERE mark.run_id = marked.run_id AND mark.sample = marked.sample)
        FROM (SELECT run_id, sample FROM mark GROUP BY run_id, sample) AS marked
        WHERE NOT EXISTS (
          SELECT 1 FROM sample WHERE sample.run_id = marked.run_id AND sample.number = marked.sample);
        INSERT INTO unmoved (run_id, source, number, why, content)
        SELECT run_id, source, number,
          CASE WHEN NOT json_valid(record) THEN 'its record is no JSON'
            WHEN EXISTS (SELECT 1 FROM cell WHERE cell.run_id = climb.run_id AND cell.key = climb.cell)
            THEN 'its record contradicts itself' ELSE 'its cell ' || cell || ' is nowhere' END,
          json_object('cell', cell, 'outcome', outcome, 'record', record)
        FROM climb
        WHERE NOT EXISTS (
          SELECT 1 FROM observation
          WHERE observation.run_id = climb.run_id AND observation.number = climb.moved_number
            AND observation.experiment = climb.experiment);
        """

    /// The kinds are not listed any more: what an older tare or a newer one has journalled stays, and is named where this one
    /// knows no way to remove it.
    private static let intents = """
        CREATE TABLE new_intent (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          run_id TEXT NOT NULL REFERENCES run(id),
          kind TEXT NOT NULL CHECK (kind <> ''),
          subject TEXT NOT NULL,
          closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1))
        ) STRICT;
        PRAGMA ignore_check_constraints = 1;
        INSERT INTO new_intent SELECT id, run_id, kind, subject, closed FROM intent;
        PRAGMA ignore_check_constraints = 0;
        DELETE FROM sqlite_sequence WHERE name = 'new_intent';
        INSERT INTO sqlite_sequence SELECT 'new_intent', seq FROM sqlite_sequence WHERE name = 'intent';
        DROP TABLE intent;
        ALTER TABLE new_intent RENAME TO intent;
        CREATE INDEX intent_open ON intent (closed, id);
        """

    private static let oldTables = """
        DROP TABLE mark;
        DROP TABLE sample;
        DROP TABLE climb;
        DROP TABLE ladder;
        DROP TABLE ramp;
        DROP TABLE shift;
        DROP TABLE old_plan;
        """
}
