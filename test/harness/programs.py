# SPDX-License-Identifier: Apache-2.0
"""The steps that are not Erlang cases: building, house rules, C tests, the command, embedding, fuzzing."""
import glob
import os
import re
import shutil
import sys

import vms
from vms import run

UNIT_BUILDS = ["debug", "asan"]
FUZZ_SECONDS = 5


def make(*args, timeout_s=1800):
    return run(["make", "--no-print-directory", f"-j{os.cpu_count() or 2}", *args], timeout_s)


def kept(outcome, lines=40):
    return f"{outcome.ended()}\n" + "\n".join(outcome.text.splitlines()[-lines:])


def build(options, machines, report):
    """release, address and undefined sanitizer, and stress (which moves everything at every reserve)"""
    for kind in dict.fromkeys(["release"] + options.builds):
        outcome = make(f"V={kind}", f"build/{kind}/dialtone")
        report.count(f"make V={kind}", "" if outcome.status == 0 else kept(outcome))
        report.say(f"    V={kind} ({outcome.seconds:.0f} s)")
        if outcome.status != 0:
            report.hopeless = True
    if not report.hopeless:
        make("bin/dialtone")


def tidy(options, machines, report):
    """the house rules that a machine can keep; see tools/tidy.py"""
    outcome = make("tidy")
    rules = re.findall(r"^(ok|FAIL)\s+(\w+): .*\n((?:  .*\n)*)", outcome.text, re.M)
    for state, rule, problems in rules:
        report.count(rule, "" if state == "ok" else problems or "failed")
    if not rules:
        report.fail("tidy", kept(outcome))


def unit(options, machines, report):
    """C unit tests, in the debug build and under the sanitizers"""
    programs = {}
    for kind in UNIT_BUILDS:
        outcome = make(f"V={kind}", "-k", "unit-programs")
        if outcome.status != 0:
            report.fail(f"unit tests do not all build with V={kind}", kept(outcome))
        for path in sorted(glob.glob("test/unit/*/*_test.c")):
            name = path[len("test/unit/"):-len(".c")]
            program = f"build/{kind}/unit/{name}"
            if options.match in name and os.path.exists(program):
                programs.setdefault(name, {})[kind] = program
    jobs = {(name, kind): machines.pool.submit(run, [path], 300, {"CMOCKA_MESSAGE_OUTPUT": "TAP"})
            for name, paths in programs.items() for kind, path in paths.items()}
    tools = [path for path in sorted(glob.glob("test/unit/tools/*_test.py"))
             if options.match in path[len("test/unit/"):]]
    python_jobs = [(path, machines.pool.submit(run, [sys.executable, path, "-v"], 300)) for path in tools]
    for name in programs:
        count_unit(report, name, {kind: jobs[name, kind].result() for kind in programs[name]})
    for path, job in python_jobs:
        count_python(report, path[len("test/unit/"):-len(".py")], job.result())


def count_unit(report, name, outcomes):
    """A test counts once: it passes in both builds."""
    results = {}
    for kind, outcome in outcomes.items():
        tests = re.findall(r"^(ok|not ok) \d+ - (\w+)", outcome.text, re.M)
        for state, test in tests:
            results.setdefault(test, []).extend([] if state == "ok" else [kind])
        bad = any(state != "ok" for state, _ in tests)
        if not tests or (outcome.status != 0 and not bad):
            report.fail(f"{name} ({kind})", kept(outcome, 60))
    for test, bad in results.items():
        report.count(f"{name}: {test}",
                     "\n".join(f"{kind}: {kept(outcomes[kind], 60)}" for kind in bad))


def count_python(report, name, outcome):
    """The tests of a Python tool."""
    tests = re.findall(r"^(test_\w+) .*\.\.\. (ok|FAIL|ERROR)$", outcome.text, re.M)
    for test, state in tests:
        report.count(f"{name}: {test}", "" if state == "ok" else kept(outcome, 60))
    if not tests or (outcome.status != 0 and all(state == "ok" for _, state in tests)):
        report.fail(name, kept(outcome, 60))


# --- dialtone check -------------------------------------------------------------------------------
def check(options, machines, report):
    """every .beam of the installed Erlang/OTP and Elixir is accepted"""
    roots = [os.path.realpath(d) for d in ("/usr/lib/erlang/lib", "/usr/lib/elixir/lib") if os.path.isdir(d)]
    folders = {}
    for root in roots:
        for path in sorted(glob.glob(f"{root}/**/*.beam", recursive=True)):
            app = "/".join(path[len(root) + 1:].split("/")[:1])
            folders.setdefault(f"{os.path.basename(os.path.dirname(root))} {app}", []).append(path)
    total = 0
    builds = [b for b in options.builds if b != "stress"] or ["release"]
    for app, files in folders.items():
        problem = ""
        for kind in builds:
            outcome = run([vms.Machines.program(kind), "check", *files], 600)
            refused = [line for line in outcome.text.splitlines() if ": refused: " in line]
            said = len(re.findall(r"^\S+\.beam: ", outcome.text, re.M))
            if outcome.status != 0 or refused or said != len(files):
                problem += f"{kind}: {said} of {len(files)} files, {len(refused)} refused, " \
                           f"{outcome.ended()}\n" + "\n".join(refused[:20] or [kept(outcome)]) + "\n"
        total += len(files)
        report.count(f"check {app}", problem)
    report.say(f"    {total} files in {len(folders)} applications")


# --- the command ----------------------------------------------------------------------------------
CLI_SOURCE = """-module(cli_probe).
-export([main/0, fail/1, twice/1, text/0, deep/1, leave/0]).
main() -> {hello, [1, 2.5, <<"bits">>]}.
twice(X) -> {X, X}.
text() -> "gr\\x{fc}n".
fail(X) -> erlang:error({no_good, X}).
deep(0) -> [];
deep(N) -> [deep(N - 1)].
leave() -> throw(ball).
"""

# What is typed after `dialtone`, exit status, and a pattern that all of the output matches.
CLI = [
    ("run P", 0, r'\{hello,\[1,2\.5,<<"bits">>\]\}\n'),
    ("run S", 0, r'\{hello,\[1,2\.5,<<"bits">>\]\}\n'),
    ("run P main", 0, r'\{hello,\[1,2\.5,<<"bits">>\]\}\n'),
    ("run P twice #{a=>[1|2],{}=>'B'}", 0, r"\{#\{a => \[1\|2\],\{\} => 'B'\},\n?\s*#\{a => .*\n"),
    ("run P text", 0, '"gr\u00fcn"\\n'),
    ("run P fail 7", 1, r"(?s).*error.*\{no_good,7\}.*cli_probe.*fail.*"),
    ("run P leave", 1, r"(?s).*throw.*ball.*"),
    ("run P no_such 1", 1, r"(?s).*undef.*no_such.*"),
    ("run P twice", 1, r"(?s).*undef.*twice.*"),
    ("run P twice [1,", 2, r"dialtone: .*\n"),
    ("run nowhere.beam", 1, r"dialtone: .*nowhere\.beam.*\n"),
    ("run nowhere.erl", 1, r"(?s)dialtone: .*nowhere\.erl.*\n"),
    ("run BAD", 1, r"dialtone: .*\n"),
    ("run", 2, r"dialtone: .*\n"),
    ("run -pa nowhere P", 2, r"dialtone: .*nowhere.*\n"),
    ("run --no-such-flag 1 P", 2, r"dialtone: .*--no-such-flag.*\n"),
    ("run --slice 1 P deep 1000", 0, r"(?s)\[+\]+\n|[\[\]\s.]+\n"),
    ("check P", 0, r".*cli_probe.*functions.*\n"),
    ("check P BAD", 1, r"(?s).*cli_probe.*bad\.beam: refused: .*2 files, 1 refused\n"),
    ("disasm P twice", 0, r"(?s).*put_tuple2.*"),
    ("disasm BAD", 1, r"dialtone: .*\n"),
    ("disasm --native P twice", 0, r"(?s)twice/1: \d+ bytes hot, \d+ cold\n +\d+  func_info .*"),
    ("disasm --native BAD", 1, r"dialtone: .*\n"),
    ("disasm --native", 2, r"dialtone: .*\n"),
    ("run +JPperf maybe P", 2, r"dialtone: .*maybe.*\n"),
    ("run +JPperf map +JPperfdirectory /nowhere P", 2, r"dialtone: /nowhere/perf-\d+\.map cannot .*\n"),
    ("run --engine interp +JPperf map P", 2, r"dialtone: no machine code is made.*\n"),
    ("run --sim 1 +JPperf map P", 2, r"dialtone: simulated time.*\n"),
    ("run --count-instructions /nowhere/counts P", 2, r"dialtone: .*/nowhere/counts.*\n"),
    ("run +JDgdb yes P", 2, r"dialtone: .*yes.*\n"),
    ("run +JMsingle true P", 0, r'\{hello,\[1,2\.5,<<"bits">>\]\}\n'),
    ("help", 0, r"(?s)dialtone.*run.*check.*disasm.*"),
    ("", 2, r"dialtone: .*\n"),
    ("dance", 2, r"dialtone: .*dance.*\n"),
]


def cli(options, machines, report):
    """the dialtone command: what it prints and how it exits"""
    folder = "build/test/cli"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(f"{folder}/cli_probe.erl", "w", encoding="utf-8") as f:
        f.write(CLI_SOURCE)
    outcome = run(["erlc", "-o", folder, f"{folder}/cli_probe.erl"])
    if outcome.status != 0:
        report.fail("erlc", kept(outcome))
        return
    with open(f"{folder}/cli_probe.beam", "rb") as whole, open(f"{folder}/bad.beam", "wb") as half:
        half.write(whole.read()[:300])
    names = {"P": f"{folder}/cli_probe.beam", "S": f"{folder}/cli_probe.erl", "BAD": f"{folder}/bad.beam"}
    builds = [b for b in options.builds if b != "stress"] or ["release"]
    for typed, status, pattern in CLI:
        problem = ""
        for kind in builds:
            args = [names.get(word, word) for word in typed.split()]
            got = run([vms.Machines.program(kind), *args], 60)
            if got.status != status or not re.fullmatch(pattern, got.text):
                problem += f"{kind}: {got.ended()}, wanted {status} and {pattern}\n{got.text}\n"
        report.count(f"dialtone {typed}", problem)


# --- C programs, fuzz targets ---------------------------------------------------------------------
def embed(options, machines, report):
    """C programs that hold machines inside themselves (test/embed), linked with the library only"""
    outcome = run(["erlc", "-o", "build/test", "test/embed/embedded.erl"])
    if outcome.status != 0:
        report.fail("erlc", kept(outcome))
        return
    for kind in ["release", "asan"]:
        outcome = make(f"V={kind}", "embed")
        if outcome.status != 0:
            report.fail(f"make V={kind} embed", kept(outcome))
            continue
        for path in sorted(glob.glob("test/embed/*.c")):
            name = os.path.basename(path)[:-2]
            outcome = run([f"build/{kind}/embed/{name}", "build/test/embedded.beam"], 120)
            report.count(f"{name} ({kind})", "" if outcome.status == 0 else kept(outcome))


def fuzz(options, machines, report):
    """a few seconds of each fuzz target on its corpus; fuzz/README.md says how to run them for long"""
    if not glob.glob("fuzz/*_fuzz.c"):
        return
    outcome = make("fuzz", timeout_s=1800)
    if outcome.status != 0:
        report.fail("make fuzz", kept(outcome))
        return
    jobs = {}
    for path in sorted(glob.glob("fuzz/*_fuzz.c")):
        name = os.path.basename(path)[:-2]
        scratch = f"build/test/fuzz/{name}"
        os.makedirs(scratch, exist_ok=True)
        corpus = [d for d in (f"fuzz/corpus/{name[:-len('_fuzz')]}",) if os.path.isdir(d)]
        command = [f"build/fuzz/{name}", f"-max_total_time={FUZZ_SECONDS}", "-rss_limit_mb=4096",
                   f"-artifact_prefix={scratch}/", scratch, *corpus]
        jobs[name] = machines.pool.submit(run, command, 120)
    for name, job in jobs.items():
        outcome = job.result()
        report.count(name, "" if outcome.status == 0 else kept(outcome))
