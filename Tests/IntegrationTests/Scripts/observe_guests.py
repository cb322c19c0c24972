"""Taps the mark channel at its far end: attaches strace to each QEMU of tare and writes down what it sends, and when.

usage: observe_guests.py OUTPUT     prints "ready", then observes until its standard input ends

strace's clock is CLOCK_REALTIME, which may be moved at any time; the difference to CLOCK_MONOTONIC is read all along, ten
times a second. Each event is dated by the reading next to it, and the largest step between two readings, with the error of a
reading, is part of what is written.
"""
import json
import os
import re
import select
import subprocess
import sys
import time

import proc_events

LINE = re.compile(
    r"^(?P<time>\d+\.\d{9}) sendmsg\((?P<descriptor>\d+), (?P<rest>.*) = (?P<result>\d+) <(?P<spent>\d+\.\d+)>$"
)
BYTES = re.compile(r'iov_base="((?:[^"\\]|\\.)*)"')


def offset():
    """(when, CLOCK_REALTIME minus CLOCK_MONOTONIC, the error of that): the closest of several readings, in nanoseconds."""
    best = None
    for _ in range(50):
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        real = time.clock_gettime_ns(time.CLOCK_REALTIME)
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        if best is None or after - before < best[0]:
            best = (after - before, real, before)
    width, real, before = best
    return real, real - (before + width // 2), (width + 1) // 2


def monotonic(real):
    """A time of CLOCK_REALTIME on the clock of the marks, by the reading next to it."""
    return real - min(offsets, key=lambda reading: abs(reading[0] - real))[1]


def processor(process):
    """The thread that runs the guest's one CPU: under emulation it writes to the serial ports by itself."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for thread in os.listdir(f"/proc/{process}/task") if os.path.exists(f"/proc/{process}") else []:
            if proc_events.text(f"/proc/{process}/task/{thread}/comm").startswith("CPU 0/"):
                return thread
        time.sleep(0.001)
    return str(process)


offsets = [offset()]
events = proc_events.Events()
emulators, tracers = [], []
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    offsets.append(offset())
    for kind, nanoseconds, process, _ in events.read(0.1):
        if kind != proc_events.EXEC:
            continue
        command = proc_events.text(f"/proc/{process}/cmdline")
        name = re.search(r"guest=(tare-[0-9a-z-]+)", command)
        if not name:
            continue
        emulators.append({"instance": name.group(1), "exec": nanoseconds, "process": process})
        log = f"{sys.argv[1]}.{process}"
        tracers.append((name.group(1), log, subprocess.Popen(
            ["strace", "-q", "-e", "trace=sendmsg", "--absolute-timestamps=format:unix,precision:ns",
             "--syscall-times=ns", "-o", log, "-p", processor(process)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
        break

offsets.append(offset())
moved = max(abs(one[1] - other[1]) + one[2] + other[2] for one, other in zip(offsets, offsets[1:]))
sent = []
for instance, log, tracer in tracers:
    # It ends with what it traces.
    try:
        tracer.wait(20)
    except subprocess.TimeoutExpired:
        tracer.terminate()
        tracer.wait()
    for line in proc_events.text(log).splitlines():
        match = LINE.match(line)
        if not match:
            continue
        content = BYTES.search(match["rest"])
        if not content:
            continue
        seconds, fraction = match["time"].split(".")
        entry = monotonic(int(seconds) * 10**9 + int(fraction))
        seconds, fraction = match["spent"].split(".")
        spent = int(seconds) * 10**9 + int(fraction.ljust(9, "0"))
        sent.append({"instance": instance, "channel": int(match["descriptor"]), "text": content.group(1),
                     "entry": entry, "exit": entry + spent})

with open(sys.argv[1] + ".partial", "w") as file:
    json.dump({"emulators": emulators, "sent": sent, "clockMoved": moved}, file)
os.rename(sys.argv[1] + ".partial", sys.argv[1])
