# SPDX-License-Identifier: Apache-2.0
"""What became of the cases: progress while they run, the failures in words, and the line at the end."""
import difflib
import os
import sys
import threading

SHOWN_IN_FULL = 25  # further failures of a step are named only; the file has them all
SHOWN_CHARACTERS = 600


class Report:
    def __init__(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.file = open(path, "w", encoding="utf-8")
        self.path = path
        self.lock = threading.Lock()
        self.passed = self.failed = self.skipped = 0
        self.hopeless = False  # nothing after this can work
        self.step_name = ""

    def say(self, line):
        with self.lock:
            print(line, flush=True)

    def step(self, name, what):
        self.step_name = name
        self.at_start = (self.passed, self.failed, self.skipped)
        self.shown = 0
        self.say(f"--- {name}: {what}")

    def step_done(self, seconds):
        passed, failed, skipped = (now - then for now, then in zip(
            (self.passed, self.failed, self.skipped), self.at_start))
        text = f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
        self.say(f"    {self.step_name}: {text} ({seconds:.0f} s)")

    def ok(self, count=1):
        with self.lock:
            self.passed += count

    def skip(self, name, why):
        with self.lock:
            self.skipped += 1
        self.say(f"    skipped {name}: {why}")

    def fail(self, name, detail=""):
        """One failing case, and what shows that it does."""
        with self.lock:
            self.failed += 1
            self.shown += 1
            self.file.write(f"FAIL {self.step_name} {name}\n{detail}\n")
            self.file.flush()
            print(f"FAIL {self.step_name} {name}")
            if self.shown <= SHOWN_IN_FULL and detail:
                print("\n".join("    | " + short(line) for line in detail.splitlines()[:30]))
            sys.stdout.flush()

    def count(self, name, problem):
        """Passed when there is no problem."""
        if problem:
            self.fail(name, problem)
        else:
            self.ok()

    def finish(self):
        self.file.close()
        if self.failed:
            print(f"what failed, in full: {self.path}")
        print(f"{self.passed} passed, {self.failed} failed"
              + (f", {self.skipped} skipped" if self.skipped else ""), flush=True)
        return 1 if self.failed or self.hopeless else 0


def short(line):
    return line if len(line) <= SHOWN_CHARACTERS else line[:SHOWN_CHARACTERS] + " ..."


def two_outputs(wanted, got_by_build):
    """What the reference printed, and what each of the builds did that printed something else."""
    if wanted.count("\n") <= 2:
        lines = ["reference: " + shorten(wanted)]
        lines += [f"{build}: {shorten(got)}" for build, got in got_by_build.items()]
    else:
        lines = [line for build, got in got_by_build.items() for line in
                 difflib.unified_diff(wanted.splitlines(), got.splitlines(), "reference", build,
                                      lineterm="", n=2)]
    return "\n".join(lines)


def shorten(text, limit=6000):
    text = text.strip("\n")
    if len(text) > limit:
        text = text[:limit // 2] + "\n ... \n" + text[-limit // 2:]
    return text
