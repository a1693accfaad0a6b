"""One plain ``http://`` request carried to its server, and the answer back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from e2e_linker.browser.http_heads import Head, HeadError, parse_head
from e2e_linker.browser.streams import CHUNK, SideLostError, Stream, pump, tunnel, unless_target_lost

__all__ = ["AnswerError", "forward"]

_END = b"\r\n\r\n"


class AnswerError(Exception):
    """The server closed without an answer, or answered something that is not HTTP. The message says which."""


async def forward(
    request: Head,
    head: bytes,
    client: Stream,
    target: Stream,
    *,
    count_up: Callable[[int], None],
    count_down: Callable[[int], None],
) -> None:
    """Send ``head``, the rewritten head of ``request``, then its body, and hand back the one answer to it.

    Raises :class:`AnswerError` or :class:`~e2e_linker.browser.streams.SideLostError`, alone or in an exception group.
    """
    count_up(len(head))
    await target.write(head)
    answer = None
    if request.upgrade:
        answer = await _read_answer(target)
        if answer.status == 101:
            await client.write(answer.raw())
            await tunnel(client, target, count_up=count_up, count_down=count_down)
            return
    async with asyncio.TaskGroup() as group:
        body = group.create_task(_send_body(request, client, target, count_up))
        while answer is None or answer.status < 200:
            if answer is not None:
                await client.write(answer.raw())
            answer = await _read_answer(target)
        await client.write(answer.for_client())
        await pump(target, client, count_down)
        body.cancel()


async def _read_answer(target: Stream) -> Head:
    try:
        return parse_head(await target.reader.readuntil(_END), response=True)
    except asyncio.IncompleteReadError as error:
        when = "in the middle of its answer" if error.partial else "without an answer"
        raise AnswerError(f"closed {when}") from None
    except asyncio.LimitOverrunError:
        raise AnswerError("sent an answer whose head does not end") from None
    except HeadError:
        raise AnswerError("answered something that is not HTTP/1.1") from None
    except OSError as error:
        raise SideLostError("target", error) from None


async def _send_body(request: Head, client: Stream, target: Stream, count_up: Callable[[int], None]) -> None:
    with unless_target_lost():
        if request.chunked:
            await _send_chunks(client, target, count_up)
        else:
            await _send_exactly(request.body_size or 0, client, target, count_up)
        # One request per connection: what follows is dropped, for it may be meant for another host.
        while await client.read():
            pass
        target.end()


async def _send_exactly(size: int, client: Stream, target: Stream, count_up: Callable[[int], None]) -> None:
    while size:
        try:
            data = await client.reader.read(min(size, CHUNK))
        except OSError as error:
            raise SideLostError("client", error) from None
        if not data:
            raise SideLostError("client", ConnectionResetError("the body ended early"))
        size -= len(data)
        count_up(len(data))
        await target.write(data)


async def _send_chunks(client: Stream, target: Stream, count_up: Callable[[int], None]) -> None:
    async def line() -> bytes:
        try:
            data = await client.reader.readuntil(b"\r\n")
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise SideLostError("client", ConnectionResetError(str(error))) from None
        count_up(len(data))
        await target.write(data)
        return data

    while True:
        announced = (await line()).partition(b";")[0].strip()
        try:
            size = int(announced, 16)
        except ValueError:
            raise SideLostError("client", ConnectionResetError("a chunk has no size")) from None
        if size == 0:
            break
        await _send_exactly(size + 2, client, target, count_up)
    while await line() != b"\r\n":
        pass
