UPDATE observation SET block = x'1b' WHERE rowid = 1
