"""An OCI runtime that gives a container one mount more than it was asked for: runc with a planted difference."""

import json
import os
import sys

arguments = sys.argv[1:]
if "--bundle" in arguments:
    path = os.path.join(arguments[arguments.index("--bundle") + 1], "config.json")
    with open(path) as file:
        configuration = json.load(file)
    configuration["mounts"].append(
        {"destination": "/planted", "type": "tmpfs", "source": "tmpfs", "options": ["size=1m"]})
    with open(path, "w") as file:
        json.dump(configuration, file)
os.execvp("runc", ["runc"] + arguments)
