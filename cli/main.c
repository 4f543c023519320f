// SPDX-License-Identifier: Apache-2.0
// The dialtone command: a client of include/dialtone.h and nothing else.
#include "dialtone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage_text[] =
    "dialtone: runs compiled Erlang code\n"
    "\n"
    "  dialtone run [OPTION]... FILE [FUNCTION [ARGUMENT]...]\n"
    "      Loads FILE (.beam, or .erl, which is compiled with erlc first), calls FUNCTION\n"
    "      (main) with the arguments, each an Erlang term, and prints what it returns.\n"
    "      Modules that it calls are loaded from the folders given with -pa, the folder of\n"
    "      FILE, and the installed Erlang/OTP.\n"
    "  dialtone check FILE...\n"
    "      Reads, verifies and translates .beam files, and says of each, on one line,\n"
    "      its module and number of functions, or why it is refused.\n"
    "  dialtone disasm [--native] FILE [FUNCTION]\n"
    "      Lists the generic and the internal instructions of a .beam file; with --native\n"
    "      before FILE the internal ones, each with its machine code.\n"
    "  dialtone help\n"
    "\n"
    "Options of run:\n"
    "  -pa DIR           look for modules in DIR first\n"
    "  --otp DIR         the root of the Erlang/OTP to take libraries from; without it that\n"
    "                    is DIALTONE_OTP of the environment, or where `erl` belongs to\n"
    "  --memory BYTES    the most memory the machine may take\n"
    "  --slice N         reductions of a time slice (4000)\n"
    "  +S N[:ONLINE]     schedulers: threads that run processes (one a core), and how many\n"
    "                    of them do so at first (at most one a core)\n"
    "  +P N              the most processes there may be at a time (262144)\n"
    "  +C MODE           when the system's clock is set: no_time_warp (also if not said),\n"
    "                    single_time_warp, multi_time_warp\n"
    "  +c BOOL           correct Erlang's clock (true)\n"
    "  --engine NAME     jit: runs machine code that it makes of the instructions (if not\n"
    "                    said); interp: interprets them\n"
    "  --sim SEED        simulated: one thread plays all schedulers and decides by the seed\n"
    "                    who runs next and for how long; the clock jumps to the next timer\n"
    "  --sim-trace FILE  writes each of those decisions as a line\n"
    "  +JPperf WHAT      tell perf(1) of machine code: map, dump, true (both), false\n"
    "  +JPperfdirectory DIR\n"
    "                    where the files for perf go (/tmp)\n"
    "  +JDgdb BOOL       tell gdb(1) of machine code (false)\n"
    "  +JMsingle BOOL    never map machine code twice, as emulators need it (false)\n"
    "  --count-instructions FILE\n"
    "                    writes how often each internal instruction ran\n"
    "  --fail-alloc N    for tests: every N-th allocation fails\n"
    "\n"
    "Exit status: 0; 1 when the program raised or a file was refused; 2 for a mistake in\n"
    "the command line.\n";

static int mistake(const char *what, const char *which) {
    fprintf(stderr, "dialtone: %s%s (dialtone help lists what there is)\n", what, which);
    return 2;
}

static dt_vm *new_vm(const dt_options *options) {
    const char *why = NULL;
    dt_vm *vm = dt_new(options, &why);
    if (vm == NULL) fprintf(stderr, "dialtone: %s\n", why);
    return vm;
}

// --- run -----------------------------------------------------------------------------------------
typedef struct Run {
    dt_options options;
    const char *paths[256];
    size_t path_count;
    const char *file;
    const char *function;
    const char *const *args;
    size_t arg_count;
    FILE *trace;
    dt_profile profile;
    bool profiled;
    FILE *counts;
} Run;

static bool read_number(const char *text, uint64_t *n) {
    char *end;
    *n = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0';
}

// What happens when the system's clock is set, by the names that erl has for it.
static int read_time_warp(Run *run, const char *value) {
    static const char *const modes[] = {[DT_NO_TIME_WARP] = "no_time_warp",
                                        [DT_SINGLE_TIME_WARP] = "single_time_warp",
                                        [DT_MULTI_TIME_WARP] = "multi_time_warp"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(value, modes[i]) != 0) continue;
        run->options.time_warp = (dt_time_warp)i;
        return 0;
    }
    return mistake("no such time warp mode: ", value);
}

static int read_bool(const char *value, bool *out) {
    *out = strcmp(value, "true") == 0;
    return *out || strcmp(value, "false") == 0 ? 0 : mistake("neither true nor false: ", value);
}

static int read_time_correction(Run *run, const char *value) {
    bool correct;
    int status = read_bool(value, &correct);
    run->options.no_time_correction = !correct;
    return status;
}

static int read_perf(Run *run, const char *value) {
    bool all = strcmp(value, "true") == 0;
    run->profile.perf_map = all || strcmp(value, "map") == 0;
    run->profile.perf_dump = all || strcmp(value, "dump") == 0;
    run->profiled |= run->profile.perf_map || run->profile.perf_dump;
    if (run->profile.perf_map || run->profile.perf_dump || strcmp(value, "false") == 0) return 0;
    return mistake("perf can be told by true, map, dump; or false: ", value);
}

// Options about machine code. -1: it is none of them.
static int read_native(Run *run, const char *name, const char *value) {
    if (strcmp(name, "+JPperf") == 0) return read_perf(run, value);
    if (strcmp(name, "+JMsingle") == 0) return read_bool(value, &run->options.code_one_view);
    if (strcmp(name, "+JDgdb") == 0) {
        run->profiled = true;
        return read_bool(value, &run->profile.debugger);
    }
    if (strcmp(name, "+JPperfdirectory") == 0) {
        run->profile.perf_dir = value;
        return 0;
    }
    if (strcmp(name, "--count-instructions") != 0) return -1;
    run->counts = fopen(value, "w");
    if (run->counts == NULL) return mistake("cannot be written: ", value);
    run->profiled = run->profile.count_instructions = true;
    return 0;
}

// N, or N:M with M of them online.
static int read_schedulers(Run *run, const char *value) {
    char first[16];
    uint64_t all, online = 0;
    size_t size = strcspn(value, ":");
    bool ok = size < sizeof first;
    if (ok) {
        memcpy(first, value, size);
        first[size] = '\0';
        ok = read_number(first, &all) && all >= 1 && all <= 1024;
    }
    if (ok && value[size] == ':')
        ok = read_number(value + size + 1, &online) && online >= 1 && online <= all;
    if (!ok) return mistake("not a number of schedulers (N or N:ONLINE): ", value);
    run->options.schedulers = (uint32_t)all;
    run->options.schedulers_online = (uint32_t)online;
    return 0;
}

static int read_engine(Run *run, const char *value) {
    run->options.interpret = strcmp(value, "interp") == 0;
    if (run->options.interpret || strcmp(value, "jit") == 0) return 0;
    return mistake("neither jit nor interp: ", value);
}

// 0, or the exit status of a mistake.
static int read_option(Run *run, const char *name, const char *value) {
    uint64_t n = 0;
    if (value == NULL) return mistake("a value is missing after ", name);
    if (strcmp(name, "--engine") == 0) return read_engine(run, value);
    if (strcmp(name, "-pa") == 0) {
        if (run->path_count == sizeof run->paths / sizeof run->paths[0])
            return mistake("too many -pa", "");
        run->paths[run->path_count++] = value;
        return 0;
    }
    if (strcmp(name, "--otp") == 0) {
        run->options.otp_root = value;
        return 0;
    }
    int status = read_native(run, name, value);
    if (status >= 0) return status;
    if (strcmp(name, "+C") == 0) return read_time_warp(run, value);
    if (strcmp(name, "+c") == 0) return read_time_correction(run, value);
    if (strcmp(name, "--sim-trace") == 0) {
        run->trace = fopen(value, "w");
        if (run->trace == NULL) return mistake("cannot be written: ", value);
        return 0;
    }
    if (strcmp(name, "+S") == 0) return read_schedulers(run, value);
    if (!read_number(value, &n)) return mistake("not a number: ", value);
    if (strcmp(name, "--memory") == 0)
        run->options.memory_bytes_max = n;
    else if (strcmp(name, "--slice") == 0)
        run->options.slice_reductions = (uint32_t)n;
    else if (strcmp(name, "--fail-alloc") == 0)
        run->options.alloc_fail_every = n;
    else if (strcmp(name, "+P") == 0 && n >= 1024 && n <= 134217727)
        run->options.processes_max = (uint32_t)n;
    else if (strcmp(name, "--sim") == 0)
        run->options.simulate = true, run->options.sim_seed = n;
    else if (*name == '+')
        return mistake("no such option, or a number that it cannot be: ", name);
    else
        return mistake("no such option: ", name);
    return 0;
}

static void trace_line(void *ctx, const char *line, size_t size) {
    fwrite(line, 1, size, ctx);
}

static int read_run(Run *run, int argc, char **argv) {
    int i = 0;
    for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+'); i += 2) {
        int status = read_option(run, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
        if (status != 0) return status;
    }
    if (i >= argc) return mistake("run: which file?", "");
    if (run->trace != NULL) {
        if (!run->options.simulate) return mistake("--sim-trace needs --sim", "");
        run->options.sim_trace = trace_line;
        run->options.sim_trace_ctx = run->trace;
    }
    run->file = argv[i];
    run->function = i + 1 < argc ? argv[i + 1] : "main";
    run->args = (const char *const *)(argv + i + 2);
    run->arg_count = i + 2 < argc ? (size_t)(argc - i - 2) : 0;
    return 0;
}

static int run_loaded(dt_vm *vm, const Run *run, const char *module) {
    char *text = NULL;
    dt_outcome outcome = dt_call(vm, module, run->function, run->args, run->arg_count, &text);
    fflush(stdout);
    if (outcome == DT_VALUE) printf("%s\n", text);
    if (outcome == DT_RAISED) fprintf(stderr, "%s\n", text);
    if (outcome == DT_FAILED) fprintf(stderr, "dialtone: %s\n", dt_error(vm));
    if (outcome == DT_HALTED && *text != '\0') fprintf(stderr, "%s\n", text);
    if (text != NULL) dt_text_free(vm, text);
    if (outcome == DT_HALTED) return dt_halt_status(vm) & 0xff;
    return outcome == DT_VALUE ? 0 : outcome == DT_RAISED ? 1 : 2;
}

enum { COUNT_ROWS = 60 };
static int write_counts(dt_vm *vm, FILE *to) {
    char *text;
    if (!dt_instruction_counts(vm, COUNT_ROWS, &text)) {
        fprintf(stderr, "dialtone: %s\n", dt_error(vm));
        return 1;
    }
    fputs(text, to);
    dt_text_free(vm, text);
    return 0;
}

static int run_command(int argc, char **argv) {
    Run run = {0};
    int status = read_run(&run, argc, argv);
    if (status != 0) return status;
    dt_vm *vm = new_vm(&run.options);
    if (vm == NULL) return 1;
    if (run.profiled && !dt_set_profile(vm, &run.profile)) {
        fprintf(stderr, "dialtone: %s\n", dt_error(vm));
        status = 2;
    }
    for (size_t i = run.path_count; i > 0 && status == 0; i--) {
        if (!dt_add_path(vm, run.paths[i - 1])) {
            fprintf(stderr, "dialtone: %s\n", dt_error(vm));
            status = 2;
        }
    }
    const char *module = NULL;
    if (status == 0 && !dt_load_program(vm, run.file, &module)) {
        fprintf(stderr, "dialtone: %s\n", dt_error(vm));
        status = 1;
    }
    if (status == 0) {
        status = run_loaded(vm, &run, module);
        if (run.counts != NULL && write_counts(vm, run.counts) != 0 && status == 0) status = 1;
    }
    dt_free(vm);
    if (run.counts != NULL && fclose(run.counts) != 0)
        status = mistake("the counts: disk full?", "");
    if (run.trace != NULL && fclose(run.trace) != 0) status = mistake("the trace: disk full?", "");
    return status;
}

// --- check, disasm -------------------------------------------------------------------------------
static int check_command(int argc, char **argv) {
    if (argc == 0) return mistake("check: which files?", "");
    dt_vm *vm = new_vm(NULL);
    if (vm == NULL) return 1;
    int refused = 0;
    for (int i = 0; i < argc; i++) {
        char *text;
        if (dt_check_file(vm, argv[i], &text)) {
            printf("%s: %s\n", argv[i], text);
            dt_text_free(vm, text);
        } else {
            printf("%s: refused: %s\n", argv[i], dt_error(vm));
            refused++;
        }
    }
    if (argc > 1) printf("%d files, %d refused\n", argc, refused);
    dt_free(vm);
    return refused == 0 ? 0 : 1;
}

static int disasm_command(int argc, char **argv) {
    bool native = argc > 0 && strcmp(argv[0], "--native") == 0;
    if (native) argc--, argv++;
    if (argc != 1 && argc != 2) return mistake("disasm: [--native] FILE [FUNCTION]", "");
    dt_vm *vm = new_vm(NULL);
    if (vm == NULL) return 1;
    char *text;
    const char *function = argc == 2 ? argv[1] : NULL;
    bool ok = native ? dt_list_native(vm, argv[0], function, &text)
                     : dt_list_file(vm, argv[0], function, &text);
    if (ok) {
        fputs(text, stdout);
        dt_text_free(vm, text);
    } else {
        fprintf(stderr, "dialtone: %s: %s\n", argv[0], dt_error(vm));
    }
    dt_free(vm);
    return ok ? 0 : 1;
}

int main(int argc, char **argv) {
    const char *verb = argc > 1 ? argv[1] : "";
    if (strcmp(verb, "run") == 0) return run_command(argc - 2, argv + 2);
    if (strcmp(verb, "check") == 0) return check_command(argc - 2, argv + 2);
    if (strcmp(verb, "disasm") == 0) return disasm_command(argc - 2, argv + 2);
    if (strcmp(verb, "help") == 0 || strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0) {
        fputs(usage_text, stdout);
        return 0;
    }
    if (*verb == '\0') return mistake("what is to be done?", "");
    return mistake("no such command: ", verb);
}
