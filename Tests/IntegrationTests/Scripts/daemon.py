"""Runs a program and reaps whatever it leaves, as the first process of a host does: a libvirt daemon waits until its QEMU
is gone, and in many containers nobody reaps it in time.

usage: daemon.py PROGRAM ARGUMENT...     SIGTERM is passed on; ends with the program
"""
import ctypes
import os
import signal
import sys

PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
program = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
signal.signal(signal.SIGTERM, lambda *_: os.kill(program, signal.SIGTERM))
while True:
    ended, status = os.wait()
    if ended == program:
        sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
