UPDATE sample SET rest_nanoseconds = -1
