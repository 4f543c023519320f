// SPDX-License-Identifier: Apache-2.0
// What ties a process to others: links, monitors it has made, monitors on it, aliases of it. Kept
// outside of the heap; nothing here is a root.
//
// Relations are found by a link's peer or a monitor's or alias's reference, in constant time, and
// cost one small block each. The table grows and shrinks by one bucket at a time (linear hashing),
// so a process with a million of them never stops for long.
//
// Thread: only the scheduler that runs the process.
#pragma once

#include "proc/process.h"

typedef enum RelationKind {
    RELATION_LINK,    // to `peer`
    RELATION_MONITOR, // that this process has made, or an alias of it, or both
    RELATION_WATCHER, // a monitor of `peer` on this process
} RelationKind;

typedef enum MonitorType { MONITOR_NONE, MONITOR_PROCESS, MONITOR_PORT, MONITOR_TIME } MonitorType;
typedef enum AliasMode {
    ALIAS_NONE,
    ALIAS_EXPLICIT,        // until unalias
    ALIAS_DEMONITOR,       // or the monitor is gone
    ALIAS_REPLY_DEMONITOR, // the same, and the first message takes both away
    ALIAS_REPLY,           // the first message takes it away; no monitor
} AliasMode;

// What identifies a reference of this node.
typedef struct RefKey {
    uint64_t low, high;
} RefKey;

typedef struct Relation {
    struct Relation *next; // in its bucket
    RefKey key;            // a link's: the peer and 0
    Term peer;             // pid, TERM_NONE: none
    union {
        // Link: what unlink/1 has sent last, until the peer has answered; 0: the link is active.
        uint64_t unlink_id;
        Term name; // monitor: by which the peer was found, or TERM_NONE
    };
    Signal *tag;   // monitor: its value instead of 'DOWN'; NULL: none
    uint8_t kind;  // RelationKind
    uint8_t type;  // monitor: MonitorType; MONITOR_NONE: only an alias
    uint8_t alias; // monitor: AliasMode
} Relation;

// A reference of this node, not one of another.
bool ref_is_local(Term ref);
RefKey ref_key(Term ref);

Relation *relation_find(const Process *p, RelationKind kind, RefKey key); // NULL: none
// A new one, all other fields 0 or TERM_NONE. The key must not be there. NULL: no memory.
WARN_UNUSED Relation *relation_add(Process *p, RelationKind kind, RefKey key, Term peer);
void relation_remove(Process *p, Relation *r);
// Takes any one out, for the caller to free. NULL: there is none.
Relation *relation_take_any(Process *p);
void relation_free(VmCore *vm, Relation *r);
// Of one kind; links that are being taken down are not counted nor shown.
size_t relation_count(const Process *p, RelationKind kind);
void relation_each(const Process *p, RelationKind kind, void (*fn)(void *ctx, const Relation *r),
                   void *ctx);
void relations_free(Process *p);

// --- what the builtins call ----------------------------------------------------------------------
// Monitors `target`: a local pid, or TERM_NONE when nobody has `name`; `name` TERM_NONE when it is
// monitored by pid. The relation is there when this returns, the target hears of it later; if it is
// gone, a noproc is under way. tag: TERM_NONE for 'DOWN'. ref: made by process_make_ref, or by
// process_make_alias with `alias`. false: no memory, nothing has changed.
typedef struct MonitorRequest {
    MonitorType type;
    Term target, name, tag, ref;
    AliasMode alias;
} MonitorRequest;
WARN_UNUSED bool process_monitor(Process *p, const MonitorRequest *request);
// true: it was there. No DOWN of it comes any more, unless it is in the mailbox already.
bool process_demonitor(Process *p, Term ref);
WARN_UNUSED bool process_alias_add(Process *p, Term ref, AliasMode mode); // false: no memory
bool process_unalias(Process *p, Term ref);                               // true: it was active

// For spawning: the same between a process and one that has not been published yet; both relations
// are made at once. false: no memory, and nothing has changed.
WARN_UNUSED bool process_link_new(Process *parent, Process *child);
WARN_UNUSED bool process_monitor_new(Process *parent, Process *child,
                                     const MonitorRequest *request);

// --- references ----------------------------------------------------------------------------------
// 82 bits: [53 of a counter][1: is an alias][28 of the pid that it is an alias of]. The last part
// is in the reference so that who has nothing but its external form can send to it.
bool ref_is_alias(Term ref); // of a process of this node
Term ref_alias_pid(Term ref);
// Words: LOCAL_REF_WORDS.
Term process_make_alias(Process *p, Hp *hp);

// --- for signal.c --------------------------------------------------------------------------------
bool link_is_known(const Process *p, Term peer);      // active or being taken down
void link_handle(Process *p, Signal *sig);            // LINK
void unlink_handle(Process *p, const Signal *sig);    // UNLINK, UNLINK_ACK
bool link_exit_handle(Process *p, const Signal *sig); // EXIT_LINK; false: there is no such link
void monitor_handle(Process *p, const Signal *sig);   // MONITOR, DEMONITOR
void down_handle(Process *p, Signal *sig_take);       // DOWN: becomes a message
bool alias_handle(Process *p, Term ref); // a message to it has arrived; false: inactive
// The process `dead` is gone: answers for it.
void signal_answer_dead(Scheduler *s, VmCore *vm, Term dead, Signal *sig);
// What ends with p is told: `r` of a process that ends with p->exit_reason.
void relation_tell_exit(Process *p, const Relation *r);
