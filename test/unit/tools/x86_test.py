#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The decoder of tools/x86.py against objdump (lengths, registers) and the processor (what is written)."""
import ctypes
import mmap
import os
import random
import struct
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../tools"))
import x86  # noqa: E402
import x86_check  # noqa: E402

ESCAPES = ((x86.ONE, b""), (x86.TWO, b"\x0f"), (x86.THREE8, b"\x0f\x38"), (x86.THREEA, b"\x0f\x3a"))
PREFIX = {"": b"", "66": b"\x66", "f3": b"\xf3", "f2": b"\xf2"}
REX = (b"", b"\x40", b"\x41", b"\x42", b"\x44", b"\x45", b"\x47", b"\x48", b"\x4d", b"\x4f")
# ModRM.mod, rm, SIB: registers, each way of addressing memory.
ADDRESSES = ((3, 1, None), (3, 6, None), (0, 0, None), (0, 3, None), (0, 5, None), (1, 7, None), (2, 1, None),
             (0, 4, 0x81), (0, 4, 0x25), (0, 4, 0x3d), (1, 4, 0x0e), (2, 4, 0xf3), (1, 5, None), (1, 4, 0x24))
TAIL = bytes(range(0x11, 0x19))


def encodings():
    """Each instruction of the tables with each prefix and each way to name its operands."""
    for table, escape in ESCAPES:
        for (opcode, prefix), entry in table.items():
            group = entry if isinstance(entry, list) else [entry] * 8
            for rex in REX:
                head = PREFIX[prefix] + rex + escape + bytes([opcode])
                if group[0] is entry and not entry.modrm:
                    yield head + TAIL
                    continue
                for reg in range(8) if isinstance(entry, list) else (0, 3, 5):
                    if group[reg] is not None:
                        for mod, rm, sib in ADDRESSES:
                            yield head + bytes([mod << 6 | reg << 3 | rm]) + (
                                b"" if sib is None else bytes([sib])) + TAIL


def listed(codes):
    """(code, what objdump makes of it as (bytes, text)), each decoded on its own."""
    room = 32
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(c + b"\x90" * (room - len(c)) for c in codes))
        file.flush()
        output = subprocess.run(["objdump", "-D", "-w", "-z", "-b", "binary", "-m", "i386:x86-64", file.name],
                                check=True, capture_output=True, text=True).stdout
    found = {}
    for line in output.splitlines():
        m = x86_check.LINE.match(line)
        if m:
            found[int(m[1], 16)] = bytes.fromhex(m[2]), m[3] or ""
    return [(c, *found[n * room]) for n, c in enumerate(codes) if n * room in found]


class Against_objdump(unittest.TestCase):
    def test_all_encodings_have_their_length_and_registers(self):
        rows = listed(list(encodings()))
        self.assertGreater(len(rows), 50000)
        agreed, wrong = 0, []
        for code, its_bytes, text in rows:
            if "(bad)" in text or text.startswith(("rex", "data16", "repz", "repnz")) and len(text.split()) < 2:
                continue
            try:
                insn = x86.decode(code, 0)
            except x86.Unknown:
                continue
            difference = x86_check.difference(insn, its_bytes, text)
            agreed += difference is None
            if difference:
                wrong.append("%s: %s: %s" % (its_bytes.hex(" "), text, difference))
        self.assertEqual(wrong[:20], [])
        self.assertGreater(agreed, 40000)
        print(len(rows), agreed)


if __name__ == "__main__":
    unittest.main()
