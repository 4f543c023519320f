// SPDX-License-Identifier: Apache-2.0
// Dialtone as a library: a virtual machine for Erlang's compiled code inside a C program. Any
// number of machines live side by side; they share nothing. A machine is used by one thread at a
// time.
//
// Functions that can fail give false or NULL, and dt_error says why, in one line.
#ifndef DIALTONE_H
#define DIALTONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define DT_API __attribute__((visibility("default")))
#else
#define DT_API
#endif

typedef struct Vm dt_vm;

// What happens when the system's clock is set: Erlang system time approaches it slowly, jumps to it
// once when a program says so, or jumps each time.
typedef enum dt_time_warp {
    DT_NO_TIME_WARP,
    DT_SINGLE_TIME_WARP,
    DT_MULTI_TIME_WARP,
} dt_time_warp;

typedef struct dt_options {
    // Root of an installed Erlang/OTP (the folder that holds lib/). NULL: DIALTONE_OTP or
    // ERL_ROOTDIR of the environment, else where the `erl` on the PATH belongs to. Without OTP a
    // machine still runs what is loaded into it.
    const char *otp_root;
    // 0: the machine's own choice.
    uint64_t memory_bytes_max;  // more is an error of the program that asks for it
    uint32_t slice_reductions;  // reductions of a time slice (4000)
    uint32_t atoms_max;         // 1048576
    uint64_t alloc_fail_every;  // for tests: every n-th allocation fails
    uint32_t schedulers;        // threads that run processes (one a core)
    uint32_t schedulers_online; // how many of them do at first (at most one a core)
    uint32_t dirty_schedulers;  // threads for builtins that compute for long (as many)
    uint32_t processes_max;     // 262144
    dt_time_warp time_warp;
    bool no_time_correction; // monotonic time follows the system's clock
    bool interpret;          // no machine code is made: instructions are interpreted
    bool code_one_view;      // machine code is mapped once, as emulators need it
    // One thread plays all schedulers; a generator started with sim_seed makes each decision, and
    // the clock jumps to the next timer. The same seed gives the same run.
    bool simulate;
    uint64_t sim_seed;
    // Simulated: gets a line for each decision. NULL: none.
    void (*sim_trace)(void *ctx, const char *line, size_t size);
    void *sim_trace_ctx;
} dt_options;

// What became of a call.
typedef enum dt_outcome {
    DT_VALUE,  // it returned
    DT_RAISED, // an exception that nothing caught
    DT_FAILED, // it could not be started: dt_error says why
    DT_HALTED, // it ended the machine (erlang:halt), on which nothing runs any more
} dt_outcome;

// NULL: not enough memory, or *why (if not NULL) points at a text that says what is missing.
DT_API dt_vm *dt_new(const dt_options *options, const char **why);
DT_API void dt_free(dt_vm *vm);
// What the last failing call on this machine met. Good until the next call.
DT_API const char *dt_error(const dt_vm *vm);

// Puts a folder in front of the places where modules are looked for.
DT_API bool dt_add_path(dt_vm *vm, const char *dir);
// Loads a .beam file. *module gets the module's name (good as long as the machine) when not NULL.
DT_API bool dt_load_file(dt_vm *vm, const char *path, const char **module);

// The same for a program: .beam, or .erl, which is compiled with `erlc` first. The folder of the
// file becomes one of those where modules are looked for.
DT_API bool dt_load_program(dt_vm *vm, const char *path, const char **module);

// Calls module:function(args...), each argument an Erlang term as text ("[1, 2]"), and waits for
// it. *text gets what it returned as io_lib's ~tp prints it, or class, reason and stack trace of
// what it raised; free it with dt_text_free.
DT_API dt_outcome dt_call(dt_vm *vm, const char *module, const char *function,
                          const char *const *args, size_t arg_count, char **text);
// After DT_HALTED: the exit status that the program asked for. The text is what it had to say.
DT_API int dt_halt_status(const dt_vm *vm);
DT_API void dt_text_free(dt_vm *vm, char *text);

// One line on a .beam file: "module, N functions", or false and dt_error the reason why it is
// refused. Loads nothing.
DT_API bool dt_check_file(dt_vm *vm, const char *path, char **text);
// The generic and internal instructions of a .beam file, of all functions or those of one name.
DT_API bool dt_list_file(dt_vm *vm, const char *path, const char *function, char **text);
// The internal instructions, each with its machine code.
DT_API bool dt_list_native(dt_vm *vm, const char *path, const char *function, char **text);

// Who is told of machine code (docs/profiling.md of the sources).
typedef struct dt_profile {
    bool perf_map, perf_dump; // perf(1): names in perf-PID.map, code in jit-PID.dump
    const char *perf_dir;     // where these files go; NULL: /tmp
    bool debugger;            // gdb(1)
    bool count_instructions;  // see dt_instruction_counts
} dt_profile;
// Before anything is loaded.
DT_API bool dt_set_profile(dt_vm *vm, const dt_profile *profile);
// How often instructions have run so far, as tables of at most `rows` rows.
DT_API bool dt_instruction_counts(dt_vm *vm, size_t rows, char **text);

#endif
