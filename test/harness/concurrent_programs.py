# SPDX-License-Identifier: Apache-2.0
"""Whole programs of many processes: the telephone exchange, exact replay of simulations, torture."""
import filecmp
import glob
import os

import vms
from programs import kept, make
from vms import run

FOLDER = "build/test/concurrent"
PHONES = 40
SEEDS = 5
# By seed: the engine. Sanitizers see what C does, so half of it is interpreted.
TORTURE_SEEDS = {1: "", 2: " --engine interp"}
TORTURE_SECONDS = 15
TORTURE_PROCESSES = 300


def compiled(sources, report):
    os.makedirs(FOLDER, exist_ok=True)
    outcome = run(["erlc", "-o", FOLDER, *sorted(sources)])
    if outcome.status != 0:
        report.fail("erlc", kept(outcome))
    return outcome.status == 0


def exchange(options, machines, report):
    """the telephone exchange of examples/: on every build what the reference prints, and simulated"""
    if not compiled(glob.glob("examples/exchange/*.erl"), report):
        return
    wanted = machines.call(vms.REFERENCE, FOLDER, "exchange", "main", [str(PHONES)])
    jobs = {}
    for kind in options.builds:
        for flags in ("+S 1", "+S 2", "+S 8:8", "+S 2 --engine interp"):
            machine = f"{kind} {flags}"
            jobs[machine] = machines.pool.submit(machines.call, machine, FOLDER, "exchange", "main",
                                                 [str(PHONES)])
    for machine, job in jobs.items():
        got = job.result()
        right = got.status == 0 and got.text == wanted.text + "ok\n"
        report.count(f"exchange on {machine}", "" if right else kept(got))


def replay(report, kind, seed):
    """The same seed twice: the same output and the same decisions."""
    problem, traces, texts = "", [], []
    for again in (1, 2):
        trace = f"{FOLDER}/trace-{seed}-{again}.txt"
        got = run([vms.Machines.program(kind), "run", "--sim", str(seed), "--sim-trace", trace,
                   f"{FOLDER}/exchange.beam", "main", str(PHONES)], vms.TIMEOUT_S[kind])
        if got.status != 0:
            problem = kept(got)
        traces.append(trace)
        texts.append(got.text)
    if not problem and texts[0] != texts[1]:
        problem = "the outputs differ"
    if not problem and not filecmp.cmp(*traces, shallow=False):
        problem = "the decisions differ"
    report.count(f"exchange, seed {seed}, replayed", problem)


def simulation(options, machines, report):
    """the same seed gives the same run, to the byte"""
    if not compiled(glob.glob("examples/exchange/*.erl"), report):
        return
    jobs = [machines.pool.submit(replay, report, "release", seed) for seed in range(1, SEEDS + 1)]
    for job in jobs:
        job.result()


def torture(options, machines, report):
    """processes that do everything to each other, under the thread and the address sanitizer"""
    if not compiled(glob.glob("test/torture/*.erl"), report):
        return
    outcome = make("V=tsan", "build/tsan/dialtone")
    if outcome.status != 0:
        report.fail("make V=tsan", kept(outcome))
        return
    args = [str(TORTURE_SECONDS), str(TORTURE_PROCESSES)]
    for kind in ("tsan", "asan", "release"):
        for seed, engine in TORTURE_SEEDS.items():
            got = machines.call(f"{kind} +S 4:4{engine}", FOLDER, "torture", "run", [str(seed), *args], 300)
            right = got.status == 0 and "torture ok" in got.text and "WARNING: " not in got.text
            report.count(f"torture on {kind}, seed {seed}", "" if right else kept(got, 200))
