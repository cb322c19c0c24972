UPDATE run SET status = NULL, suite_name = NULL
UPDATE intent SET subject = NULL
