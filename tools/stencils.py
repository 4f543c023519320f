#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes stencils out of an object file (ELF64, x86-64).

    stencils.py OBJECT OUT.inc

Writes a C table: for each function stencil_NAME its bytes, and its holes: where, what kind of value
(relocation type), which symbol, which addend. Fails on a relocation that a copier would not know.
"""
import struct
import sys

KINDS = {1: "STENCIL_ABS64", 2: "STENCIL_PC32", 4: "STENCIL_PC32", 10: "STENCIL_ABS32",
         11: "STENCIL_ABS32S"}


def sections(data):
    shoff, = struct.unpack_from("<Q", data, 0x28)
    size, count, names = struct.unpack_from("<HHH", data, 0x3A)
    rows = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + i * size) for i in range(count)]
    strings = rows[names]
    return [(text(data, strings[4] + r[0]), r) for r in rows]


def text(data, at):
    return data[at:data.index(b"\0", at)].decode()


def main():
    data = open(sys.argv[1], "rb").read()
    if data[:5] != b"\x7fELF\x02":
        sys.exit("not an ELF64 object")
    secs = sections(data)
    symtab = next(r for _, r in secs if r[1] == 2)
    names = secs[symtab[6]][1]
    symbols = []
    for i in range(symtab[5] // 24):
        name, info, _, shndx, value, size = struct.unpack_from("<IBBHQQ", data, symtab[4] + 24 * i)
        symbols.append((text(data, names[4] + name), info & 15, shndx, value, size))
    out = ["// Made by tools/stencils.py."]
    table = []
    for name, kind, shndx, value, size in symbols:
        if kind != 2 or shndx == 0 or not name.startswith("stencil_"):
            continue
        start = secs[shndx][1][4] + value
        holes = []
        for _, r in secs:
            if r[1] != 4 or r[7] != shndx:
                continue
            for at in range(r[4], r[4] + r[5], 24):
                offset, info, addend = struct.unpack_from("<QQq", data, at)
                if not value <= offset < value + size:
                    continue
                if info & 0xffffffff not in KINDS:
                    sys.exit("%s: relocation %d is not known" % (name, info & 0xffffffff))
                holes.append('{%d, %s, "%s", %d}' % (offset - value, KINDS[info & 0xffffffff],
                                                    symbols[info >> 32][0], addend))
        short = name[len("stencil_"):]
        code = ", ".join("0x%02x" % b for b in data[start:start + size])
        out.append("static const uint8_t code_%s[] = {%s};" % (short, code))
        out.append("static const StencilHole holes_%s[] = {%s};" % (short, ", ".join(holes)))
        table.append('    {"%s", code_%s, sizeof code_%s, holes_%s, %d},'
                     % (short, short, short, short, len(holes)))
    if not table:
        sys.exit("no stencil in " + sys.argv[1])
    out += ["static const Stencil stencils[] = {"] + table + ["};", ""]
    open(sys.argv[2], "w").write("\n".join(out))


main()
