"""Signals a `tare run` at a chosen moment, and writes down what was committed by then.

usage: strike.py PID DATABASE RUNS CACHE SIGNAL CONDITION

CONDITION  rows:TABLE:N    the run has N rows in that table of the database
           run:PATTERN     the pattern matches below the run's directory
           group:PATTERN   the pattern matches below the run's cgroup, in any hierarchy
           process:NAME    a process of that name names the run on its command line, or is in its cgroup
           thread:NAME     a thread of that name is in such a process
           cache:PATTERN   the pattern matches below the cache

Prints one JSON object. Looks as an outsider: nothing of tare's own code is used.
"""
import glob
import json
import os
import signal
import sqlite3
import sys
import time

pid, database, runs, cache, number, condition = sys.argv[1:]
pid = int(pid)
kind, _, what = condition.partition(":")


def text(path):
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def state():
    fields = text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[0] if fields else "gone"


def query(sql):
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute(sql).fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return None  # not made yet


def run():
    # By its owner: an earlier run that was killed may still be there, to be reaped by this one.
    row = query(f"SELECT id FROM run WHERE owner_pid = {pid} ORDER BY started_at DESC LIMIT 1")
    return f"tare-{row[0]}" if row else None


def groups(name, pattern):
    return glob.glob(f"/sys/fs/cgroup/{name}.run/{pattern}") + glob.glob(f"/sys/fs/cgroup/*/{name}.run/{pattern}")


def processes(name, by_command=True):
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) not in (pid, os.getpid()):
            if f"{name}.run" in text(f"/proc/{entry}/cgroup") or by_command and name in text(f"/proc/{entry}/cmdline"):
                yield entry


def holds():
    if kind == "cache":
        return bool(glob.glob(f"{cache}/{what}"))
    global name
    name = name or run()
    if not name:
        return False
    if kind == "rows":
        table, _, count = what.partition(":")
        row = query(f"SELECT COUNT(*) FROM {table} WHERE run_id = '{name[5:]}'")
        return bool(row and row[0] >= int(count))
    if kind == "thread":
        threads = [path for entry in processes(name) for path in glob.glob(f"/proc/{entry}/task/*/comm")]
        return any(text(path).startswith(what) for path in threads)
    if kind == "run":
        return bool(glob.glob(f"{runs}/{name}/{what}"))
    if kind == "group":
        return bool(groups(name, what))
    return any(text(f"/proc/{entry}/comm").startswith(what) for entry in processes(name))


def namespaces(processes):
    found = set()
    for process in processes:
        for link in glob.glob(f"/proc/{process}/task/*/ns/*") + [f"/proc/{process}/ns/mnt", f"/proc/{process}/ns/net"]:
            if os.path.basename(link) in ("mnt", "net", "pid", "ipc", "uts"):
                try:
                    found.add(os.readlink(link))
                except OSError:
                    pass
    return found


struck, name = False, None
while state() not in ("Z", "gone"):
    if holds():
        struck = True
        break
    time.sleep(0.0003)

answer = {"struck": struck, "namespaces": [], "signalled": time.clock_gettime_ns(time.CLOCK_MONOTONIC)}
if struck:
    if number == "KILL":
        # Held still while its namespaces are read, so that the moment stays the one that was chosen.
        os.kill(pid, signal.SIGSTOP)
        name = name or run()
        # Not those of a daemon's emulators: they are the daemon's.
        inside = list(processes(name, by_command=False)) if name else []
        own = namespaces([str(pid)] + inside) - namespaces(["self", "1"])
        answer["namespaces"] = sorted(own)
    try:
        os.kill(pid, getattr(signal, "SIG" + number))
    except ProcessLookupError:
        answer["struck"] = False
    if number == "KILL":
        while state() not in ("Z", "gone"):
            time.sleep(0.001)
row = query("SELECT id FROM run ORDER BY started_at DESC LIMIT 1")
answer["run"] = row[0] if row else ""
row = query(f"SELECT COUNT(*) FROM observation WHERE run_id = '{answer['run']}'")
answer["samples"] = row[0] if row else 0
print(json.dumps(answer))
