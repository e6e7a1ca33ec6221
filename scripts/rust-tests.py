#!/usr/bin/env python3
"""Compiles all Rust tests and runs their programs side by side: each of them waits much, for servers and for the clock."""

import concurrent.futures
import json
import os
import subprocess
import sys
import time

# Programs at a time; each runs as many tests at once as there are processors.
ABREAST = 2


def programs():
    """Where each program of tests is, and the package whose directory it runs in."""
    build = ["cargo", "test", "--workspace", "--no-run", "--quiet", "--message-format=json-render-diagnostics"]
    told = subprocess.run(build, stdout=subprocess.PIPE, text=True)
    if told.returncode:
        sys.exit(told.returncode)
    found = {}
    for line in told.stdout.splitlines():
        said = json.loads(line)
        if said["reason"] == "compiler-artifact" and said["profile"]["test"] and said["executable"]:
            found[said["executable"]] = (os.path.dirname(said["manifest_path"]), said["target"]["name"])
    # The large ones first: what begins last should end soon.
    return sorted(found.items(), key=lambda one: -os.path.getsize(one[0]))


def run(command, directory, name):
    began = time.monotonic()
    environment = {**os.environ, "CARGO_MANIFEST_DIR": directory}
    done = subprocess.run(command, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return name, done.returncode, time.monotonic() - began, done.stdout


def main():
    root = os.getcwd()
    wanted = [([program, "--quiet", *sys.argv[1:]], *where) for program, where in programs()]
    wanted.append((["cargo", "test", "--workspace", "--doc", "--quiet"], root, "documentation"))
    failed = []
    with concurrent.futures.ThreadPoolExecutor(ABREAST) as pool:
        for task in concurrent.futures.as_completed([pool.submit(run, *one) for one in wanted]):
            name, code, seconds, output = task.result()
            print(f"-- {name}, {seconds:.0f} s\n{output.strip()}\n", flush=True)
            if code:
                failed.append(name)
    if failed:
        sys.exit("failed: " + ", ".join(sorted(failed)))


main()
