"""The command line without its start-up: a process that has imported the libraries forks for each call.

What a call sees is its own: arguments, folder, environment, standard streams, and the modules of the command line itself, which
are imported after the fork. Only the imports of the library and of what it stands on are shared (half a second each time). That
starting afresh works too is tested where it matters (`python -m tessella`, the memory and kill tests, `make example`).

Run as a script with ``serve`` or ``call`` and the address of the socket; it needs nothing but the standard library until it serves.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

__all__ = ["call", "main"]

PRELOADED = (
    "tessella", "tessella.verification", "tessella.issuing", "tessella.stacking", "tessella.standard", "tessella.rendering",
    "tessella.adapters.archives", "tessella.adapters.clock", "tessella.adapters.descriptions", "tessella.adapters.files",
    "tessella.adapters.http", "tessella.adapters.keystore", "tessella.adapters.published", "tessella.adapters.results",
    "tessella.adapters.trusted_lists", "tessella.adapters.revocation", "typer", "typer.rich_utils", "rich.console", "rich.table",
    "rich.progress", "pyhanko.sign", "openpyxl", "python_calamine", "typst", "ruamel.yaml",
)  # fmt: skip


def call(
    address: str, arguments: list[str], streams: tuple[int, int, int], cwd: str, environment: dict[str, str]
) -> int:
    """Run ``tessella`` with these arguments; its exit code, negative for the signal that ended it."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)
        request = (
            json.dumps({"arguments": arguments, "cwd": cwd, "environment": environment}).encode() + b"\n"
        )
        socket.send_fds(client, [request[:1]], list(streams))
        client.sendall(request[1:])
        answer = b""
        while part := client.recv(16):
            answer += part
    if not answer:
        raise RuntimeError("the forked command line gave no answer")
    return int(answer)


def _serve(address: str) -> None:
    """Until standard input ends."""
    import importlib
    import select

    for name in PRELOADED:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(16)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            ready, _, _ = select.select([listener, 0], [], [])
            if 0 in ready:
                return
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _handle(connection)
            connection.close()
            _reap()


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _handle(connection: socket.socket) -> None:
    """In a process of its own: fork once more, wait, answer, end."""
    first, streams, _, _ = socket.recv_fds(connection, 1, 3)
    request = first
    while not request.endswith(b"\n"):
        request += connection.recv(1 << 16)
    wanted = json.loads(request)
    child = os.fork()
    if child == 0:
        connection.close()
        _become(wanted, list(streams))
    for one in streams:
        os.close(one)
    _, status = os.waitpid(child, 0)
    connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(wanted: dict[str, object], streams: list[int]) -> None:
    """The call itself."""
    import runpy
    import traceback

    for number, one in enumerate(streams):
        os.dup2(one, number)
    for one in streams:
        os.close(one)
    sys.stdin = open(0, closefd=False, encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    sys.stdout = open(1, "w", closefd=False, encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    sys.stderr = open(2, "w", closefd=False, encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    code = 1
    try:
        os.chdir(str(wanted["cwd"]))
        os.environ.clear()
        os.environ.update(wanted["environment"])  # type: ignore[call-overload]
        sys.argv = ["tessella", *wanted["arguments"]]  # type: ignore[misc]
        runpy.run_module("tessella", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or 120
    os._exit(code)


def main(mode: str, address: str, *arguments: str) -> int:
    """``serve ADDRESS``, or ``call ADDRESS ARGUMENTS …`` with this process's own streams, folder and environment."""
    if mode == "serve":
        _serve(address)
        return 0
    return call(address, list(arguments), (0, 1, 2), str(Path.cwd()), dict(os.environ))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
