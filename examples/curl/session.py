#!/usr/bin/env python3
"""A session of @rt in Python, with the standard library alone: subscribes, is cut, and goes on without a hole.

    python3 examples/curl/session.py http://localhost:3000/rt host:metrics
"""

import http.client
import json
import sys
from urllib.parse import urlsplit


def frames(url, subscriptions):
    """Opens a session over SSE with all its subscriptions in one round trip, and yields the server's frames."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=25)
    connect = json.dumps({"type": "connect", "id": 1, "subscriptions": subscriptions})
    connection.request("POST", parts.path, body=connect, headers={"Accept": "text/event-stream"})
    response = connection.getresponse()
    if response.status != 200:
        raise SystemExit(f"{response.status}: {response.read().decode()}")
    try:
        for line in response:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])
    finally:
        response.close()
        connection.close()


def follow(url, channel, position, count):
    """Reads `count` publications after the position, and returns the position it has come to."""
    subscription = {"channel": channel} if position is None else {"channel": channel, "after": position}
    for frame in frames(url, [subscription]):
        if frame["type"] in ("error", "bye", "gap") or "gap" in frame:
            raise SystemExit(f"not without a hole: {frame}")
        if frame["type"] == "subscribed":
            position = frame["position"]
        if frame["type"] != "publications":
            continue
        for publication in frame["publications"]:
            epoch, offset = position.split(".")
            if publication["offset"] != int(offset) + 1:
                raise SystemExit(f"a hole between {position} and {publication['offset']}")
            position = f"{epoch}.{publication['offset']}"
            print(position, publication["event"], json.dumps(publication["data"])[:60], flush=True)
            count -= 1
            if count == 0:
                return position  # in the middle of everything: the connection is broken here


def main(url, channel, connections=3, publications_each=3):
    position = None
    for _ in range(connections):
        position = follow(url, channel, position, publications_each)
    print(f"{connections} sessions, no hole up to {position}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
