# SPDX-License-Identifier: Apache-2.0
"""Compares the decoder with objdump on whole objects: where instructions begin, which registers they
name. An instruction that the decoder refuses is counted and skipped: refusing is safe."""
import re
import subprocess
from collections import Counter

import x86

LEGACY = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"]
NUMBERS = {}
for _n, _name in enumerate(LEGACY):
    for _alias in ("r" + _name, "e" + _name, _name, _name[0] + "l" if _n < 4 else _name + "l"):
        NUMBERS[_alias] = _n
    if _n < 4:
        NUMBERS[_name[0] + "h"] = _n + 4  # as it is encoded
for _n in range(8, 16):
    for _suffix in ("", "d", "w", "b"):
        NUMBERS["r%d%s" % (_n, _suffix)] = _n
REGISTER = re.compile(r"%(\w+)")
LINE = re.compile(r"^ *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *(?:\t(.*))?$")
SECTION = re.compile(r"^Disassembly of section (.*):$")


def disassembled(path):
    """(section, offset, bytes, text) of each instruction"""
    output = subprocess.run(["objdump", "-dw", "-z", path], check=True, capture_output=True,
                            text=True).stdout
    section = ""
    for line in output.splitlines():
        m = SECTION.match(line)
        if m:
            section = m[1]
            continue
        m = LINE.match(line)
        if m:
            yield section, int(m[1], 16), bytes.fromhex(m[2]), m[3] or ""


def difference(insn, code, text):
    """What the decoder and objdump do not agree on, or None."""
    if insn.length != len(code):
        return "length %d, not %d" % (insn.length, len(code))
    text = text.split("#")[0].split("<")[0]
    named, xmms = Counter(), Counter()
    for name in REGISTER.findall(text):
        if name in NUMBERS:
            named[NUMBERS[name]] += 1
        elif name.startswith("xmm"):
            xmms[int(name[3:])] += 1
    if "blendv" in text:
        xmms[0] -= 1  # the mask, which no field names
    ours = Counter(f[2] for f in insn.fields)
    # Low registers may be named without a field (shift by cl, string instructions); the others not.
    high = {n: c for n, c in named.items() if n >= 8}
    if high != {n: c for n, c in ours.items() if n >= 8}:
        return "registers"
    if any(named[n] < c for n, c in ours.items()) and insn.kind != "nop":
        return "registers"
    if sum(named.values()) - sum(ours.values()) > 2:
        return "registers"
    if +xmms != Counter(insn.xmms):
        return "xmm registers"
    for at, shift, number, _, _ in insn.fields:
        if code[at] >> shift & 7 != number & 7:
            return "place of a register"
    return None


def main(paths):
    """Exit status: 1 if something differs."""
    total, refused, wrong = 0, Counter(), 0
    cache = {}
    for path in paths:
        for section, offset, code, text in disassembled(path):
            total += 1
            key = code, text.split("#")[0].split("<")[0]
            if key not in cache:
                try:
                    # What comes behind must not matter, nor that nothing comes.
                    cache[key] = difference(x86.decode(code + b"\x0f\xff" * 8, 0), code, text)
                    x86.decode(code, 0)
                except x86.Unknown:
                    cache[key] = "refused"
            if cache[key] == "refused":
                refused[text.split()[0] if text.split() else "?"] += 1
            elif cache[key]:
                wrong += 1
                if wrong <= 50:
                    print("%s %s+%#x: %s: %s: %s" % (path, section, offset, code.hex(" "), text,
                                                     cache[key]))
    print("%d instructions, %d refused (%s), %d wrong" % (
        total, sum(refused.values()), ", ".join("%s %d" % r for r in refused.most_common(20)), wrong))
    return 1 if wrong else 0
