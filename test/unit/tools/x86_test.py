#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The decoder of tools/x86.py against objdump (lengths, registers) and the processor (what is written)."""
import ctypes
import mmap
import os
import random
import re
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
REX = (b"", b"\x41", b"\x42", b"\x44", b"\x4f")
# ModRM.mod, rm, SIB: registers, each way of addressing memory.
ADDRESSES = ((3, 1, None), (3, 6, None), (0, 0, None), (0, 3, None), (0, 5, None), (1, 7, None), (2, 1, None),
             (0, 4, 0x81), (0, 4, 0x25), (0, 4, 0x3d), (1, 4, 0x0e), (2, 4, 0xf3), (1, 5, None), (1, 4, 0x24))
TAIL = bytes(range(0x11, 0x19))


def encodings():
    """Each instruction of the tables with each prefix and each way to name its operands."""
    seen = set()
    for table, escape in ESCAPES:
        for (opcode, prefix), entry in table.items():
            group = entry if isinstance(entry, list) else [entry] * 8
            # A prefix that changes nothing but the size needs fewer of them.
            known = (id(table), opcode, id(entry)) in seen
            seen.add((id(table), opcode, id(entry)))
            for rex in REX[4:] if known else REX:
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
    maxDiff = None

    def test_all_encodings_have_their_length_and_registers(self):
        rows = listed(list(encodings()))
        self.assertGreater(len(rows), 50000)
        agreed, wrong = 0, []
        for code, its_bytes, text in rows:
            if "(bad)" in text or text.startswith(("rex", "data16", "rep")) and len(text.split()) < 2:
                continue
            try:
                insn = x86.decode(code, 0)
            except x86.Unknown:
                continue
            difference = x86_check.difference(insn, its_bytes, text)
            agreed += difference is None
            if difference:
                wrong.append("%s: %s: %s" % (its_bytes.hex(" "), text, difference))
        self.assertEqual(wrong, [])
        self.assertGreater(agreed, 45000)


class Machine:
    """Runs one instruction: sixteen registers before, sixteen after (rsp is left alone)."""

    def __init__(self):
        self.page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        self.slots = (ctypes.c_uint64 * 16)()
        self.function = ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(self.page)))

    def run(self, code, registers):
        base = ctypes.addressof(self.slots)
        saved = (0x53, 0x55, 0x4154, 0x4155, 0x4156, 0x4157)  # rbx rbp r12..r15
        out = b"".join(bytes([n]) if n < 256 else n.to_bytes(2, "big") for n in saved)
        for n, value in registers.items():
            out += bytes([0x48 | n >> 3, 0xb8 | n & 7]) + struct.pack("<Q", value)
        out += code + b"\x48\xa3" + struct.pack("<Q", base) + b"\x48\xb8" + struct.pack("<Q", base)
        for n in range(1, 16):
            out += bytes([0x48 | n >> 1 & 4, 0x89, 0x80 | (n & 7) << 3]) + struct.pack("<i", 8 * n)
        out += b"\xfc" + b"\x41\x5f\x41\x5e\x41\x5d\x41\x5c\x5d\x5b\xc3"
        self.page[:len(out)] = out
        self.function()
        return list(self.slots)


def in_registers():
    """Instructions on r8, r9 (and what they imply) without memory: (code, decoded)."""
    codes = []
    for table, escape in ESCAPES:
        for (opcode, prefix), entry in table.items():
            group = entry if isinstance(entry, list) else [entry] * 8
            for rex in b"\x45\x4d":
                head = PREFIX[prefix] + bytes([rex]) + escape + bytes([opcode])
                if group[0] is entry:
                    codes.append(head + (b"\xc1" if entry.modrm else b"") + TAIL)
                else:
                    codes += [head + bytes([0xc1 | n << 3]) + TAIL for n in range(8)]
    for code, its_bytes, text in listed(codes):
        try:
            insn = x86.decode(code, 0)
        except x86.Unknown:
            continue
        string = insn.imm is None and len(its_bytes) < 4 and 0xa4 <= its_bytes[-1] < 0xb0
        stack = re.search(r"\b(push|pop|leave|maskmov)", text) and "popcnt" not in text
        if "(bad)" not in text and not insn.kind and not string and not stack:
            yield its_bytes, insn, text


class Against_the_processor(unittest.TestCase):
    def test_only_what_is_said_to_be_written_changes(self):
        machine, rng, count = Machine(), random.Random(7), 0
        for code, insn, text in in_registers():
            access = dict.fromkeys(range(8, 16), "")
            for _, _, number, how, _ in insn.fields:
                access[number] = {("r", ""): "r", ("w", ""): "w"}.get((how, access[number]), "x")
            changed = set()
            for _ in range(4):
                before = {n: rng.getrandbits(64) | 0x101 for n in range(8, 16)}
                before.update({0: 5, 1: 3, 2: 0, 3: 1, 5: 1, 6: 1, 7: 1})  # a division must not fail
                after = machine.run(code, before)
                changed |= {n for n in range(8, 16) if after[n] != before[n]}
                count += 1
                # What is only written does not depend on what was there (where it is written whole).
                for n, how in access.items():
                    part = any(f[2] == n and f[4] for f in insn.fields) or code[0] == 0x66
                    if how == "w" and not part:
                        again = machine.run(code, before | {n: rng.getrandbits(64)})
                        self.assertEqual(again[8:], after[8:], "reads: " + text)
            allowed = {n for n, how in access.items() if how in ("w", "x")}
            self.assertLessEqual(changed, allowed, text)
        self.assertGreater(count, 5000)


if __name__ == "__main__":
    unittest.main()
