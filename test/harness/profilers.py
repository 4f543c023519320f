# SPDX-License-Identifier: Apache-2.0
"""What profilers and debuggers are told of machine code, and that they follow it."""
import glob
import os
import re
import shutil
import struct

from programs import kept
from vms import Machines, run

FOLDER = "build/test/profilers"
SOURCE = """-module(prof_probe).
-export([main/0, spin/1, outer/1, 'odd name'/1]).
main() -> {spin(300000), outer([3, 2, 1]), 'odd name'(7)}.
spin(0) -> done;
spin(N) -> spin(N - 1).
outer(L) ->
    Inner = inner(L),
    [length(L) | Inner].
inner(L) ->
    Mapped = lists:map(fun(X) -> X + 1 end, L),
    Text = integer_to_list(length(Mapped) + 300),
    {Mapped, Text, <<1:8, (hd(L)):8>>, L < [1, 2 | Mapped], #{L => 1, Text => 2, Mapped => 3}}.
'odd name'(X) -> <<X:8>>.
"""
PRINTS = '{done,[3|{[4,3,2],"303",<<1,3>>,false,#{[3,2,1] => 1,[4,3,2] => 3,"303" => 2}}],<<7>>}\n'


def dialtone(*args):
    return [Machines.program("release"), *args, f"{FOLDER}/prof_probe.beam"]


def without_time(text):
    return re.sub(r"\n\s*", "", text)


def perf_files(what):
    return glob.glob(f"{FOLDER}/{what}")


def started(outcome):
    return outcome.status == 0 and without_time(outcome.text) + "\n" == PRINTS


def map_of_names():
    """+JPperf map writes addresses, sizes and names"""
    outcome = run(dialtone("run", "+JPperf", "map", "+JPperfdirectory", FOLDER))
    files = perf_files("perf-*.map")
    if not started(outcome) or len(files) != 1 or perf_files("jit-*.dump"):
        return f"{outcome.ended()}, {len(files)} maps\n{kept(outcome)}"
    rows = []
    for line in open(files[0], encoding="utf-8"):
        m = re.fullmatch(r"([0-9a-f]+) ([0-9a-f]+) (\$.+)\n", line)
        if m is None:
            return f"not a row of a map: {line}"
        rows.append((int(m[1], 16), int(m[2], 16), m[3]))
    names = {name for _, _, name in rows}
    wanted = {"$prof_probe:main/0", "$prof_probe:spin/1", "$prof_probe:'odd name'/1", "$lists:map/2",
              "$prof_probe:'-inner/1-fun-0-'/1", "$prof_probe:spin/1.cold"}
    rows.sort()
    overlaps = [b for a, b in zip(rows, rows[1:]) if a[0] + a[1] > b[0]]
    return f"missing {wanted - names}, overlapping {overlaps[:3]}" if wanted - names or overlaps else ""


def dump_of_code():
    """+JPperf dump writes code, lines and unwinding tables, in this order backwards"""
    outcome = run(dialtone("run", "+JPperf", "dump", "+JPperfdirectory", FOLDER))
    files = perf_files("jit-*.dump")
    if not started(outcome) or len(files) != 1:
        return f"{outcome.ended()}, {len(files)} dumps\n{kept(outcome)}"
    data = open(files[0], "rb").read()
    os.unlink(files[0])
    if data[:8] != b"DTiJ\1\0\0\0":
        return f"not a dump: {data[:8]}"
    at, lines, unwound, found = 40, {}, 0, {}
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind == 2:  # lines
            start, count = struct.unpack_from("<QQ", data, at + 16)
            entry = at + 32
            for _ in range(count):
                _, line = struct.unpack_from("<QI", data, entry)
                end = data.index(b"\0", entry + 16)
                lines.setdefault(start, []).append((data[entry + 16:end].decode(), line))
                entry = end + 1
        elif kind == 4:  # unwinding
            unwound += 1
        elif kind == 0:  # code
            start, _, bytes_ = struct.unpack_from("<QQQ", data, at + 24)
            end = data.index(b"\0", at + 56)
            if end + 1 + bytes_ > at + size:
                return "a record without its code"
            found[data[at + 56:end].decode()] = lines.get(start, [])
        at += size
    at_inner = found.get("$prof_probe:inner/1", [])
    if {10, 11} - {line for file, line in at_inner if file.endswith("prof_probe.erl")}:
        return f"lines of inner/1: {at_inner}"
    return "" if unwound == len(found) else f"{unwound} tables for {len(found)} pieces of code"


def perf_report():
    """perf report shows Erlang functions by their names"""
    if shutil.which("perf") is None:
        return None
    data = f"{FOLDER}/perf.data"
    outcome = run(["perf", "record", "-e", "cpu-clock", "-F", "5000", "-o", data,
                   *dialtone("run", "+JPperf", "map"), "spin", "100000000"])
    if "Captured and wrote" not in outcome.text:
        return None  # not allowed here
    pid = run(["perf", "report", "-i", data, "--stdio", "--sort", "pid"]).text
    outcome = run(["perf", "report", "-i", data, "--stdio"])
    for number in re.findall(r"(\d+):dialtone", pid):
        if os.path.exists(f"/tmp/perf-{number}.map"):
            os.unlink(f"/tmp/perf-{number}.map")
    return "" if re.search(r"\$prof_probe:spin/1\b", outcome.text) else kept(outcome)


def perf_inject():
    """perf inject --jit makes files of the dump; C functions show which Erlang function called them"""
    if shutil.which("perf") is None:
        return None
    data, injected = f"{FOLDER}/perf.data", f"{FOLDER}/perf.jit.data"
    outcome = run(["perf", "record", "-e", "cpu-clock", "-F", "5000", "-k", "1", "-o", data,
                   *dialtone("run", "+JPperf", "dump", "+JPperfdirectory", os.path.abspath(FOLDER)),
                   "spin", "100000000"])
    if "Captured and wrote" not in outcome.text:
        return None
    outcome = run(["perf", "inject", "--jit", "-i", data, "-o", injected])
    if outcome.status != 0:
        return kept(outcome)
    outcome = run(["perf", "report", "-i", injected, "--stdio"])
    return "" if re.search(r"jitted-\d+-\d+\.so.*\$prof_probe:spin/1\b", outcome.text) else kept(outcome)


def gdb(*commands):
    args = ["gdb", "-q", "-nx", "-batch"]
    for command in ("set debuginfod enabled off", "source tools/gdb_dialtone.py",
                    "break print_integer_gc", *commands):
        args += ["-ex", command]
    return run([*args, "--args", *dialtone("run", "+S", "1", "+JDgdb", "true")], 120)


def gdb_backtrace():
    """gdb walks from C through machine code to C, and shows the process's stack"""
    if shutil.which("gdb") is None:
        return None
    # Which C functions are called from machine code, and which by slow handlers, may change.
    outcome = gdb("run", "erlang-bt", "info symbol *(void**)p->ip", "break bits_create_short",
                  "break term_compare_slow", "break engine_put_map_gc", "continue", "bt", "continue",
                  "bt", "continue", "bt")
    if "Breakpoint" not in outcome.text or "ptrace" in outcome.text:
        return None
    order = [r"process 0x\w+ in print_integer_gc",
             r"#0\s+prof_probe:outer/1 @\d+ \(\S*prof_probe\.erl, line 7\)",
             r"#1\s+prof_probe:main/0 @\d+ \(\S*prof_probe\.erl, line 3\)",
             r"\$prof_probe:inner/1 \+",
             r"#1 .* in \$prof_probe:inner/1(\.cold)? \(\)", r"#2 .* native_run", r"engine_turn",
             r"clone|start_thread"]
    return "" if re.search("(?s)" + ".*".join(order), outcome.text) else outcome.text[-4000:]


def disasm_native():
    """dialtone disasm --native shows each instruction with its machine code"""
    args = [Machines.program("release"), "disasm", "--native", f"{FOLDER}/prof_probe.beam", "spin"]
    outcome = run(args)
    if outcome.status != 0 or not outcome.text.startswith("spin/1: "):
        return kept(outcome)
    if shutil.which("objdump") is not None and not re.search(
            r"(?s)\n +\d+  func_info .*\n +mov .*\n +\d+  call_only .*to=(@\d+)\n.*\n +j\w+ +\1\n",
            outcome.text):
        return kept(outcome, 80)
    outcome = run(args, extra_env={"PATH": "/nowhere"})  # no objdump there
    return "" if outcome.status == 0 and re.search(r"\n +([0-9a-f]{2} )+", outcome.text) else kept(outcome)


def counts():
    """--count-instructions counts exactly, on several schedulers"""
    path = f"{FOLDER}/counts.txt"
    outcome = run(dialtone("run", "--count-instructions", path))
    if not started(outcome):
        return kept(outcome)
    text = open(path, encoding="utf-8").read()
    # spin runs 300001 times; its last call does not call itself.
    return "" if re.search(r"\n +300001 .* prof_probe:spin/1 @", text) and \
        re.search(r"\n +300000 .* prof_probe:spin/1 @", text) and "functions\n" in text else text[:4000]


def one_view():
    """+JMsingle true runs with code that is mapped once"""
    outcome = run(dialtone("run", "+JMsingle", "true"))
    return "" if started(outcome) else kept(outcome)


CASES = [map_of_names, dump_of_code, perf_report, perf_inject, gdb_backtrace, disasm_native, counts, one_view]


def profilers(options, machines, report):
    """perf, gdb, listings and counts of machine code"""
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    with open(f"{FOLDER}/prof_probe.erl", "w", encoding="utf-8") as f:
        f.write(SOURCE)
    outcome = run(["erlc", "+debug_info", "-o", FOLDER, f"{FOLDER}/prof_probe.erl"])
    if outcome.status != 0:
        report.fail("erlc", kept(outcome))
        return
    for case in CASES:
        problem = case()
        if problem is None:
            report.skip(case.__name__, "not to be had on this machine")
        else:
            report.count(case.__name__, problem)
