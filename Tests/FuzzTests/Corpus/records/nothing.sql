UPDATE run SET ended_at = NULL
