"""How a peer talks to `cnnlab bench`, which measures it and itself in turn.

One line of JSON says what the peer is and which variants of the work it offers; then each line that comes in,
{"variant": 0, "seconds": 0.5}, is answered by {"seconds": [...]}, how long each of the repeats took that were done
meanwhile. Nothing else may be written to stdout.
"""
import json
import os
import sys
import time


def repeat(work, seconds):
    """How long each of the calls took that fit into `seconds`; one at least."""
    times, clock = [], time.perf_counter
    now = start = clock()
    while now - start < seconds or not times:
        work()
        then, now = now, clock()
        times.append(now - then)
    return times


def claim_stdout():
    """The real stdout, out of the reach of libraries that print: what they write goes to stderr from now on."""
    stream = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return stream


def serve(stream, introduction, makers):
    """`makers`: for each of the introduction's variants a function that makes its work."""
    print(json.dumps(introduction), file=stream)
    ready = {}
    for line in sys.stdin:
        request = json.loads(line)
        number = request["variant"]
        if number not in ready:
            ready[number] = makers[number]()
            for _ in range(3):  # the first calls choose kernels and reserve memory
                ready[number]()
        print(json.dumps({"seconds": [round(t, 9) for t in repeat(ready[number], request["seconds"])]}), file=stream)
