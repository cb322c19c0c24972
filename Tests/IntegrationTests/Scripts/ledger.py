"""What one more container costs the host, found without tare: /proc/meminfo around plain `runc run -d`.

usage: ledger.py capture PID RUNS FILE    writes down the bundle and the layers of a container of a running tare
       ledger.py measure FILE DIRECTORY   starts 128 such containers, and prints the slope between the 32nd and the 128th

The slope is in bytes an instance. Run `measure` in a mount namespace of its own.
"""
import glob
import json
import os
import subprocess
import sys
import time

KINDS = "AnonPages Shmem SUnreclaim KernelStack PageTables SecPageTables Percpu Hugetlb".split()


def slack():
    """Free objects in half-empty slabs, which are not in use."""
    free = 0
    with open("/proc/slabinfo") as file:
        for line in file.readlines()[2:]:
            name, active, total, size = line.split()[:4]
            try:
                with open(f"/sys/kernel/slab/{name}/reclaim_account") as account:
                    if int(account.read()):
                        continue
            except OSError:
                pass
            free += (int(total) - int(active)) * int(size)
    return free


def ledger():
    with open("/proc/sys/vm/stat_refresh") as file:
        file.read()
    with open("/proc/meminfo") as file:
        numbers = {line.split(":")[0]: int(line.split()[1]) for line in file}
    return sum(numbers.get(kind, 0) for kind in KINDS) * 1024 - slack()


def settled():
    readings = [ledger()]
    end = time.monotonic() + 15
    while time.monotonic() < end:
        time.sleep(0.25)
        readings.append(ledger())
        if len(readings) >= 4 and max(readings[-4:]) - min(readings[-4:]) < 128 << 10:
            break
    return readings[-1]


def shrink():
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as file:
        file.write("3")
    for path in {os.path.realpath(path) for path in glob.glob("/sys/kernel/slab/*")}:
        try:
            with open(path + "/shrink", "w") as file:
                file.write("1")
        except OSError:
            pass


def capture(pid, runs, target):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for bundle in glob.glob(runs + "/tare-*/i*/config.json"):
            try:
                with open(bundle) as file:
                    config = json.load(file)
                with open(f"/proc/{pid}/mountinfo") as file:
                    lines = [line for line in file if config["root"]["path"] in line]
                options = lines[0].split()[-1].split(",")
                lower = next(option for option in options if option.startswith("lowerdir="))
            except (OSError, ValueError, IndexError, StopIteration):
                continue
            with open(target, "w") as file:
                json.dump({"config": config, "lower": lower}, file)
            return
        time.sleep(0.005)
    sys.exit("no container was seen")


def measure(source, directory):
    with open(source) as file:
        found = json.load(file)
    name = f"ledger-{os.getpid()}"
    runc = ["runc", "--root", directory + "/state"]
    started = []
    # The first containers of a root leave things behind that all later ones share.
    shrink()
    settled()
    at = {}
    try:
        for number in range(1, 129):
            bundle = f"{directory}/{number}"
            for part in ("upper", "work", "root"):
                os.makedirs(f"{bundle}/{part}")
            options = f"{found['lower']},upperdir={bundle}/upper,workdir={bundle}/work"
            subprocess.run(
                ["mount", "-t", "overlay", "-o", options, "overlay", f"{bundle}/root"], check=True)
            config = found["config"]
            config["root"]["path"] = f"{bundle}/root"
            config["linux"]["cgroupsPath"] = f"/{name}/i{number}"
            # The witness is not needed: what it leaves is the workload, which it becomes.
            config["process"]["args"] = ["/.tare/witness", "pause"]
            with open(bundle + "/config.json", "w") as file:
                json.dump(config, file)
            started.append(f"{name}-{number}")
            subprocess.run(
                runc + ["run", "--detach", "--bundle", bundle, started[-1]], check=True, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if number in (32, 128):
                at[number] = settled()
        print((at[128] - at[32]) / 96)
    finally:
        for one in started:
            subprocess.run(runc + ["delete", "--force", one], stderr=subprocess.DEVNULL)
        for group in glob.glob(f"/sys/fs/cgroup/*/{name}") + glob.glob(f"/sys/fs/cgroup/{name}"):
            os.rmdir(group)


if sys.argv[1] == "capture":
    capture(*sys.argv[2:])
else:
    measure(*sys.argv[2:])
