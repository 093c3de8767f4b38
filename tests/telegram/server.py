"""The stand-in as a process of its own, for benchmarks: ``python -m tests.telegram.server``.

Updates go in at ``POST /control/push``, the times of sends come out at ``GET /control/stats``
(``tests.telegram.loopback.server``). The monotonic clock is shared by the processes of a machine.
"""

from __future__ import annotations

import argparse
import asyncio
import signal

from tests.telegram.loopback.server import TOKEN, LoopbackServer


def main() -> None:
    """Serve until SIGTERM or SIGINT; the first line printed is the base URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--per-second", type=int, default=None, help="answer 429 above this")
    options = parser.parse_args()
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = LoopbackServer(token=options.token, per_second=options.per_second)
    await server.start(options.host, options.port)
    print(server.url, flush=True)
    await stop.wait()
    await server.close()


if __name__ == "__main__":
    main()
