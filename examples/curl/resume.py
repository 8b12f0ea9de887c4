#!/usr/bin/env python3
"""A client of @rt in Python, with the standard library alone: follows a channel, is cut, and goes on without a hole.

    python3 examples/curl/resume.py 'http://localhost:3000/rt?channel=host:metrics'
"""

import http.client
import sys
from urllib.parse import urlsplit


class Stream:
    """One connection; `place` is the last id that was seen, or None for a first connection."""

    def __init__(self, url, place):
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.netloc, timeout=45)
        headers = {"Accept": "text/event-stream"}
        if place is not None:
            headers["Last-Event-ID"] = place
        self.connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        self.response = self.connection.getresponse()
        if self.response.status != 200:
            raise SystemExit(f"{self.response.status}: {self.response.read().decode()}")

    def blocks(self):
        """Yields (id, event, data) for each block; data is None where a block only moves the place."""
        place, event, data = "", "message", []
        for line in (raw.decode().rstrip("\r\n") for raw in self.response):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if line == "":
                yield place, event, "\n".join(data) if data else None
                event, data = "message", []
            elif name == "id":
                place = value
            elif name == "event":
                event = value
            elif name == "data":
                data.append(value)

    def cut(self):
        self.response.close()
        self.connection.close()


def main(url, connections=3, events_each=3):
    place = None
    for number in range(connections):
        stream = Stream(url, place)
        seen = 0
        for block_place, event, data in stream.blocks():
            if event == "rt.gap":
                raise SystemExit(f"gap: {data}")
            if data is not None and place is not None:
                (epoch, offset), (before_epoch, before) = block_place.split("."), place.split(".")
                if epoch != before_epoch or int(offset) != int(before) + 1:
                    raise SystemExit(f"a hole between {place} and {block_place}")
            place = block_place
            seen += data is not None
            if data is not None:
                print(f"connection {number + 1}: {place} {event} {data[:60]}", flush=True)
            if seen == events_each:
                break
        stream.cut()
    print(f"{connections} connections, no hole up to {place}")


if __name__ == "__main__":
    main(sys.argv[1])
