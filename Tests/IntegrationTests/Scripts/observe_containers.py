"""Writes down what happened in the cgroups of tare's instances, as the kernel tells it.

usage: observe_containers.py OUTPUT     prints "ready", then observes until its standard input ends
"""
import json
import os
import select
import sys

import proc_events

try:
    # What it reads of a process must still be there: an instance lives for milliseconds.
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
except PermissionError:
    pass
events = proc_events.Events()
births, seen = {}, []
print("ready", flush=True)
ends = False
while not ends:
    ends = bool(select.select([sys.stdin], [], [], 0)[0])
    for kind, nanoseconds, process, parent in events.read(0.2):
        if kind == proc_events.FORK:
            births[process] = nanoseconds
            continue
        if kind == proc_events.EXEC:
            group = proc_events.text(f"/proc/{process}/cgroup")
            command = proc_events.text(f"/proc/{process}/cmdline").replace("\0", " ")
        entry = {"kind": "exec" if kind == proc_events.EXEC else "exit", "nanoseconds": nanoseconds, "process": process}
        if kind == proc_events.EXEC:
            entry.update(group=group, command=command, born=births.get(process, 0))
        seen.append(entry)
        if select.select([sys.stdin], [], [], 0)[0]:
            break

with open(sys.argv[1] + ".partial", "w") as file:
    json.dump(seen, file)
os.rename(sys.argv[1] + ".partial", sys.argv[1])
