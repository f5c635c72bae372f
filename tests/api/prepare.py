"""What trying the API out needs beforehand: its document in a file, and the name of a result.

Usage: prepare.py GATEWAY FILE; the API key is in AI_NOW_KEY. Prints the name."""

import json
import os
import sys
import urllib.request

gateway, file = sys.argv[1:]

with urllib.request.urlopen(f"{gateway}/api/openapi.json") as answer, open(file, "wb") as out:
    out.write(answer.read())

request = urllib.request.Request(
    f"{gateway}/api/generate",
    data=json.dumps({"model": "suno", "prompt": "a song, 5 seconds"}).encode(),
    headers={
        "Authorization": f"Bearer {os.environ['AI_NOW_KEY']}",
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as stream:
    lines = [line.removeprefix(b"data: ") for line in stream if line.startswith(b"data: ")]
print(json.loads(lines[-1])["url"].rsplit("/", 1)[1])
