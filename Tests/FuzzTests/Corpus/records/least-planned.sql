UPDATE cell SET planned = 0
UPDATE cell SET planned = -9223372036854775808 WHERE rowid = 1
