UPDATE run SET owner_pid = 4294967296
