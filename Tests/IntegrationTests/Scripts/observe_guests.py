"""Taps the mark channel at its far end: attaches strace to each QEMU of tare and writes down what it sends, and when.

usage: observe_guests.py OUTPUT     prints "ready", then observes until its standard input ends

strace's clock is CLOCK_REALTIME; the difference to CLOCK_MONOTONIC is read before and after, and how far it moved is
part of what is written.
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
    """CLOCK_REALTIME minus CLOCK_MONOTONIC, the closest of several readings."""
    best = None
    for _ in range(200):
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        real = time.clock_gettime_ns(time.CLOCK_REALTIME)
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        if best is None or after - before < best[0]:
            best = (after - before, real - (before + after) // 2)
    return best[1]


def processor(process):
    """The thread that runs the guest's one CPU: under emulation it writes to the serial ports by itself."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for thread in os.listdir(f"/proc/{process}/task") if os.path.exists(f"/proc/{process}") else []:
            if proc_events.text(f"/proc/{process}/task/{thread}/comm").startswith("CPU 0/"):
                return thread
        time.sleep(0.001)
    return str(process)


start = offset()
events = proc_events.Events()
emulators, tracers = [], []
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
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

end = offset()
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
        entry = int(seconds) * 10**9 + int(fraction) - (start + end) // 2
        seconds, fraction = match["spent"].split(".")
        spent = int(seconds) * 10**9 + int(fraction.ljust(9, "0"))
        sent.append({"instance": instance, "channel": int(match["descriptor"]), "text": content.group(1),
                     "entry": entry, "exit": entry + spent})

with open(sys.argv[1] + ".partial", "w") as file:
    json.dump({"emulators": emulators, "sent": sent, "clockMoved": abs(end - start)}, file)
os.rename(sys.argv[1] + ".partial", sys.argv[1])
