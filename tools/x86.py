# SPDX-License-Identifier: Apache-2.0
"""Decodes x86-64 instructions: length, where registers are named, which of them are written.

It knows what compilers make for x86-64-v2 (general, SSE up to 4.2, x87) and refuses the rest. After
the processor manuals (Intel SDM volume 2, appendix A). `Unknown` is what it does not know.

The tables are written with one word an operand, "Ev:x Gv:r Ib", kind of operand and what happens to it:
    Eb Ev    general register or memory, in ModRM.rm (b: one byte)
    Gb Gv    general register in ModRM.reg         Ob Ov  general register in the opcode's low bits
    W V      xmm registers in ModRM.rm (or memory), ModRM.reg         M  memory only
    Ib Iw Iz Iv  immediate: 1, 2, 4 (2 with 66), or up to 8 bytes     Jb Jz  distance of a jump
    :r read  :w written  :x both  (nothing: neither, as far as general registers are concerned)
A word in front with "!" is what the instruction is: !jmp !jcc !call !ret !ijmp !icall !trap !nop.
"""


class Unknown(Exception):
    pass


class Insn:
    """offset and length in the code; fields: registers named, as (offset of the byte, shift, number,
    access "r" "w" "x", whether it is one byte wide); disp and imm: (offset, bytes) or None.
    kind "" or as in the tables; cond: the condition of a jcc; target: offset that a jump leads to."""
    __slots__ = ("offset", "length", "fields", "kind", "cond", "target", "disp", "imm", "relative",
                 "rex", "xmms")


class Entry:
    __slots__ = ("kind", "modrm", "memory_only", "reg", "rm", "opcode", "imm", "byte_reg", "byte_rm",
                 "byte_opcode", "xmm_reg", "xmm_rm")

    def __init__(self, spec):
        self.kind = self.imm = ""
        self.reg = self.rm = self.opcode = None  # access of a general register
        self.modrm = self.memory_only = self.xmm_reg = self.xmm_rm = False
        self.byte_reg = self.byte_rm = self.byte_opcode = False
        for word in spec.split():
            name, _, access = word.partition(":")
            if name[0] == "!":
                self.kind = name[1:]
            elif name[0] in "IJ":
                self.imm = name
            elif name[0] == "O":
                self.opcode, self.byte_opcode = access, name == "Ob"
            else:
                self.modrm = True
                if name[0] == "G":
                    self.reg, self.byte_reg = access, name == "Gb"
                elif name[0] == "E":
                    self.rm, self.byte_rm = access or "n", name == "Eb"
                elif name == "V":
                    self.xmm_reg = True
                elif name == "W":
                    self.xmm_rm = True
                elif name == "M":
                    self.memory_only = True
                else:
                    raise ValueError(spec)


ONE, TWO, THREE8, THREEA = {}, {}, {}, {}


def _put(table, codes, spec, prefix=None):
    """prefix: None any of them or none, "" only without 66 F2 F3, else the one that it must have.
    A group (by ModRM.reg) is a list of eight specs, None where there is no such instruction."""
    entry = [s if s is None else Entry(s) for s in spec] if isinstance(spec, list) else Entry(spec)
    for code in codes:
        for p in ("", "66", "f3", "f2") if prefix is None else (prefix,):
            table[code, p] = entry


def _tables():
    one, two = ONE, TWO
    for i in range(8):
        x = "r" if i == 7 else "x"  # cmp
        for low, spec in enumerate(["Eb:%s Gb:r", "Ev:%s Gv:r", "Gb:%s Eb:r", "Gv:%s Ev:r"]):
            _put(one, [i * 8 + low], spec % x)
        _put(one, [i * 8 + 4], "Ib")
        _put(one, [i * 8 + 5], "Iz")
    arith = lambda e, imm: ["%s:x %s" % (e, imm)] * 7 + ["%s:r %s" % (e, imm)]
    unary = lambda e, imm: ["%s:r %s" % (e, imm)] * 2 + ["%s:x" % e] * 2 + ["%s:r" % e] * 4
    none = [None] * 8
    _put(one, range(0x50, 0x58), "Ov:r")
    _put(one, range(0x58, 0x60), "Ov:w")
    _put(one, [0x63], "Gv:w Ev:r")
    _put(one, [0x68], "Iz")
    _put(one, [0x6a], "Ib")
    _put(one, [0x69], "Gv:w Ev:r Iz")
    _put(one, [0x6b], "Gv:w Ev:r Ib")
    _put(one, range(0x70, 0x80), "!jcc Jb")
    _put(one, [0x80], arith("Eb", "Ib"))
    _put(one, [0x81], arith("Ev", "Iz"))
    _put(one, [0x83], arith("Ev", "Ib"))
    _put(one, [0x84], "Eb:r Gb:r")
    _put(one, [0x85], "Ev:r Gv:r")
    _put(one, [0x86], "Eb:x Gb:x")
    _put(one, [0x87], "Ev:x Gv:x")
    _put(one, [0x88], "Eb:w Gb:r")
    _put(one, [0x89], "Ev:w Gv:r")
    _put(one, [0x8a], "Gb:w Eb:r")
    _put(one, [0x8b], "Gv:w Ev:r")
    _put(one, [0x8d], "Gv:w M")
    _put(one, [0x8f], ["Ev:w"] + none[1:])
    _put(one, range(0x90, 0x98), "Ov:x")  # 90 alone is made a nop below
    _put(one, [0x98, 0x99], "")
    _put(one, [0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf], "")
    _put(one, [0xa8], "Ib")
    _put(one, [0xa9], "Iz")
    _put(one, range(0xb0, 0xb8), "Ob:w Ib")
    _put(one, range(0xb8, 0xc0), "Ov:w Iv")
    for code, spec in (0xc0, "Eb:x Ib"), (0xc1, "Ev:x Ib"), (0xd0, "Eb:x"), (0xd1, "Ev:x"), \
            (0xd2, "Eb:x"), (0xd3, "Ev:x"):
        _put(one, [code], [spec] * 8)
    _put(one, [0xc3], "!ret")
    _put(one, [0xc6], ["Eb:w Ib"] + none[1:])
    _put(one, [0xc7], ["Ev:w Iz"] + none[1:])
    _put(one, [0xc9], "")
    _put(one, [0xcc], "!trap")
    _put(one, range(0xd8, 0xe0), "E")  # x87: a register there is none of ours
    _put(one, [0xe8], "!call Jz")
    _put(one, [0xe9], "!jmp Jz")
    _put(one, [0xeb], "!jmp Jb")
    _put(one, [0xf5, 0xf8, 0xf9, 0xfc], "")
    _put(one, [0xf6], unary("Eb", "Ib"))
    _put(one, [0xf7], unary("Ev", "Iz"))
    _put(one, [0xfe], ["Eb:x", "Eb:x"] + none[2:])
    _put(one, [0xff], ["Ev:x", "Ev:x", "!icall Ev:r", None, "!ijmp Ev:r", None, "Ev:r", None])

    _put(two, [0x0b], "!trap")
    _put(two, [0x0d, 0x18], ["M"] * 8)
    _put(two, [0x10, 0x11, 0x51, 0x58, 0x59, 0x5a, 0x5c, 0x5d, 0x5e, 0x5f, 0xc2, 0x12], "V W")
    _put(two, [0xc2], "V W Ib")
    for p in "", "66":
        _put(two, [0x13, 0x17], "V M", p)
        _put(two, [0x14, 0x15, 0x16, 0x28, 0x29, 0x2e, 0x2f, 0x54, 0x55, 0x56, 0x57], "V W", p)
        _put(two, [0x2b], "V M", p)
        _put(two, [0x50], "Gv:w W", p)
        _put(two, [0xc6], "V W Ib", p)
    _put(two, [0x16], "V W", "f3")
    _put(two, [0x1e], none[:7] + ["!nop Ev:r"], "f3")  # endbr64
    _put(two, [0x1f], "!nop Ev:r")
    for p in "f3", "f2":
        _put(two, [0x2a], "V Ev:r", p)
        _put(two, [0x2c, 0x2d], "Gv:w W", p)
    _put(two, [0x31, 0xa2], "")
    _put(two, range(0x40, 0x50), "Gv:x Ev:r")
    for p in "", "f3":
        _put(two, [0x52, 0x53], "V W", p)
    for p in "", "66", "f3":
        _put(two, [0x5b], "V W", p)
    vector = set(range(0x60, 0x6e)) | {0x74, 0x75, 0x76} | set(range(0xd1, 0xff)) - {0xd7, 0xf0}
    _put(two, vector, "V W", "66")
    _put(two, [0x6e], "V Ev:r", "66")
    for p in "66", "f3":
        _put(two, [0x6f, 0x7f], "V W", p)
    for p in "66", "f3", "f2":
        _put(two, [0x70], "V W Ib", p)
        _put(two, [0xe6], "V W", p)
    _put(two, [0x71, 0x72, 0x73], ["W Ib"] * 8, "66")
    for p in "66", "f2":
        _put(two, [0x7c, 0x7d, 0xd0], "V W", p)
    _put(two, [0x7e], "Ev:w V", "66")
    _put(two, [0x7e], "V W", "f3")
    _put(two, range(0x80, 0x90), "!jcc Jz")
    _put(two, range(0x90, 0xa0), "Eb:w")
    _put(two, [0xa3], "Ev:r Gv:r")
    _put(two, [0xa4, 0xac], "Ev:x Gv:r Ib")
    _put(two, [0xa5, 0xad, 0xab, 0xb3, 0xbb], "Ev:x Gv:r")
    _put(two, [0xae], ["M", "M", "M", "M", "M", "E", "E", "E"], "")
    _put(two, [0xaf], "Gv:x Ev:r")
    _put(two, [0xb0], "Eb:x Gb:r")
    _put(two, [0xb1], "Ev:x Gv:r")
    _put(two, [0xb6, 0xbe], "Gv:w Eb:r")
    _put(two, [0xb7, 0xbf], "Gv:w Ev:r")
    _put(two, [0xb8], "Gv:w Ev:r", "f3")
    _put(two, [0xba], none[:4] + ["Ev:r Ib"] + ["Ev:x Ib"] * 3)
    _put(two, [0xbc, 0xbd], "Gv:x Ev:r")  # bsf leaves the register alone where the source is 0
    _put(two, [0xc0], "Eb:x Gb:x")
    _put(two, [0xc1], "Ev:x Gv:x")
    _put(two, [0xc3], "M Gv:r", "")
    _put(two, [0xc4], "V Ev:r Ib", "66")
    _put(two, [0xc5], "Gv:w W Ib", "66")
    _put(two, [0xc7], [None, "M"] + none[2:], "")
    _put(two, range(0xc8, 0xd0), "Ov:x")
    _put(two, [0xd7], "Gv:w W", "66")
    _put(two, [0xf0], "V M", "f2")

    _put(THREE8, [*range(0x00, 0x0c), 0x10, 0x14, 0x15, 0x17, 0x1c, 0x1d, 0x1e, *range(0x20, 0x26),
                  *range(0x28, 0x2c), *range(0x30, 0x42)], "V W", "66")
    _put(THREE8, [0xf0], "Gv:x Eb:r", "f2")
    _put(THREE8, [0xf1], "Gv:x Ev:r", "f2")
    _put(THREEA, [*range(0x08, 0x10), 0x21, 0x40, 0x41, 0x42, 0x60, 0x61, 0x62, 0x63], "V W Ib",
         "66")
    _put(THREEA, [0x14, 0x15, 0x16, 0x17], "Ev:w V Ib", "66")
    _put(THREEA, [0x20, 0x22], "V Ev:r Ib", "66")


_tables()

PREFIXES = {0x66, 0xf2, 0xf3, 0xf0, 0x2e, 0x3e, 0x26, 0x36, 0x64, 0x65, 0x67}
IMM_BYTES = {"": 0, "Ib": 1, "Jb": 1, "Iw": 2, "Jz": 4}


def decode(code, start):
    """The instruction at `start` of `code` (bytes)."""
    try:
        return _decode(code, start)
    except IndexError:
        raise Unknown("runs over the end") from None


def _decode(code, at):
    insn = Insn()
    insn.offset = start = at
    insn.fields = fields = []
    insn.disp = insn.target = insn.cond = None
    insn.relative = False
    insn.xmms = ()
    op16, repeat, rex = False, "", 0
    byte = code[at]
    while byte in PREFIXES:
        if byte == 0x66:
            op16 = True
        elif byte == 0xf2:
            repeat = "f2"
        elif byte == 0xf3:
            repeat = "f3"
        at += 1
        byte = code[at]
    if byte & 0xf0 == 0x40:
        rex = byte
        at += 1
        byte = code[at]
    insn.rex = rex
    table = ONE
    if byte == 0x0f:
        at += 1
        byte = code[at]
        table = TWO
        if byte == 0x38 or byte == 0x3a:
            table = THREE8 if byte == 0x38 else THREEA
            at += 1
            byte = code[at]
    entry = table.get((byte, repeat or ("66" if op16 else "")))
    opcode_at = at
    at += 1
    if entry is not None and type(entry) is list:
        entry = entry[code[at] >> 3 & 7]
    if entry is None:
        raise Unknown("instruction " + code[start:start + 8].hex(" "))
    insn.kind = entry.kind
    if entry.modrm:
        at = _modrm(code, at, rex, entry, insn)
    elif entry.opcode is not None:
        number = byte & 7 | (rex & 1) << 3
        if table is ONE and byte == 0x90 and (number == 0 or repeat == "f3"):
            if number != 0:
                raise Unknown("pause with a register")
            insn.kind = "" if repeat == "f3" else "nop"
        else:
            fields.append((opcode_at, 0, number, entry.opcode, entry.byte_opcode))
    size = entry.imm
    if size == "Iz":
        size = 2 if op16 and not rex & 8 else 4
    elif size == "Iv":
        size = 8 if rex & 8 else 2 if op16 else 4
    else:
        size = IMM_BYTES[size]
    if size:
        insn.imm = (at, size)
        at += size
        if len(code) < at:
            raise Unknown("runs over the end")
        if entry.imm[0] == "J":
            if op16:
                raise Unknown("16-bit jump")
            insn.target = at + int.from_bytes(code[at - size:at], "little", signed=True)
            if insn.kind == "jcc":
                insn.cond = byte & 15
    else:
        insn.imm = None
    insn.length = at - start
    if len(code) < at:
        raise Unknown("runs over the end")
    return insn


def _modrm(code, at, rex, entry, insn):
    """Takes ModRM, SIB and displacement; where the instruction goes on."""
    fields = insn.fields
    modrm = code[at]
    modrm_at = at
    at += 1
    mod, rm = modrm >> 6, modrm & 7
    reg = modrm >> 3 & 7 | (rex & 4) << 1
    if entry.reg is not None:
        fields.append((modrm_at, 3, reg, entry.reg, entry.byte_reg))
    elif entry.xmm_reg:
        insn.xmms += (reg,)
    if mod == 3:
        if entry.memory_only:
            raise Unknown("register where memory is expected")
        if entry.rm is not None and entry.rm != "n":
            fields.append((modrm_at, 0, rm | (rex & 1) << 3, entry.rm, entry.byte_rm))
        elif entry.xmm_rm:
            insn.xmms += (rm | (rex & 1) << 3,)
        return at
    if rm == 4:
        sib = code[at]
        base, index = sib & 7, sib >> 3 & 7 | (rex & 2) << 2
        if index != 4:
            fields.append((at, 3, index, "r", False))
        if base == 5 and mod == 0:
            insn.disp = (at + 1, 4)
        else:
            fields.append((at, 0, base | (rex & 1) << 3, "r", False))
        at += 1
    elif rm == 5 and mod == 0:
        insn.relative = True
        insn.disp = (at, 4)
    else:
        fields.append((modrm_at, 0, rm | (rex & 1) << 3, "r", False))
    if mod == 1:
        insn.disp = (at, 1)
    elif mod == 2:
        insn.disp = (at, 4)
    return at + (insn.disp[1] if insn.disp else 0)
