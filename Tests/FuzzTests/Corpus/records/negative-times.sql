UPDATE mark SET nanoseconds = -1
UPDATE sample SET cpu_nanoseconds = -9223372036854775808
