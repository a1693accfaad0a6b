"""A server whose authorization page makes 2,000 requests and then goes to Alexa by itself.

``python -m tests.benchmarks.busy_page`` prints its port and serves until its standard input ends.
"""

from __future__ import annotations

import asyncio
import sys

__all__ = ["REQUESTS"]

REQUESTS = 2000
_HEADERS = "".join(f"X-Filler-{n}: {'v' * 60}\r\n" for n in range(12))
_PAGE = """<!doctype html><title>Busy</title><h1>One moment</h1><script>
(async () => {
  const asked = new URLSearchParams(location.search);
  for (let done = 0; done < %d; done += 20)
    await Promise.all([...Array(20).keys()].map(
      async n => (await fetch(`/part?n=${done + n}&pad=${"x".repeat(200)}`)).text()));
  location = `${asked.get("redirect_uri")}?code=SplxlOBeZQQYbYS6WxSbIA&state=${encodeURIComponent(asked.get("state"))}`;
})();
</script>"""


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            page = head.startswith(b"GET /authorize")
            body = (_PAGE % REQUESTS if page else "p" * 500).encode()
            kind = "text/html" if page else "text/plain"
            head_lines = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{_HEADERS}\r\n"
            writer.write(head_lines.encode() + body)
    except (asyncio.IncompleteReadError, OSError):
        writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
