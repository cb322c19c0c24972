UPDATE sample SET block = x'1b' WHERE rowid = 1
