"""Prints what a Docker daemon says of its containers, with its own times on the host's monotonic clock.

usage: observe_engine.py SOCKET     prints "ready", then a line of JSON for each event until its standard input ends
"""
import http.client
import json
import os
import select
import socket
import sys
import time


class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(sys.argv[1])


connection = Connection("daemon")
connection.request("GET", "/events?filters=" + "%7B%22type%22%3A%5B%22container%22%5D%7D")
answer = connection.getresponse()
assert answer.status == 200, answer.status
print("ready", flush=True)
while True:
    readable, _, _ = select.select([connection.sock, sys.stdin], [], [], 0.2)
    if connection.sock in readable:
        line = answer.readline()
        if not line:
            break
        # The difference of the two clocks, as narrow as it can be seen.
        offset = min((time.monotonic_ns() - time.time_ns() for _ in range(5)), key=abs)
        event = json.loads(line)
        name = event.get("Actor", {}).get("Attributes", {}).get("name", "")
        print(json.dumps({"name": name, "action": event["Action"], "nanoseconds": event["timeNano"] + offset}), flush=True)
    elif sys.stdin in readable:
        break
