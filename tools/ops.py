#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the instruction set (engine/ops/*.ops) and writes what is made from it.

    ops.py OUTDIR FILE.ops...

OUTDIR/code/ops.h             numbers of the instructions (enum OpId)
OUTDIR/code/ops_table.inc     their operands, for the loader and the listing
OUTDIR/engine/interp_ops.inc  a function a variant, for the heads that read operands from units
OUTDIR/engine/handlers.inc    the functions in the order of the variants
OUTDIR/engine/reg_ops.inc     a function a variant, for the stencils' register form
OUTDIR/engine/mem_ops.inc     the same for their memory form
OUTDIR/engine/stencils.meta   the functions of both forms in the order of the JIT's tables
OUTDIR/engine/first_stencil.inc  by instruction: its first register form, its first memory form, and
                              whether its body looks at X registers that are no operands

An instruction is stated as

    // Manual text.
    OP(name, KIND(operand), ...) {
        body
    }

and the kinds are listed in docs/internal/instructions.md. An instruction with sources
and destinations that differ in kind (X register, Y register, constant) becomes one variant
for each combination. The register form of stencils has one kind more: r, an X register that the JIT
keeps in a machine register; see docs/internal/jit.md.
"""
import itertools
import os
import re
import sys

# kind -> (table letter, units); sources and destinations are looked at below.
PLAIN = {
    "U": ("u", 1),   # number
    "L": ("l", 1),   # label
    "F": ("f", 1),   # label or none
    "T": ("t", 2),   # constant term
    "P": ("p", 2),   # pointer
    "N": ("n", 2),   # 64-bit number
    "s": ("s", 2),   # any source, told apart at run time
    "d": ("d", 1),   # any destination, told apart at run time
    "V": ("v", 0),   # variable part: the last operand, written by the loader
}
UNITS_HEAD = 2  # the handler's address


class Operand:
    def __init__(self, text, where):
        m = re.fullmatch(r"([A-Za-z]+)\((\w+)\)", text.strip())
        if not m:
            sys.exit("%s: bad operand %r" % (where, text))
        self.kind, self.name = m.groups()
        if self.kind in PLAIN:
            self.letter, self.units = PLAIN[self.kind]
            self.choices = [""]
        elif re.fullmatch(r"S[xyc]*w?", self.kind):
            self.letter, self.choices = "S", list(self.kind[1:].rstrip("w") or "xyc")
        elif re.fullmatch(r"D[xy]*", self.kind):
            self.letter, self.choices = "D", list(self.kind[1:] or "xy")
        else:
            sys.exit("%s: unknown operand kind %s" % (where, self.kind))

    def width(self, choice):
        if self.letter in "SD":
            return 2 if choice in ("c", "w") else 1
        return self.units

    def macros(self, choice, at):
        n = self.name
        if self.letter == "S":
            return ["#define GET_%s SRC_%s(%d)" % (n, choice.upper(), at)]
        if self.letter == "D":
            return ["#define SET_%s(v) DST_%s(%d, v)" % (n, choice.upper(), at),
                    "#define PLACE_%s PLACE_%s(%d)" % (n, choice.upper(), at)]
        if self.letter == "s":
            return ["#define GET_%s SRC_ANY(%d)" % (n, at),
                    "#define UNITS_%s UNITS_AT(%d)" % (n, at)]
        if self.letter == "d":
            return ["#define SET_%s(v) DST_ANY(%d, v)" % (n, at)]
        if self.letter in "fl":
            return ["#define LABEL_%s LABEL_AT(%d)" % (n, at),
                    "#define TARGET_%s j_%d" % (n, at),
                    "#define HAS_%s HAS_AT(%d)" % (n, at)]
        if self.letter == "u":
            return ["#define NUM_%s NUM_AT(%d)" % (n, at), "#define BYTES_%s BYTES_AT(%d)" % (n, at),
                    "#define IMM_%s NUM_IMM_AT(%d)" % (n, at)]
        if self.letter in "tn":
            return ["#define WORD_%s WORD_AT(%d)" % (n, at),
                    "#define IMM_%s WORD_IMM_AT(%d)" % (n, at)]
        if self.letter == "p":
            return ["#define WORD_%s WORD_AT(%d)" % (n, at)]
        return ["#define UNITS_%s UNITS_AT(%d)" % (n, at)]


    def stencil_choices(self):
        """Kinds of operand in the register form; an operand told apart at run time is known to the JIT."""
        if self.letter in "Ss":
            return [k for c in (self.choices if self.letter == "S" else "xyc")
                    for k in ("rx" if c == "x" else c)] + ["w"] * self.kind.endswith("w")
        if self.letter in "Dd":
            return [k for c in (self.choices if self.letter == "D" else "xy")
                    for k in ("rx" if c == "x" else c)]
        return [""]

    def memory_choices(self):
        return [c for c in self.stencil_choices() if c not in ("r", "w")]

    def stencil_macros(self, choice, at, place, unit):
        """`at`: number of the operand, plus UNITS_HEAD; `place`: which machine register an r operand
        is in; `unit`: where it is in the variant that the loader wrote."""
        n = self.name
        where = "R(%d)" % place if choice == "r" else "%s(%d)" % (choice.upper(), at)
        if self.letter in "Ss":
            return ["#define GET_%s SRC_%s" % (n, where),
                    "#define IS_CONST_%s %d" % (n, choice == "c"),
                    "#define UNITS_%s UNITS_AT(%d)" % (n, unit)]
        if self.letter == "v":
            return self.macros(choice, unit)
        if self.letter in "Dd":
            value = "DST_R(%d, v)" % place if choice == "r" else "DST_%s(%d, v)" % (choice.upper(), at)
            return ["#define SET_%s(v) %s" % (n, value),
                    "#define PLACE_%s PLACE_%s(%d)" % (n, choice.upper(), at)]
        return self.macros(choice, at)

    def unit_width(self, choice):
        """Units of an operand of the register form."""
        return self.width("x" if choice == "r" else choice)


class Op:
    def __init__(self, name, operands, body, path, line, doc):
        self.name, self.operands, self.body = name, operands, body
        self.path, self.line, self.doc = path, line, doc

    def forms(self, choices):
        for combo in itertools.product(*map(choices, self.operands)):
            yield self.name + ("_" + "".join(combo) if "".join(combo) else ""), combo

    def variants(self):
        for combo in itertools.product(*[o.choices for o in self.operands]):
            yield self.name + ("_" + "".join(combo) if "".join(combo) else ""), combo


def parse(path):
    ops, doc, lines = [], [], open(path).read().split("\n")
    i = 0
    while i < len(lines):
        line = lines[i]
        if line.startswith("//"):
            doc.append(line[2:].strip())
        elif line.startswith("OP("):
            head, start = line, i
            while "{" not in head:
                i += 1
                head += " " + lines[i].strip()
            m = re.fullmatch(r"OP\((\w+)((?:,\s*\w+\(\w+\))*)\)\s*\{", head.strip())
            if not m:
                sys.exit("%s:%d: bad OP line" % (path, start + 1))
            where = "%s:%d" % (path, start + 1)
            operands = [Operand(t, where) for t in m.group(2).split(",") if t.strip()]
            body_line, body = i + 2, []
            i += 1
            while lines[i] != "}":
                body.append(lines[i])
                i += 1
            ops.append(Op(m.group(1), operands, body, path, body_line, doc))
            doc = []
        elif line.strip() == "":
            doc = []
        i += 1
    return ops


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def ops_h(ops):
    out = ["// Made by tools/ops.py from engine/ops/*.ops.", "#pragma once", "", "enum OpId {"]
    out += ["    OP_%s," % op.name for op in ops]
    out += ["    OP_COUNT,", "};", "enum { OP_VARIANT_COUNT = %d };"
            % sum(len(list(op.variants())) for op in ops), ""]
    return "\n".join(out)


def table(ops):
    out, first = [], 0
    for op in ops:
        kinds = []
        for o in op.operands:
            mask = sum({"x": 1, "y": 2, "c": 4}.get(c, 0) for c in o.choices)
            mask += 8 * (o.letter == "S" and o.kind.endswith("w"))
            kinds.append('{"%s", \'%s\', %d}' % (o.name, o.letter, mask))
        out.append('    {"%s", %d, %d, {%s}},'
                   % (op.name, first, len(op.operands), ", ".join(kinds) or "{0}"))
        first += len(list(op.variants()))
    return "\n".join(out) + "\n"


def function(out, head, units, macros, op):
    out.append("#define OP_UNITS %d" % units)
    out += macros
    out.append(head + " {")
    out.append("    OP_PROLOGUE")
    out.append('#line %d "%s"' % (op.line, op.path))
    out += op.body
    out.append("}")
    out += ["#undef " + re.match(r"#define (\w+)", m).group(1) for m in macros]
    out.append("#undef OP_UNITS")


def interp(ops):
    out, handlers = [], []
    for op in ops:
        for fn, combo in op.variants():
            handlers.append("    HANDLER(%s)," % fn)
            at, macros = UNITS_HEAD, []
            for o, choice in zip(op.operands, combo):
                macros += o.macros(choice, at)
                at += o.width(choice)
            function(out, "OP_FUNCTION(%s)" % fn, at, macros, op)
    return "\n".join(out) + "\n", "\n".join(handlers) + "\n"


REGISTERS_MAX = 4  # operands in machine registers
# What only the memory form can do: call C on the way, or look at registers by number.
CALLS_C = re.compile(r"LOAD\(\)|CALL_|\bANY\(|engine_|any_destination|p->heap|return;|\bx\[")


def has_register_form(op):
    body = "\n".join(op.body)
    return not CALLS_C.search(body) and not (
        re.search(r"NO_GC_BIF_BEGIN|GUARD_BIF_BEGIN", body) and "NEXT" not in body)


# Registers that are no operands: arguments, results, what may be collected.
LOOKS_AT_X = re.compile(r"\bx\b|CALL_|\bANY\(|engine_")


def form(out, meta, op, kind, fn, combo):
    """One stencil's function, and its line of META."""
    unit, macros, places = UNITS_HEAD, [], []
    for at, (o, choice) in enumerate(zip(op.operands, combo), UNITS_HEAD):
        macros += o.stencil_macros(choice, at, len(places), unit)
        if choice == "r":
            places.append("%d%s" % (at, "!" if o.letter in "Dd" else ""))
        unit += o.unit_width(choice)
    meta.append("%s %s" % (kind, fn) + (" " + (",".join(places) or "-")) * (kind == "reg"))
    if len(places) <= REGISTERS_MAX:
        function(out, "OP_FUNCTION(%s)" % fn, unit, macros, op)


def stencil_forms(ops):
    registers, memory, meta, first = [], [], [], []
    for op in ops:
        first.append([len(meta)])
        for fn, combo in op.forms(Operand.stencil_choices) if has_register_form(op) else ():
            form(registers, meta, op, "reg", fn, combo)
    count = len(meta)
    for op, row in zip(ops, first):
        row.append(len(meta))
        for fn, combo in op.forms(Operand.memory_choices):
            form(memory, meta, op, "mem", fn, combo)
        row.append(int(bool(LOOKS_AT_X.search("\n".join(op.body)))))
    first.append([count, len(meta), 0])
    table = "".join("    {%d, %d, %d},\n" % tuple(row) for row in first)
    return registers, memory, meta, table


def main():
    outdir, paths = sys.argv[1], sorted(sys.argv[2:])
    ops = [op for p in paths for op in parse(p)]
    names = [op.name for op in ops]
    for n in names:
        if names.count(n) > 1:
            sys.exit("instruction %s is stated twice" % n)
    code, handlers = interp(ops)
    registers, memory, meta, first = stencil_forms(ops)
    write(os.path.join(outdir, "engine/interp_ops.inc"), code)
    write(os.path.join(outdir, "engine/handlers.inc"), handlers)
    write(os.path.join(outdir, "engine/reg_ops.inc"), "\n".join(registers) + "\n")
    write(os.path.join(outdir, "engine/mem_ops.inc"), "\n".join(memory) + "\n")
    write(os.path.join(outdir, "engine/stencils.meta"), "\n".join(meta) + "\n")
    write(os.path.join(outdir, "engine/first_stencil.inc"), first)
    write(os.path.join(outdir, "code/ops_table.inc"), table(ops))
    write(os.path.join(outdir, "code/ops.h"), ops_h(ops))


if __name__ == "__main__":
    main()
