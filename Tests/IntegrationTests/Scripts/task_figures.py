"""usage: task_figures.py FILE        what fio, sysbench and stress-ng say in one file of output, as JSON: read without tare's code"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    lines = file.read().splitlines()
found = {}
for line in lines:
    words = line.split()
    if line.strip().startswith("events per second:"):
        found["events"] = float(words[3])
    if words[:2] == ["stress-ng:", "metrc:"] and len(words) == 10 and words[3] == "switch":
        # bogo ops, real, user and system time, bogo ops a second of real time
        found["switches"] = float(words[8])
begin, end = lines.index("{"), lines.index("}")
document = json.loads("\n".join(lines[begin : end + 1]))
found["iops"] = document["jobs"][0]["read"]["iops"]
found["runtime"] = document["jobs"][0]["read"]["runtime"]
print(json.dumps(found))
