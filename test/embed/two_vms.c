// SPDX-License-Identifier: Apache-2.0
// Two machines inside one program, through include/dialtone.h alone: what one has loaded, raised or
// run out of, the other does not notice, one after the other and in threads at once.
//
//   two_vms EMBEDDED.beam      exit status 0, or a line for each claim that does not hold
#include "dialtone.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef struct Test {
    const char *beam;
    int failures;
} Test;

static void claim(Test *t, bool holds, const char *what, const char *got) {
    if (holds) return;
    t->failures++;
    printf("does not hold: %s; got: %s\n", what, got == NULL ? "(nothing)" : got);
}

// Calls embedded:function and says whether the outcome and the start of the text are as wanted.
static void expect(Test *t, dt_vm *vm, const char *function, const char *arg, dt_outcome outcome,
                   const char *part) {
    char *text = NULL;
    const char *args[] = {arg};
    dt_outcome got = dt_call(vm, "embedded", function, args, 1, &text);
    const char *said = text != NULL ? text : dt_error(vm);
    claim(t, got == outcome && said != NULL && strstr(said, part) != NULL, function, said);
    if (text != NULL) dt_text_free(vm, text);
}

static dt_vm *machine_of(Test *t, dt_options options) {
    const char *why = NULL;
    dt_vm *vm = dt_new(&options, &why);
    claim(t, vm != NULL, "a machine starts", why);
    return vm;
}
static dt_vm *machine(Test *t, uint64_t memory_bytes_max) {
    return machine_of(t, (dt_options){.memory_bytes_max = memory_bytes_max});
}

static void load(Test *t, dt_vm *vm) {
    const char *module = NULL;
    claim(t, dt_load_file(vm, t->beam, &module) && strcmp(module, "embedded") == 0, "it loads",
          dt_error(vm));
}

static void separate_code_and_errors(Test *t) {
    dt_vm *a = machine(t, 0), *b = machine(t, 0);
    if (a == NULL || b == NULL) return;
    load(t, a);
    expect(t, a, "factorial", "20", DT_VALUE, "2432902008176640000");
    expect(t, b, "factorial", "20", DT_RAISED, "undef");
    load(t, b);
    expect(t, a, "fail", "{my, 'Reason'}", DT_RAISED, "{asked_for,{my,'Reason'}}");
    expect(t, b, "factorial", "25", DT_VALUE, "15511210043330985984000000");
    expect(t, b, "factorial", "[1", DT_FAILED, "");
    dt_free(a);
    expect(t, b, "factorial", "21", DT_VALUE, "51090942171709440000");
    dt_free(b);
}

static void one_runs_out_of_memory(Test *t) {
    dt_vm *small = machine(t, 64 << 20), *large = machine(t, 0);
    if (small == NULL || large == NULL) return;
    load(t, small);
    load(t, large);
    char *text = NULL;
    const char *args[] = {"[]"};
    dt_outcome outcome = dt_call(small, "embedded", "grow", args, 1, &text);
    claim(t, outcome != DT_VALUE, "growing ends without a value", text);
    if (text != NULL) dt_text_free(small, text);
    expect(t, large, "factorial", "10", DT_VALUE, "3628800");
    // The one that ran out goes on too: what it held went with the call.
    expect(t, small, "factorial", "10", DT_VALUE, "3628800");
    dt_free(small);
    dt_free(large);
}

typedef struct Worker {
    Test test;
    bool interpret;
    char result[64];
} Worker;

static void *work(void *arg) {
    Worker *w = arg;
    dt_vm *vm = machine_of(&w->test, (dt_options){.interpret = w->interpret});
    if (vm == NULL) return NULL;
    load(&w->test, vm);
    const char *args[] = {"300", "400"};
    char *text = NULL;
    dt_outcome outcome = dt_call(vm, "embedded", "churn", args, 2, &text);
    claim(&w->test, outcome == DT_VALUE, "churn gives a value", text);
    if (text != NULL) {
        snprintf(w->result, sizeof w->result, "%s", text);
        dt_text_free(vm, text);
    }
    dt_free(vm);
    return NULL;
}

// Two that make machine code of the same module, and one that interprets it. The code of
// the first to end goes away while the others run theirs.
static void three_threads(Test *t) {
    enum { WORKERS = 3 };
    Worker workers[WORKERS] = {{.test = *t}, {.test = *t}, {.test = *t, .interpret = true}};
    pthread_t threads[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        workers[i].test.failures = 0;
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0) {
            claim(t, false, "a thread starts", NULL);
            return;
        }
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        t->failures += workers[i].test.failures;
    }
    for (int i = 1; i < WORKERS; i++)
        claim(t, workers[0].result[0] != '\0' && strcmp(workers[0].result, workers[i].result) == 0,
              "the threads compute the same", workers[i].result);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: two_vms EMBEDDED.beam\n");
        return 2;
    }
    Test test = {.beam = argv[1]};
    separate_code_and_errors(&test);
    one_runs_out_of_memory(&test);
    three_threads(&test);
    return test.failures == 0 ? 0 : 1;
}
