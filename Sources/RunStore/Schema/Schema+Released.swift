// The schema as released versions of tare made it, in the order of its migrations. Never changed.

extension Schema {
    static let first = """
        CREATE TABLE run (
          id TEXT NOT NULL PRIMARY KEY,
          started_at REAL NOT NULL,
          ended_at REAL,
          status TEXT NOT NULL CHECK (status IN ('running', 'complete', 'interrupted', 'failed')),
          tare_version TEXT NOT NULL,
          command TEXT NOT NULL,
          suite_name TEXT NOT NULL,
          suite TEXT NOT NULL,
          suite_text TEXT NOT NULL,
          plan TEXT NOT NULL,
          facts TEXT NOT NULL,
          owner_pid INTEGER NOT NULL,
          owner_start_ticks INTEGER NOT NULL,
          owner_boot TEXT NOT NULL
        ) STRICT;
        CREATE TABLE cell (
          run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          key TEXT NOT NULL,
          planned INTEGER NOT NULL CHECK (planned >= 0),
          impossible TEXT,
          PRIMARY KEY (run_id, key)
        ) STRICT;
        CREATE TABLE platform (
          run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          name TEXT NOT NULL,
          record TEXT NOT NULL,
          emulated INTEGER NOT NULL CHECK (emulated IN (0, 1)),
          PRIMARY KEY (run_id, name)
        ) STRICT;
        CREATE TABLE preparation (
          id INTEGER PRIMARY KEY,
          run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          workload TEXT NOT NULL,
          platform TEXT NOT NULL,
          step TEXT NOT NULL,
          seconds REAL NOT NULL CHECK (seconds >= 0),
          cached INTEGER NOT NULL CHECK (cached IN (0, 1)),
          identity TEXT NOT NULL
        ) STRICT;
        CREATE TABLE channel_echo (
          run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          platform TEXT NOT NULL,
          round_trips TEXT NOT NULL,
          failure TEXT,
          PRIMARY KEY (run_id, platform)
        ) STRICT;
        CREATE TABLE threat (
          id INTEGER PRIMARY KEY,
          run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          detector TEXT NOT NULL,
          severity TEXT NOT NULL CHECK (severity IN ('note', 'warning', 'invalid')),
          text TEXT NOT NULL,
          block INTEGER,
          cell TEXT
        ) STRICT;
        CREATE TABLE sample (
          run_id TEXT NOT NULL,
          number INTEGER NOT NULL CHECK (number >= 1),
          cell TEXT NOT NULL,
          block INTEGER NOT NULL CHECK (block >= 0),
          counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
          instance TEXT NOT NULL,
          outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed', 'invalid')),
          reasons TEXT NOT NULL,
          warnings TEXT NOT NULL,
          cpu_nanoseconds INTEGER CHECK (cpu_nanoseconds >= 0),
          PRIMARY KEY (run_id, number),
          FOREIGN KEY (run_id, cell) REFERENCES cell(run_id, key) ON DELETE CASCADE,
          CHECK (outcome = 'ok' OR reasons <> '[]')
        ) STRICT;
        CREATE TABLE mark (
          run_id TEXT NOT NULL,
          sample INTEGER NOT NULL,
          position INTEGER NOT NULL CHECK (position >= 0),
          name TEXT NOT NULL CHECK (name IN
            ('requested', 'spawned', 'kernel', 'entered', 'executed', 'ready', 'stopping', 'stopped')),
          nanoseconds INTEGER NOT NULL CHECK (nanoseconds >= 0),
          PRIMARY KEY (run_id, sample, position),
          FOREIGN KEY (run_id, sample) REFERENCES sample(run_id, number) ON DELETE CASCADE
        ) STRICT;
        CREATE TABLE intent (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          run_id TEXT NOT NULL REFERENCES run(id),
          kind TEXT NOT NULL CHECK (kind IN ('directory', 'cgroup', 'container', 'domain')),
          subject TEXT NOT NULL,
          closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1))
        ) STRICT;
        CREATE INDEX intent_open ON intent (closed, id);
        """

    static let second = """
        CREATE TABLE ladder (
          run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          number INTEGER NOT NULL CHECK (number >= 1),
          cell TEXT NOT NULL,
          outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed', 'invalid')),
          record TEXT NOT NULL,
          PRIMARY KEY (run_id, number)
        ) STRICT;
        CREATE TABLE ramp (
          run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          number INTEGER NOT NULL CHECK (number >= 1),
          cell TEXT NOT NULL,
          outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed', 'invalid')),
          instances INTEGER NOT NULL CHECK (instances >= 0),
          record TEXT NOT NULL,
          PRIMARY KEY (run_id, number)
        ) STRICT;
        """

    static let third = "ALTER TABLE sample ADD COLUMN rest_nanoseconds INTEGER CHECK (rest_nanoseconds >= 0)"
}
