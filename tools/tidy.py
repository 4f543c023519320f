#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what a machine can check of the house rules; `make tidy` runs it and fails when it finds something.

    tools/tidy.py O=BUILDDIR CFLAGS=FLAGS [NAME ...]

BUILDDIR holds a release build (its objects are searched for mutable statics and forbidden calls, its
gen/ for the generated headers), FLAGS are those the Makefile compiles with. With NAMEs only those checks run.
Each check is a function that yields problems, and its docstring is the rule it keeps.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CLANG, GCC, FORMAT = "clang-19", "gcc", "clang-format-19"

# Lowest first; what each room may include besides itself (docs/ARCHITECTURE.md says why).
LOW = ["base"]
HEAP = LOW + ["os", "term", "heap"]
CODE = HEAP + ["sched", "code"]
PROC = CODE + ["proc"]
LAYERS = {
    "base": [], "os": LOW, "sched": LOW + ["os"], "term": LOW, "heap": HEAP, "code": CODE,
    "proc": PROC, "engine": PROC, "ets": PROC, "io": PROC, "dist": PROC + ["io"],
    "trace": PROC + ["ets"],
}
LAYERS["bif"] = PROC + ["engine", "ets", "io", "dist", "trace"]
LAYERS["vm"] = LAYERS["bif"] + ["bif"]
# Made at build time from lists that stand above the room that includes them: numbers, no mechanism.
GENERATED = re.compile(r"code/ops\w*\.(h|inc)|engine/\w+\.inc|bif/(ids\.h|table\.inc)")

# Outside os/, these and nothing else of the C library and of other people's.
HEADERS_ANYWHERE = set("""assert.h ctype.h errno.h fenv.h float.h inttypes.h limits.h math.h
    stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h
    gmp.h mimalloc.h zlib.h pcre2.h""".split())

# Who may call what reaches the operating system or ends the program, by symbol in the object files.
ALLOCATOR = "malloc calloc realloc mi_malloc mi_realloc mi_free mi_calloc"
OS_CALLS = """open openat close read write pread pwrite lseek mmap mremap munmap mprotect madvise
    flock ftruncate poll epoll_wait select time clock clock_gettime gettimeofday nanosleep usleep
    sleep getenv setenv unsetenv pthread_create pthread_mutex_lock pthread_cond_wait sem_wait
    socket connect accept bind fork vfork execve system getrandom rand random srand srandom fopen
    fread fwrite printf puts putchar perror fputs fputc localtime localtime_r gmtime gmtime_r
    mktime tzset stat fstat opendir readdir getcwd dlopen dlsym signal sigaction"""
ENDS_PROGRAM = "exit _exit _Exit quick_exit abort longjmp _setjmp setjmp raise kill"

LINES_SOFT, LINES_HARD, FUNCTION_LINES, COLUMNS = 1000, 1500, 70, 100
SCRIPTS = ["test/run", "bench/run", "tools/setup", "examples/demo"]
SKIPPED_FOLDERS = {".git", "bin", "corpus", "__pycache__"}


class Check:
    """What the checks share: the tree's files and how to run a tool."""

    def __init__(self, build, cflags):
        self.build = build
        self.cflags = cflags
        self.files = sorted(self.walk())

    def walk(self):
        for folder, folders, names in os.walk(ROOT):
            folders[:] = [d for d in folders
                          if d not in SKIPPED_FOLDERS and not d.startswith("build")]
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), ROOT)
                if not name.endswith((".o", ".beam", ".pyc")) and name != ".git":
                    yield path

    def sources(self, suffixes=(".c", ".h"), under=("src/", "include/", "cli/", "test/", "fuzz/")):
        return [f for f in self.files if f.endswith(tuple(suffixes)) and f.startswith(tuple(under))]

    def objects(self):
        for folder, _, names in os.walk(self.build):
            rel = os.path.relpath(folder, self.build)
            if rel.split(os.sep)[0] in LAYERS or rel == "cli":
                yield from (os.path.join(folder, n) for n in names
                            if n.endswith(".o") and self.source_of(os.path.join(rel, n)))

    @staticmethod
    def source_of(rel):
        """Objects of sources that are gone are left out."""
        base = rel[:-2] + ".c"
        return any(os.path.exists(os.path.join(ROOT, p, base)) for p in ("src", ""))

    def each(self, function, items):
        """Problems of function(item) for all items, two at a time: most of it waits for a compiler."""
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for problems in pool.map(lambda i: list(function(i)), items):
                yield from problems


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as f:
        return f.read()


def run(args, text=None):
    return subprocess.run(args, cwd=ROOT, capture_output=True, text=True, input=text)


def first_lines(text, count=4):
    return "\n    ".join(text.strip().splitlines()[:count])


def layers(check):
    """A file includes its own room and the rooms that its room stands on; cli/ only dialtone.h."""
    for path in check.sources((".c", ".h", ".ops", ".def"), ("src/", "cli/")):
        top, room = path.split("/")[0], path.split("/")[1]
        for number, line in enumerate(read(path).splitlines(), 1):
            m = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
            if not m or GENERATED.fullmatch(m.group(1)):
                continue
            target = m.group(1)
            if top == "cli":
                if target != "dialtone.h" and not os.path.exists(
                        os.path.join(ROOT, "cli", os.path.basename(target))):
                    yield f"{path}:{number}: cli/ is a client of dialtone.h, not of {target}"
            elif target == "dialtone.h":
                if room not in ("vm", "os"):
                    yield f"{path}:{number}: only vm/ knows the embedding interface"
            elif room not in LAYERS:
                yield f"{path}:{number}: {room}/ is not one of the rooms"
            elif target.split("/")[0] not in LAYERS[room] + [room]:
                yield f"{path}:{number}: {room}/ stands below {target}"


def os_headers(check):
    """Headers of the operating system are included in os/ only (unit tests and cli/ excepted)."""
    for path in check.sources(under=("src/", "include/")):
        if path.startswith("src/os/"):
            continue
        for number, line in enumerate(read(path).splitlines(), 1):
            m = re.match(r"\s*#\s*include\s*<([^>]+)>", line)
            if m and m.group(1) not in HEADERS_ANYWHERE:
                yield f"{path}:{number}: <{m.group(1)}> belongs to os/"


def file_sizes(check):
    """Above 1,000 lines a file says why at its top ("Long because"); above 1,500 it is split."""
    for path in check.sources((".c", ".h", ".ops", ".py"), ("src/", "include/", "cli/", "tools/",
                                                             "test/unit/", "fuzz/", "bench/")):
        lines = read(path).splitlines()
        if len(lines) > LINES_HARD:
            yield f"{path}: {len(lines)} lines; {LINES_HARD} is the stop"
        elif len(lines) > LINES_SOFT and not any("Long because" in l for l in lines[:30]):
            yield f"{path}: {len(lines)} lines and no reason (\"Long because ...\") at its top"


def function_lengths(check):
    """A function has at most 70 lines, unless the comment above it says "Long: " and why."""
    for path in check.sources((".c", ".h", ".ops"), ("src/", "include/", "cli/", "fuzz/", "test/unit/")):
        lines = read(path).splitlines()
        start = None
        for i, line in enumerate(lines):
            if start is None and re.match(r"[A-Za-z_].*\(", line) and not line.rstrip().endswith(";"):
                start = i
            elif start is not None and line.rstrip().endswith(");") and line[:1].isspace():
                if not any("{" in l for l in lines[start:i]):
                    start = None
            if line.startswith("}") and start is not None:
                if i - start + 1 > FUNCTION_LINES and not excused(lines, start):
                    yield f"{path}:{start + 1}: a function of {i - start + 1} lines"
                start = None
            elif start is not None and start == i and line.rstrip().endswith("}"):
                start = None


def excused(lines, start):
    while start > 0 and lines[start - 1].startswith("//"):
        start -= 1
        if re.search(r"\bLong: \w+", lines[start]):
            return True
    return False


# What a debugger finds by its name, and its lock: src/engine/jit/gdb.h says why.
STATICS_ALLOWED = {"engine/jit/gdb.o": {"__jit_debug_descriptor", "gdb_lock"}}


def mutable_statics(check):
    """No mutable object with static storage: the objects' data and bss sections are empty."""
    objects = list(check.objects())
    if not objects:
        yield f"{check.build}: no objects to look at; run make first"

    def one(obj):
        for line in run(["objdump", "-h", "-w", obj]).stdout.splitlines():
            fields = line.split()
            if len(fields) < 3 or not fields[0].isdigit() or int(fields[2], 16) == 0:
                continue
            name = fields[1]
            if re.match(r"\.(t?data|t?bss|common)(\.|$)", name) and ".rel.ro" not in name:
                symbols = [l.split()[-1] for l in run(["objdump", "-t", obj]).stdout.splitlines()
                           if f" {name}\t" in l and not l.endswith(name)]
                if set(symbols) <= STATICS_ALLOWED.get(os.path.relpath(obj, check.build), set()):
                    continue
                yield f"{obj}: {name} holds {', '.join(symbols) or 'something'}"
        for line in run(["nm", obj]).stdout.splitlines():
            if re.search(r" C \w+$", line):
                yield f"{obj}: common symbol {line.split()[-1]}"
    yield from check.each(one, objects)


def forbidden_calls(check):
    """Only os/ calls the operating system, only base/mem.c the allocator, only ASSERT ends the program."""
    rules = [(set(ALLOCATOR.split()), "the allocator", ("base/mem.o", "vm/vm.o")),
             # os/ frees what the C library allocated for it.
             ({"free"}, "the allocator", ("base/mem.o", "vm/vm.o", "os/")),
             (set(OS_CALLS.split()), "the operating system", ("os/",)),
             (set(ENDS_PROGRAM.split()), "what ends the program", ("base/base.o", "base/mem.o"))]

    def one(obj):
        rel = os.path.relpath(obj, check.build)
        for line in run(["nm", "-u", obj]).stdout.splitlines():
            symbol = line.split()[-1].split("@")[0]
            for names, what, allowed in rules:
                if symbol in names and not rel.startswith(allowed):
                    yield f"{rel[:-2]}.c: calls {symbol}: not its place to reach {what}"
    yield from check.each(one, [o for o in check.objects() if "/cli/" not in o])


def formatting(check):
    """clang-format decides how C looks."""
    files = check.sources((".c", ".h"))

    def one(batch):
        result = run([FORMAT, "--dry-run", "-Werror", *batch])
        seen = set()
        for line in result.stderr.splitlines():
            m = re.match(r"([^:]+):(\d+):\d+: (error|warning)", line)
            if m and m.group(1) not in seen:
                seen.add(m.group(1))
                yield f"{m.group(1)}:{m.group(2)}: {FORMAT} -i would change it"
        if result.returncode and not seen:
            yield f"{FORMAT}: {first_lines(result.stderr)}"
    yield from check.each(one, [files[i::4] for i in range(4) if files[i::4]])


def headers_alone(check):
    """Each header compiles on its own, with clang and (engine/ excepted) with gcc."""
    def one(path):
        compilers = [CLANG] + ([GCC] if not path.startswith("src/engine/") else [])
        for compiler in compilers:
            result = compile_only(check, compiler, "-", ["-x", "c"], f'#include "{path}"\n')
            if result.returncode:
                yield f"{path}: does not compile alone ({compiler})\n    {first_lines(result.stderr)}"
    yield from check.each(one, check.sources((".h",), ("src/", "include/")))


def second_compiler(check):
    """gcc compiles every room but engine/ without a warning."""
    def one(path):
        result = compile_only(check, GCC, path, [])
        if result.returncode:
            yield f"{path}: {GCC} refuses it\n    {first_lines(result.stderr)}"
    yield from check.each(one, [p for p in check.sources((".c",), ("src/", "cli/"))
                                if not p.startswith("src/engine/")])


def compile_only(check, compiler, path, extra, text=None):
    flags = check.cflags
    if compiler == GCC:
        # gcc tells of attributes that it does not know; those are clang's, and a matter of speed.
        flags = [f for f in flags if not f.startswith("-fsanitize")] + [
            "-Wno-attributes", "-Wno-unknown-pragmas", "-Wno-pragmas"]
    return run([compiler, *flags, "-DDT_DEBUG", "-fsyntax-only", "-I.", *extra, path], text)


def file_headers(check):
    """A source starts with its SPDX line and a sentence on what it is."""
    comment = {".py": ('"""', "#"), ".erl": ("%",)}
    for path in check.files:
        suffix = os.path.splitext(path)[1]
        script = suffix == "" and os.access(os.path.join(ROOT, path), os.X_OK)
        if suffix not in (".c", ".h", ".ops", ".def", ".py", ".erl", ".sh") and not script:
            continue
        lines = [l for l in read(path).splitlines()[:6] if not l.startswith("#!")]
        marks = comment.get(suffix, ("//", "/*") if suffix in (".c", ".h", ".ops", ".def") else ("#", '"""'))
        if suffix == ".erl":
            if not lines or not lines[0].startswith(("%", "-module")):
                yield f"{path}: starts without a comment"
        elif not lines or "SPDX-License-Identifier: Apache-2.0" not in lines[0]:
            yield f"{path}: no SPDX line at its top"
        elif len(lines) < 2 or not lines[1].startswith(marks):
            yield f"{path}: no word on what it is under the SPDX line"


def generated_docs(check):
    """docs/builtins.md and docs/internal/instructions.md are what the sources say."""
    builtins = check.sources((".c", ".ops"), ("src/bif/", "src/engine/"))
    instructions = check.sources((".ops",), ("src/engine/ops/",))
    pages = [("docs/builtins.md", "docs-builtins", ["tools/bifs.py", "--doc"], builtins),
             ("docs/internal/instructions.md", "docs-instructions", ["tools/manual.py"], instructions)]
    for page, target, command, sources in pages:
        with tempfile.NamedTemporaryFile("r", suffix=".md") as out:
            result = run([sys.executable, *command, out.name, *sources])
            if result.returncode:
                yield f"{command[0]}: {first_lines(result.stdout + result.stderr)}"
            elif not os.path.exists(os.path.join(ROOT, page)) or out.read() != read(page):
                yield f"{page} is old: make {target}"


def private_words(check):
    """Nothing in the tree names one developer's machine, or a package registry."""
    private = re.compile(r"(?<![\w.$}])/(work|home|root|Users)/\w|/tmp/b-\w|\b(localhost|127\.0\.0\.1):\d{2,}"
                         r"|\bproxy\.golang|\bartifactory|\bsnapshot\.debian|https?://(10|192\.168)\.")
    for path in check.files:
        if path == "tools/tidy.py" or path.startswith("fuzz/corpus"):
            continue
        for number, line in enumerate(read(path).splitlines(), 1):
            if private.search(line):
                yield f"{path}:{number}: names something private: {line.strip()[:80]}"


def lists_sorted(check):
    """atoms.def is sorted as `LC_ALL=C sort` does, and has each atom once."""
    entries = [l for l in read("src/term/atoms.def").splitlines() if l.startswith("ATOM(")]
    for before, after in zip(entries, entries[1:]):
        if before.encode() >= after.encode():
            yield f"src/term/atoms.def: {after} stands after {before}"


def atoms_used(check):
    """Each atom of atoms.def is named by some C code."""
    named = set()
    for path in check.sources((".c", ".h", ".ops", ".def", ".py"), ("src/", "test/", "fuzz/", "tools/")):
        named.update(re.findall(r"\bATOM_(\w+)", read(path)))
    for name in re.findall(r"^ATOM\((\w+)", read("src/term/atoms.def"), re.M):
        if name not in named:
            yield f"src/term/atoms.def: nothing names {name}"


def columns(check):
    """Text that no formatter keeps has at most about 100 columns too."""
    for path in check.sources((".ops", ".def", ".py", ".sh"), ("src/", "tools/", "test/")) + SCRIPTS:
        for number, line in enumerate(read(path).splitlines(), 1):
            if len(line) > COLUMNS + 10:
                yield f"{path}:{number}: {len(line)} columns"


CHECKS = [layers, os_headers, file_sizes, function_lengths, mutable_statics, forbidden_calls,
          formatting, headers_alone, second_compiler, file_headers, generated_docs, private_words,
          lists_sorted, atoms_used, columns]


def main():
    options = dict(a.split("=", 1) for a in sys.argv[1:] if "=" in a)
    wanted = [a for a in sys.argv[1:] if "=" not in a]
    unknown = set(wanted) - {c.__name__ for c in CHECKS}
    if unknown or "O" not in options:
        sys.exit(f"{__doc__}\nchecks: {' '.join(c.__name__ for c in CHECKS)}")
    check = Check(options["O"], shlex.split(options.get("CFLAGS", "")))
    bad = 0
    for rule in CHECKS:
        if wanted and rule.__name__ not in wanted:
            continue
        problems = list(rule(check))
        bad += len(problems)
        print(f"{'ok  ' if not problems else 'FAIL'} {rule.__name__}: {rule.__doc__}")
        for problem in problems:
            print(f"  {problem}")
    print(f"tidy: {bad} problems" if bad else "tidy: clean")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
