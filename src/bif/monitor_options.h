// SPDX-License-Identifier: Apache-2.0
// The options of monitor/3, which spawn_opt's {monitor, Options} has as well. In erlang_monitor.c.
#pragma once

#include "proc/relations.h"

// A list of {alias, Mode} and {tag, Tag}. Not given: ALIAS_NONE, TERM_NONE. false: not such a list.
WARN_UNUSED bool bif_monitor_options(Term list, AliasMode *alias, Term *tag);
