# SPDX-License-Identifier: Apache-2.0
"""Reads relocatable object files (ELF64, little-endian), as far as the stencils need it."""
import struct
from collections import namedtuple

SHT_SYMTAB, SHT_RELA = 2, 4
STT_FUNC, STT_SECTION = 2, 3
R_64, R_PC32, R_PLT32, R_32, R_32S = 1, 2, 4, 10, 11

Section = namedtuple("Section", "name type flags offset size link info")
Symbol = namedtuple("Symbol", "name type section value size")  # section 0: defined elsewhere
Relocation = namedtuple("Relocation", "offset type symbol addend")


class ElfError(Exception):
    pass


def _text(data, at):
    return data[at:data.index(b"\0", at)].decode()


class Object:
    """sections and symbols by index; relocations: section index -> rows in order of their offset."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = data = file.read()
        if data[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<HH", data, 16) != (1, 62):
            raise ElfError("%s: not a relocatable x86-64 object" % path)
        table, = struct.unpack_from("<Q", data, 0x28)
        size, count, names = struct.unpack_from("<HHH", data, 0x3A)
        if count == 0:  # more than 65279 sections: the first one tells how many
            count, = struct.unpack_from("<Q", data, table + 32)
        if names == 0xffff:
            names, = struct.unpack_from("<I", data, table + 40)
        rows = [struct.unpack_from("<IIQQQQIIQQ", data, table + i * size) for i in range(count)]
        base = rows[names][4]
        self.sections = [Section(_text(data, base + r[0]), r[1], r[2], r[4], r[5], r[6], r[7])
                         for r in rows]
        self.symbols = []
        self.relocations = {}
        wide = {}  # section indices that do not fit into a symbol
        for index, section in enumerate(self.sections):
            if section.type == 18:  # SHT_SYMTAB_SHNDX
                wide = dict(enumerate(struct.unpack_from("<%dI" % (section.size // 4), data,
                                                         section.offset)))
        for section in self.sections:
            if section.type == SHT_SYMTAB:
                base = self.sections[section.link].offset
                for i, at in enumerate(range(section.offset, section.offset + section.size, 24)):
                    name, info, _, where, value, length = struct.unpack_from("<IBBHQQ", data, at)
                    where = wide[i] if where == 0xffff else where
                    text = _text(data, base + name)
                    if info & 15 == STT_SECTION:
                        text = self.sections[where].name
                    self.symbols.append(Symbol(text, info & 15, where, value, length))
        for section in self.sections:
            if section.type == SHT_RELA:
                rows = self.relocations.setdefault(section.info, [])
                for at in range(section.offset, section.offset + section.size, 24):
                    offset, info, addend = struct.unpack_from("<QQq", data, at)
                    rows.append(Relocation(offset, info & 0xffffffff, self.symbols[info >> 32],
                                           addend))
        for rows in self.relocations.values():
            rows.sort(key=lambda r: r.offset)

    def functions(self):
        """name -> (its bytes, its relocations with offsets from its begin)"""
        found = {}
        for symbol in self.symbols:
            if symbol.type != STT_FUNC or not 0 < symbol.section < len(self.sections):
                continue
            section, end = self.sections[symbol.section], symbol.value + symbol.size
            code = self.data[section.offset + symbol.value:section.offset + end]
            rows = [r._replace(offset=r.offset - symbol.value)
                    for r in self.relocations.get(symbol.section, ())
                    if symbol.value <= r.offset < end]
            found[symbol.name] = (code, rows)
        return found
