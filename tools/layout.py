# SPDX-License-Identifier: Apache-2.0
"""Lays the code of one stencil out anew: a hot part that runs off its own end, and a cold part.

The code is cut into basic blocks. The hot part is the trace that begins at the entry and prefers, at
each fork, what leads to the next instruction; where the trace gets there the jump is left out. The rest
goes into the cold part. Jumps inside a part are short where that reaches; jumps between the parts,
and out, are holes. Nothing but jumps (and nops) is added, taken away or changed.
"""
import x86

NEXT = ("JUMP_NEXT", 0)  # a way out: (kind of hole, number)


class Block:
    """body: instructions; then `cond` (or None), where to if it holds, and else. A target is another
    block, a way out (a tuple), or None: the body's last instruction does not go on."""
    __slots__ = ("offset", "body", "cond", "taken", "other", "leads", "place")

    def __init__(self, offset):
        self.offset = offset
        self.body = []
        self.cond = self.taken = self.other = None
        self.leads = False  # to the next instruction
        self.place = None  # (part, offset in it)

    def targets(self):
        return [t for t in (self.taken, self.other) if t is not None]


class Rejected(Exception):
    pass


def blocks_of(insns, exits, size):
    """exits: offset of a jump -> way out. The blocks, the first being the entry."""
    starts = {0}
    places = {i.offset for i in insns}
    for i in insns:
        if i.kind in ("jmp", "jcc"):
            starts.add(i.offset + i.length)
            if i.offset not in exits:
                if i.target not in places:
                    raise Rejected("jumps to the middle of something or outside")
                starts.add(i.target)
        elif i.kind in ("ret", "ijmp", "trap"):
            starts.add(i.offset + i.length)
    found = {s: Block(s) for s in starts if s < size}
    block = None
    for i in insns:
        block = found.get(i.offset, block)
        end = i.offset + i.length
        if i.kind == "jmp" or i.kind == "jcc":
            target = exits[i.offset] if i.offset in exits else found[i.target]
            if i.kind == "jmp":
                block.other = target
                continue
            block.cond, block.taken = i.cond, target
        elif i.kind != "nop":
            block.body.append(i)
        if end in starts and i.kind not in ("ret", "ijmp", "trap"):
            if end >= size:
                raise Rejected("runs off its end")
            block.other = found[end]
        elif end >= size and i.kind not in ("ret", "ijmp", "trap"):
            raise Rejected("runs off its end")
    return [found[s] for s in sorted(found)]


def _simplify(blocks):
    """Leads jumps to mere jumps where those lead; drops what is not reached; marks what leads on."""
    def final(target):
        for _ in range(len(blocks)):
            if not isinstance(target, Block) or target.body or target.cond is not None:
                break
            target = target.other
        return target
    for b in blocks:
        b.taken, b.other = final(b.taken), final(b.other)
        if b.cond is not None and b.taken is b.other:
            b.cond = b.taken = None
    entry = final(blocks[0])
    if not isinstance(entry, Block):
        entry = blocks[0]
    reached, todo = {entry}, [entry]
    while todo:
        for t in todo.pop().targets():
            if isinstance(t, Block) and t not in reached:
                reached.add(t)
                todo.append(t)
    # The entry first, then as they were.
    blocks = [entry] + [b for b in blocks if b in reached and b is not entry]
    changed = True
    while changed:
        changed = False
        for b in blocks:
            if not b.leads and any(t == NEXT if isinstance(t, tuple) else t.leads
                                   for t in b.targets()):
                b.leads = changed = True
    return blocks


def _score(target, placed, hot):
    if isinstance(target, tuple):
        return 2 if target == NEXT and hot else 0
    return 0 if target in placed else 2 if target.leads else 1


def _trace(block, placed, hot):
    """Adds the trace that begins at the block; whether it ends by going on to what is next."""
    while True:
        placed.append(block)
        if block.other is None:
            return False
        if block.cond is not None and \
                _score(block.taken, placed, hot) > _score(block.other, placed, hot):
            block.cond ^= 1
            block.taken, block.other = block.other, block.taken
        if _score(block.other, placed, hot) == 0:
            return False
        if isinstance(block.other, tuple):
            return True
        block = block.other


def arrange(blocks):
    """(blocks of the hot part, blocks of the cold part, whether anything goes on to what is next)"""
    blocks = _simplify(blocks)
    hot = []
    on = _trace(blocks[0], hot, True)
    while not on:
        more = next((b for b in blocks if b.leads and b not in hot), None)
        if more is None:
            break
        on = _trace(more, hot, True)
    cold = list(hot)
    for b in blocks:
        if b not in cold:
            _trace(b, cold, False)
    return hot, cold[len(hot):], hot[0].leads


class _Jump:
    __slots__ = ("cond", "target", "long", "at")

    def __init__(self, cond, target):
        self.cond, self.target, self.long = cond, target, False


def assemble(code, hot, cold):
    """(hot bytes, cold bytes, new offset of each instruction, holes of the jumps as (offset, kind,
    number, addend)); offsets in the cold part count on from those of the hot part."""
    parts = []
    for part, blocks in enumerate((hot, cold)):
        items = []
        for n, b in enumerate(blocks):
            items.append(b)
            items += b.body
            if b.cond is not None:
                items.append(_Jump(b.cond, b.taken))
            behind = blocks[n + 1] if n + 1 < len(blocks) else NEXT if part == 0 else None
            if b.other is not None and b.other != behind:
                items.append(_Jump(None, b.other))
        parts.append(items)
    moved, sizes, changed = {}, [0, 0], True
    while changed:
        changed = False
        for part, items in enumerate(parts):
            at = 0
            for item in items:
                if isinstance(item, Block):
                    item.place = (part, at)
                elif isinstance(item, _Jump):
                    item.at = at
                    at += (2 if not item.long else 5 if item.cond is None else 6)
                else:
                    moved[item.offset] = at
                    at += item.length
            sizes[part] = at
        for part, items in enumerate(parts):
            for item in items:
                if isinstance(item, _Jump) and not item.long:
                    distance = _distance(item, part, sizes)
                    if distance is None or not -128 <= distance - 2 <= 127:
                        item.long = changed = True
    out, holes = (bytearray(), bytearray()), []
    for part, items in enumerate(parts):
        base = sizes[0] if part == 1 else 0
        for item in items:
            if isinstance(item, _Jump):
                _encode(out[part], item, part, sizes, base, holes)
            elif not isinstance(item, Block):
                moved[item.offset] = len(out[part]) + base
                out[part].extend(code[item.offset:item.offset + item.length])
        assert len(out[part]) == sizes[part]
    return bytes(out[0]), bytes(out[1]), moved, holes


def _distance(jump, part, sizes):
    """From the begin of the jump to its target in the same part; None: the target is not there."""
    if jump.target == NEXT and part == 0:
        return sizes[0] - jump.at
    if isinstance(jump.target, tuple) or jump.target.place[0] != part:
        return None
    return jump.target.place[1] - jump.at


def _encode(out, jump, part, sizes, base, holes):
    distance = _distance(jump, part, sizes)
    if not jump.long:
        out.append(0xeb if jump.cond is None else 0x70 | jump.cond)
        out.append(distance - 2 & 0xff)
        return
    out += b"\xe9" if jump.cond is None else bytes((0x0f, 0x80 | jump.cond))
    if distance is not None:
        distance -= len(out) + 4 - jump.at
    elif isinstance(jump.target, tuple):
        holes.append((len(out) + base, *jump.target, -4))
    else:
        to, at = jump.target.place
        holes.append((len(out) + base, "COLD" if to == 1 else "HOT", 0, at - 4))
    out += (distance or 0).to_bytes(4, "little", signed=True)
