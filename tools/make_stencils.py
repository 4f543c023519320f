#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes stencils out of object files.

    make_stencils.py [--why] META OUT.inc REG.o... MEM.o
    make_stencils.py --check OBJECT...

META has a line for each stencil, in the order of the tables:
    reg NAME OPERANDS   register form: function reg_NAME of the first REG.o in which it can be used.
                        OPERANDS: numbers of the operands in registers, in order, as 4,5,6! (! it is
                        written), or -
    mem NAME            memory form: function mem_NAME of MEM.o
OUT.inc gets the tables that src/engine/jit/stencil.h declares. What cannot be copied is not there;
--why lists the reasons. --check compares the decoder with objdump on whole objects.
"""
import re
import sys
from collections import Counter

sys.dont_write_bytecode = True
import elf  # noqa: E402
import frames  # noqa: E402
import layout  # noqa: E402
import x86  # noqa: E402
from layout import Rejected  # noqa: E402

PLACEHOLDERS = (8, 9, 11, 14, 15)  # machine registers of the first, second... operand
RELATIVE, SMALL = {elf.R_PC32, elf.R_PLT32}, {elf.R_32: "_U", elf.R_32S: "_S"}
# Prefix or name of a symbol -> kind of hole, relocations that it may have.
NUMBERED = {"r": ("SMALL", SMALL), "m": ("WORDS", SMALL), "n": ("UNIT", {elf.R_32}),
            "w": ("WIDE", {elf.R_64}), "l": ("LABEL", {elf.R_64}), "j": ("JUMP", RELATIVE)}
NAMED = {"i_self": ("SELF", {elf.R_64}), "i_return": ("RETURN", {elf.R_64}),
         "i_next": ("NEXT_UNIT", {elf.R_64}), "j_next": ("JUMP_NEXT", RELATIVE),
         "j_interp": ("JUMP_SLOW", RELATIVE)}
NATIVE = "slow_"  # functions with the native convention, which a register form may go to
SYMBOL = re.compile(r"([rmnwlj])_(\d+)")


def hole_of(r):
    """(kind, number or symbol) of a relocation."""
    m = SYMBOL.fullmatch(r.symbol.name)
    if r.symbol.section != 0 or not r.symbol.name:
        raise Rejected("refers to %s of its own object" % r.symbol.name)
    if m:
        (kind, allowed), number = NUMBERED[m[1]], int(m[2])
        kind += SMALL.get(r.type, "") if allowed is SMALL else ""
    elif r.symbol.name in NAMED:
        (kind, allowed), number = NAMED[r.symbol.name], 0
    else:
        kind, allowed, number = "FUNCTION", RELATIVE, r.symbol.name
    if r.type not in allowed:
        raise Rejected("relocation type %d of %s" % (r.type, r.symbol.name))
    return kind, number


def decode_all(code):
    insns, at = [], 0
    while at < len(code):
        try:
            insns.append(x86.decode(code, at))
        except x86.Unknown as e:
            raise Rejected("%s" % e) from None
        at += insns[-1].length
    return insns


def sort_relocations(insns, rows):
    """(offset of a jump -> way out, (instruction, offset in it, kind, number, addend) of the rest)"""
    exits, holes, rows, n = {}, [], list(rows), 0
    for i in insns:
        end = i.offset + i.length
        here = 0
        while n < len(rows) and rows[n].offset < end:
            r, n, here = rows[n], n + 1, here + 1
            kind, number = hole_of(r)
            width = 8 if r.type == elf.R_64 else 4
            if (r.offset, width) not in (i.disp, i.imm):
                raise Rejected("hole where no number is")
            if kind.startswith("JUMP") or kind == "FUNCTION":
                if r.addend != -4 or r.offset + 4 != end or i.kind not in ("jmp", "jcc", "call"):
                    raise Rejected("relative hole that is no jump: " + r.symbol.name)
                if i.kind != "call":
                    exits[i.offset] = (kind, number)
                    continue
            elif i.relative and i.disp == (r.offset, width):
                raise Rejected("relative to the instruction: " + r.symbol.name)
            if not -1 << 31 <= r.addend < 1 << 31:
                raise Rejected("addend")
            holes.append((i, r.offset - i.offset, kind, number, r.addend))
        if i.relative or i.kind == "call" and not here:
            raise Rejected("relative to the instruction")
    return exits, holes


def check_registers(blocks, operands):
    """The rules of the register form. Operands may share a register, and one may be in any of the five
    that the code uses besides (and gives back): none may disturb another. So an operand is written only
    when no other is read any more, on any way, nor the slow path taken; and the code uses others of the
    five only where no operand is used any more."""
    index = {PLACEHOLDERS[n]: 1 << n for n in range(len(operands))}
    for b in blocks:
        for i in b.body:
            for _, _, register, access, _ in i.fields:
                if register in index and access != "r" and \
                        not operands[PLACEHOLDERS.index(register)][1]:
                    raise Rejected("writes r%d, a source" % register)
    if not operands:
        return
    written = {blocks[0]: 0}  # before the block, on any way
    todo = [blocks[0]]
    while todo:
        b = todo.pop()
        now = written[b]
        for i in b.body:
            now = _check_order(i, index, now)
        for t in b.targets():
            if isinstance(t, tuple):
                if t[0] == "JUMP_SLOW" and now & OPERANDS:
                    raise Rejected("takes the slow path after an operand is written")
            elif t not in written or now & ~written[t]:
                written[t] = written.get(t, 0) | now
                todo.append(t)


OPERANDS, OTHERS = 0xff, 0x100  # of what is written: a bit an operand, and one for all others


def _check_order(i, index, now):
    """What is written after the instruction, `now` being so before it."""
    after = now
    for _, _, register, access, _ in i.fields:
        bit = index.get(register, 0)
        if bit:
            if now & OTHERS:
                raise Rejected("uses an operand after another of the five registers")
            if access != "w" and now & OPERANDS & ~bit:
                raise Rejected("reads r%d after another operand is written" % register)
        elif register in PLACEHOLDERS:
            if now & OPERANDS:
                raise Rejected("uses r%d after an operand is written" % register)
            bit = OTHERS
        if access != "r":
            after |= bit
    if after & ~now & OTHERS and after & ~now & OPERANDS:
        raise Rejected("writes an operand and another of the five registers at once")
    return after


def make(code, rows, operands, its_frames=None):
    """operands: [(number, written)] or None for the memory form. (hot bytes, cold bytes, whether the
    end of the hot part is reached, holes, patches); its_frames, a list, gets what frames.frames gives."""
    insns = decode_all(code)
    exits, inner = sort_relocations(insns, rows)
    blocks = layout.blocks_of(insns, exits, len(code))
    if operands is not None:
        for _, _, kind, number, _ in inner:
            if kind == "FUNCTION":
                raise Rejected("calls " + number)
        if any(i.kind in ("call", "icall") for i in insns):
            raise Rejected("calls")
        for kind, number in exits.values():
            if kind == "FUNCTION" and not number.startswith(NATIVE):
                raise Rejected("goes to " + number)
        check_registers(blocks, operands)
    *parts, on = layout.arrange(blocks)
    hot, cold, moved, holes = layout.assemble(code, *parts)
    holes += [(moved[i.offset] + at, *rest) for i, at, *rest in inner if i.offset in moved]
    if its_frames is not None:
        its_frames[:] = frames.frames(code, *parts, moved, len(hot))
    patches = []
    if operands is not None:
        for i in insns:
            if i.offset not in moved:
                continue
            for at, shift, register, _, _ in i.fields:
                if register in PLACEHOLDERS[:len(operands)]:
                    unit = operands[PLACEHOLDERS.index(register)][0]
                    patches.append((at - i.offset + moved[i.offset], shift, unit))
    if len(hot) + len(cold) > 0xffff:
        raise Rejected("too long")
    return hot, cold, on, tuple(sorted(holes)), tuple(sorted(patches))


def first_good(objects, function, operands):
    why = Rejected("is not in the object")
    for o in objects:
        try:
            if function in o:
                its_frames = []
                return *make(*o[function], operands, its_frames), tuple(its_frames)
        except Rejected as e:
            why = e
    raise why


class Pool:
    """An array that is put together from pieces; the same piece is there once."""

    def __init__(self):
        self.items, self.places = [], {}

    def add(self, piece):
        if piece not in self.places:
            self.places[piece] = len(self.items)
            self.items += piece
        return self.places[piece]


def parse_operands(text):
    if text == "-":
        return []
    operands = [(int(word.rstrip("!")), word.endswith("!")) for word in text.split(",")]
    if len(operands) > len(PLACEHOLDERS):
        raise Rejected("too many operands in registers")
    return operands


def rows_of(items, per_line, show):
    lines = [", ".join(map(show, items[i:i + per_line])) for i in range(0, len(items), per_line)]
    return ["    %s," % line for line in lines]


def write(out, table, code, holes, patches, functions, stack):
    text = ["// Made by tools/make_stencils.py."]
    text += ["static const uint8_t stencil_bytes[] = {"] + rows_of(code.items or [0], 24, str) + ["};"]
    text += ["static const StencilHole stencil_holes[] = {"]
    text += rows_of(holes.items or [(0, "SELF", 0, 0)], 4,
                    lambda h: "{%d, STENCIL_%s, %d, %d}" % (
                        h[0], h[1], functions.get(h[2], h[2]), h[3])) + ["};"]
    text += ["static const StencilPatch stencil_patches[] = {"]
    text += rows_of(patches.items or [(0, 0, 0)], 8, lambda p: "{%d, %d, %d}" % p) + ["};"]
    text += ["static const StencilFrame stencil_frames[] = {"]
    text += rows_of(stack.items or [(0, 0)], 8, lambda f: "{%d, %d}" % f) + ["};"]
    text += ['extern char stencil_function_%s[] __asm__("%s");' % (f, f) for f in functions]
    text += ["static char *const stencil_functions[] = {"]
    text += ["    stencil_function_%s," % f for f in functions] or ["    0,"]
    text += ["};", "static const char *const stencil_function_names[] = {"]
    text += ['    "%s",' % f for f in functions] or ["    0,"]
    text += ["};", "static const Stencil stencils[] = {"] + table + ["};", ""]
    with open(out, "w") as file:
        file.write("\n".join(text))


def main(why, meta, out, *paths):
    *reg, mem = [elf.Object(path).functions() for path in paths]
    objects = {"reg": reg, "mem": [mem]}
    code, holes, patches, stack, functions, table = Pool(), Pool(), Pool(), Pool(), {}, []
    counts, left = Counter(), []
    with open(meta) as file:
        lines = [line.split() for line in file if line.strip()]
    for form, name, *rest in lines:
        try:
            operands = parse_operands(rest[0]) if form == "reg" else None
            hot, cold, on, its_holes, its_patches, its_frames = first_good(
                objects[form], form + "_" + name, operands)
        except Rejected as e:
            left.append("%s %s: %s" % (form, name, e))
            counts[form, False] += 1
            table.append("    {0}, // %s %s" % (form, name))
            continue
        counts[form, True] += 1
        for h in its_holes:
            if h[1] == "FUNCTION":
                functions.setdefault(h[2], len(functions))
        table.append("    {%d, %d, %d, %d, %d, %d, %d, %d, %d, true, %s}, // %s %s" % (
            code.add(hot + cold), holes.add(its_holes), patches.add(its_patches),
            stack.add(its_frames), len(hot), len(cold), len(its_holes), len(its_patches),
            len(its_frames), "true" if on else "false", form, name))
    if len(functions) >= 1 << 11:
        sys.exit("too many functions for StencilHole.number")
    write(out, table, code, holes, patches, functions, stack)
    print("stencils: register form %d, not %d; memory form %d, not %d; %d bytes" % (
        counts["reg", True], counts["reg", False], counts["mem", True], counts["mem", False],
        len(code.items)))
    if why:
        print("\n".join(left))


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a != "--why"]
    if arguments[:1] == ["--check"] and len(arguments) > 1:
        import x86_check
        sys.exit(x86_check.main(arguments[1:]))
    elif len(arguments) >= 4:
        main("--why" in sys.argv, *arguments)
    else:
        sys.exit(__doc__)
