// SPDX-License-Identifier: Apache-2.0
// The options of spawn_opt, spawn_request and their kin, as programs write them.
#pragma once

#include "proc/spawn.h"

typedef enum SpawnKind {
    SPAWN_OPT,          // erlang:spawn_opt/4
    SPAWN_REQUEST,      // also {reply, R} and {reply_tag, T}
    SPAWN_DIST_OPT,     // another node's: only what this node has to know is looked at
    SPAWN_DIST_REQUEST, //
} SpawnKind;

typedef enum SpawnOptionsResult {
    SPAWN_OPTIONS_OK,
    SPAWN_OPTIONS_BAD,     // one of them is
    SPAWN_OPTIONS_NO_LIST, // not a proper list
} SpawnOptionsResult;

typedef struct SpawnRequest {
    SpawnOptions options; // monitor_ref is not set
    HeapConfig heap;      // what options.heap points to, when it is not the system's
    SpawnReplyMode reply;
    Term reply_tag;
} SpawnRequest;

// Reads `list`; the terms in *request are the list's parts. Whatever is wrong, the reply mode and
// tag are what the list says.
SpawnOptionsResult bif_spawn_options(const Process *p, SpawnKind kind, Term list,
                                     SpawnRequest *request);
