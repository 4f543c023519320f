// SPDX-License-Identifier: Apache-2.0
// See code_wait.h. All who wait are woken at once, and race for the right: whoever gets it changes
// something short, and mostly the others find then that what they wanted has been done.
#include "proc/code_wait.h"
#include "proc/table.h"

// Lifetime: from when the process is put on the list until it is woken, or would be.
typedef struct Sleeper {
    CodeWaiter waiter;
    VmCore *vm;
    Term pid;
} Sleeper;

static void wake(Scheduler *s, CodeWaiter *w) {
    Sleeper *sl = CONTAINER_OF(w, Sleeper, waiter);
    Process *p = s == NULL ? NULL : process_lookup(sl->vm, sl->pid);
    if (p != NULL) task_wake(s, &p->task);
    mem_free(&sl->vm->mem, sl, sizeof *sl);
}

bool process_wait_for_code(Process *p) {
    Sleeper *sl = mem_alloc(&p->vm->mem, sizeof *sl);
    if (sl == NULL) return false;
    *sl = (Sleeper){{NULL, wake}, p->vm, p->pid};
    if (code_write_wait(p->vm->code, &sl->waiter)) return true;
    mem_free(&p->vm->mem, sl, sizeof *sl);
    return false;
}

Term bif_wait_for_code(Process *p, Export *again, uint32_t arity, const Term *args) {
    if (process_wait_for_code(p)) return bif_trap_wait(p, again, arity, args);
    p->reds = 0;
    return bif_trap(p, again, arity, args);
}
