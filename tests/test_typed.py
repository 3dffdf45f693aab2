"""Types are prepared one after the other, so that threads may start with the same one."""

from __future__ import annotations

import subprocess
import sys

CRASH = """
import sys, threading, types
import msgspec
from tessella import typed

convert = {convert}
LAYERS, FIELDS, THREADS = 8, 30, 4
sys.setswitchinterval(1e-6)

def made(number):
    module = types.ModuleType(f"made{{number}}")
    sys.modules[module.__name__] = module
    text = f"import msgspec\\nfrom typing import Optional\\n__name__ = 'made{{number}}'\\n"
    for layer in range(LAYERS, -1, -1):
        text += f"class Layer{{layer}}(msgspec.Struct):\\n"
        text += "".join(f"    field{{one}}: 'Optional[int]' = None\\n" for one in range(FIELDS))
        if layer < LAYERS:
            text += f"    below: 'Optional[Layer{{layer + 1}}]' = None\\n"
    exec(text, module.__dict__)
    return module.Layer0

document = {{}}
for _ in range(LAYERS):
    document = {{**{{f"field{{one}}": 1 for one in range(FIELDS)}}, "below": document}}
done = []
for number in range(50):
    kind, barrier = made(number), threading.Barrier(THREADS)

    def read():
        barrier.wait()
        done.append(convert(document, kind).below.below.field1)

    threads = [threading.Thread(target=read) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(len(done), set(done))
"""


def ran(convert: str) -> tuple[int, str]:
    code = CRASH.format(convert=convert)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout.strip()


def test_threads_that_start_with_the_same_type_all_read_it() -> None:
    assert ran("typed.convert") == (0, "200 {1}")
    assert ran("lambda data, kind: typed.unpack(msgspec.msgpack.encode(data), kind)") == (0, "200 {1}")
    assert ran("lambda data, kind: typed.decode(msgspec.json.encode(data), kind)") == (0, "200 {1}")
