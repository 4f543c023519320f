#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the table of builtins from the BIF(...) lines of the sources.

    tools/bifs.py OUTDIR FILES...      writes OUTDIR/ids.h and OUTDIR/table.inc
    tools/bifs.py --doc OUT FILES...   writes OUT, the list of all builtins of OTP 25 and their state

A builtin is declared where it is written (src/proc/bif.h says how):

    BIF(cname, "module", "name", "Arg, Arg", flags, "What it gives.")

It may take several lines, and the last argument several adjacent strings. A line of an engine
source that reads `// BUILTIN-OP erlang:apply/3` says that the engine does that one itself.
"""
import os
import re
import sys

FACTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "otp25_builtins.txt")


class Builtin:
    def __init__(self, where, fields):
        if len(fields) != 6:
            fail(where, f"BIF takes 6 arguments, here are {len(fields)}")
        self.where = where
        self.cname = fields[0]
        self.module, self.name, self.args, self.doc = (text(where, fields[i]) for i in (1, 2, 3, 5))
        self.flags = fields[4]
        self.arity = len(self.args.split(",")) if self.args.strip() else 0
        if not re.fullmatch(r"[a-z]\w*", self.cname):
            fail(where, f"{self.cname} is no name for a C function")

    def key(self):
        return (self.module, self.name, self.arity)


def fail(where, what):
    sys.exit(f"{where}: {what}")


def c_strings(field):
    """The string literals of a field as they stand in the source, quotes included."""
    return re.findall(r'"(?:[^"\\]|\\.)*"', field)


def text(where, field):
    """The text that one or more adjacent C string literals stand for."""
    strings = c_strings(field)
    if not strings or re.sub(r'"(?:[^"\\]|\\.)*"', "", field).strip():
        fail(where, f"a string literal is wanted in place of {field}")
    return "".join(re.sub(r"\\(.)", r"\1", s[1:-1]) for s in strings)


def split_call(where, source, at):
    """The arguments of the macro call whose opening parenthesis is at source[at]."""
    fields, start, depth, i = [], at + 1, 0, at
    while i < len(source):
        c = source[i]
        if c == '"':
            i = re.compile(r'"(?:[^"\\\n]|\\.)*"').match(source, i).end()
            continue
        if c == "(":
            depth += 1
        elif c == ")":
            depth -= 1
        if depth == 0 or (depth == 1 and c == ","):
            fields.append(source[start:i].strip())
            start = i + 1
            if depth == 0:
                return fields
        i += 1
    fail(where, "the BIF line has no end")


def scan(paths):
    """All builtins, in the order of the files, and the functions that the engine does itself."""
    builtins, engine = [], set()
    for path in sorted(paths):
        with open(path, encoding="utf-8") as f:
            source = f.read()
        for m in re.finditer(r"^BIF\(", source, re.M):
            where = f"{path}:{source.count(chr(10), 0, m.start()) + 1}"
            builtins.append(Builtin(where, split_call(where, source, m.end() - 1)))
        for m in re.finditer(r"^\s*// BUILTIN-OP (\S+):(\S+)/(\d+)\s*$", source, re.M):
            engine.add((m[1], m[2], int(m[3])))
    for key in (lambda b: b.key(), lambda b: b.cname):
        seen = {}
        for b in builtins:
            if key(b) in seen:
                fail(b.where, f"{b.cname} is there already: {seen[key(b)].where}")
            seen[key(b)] = b
    return builtins, engine


def write(path, content):
    """Leaves the file alone when nothing has changed, so that make builds nothing anew."""
    try:
        with open(path, encoding="utf-8") as f:
            if f.read() == content:
                return
    except FileNotFoundError:
        pass
    with open(path, "w", encoding="utf-8") as f:
        f.write(content)


def c_text(s):
    return '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'


def make_tables(outdir, paths):
    builtins, _ = scan(paths)
    ids = "".join(f"    BIF_ID_{b.cname},\n" for b in builtins)
    write(os.path.join(outdir, "ids.h"),
          "// Made by tools/bifs.py from the BIF lines of the sources.\n#pragma once\n\n"
          f"typedef enum BifId {{\n{ids}    BIF_ID_COUNT\n}} BifId;\n")
    externs = "".join(f"Term bif_{b.cname}(Process *p, Term *a);\n" for b in builtins)
    rows = "".join(
        f"    {{{c_text(b.module)}, {c_text(b.name)}, {b.arity}, {b.flags}, bif_{b.cname},\n"
        f"     {c_text(b.args)}, {c_text(b.doc)}}},\n" for b in builtins)
    write(os.path.join(outdir, "table.inc"),
          "// Made by tools/bifs.py from the BIF lines of the sources.\n"
          f"{externs}\nstatic const Bif bif_table[] = {{\n{rows}}};\n")


def mfa(key):
    name = key[1] if re.fullmatch(r"[a-z][a-z0-9_@]*", key[1]) else f"'{key[1]}'"
    return f"{key[0]}:{name}/{key[2]}"


def read_facts():
    facts = set()
    with open(FACTS, encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                m = re.fullmatch(r"(\w+):(.+)/(\d+)", line.strip())
                facts.add((m[1], m[2], int(m[3])))
    return facts


def table(head, rows):
    rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    widths = [max(len(r[i]) for r in [head] + rows) for i in range(len(head))]
    lines = [head, ["-" * w for w in widths]] + rows
    return "".join("| " + " | ".join(c.ljust(w) for c, w in zip(r, widths)) + " |\n" for r in lines)


def make_doc(out, paths):
    builtins, engine = scan(paths)
    ours = {b.key(): b for b in builtins}
    facts = read_facts()
    for key in engine - facts:
        fail("BUILTIN-OP", f"{mfa(key)} is no builtin of OTP 25")
    rows, counts = [], {"done": 0, "engine": 0, "not yet": 0}
    for key in sorted(facts):
        state = "done" if key in ours else "engine" if key in engine else "not yet"
        counts[state] += 1
        b = ours.get(key)
        rows.append([f"`{mfa(key)}`", state, b.doc if b else ""])
    others = [[f"`{mfa(k)}`", ours[k].doc] for k in sorted(set(ours) - facts)]
    write(out, "# Builtins\n\n"
          "Made by `make docs-builtins` from the sources. The functions for which\n"
          "`erlang:is_builtin/3` of OTP 25 is true, and what Dialtone has of them: `done` stands in\n"
          "`src/bif/`, `engine` is an instruction of the engine, `not yet` raises `undef`.\n\n"
          + table(["state", "count"], [[s, str(n)] for s, n in counts.items()]
                  + [["all", str(len(facts))]])
          + "\n" + table(["function", "state", "gives"], rows)
          + "\n## Others\n\nBuiltins that have no counterpart of that name there: native functions of\n"
          "the preloaded modules, and the parts in which long builtins go on.\n\n"
          + table(["function", "gives"], others))
    print(f"{out}: {counts['done']} done, {counts['engine']} in the engine, "
          f"{counts['not yet']} not yet, of {len(facts)}")


def main(args):
    if len(args) >= 2 and args[0] == "--doc":
        make_doc(args[1], args[2:])
    elif len(args) >= 1 and not args[0].startswith("-"):
        make_tables(args[0], args[1:])
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
