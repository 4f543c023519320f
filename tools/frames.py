# SPDX-License-Identifier: Apache-2.0
"""How far a stencil has moved the stack pointer, by offset: for debuggers and profilers, which have to
find the frame behind it."""
import re

from layout import Block, Rejected

# Instructions that move the stack pointer -> bytes that it goes down. Others (calls) leave it as it is.
PUSH = re.compile(rb"[\x40-\x4f]?[\x50-\x57]|\x6a.|\x68.{4}|[\x40-\x4f]?\xff[\x30-\x37\x70-\x77\xb0-\xb7].*",
                  re.S)
POP = re.compile(rb"[\x40-\x4f]?[\x58-\x5f]", re.S)
SUB_ADD = re.compile(rb"\x48(?:\x83[\xec\xc4](.)|\x81[\xec\xc4](.{4}))", re.S)
LEA = re.compile(rb"\x48\x8d(?:\x64\x24(.)|\xa4\x24(.{4}))", re.S)


def moved_by(insn):
    if PUSH.fullmatch(insn):
        return 8
    if POP.fullmatch(insn):
        return -8
    m = SUB_ADD.fullmatch(insn)
    if m:
        by = int.from_bytes(m[1] or m[2], "little", signed=True)
        return by if insn[2] == 0xec else -by
    m = LEA.fullmatch(insn)
    if m:
        return -int.from_bytes(m[1] or m[2], "little", signed=True)
    return 0


def frames(code, hot, cold, moved, hot_bytes):
    """hot, cold: blocks as layout.arrange gives them, placed by layout.assemble. (offset, bytes down) from
    where it is so, sorted; offsets in the cold part count on from those of the hot part."""
    down, todo = {hot[0]: 0}, [hot[0]]
    rows = {}
    while todo:
        b = todo.pop()
        now = down[b]
        rows[b] = [(b.place[1] + (hot_bytes if b.place[0] else 0), now)]
        for i in b.body:
            now += moved_by(code[i.offset:i.offset + i.length])
            rows[b].append((moved[i.offset] + i.length, now))
        for t in b.targets():
            if not isinstance(t, Block):
                if now != 0:
                    raise Rejected("goes on with the stack pointer elsewhere")
            elif t not in down:
                down[t] = now
                todo.append(t)
            elif down[t] != now:
                raise Rejected("the stack pointer differs by the way it came")
    found = []
    for part, end in ((hot, hot_bytes), (cold, None)):
        here = []
        for b in part:
            for row in rows.get(b, ()):
                if here and here[-1][0] == row[0]:
                    here.pop()  # nothing lies between the two
                here.append(row)
        last = 0  # behind the hot part, too
        for offset, now in here:
            if now != last and offset != end:
                found.append((offset, now))
                last = now
    return tuple(found)
