// SPDX-License-Identifier: Apache-2.0
// Making processes. See process.h.
#pragma once

#include "proc/process.h"

typedef enum SpawnReplyMode {
    SPAWN_REPLY_YES,
    SPAWN_REPLY_NO,
    SPAWN_REPLY_ERROR_ONLY,
    SPAWN_REPLY_SUCCESS_ONLY
} SpawnReplyMode;

typedef struct SpawnOptions {
    bool link;
    bool monitor;
    Term monitor_ref; // made by the parent: process_make_alias with `alias`, else process_make_ref
    Term monitor_tag; // TERM_NONE: 'DOWN'
    uint8_t alias;    // AliasMode of the monitor; 0: none
    uint8_t priority; // TaskPriority
    bool off_heap;    // message_queue_data
    const HeapConfig *heap;
    // Success is told by a message {reply_tag, monitor_ref, ok, Pid}, before any of the child's.
    bool reply;
    Term reply_tag;
} SpawnOptions;
void spawn_options_init(SpawnOptions *o, const VmCore *vm);

typedef enum SpawnResult { SPAWNED, SPAWN_SYSTEM_LIMIT } SpawnResult;
// Starts a process that calls module:function(args...), `args` a proper list. *child: its pid, good
// as a term for ever; *copied_words: how many words the arguments took. The child is ready to run
// when this returns. Nothing of the parent moves.
WARN_UNUSED SpawnResult process_spawn(Process *parent, const SpawnOptions *o, Term module,
                                      Term function, Term args, Term *child, size_t *copied_words);
// Sends p {tag, ref, status, value}, status and value being immediate. false: no memory.
WARN_UNUSED bool spawn_reply(Process *p, Term tag, Term ref, Term status, Term value);
// The same from outside of any process: for the machine's own (group leader, calls from outside).
WARN_UNUSED Process *process_spawn_first(Scheduler *s, VmCore *vm, Term module, Term function,
                                         Term args);

// A process in the table that belongs to the calling thread (see HeldCall), detached; it has
// nothing to run yet. group_leader: a pid, or TERM_NONE: itself. NULL: no memory or too many
// processes.
WARN_UNUSED Process *process_new_held(VmCore *vm, HeldCall *held, Term group_leader);
