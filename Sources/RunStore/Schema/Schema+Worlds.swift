// The migration `5-worlds`: what each workload sees on each platform.

extension Schema {
    static let fifth = """
        CREATE TABLE world (
          run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          workload TEXT NOT NULL CHECK (workload <> ''),
          platform TEXT NOT NULL CHECK (platform <> ''),
          record TEXT NOT NULL,
          record_version INTEGER NOT NULL CHECK (record_version >= 1),
          failure TEXT,
          PRIMARY KEY (run_id, workload, platform)
        ) STRICT;
        """
}
