// SPDX-License-Identifier: Apache-2.0
// Clocks and calendar of module erlang. The native unit is the nanosecond. The clocks themselves
// are in proc/clock.c.
#include "bif/bif_int.h"
#include "proc/clock.h"
#include "term/integer.h"

enum { NS_PER_SECOND = 1000000000, SECONDS_PER_DAY = 86400 };

// --- units ---------------------------------------------------------------------------------------

// Parts a second of a time unit; 0: no unit. Parts beyond 64 bits: `*big` is set.
static uint64_t unit_parts(Term unit, bool *big) {
    *big = false;
    switch (unit) {
    case ATOM_second:
    case ATOM_seconds: return 1;
    case ATOM_millisecond:
    case ATOM_milli_seconds: return 1000;
    case ATOM_microsecond:
    case ATOM_micro_seconds: return 1000000;
    case ATOM_nanosecond:
    case ATOM_nano_seconds:
    case ATOM_native:
    case ATOM_perf_counter: return NS_PER_SECOND;
    default: break;
    }
    uint64_t parts;
    if (!term_is_integer(unit) || integer_is_negative(unit)) return 0;
    if (integer_to_uint64(unit, &parts)) return parts;
    *big = true;
    return 1;
}

static Term int64_term_gc(Process *p, int64_t n) {
    Hp hp;
    if (small_fits(n)) return term_small(n);
    if (!process_reserve_gc(p, INT64_WORDS, &hp)) return TERM_NONE;
    Term t = hp_int64(&hp, n);
    process_commit(p, &hp);
    return t;
}

// floor(ns * parts / 10^9) of any size. *unit is a root.
static Term in_big_unit_gc(Process *p, int64_t ns, const Term *unit) {
    Mem *m = p->vm->env.mem;
    Term roots[2] = {int64_term_gc(p, ns), TERM_NIL};
    if (roots[0] == TERM_NONE) return TERM_NONE;
    RootFrame frame;
    process_push_roots(p, &frame, roots, 2);
    Term result = TERM_NONE;
    Hp hp;
    size_t words = integer_op_words(INTEGER_MUL, roots[0], *unit);
    // A quotient takes no more than its dividend; going below zero by one, a word more.
    if (words == SIZE_MAX) {
        bif_system_limit(p);
    } else if (process_reserve_gc(p, 3 * (words + 2), &hp)) {
        Term product = integer_op(m, &hp, INTEGER_MUL, roots[0], *unit);
        // Division cuts towards zero, time goes down.
        if (ns < 0)
            product = integer_op(m, &hp, INTEGER_SUB, product, term_small(NS_PER_SECOND - 1));
        result = integer_op(m, &hp, INTEGER_DIV, product, term_small(NS_PER_SECOND));
        process_commit(p, &hp);
    }
    process_pop_roots(p, &frame);
    return result;
}

// a time in ns as the unit in *unit (a root) says. A time before 0 is rounded down.
static Term in_unit_gc(Process *p, int64_t ns, const Term *unit) {
    bool big;
    uint64_t parts = unit_parts(*unit, &big);
    if (parts == 0) return bif_badarg(p);
    if (parts == NS_PER_SECOND) return int64_term_gc(p, ns);
    __extension__ typedef __int128 Int128;
    Int128 product = (Int128)ns * parts;
    Int128 n = product / NS_PER_SECOND;
    if (product % NS_PER_SECOND < 0) n--;
    if (big || n > INT64_MAX || n < INT64_MIN) return in_big_unit_gc(p, ns, unit);
    return int64_term_gc(p, (int64_t)n);
}

static int64_t monotonic_now(const Process *p) {
    return clock_monotonic_ns(p->vm->clock);
}
static int64_t system_now(const Process *p) {
    return clock_system_ns(p->vm->clock);
}
static int64_t offset_now(const Process *p) {
    return clock_offset_ns(p->vm->clock);
}

BIF(erlang_monotonic_time_0, "erlang", "monotonic_time", "", 0, "Monotonic time in native units.") {
    return int64_term_gc(p, monotonic_now(p));
}
BIF(erlang_monotonic_time_1, "erlang", "monotonic_time", "Unit", 0, "Monotonic time in Unit.") {
    return in_unit_gc(p, monotonic_now(p), a);
}
BIF(erlang_system_time_0, "erlang", "system_time", "", 0,
    "Time since 1970 in native units, by the monotonic clock and its offset.") {
    return int64_term_gc(p, system_now(p));
}
BIF(erlang_system_time_1, "erlang", "system_time", "Unit", 0, "The same in Unit.") {
    return in_unit_gc(p, system_now(p), a);
}
BIF(erlang_time_offset_0, "erlang", "time_offset", "", 0,
    "What to add to monotonic time to get system time, in native units.") {
    return int64_term_gc(p, offset_now(p));
}
BIF(erlang_time_offset_1, "erlang", "time_offset", "Unit", 0, "The same in Unit.") {
    return in_unit_gc(p, offset_now(p), a);
}
BIF(os_system_time_0, "os", "system_time", "", 0,
    "The operating system's time since 1970 in native units.") {
    return int64_term_gc(p, os_system_ns(p->vm->os));
}
BIF(os_system_time_1, "os", "system_time", "Unit", 0, "The same in Unit.") {
    return in_unit_gc(p, os_system_ns(p->vm->os), a);
}
BIF(os_perf_counter_0, "os", "perf_counter", "", 0,
    "The value of a clock that is cheap to read; its unit is perf_counter.") {
    return int64_term_gc(p, os_monotonic_ns(p->vm->os));
}

// {MegaSeconds, Seconds, MicroSeconds}
static Term timestamp_gc(Process *p, int64_t us) {
    Hp hp;
    if (!process_reserve_gc(p, 4, &hp)) return TERM_NONE;
    int64_t s = us / 1000000;
    Term t =
        hp_tuple3(&hp, term_small(s / 1000000), term_small(s % 1000000), term_small(us % 1000000));
    process_commit(p, &hp);
    return t;
}

BIF(erlang_timestamp_0, "erlang", "timestamp", "", 0,
    "{MegaSecs, Secs, MicroSecs} of Erlang system time.") {
    return timestamp_gc(p, system_now(p) / 1000);
}
BIF(os_timestamp_0, "os", "timestamp", "", 0,
    "{MegaSecs, Secs, MicroSecs} of the operating system's time.") {
    return timestamp_gc(p, os_system_ns(p->vm->os) / 1000);
}
BIF(erlang_now_0, "erlang", "now", "", 0,
    "{MegaSecs, Secs, MicroSecs}, later than whatever it gave before.") {
    return timestamp_gc(p, clock_unique_us(p->vm->clock));
}

// --- calendar ------------------------------------------------------------------------------------

// What the reference converts: times of POSIX from 1600, local times from 1902, years of 31 bits.
enum { POSIX_YEAR_MIN = 1600, LOCAL_YEAR_MIN = 1902, YEAR_MAX = INT32_MAX - 1 };

// Days since 1970-01-01 of the Gregorian calendar, for any year: counted in eras of 400 years that
// start on the first of March, so that the leap day is the last of its year.
static int64_t days_from_date(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool is_leap(int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}
static int days_of_month(int64_t year, int month) {
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

// The reference gives days before year 1 that do not exist ({-7,3,-1}); here they are the Gregorian
// calendar's.
static void date_from_seconds(int64_t seconds, OsDate *d) {
    int64_t days = seconds / SECONDS_PER_DAY, rest = seconds % SECONDS_PER_DAY;
    if (rest < 0) {
        rest += SECONDS_PER_DAY;
        days--;
    }
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *d = (OsDate){.day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
                  .month =
                      (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9),
                  .hour = (int)(rest / 3600),
                  .minute = (int)(rest / 60 % 60),
                  .second = (int)(rest % 60),
                  .daylight = -1};
    d->year = year_of_era + era * 400 + (d->month <= 2);
}

// {A, B, C} of small integers.
static bool read_triple(Term t, int64_t out[3]) {
    if (!term_is_tuple(t) || term_tuple_arity(t) != 3) return false;
    for (int i = 0; i < 3; i++) {
        Term e = term_tuple_elements(t)[i];
        if (!term_is_small(e)) return false;
        out[i] = term_small_value(e);
    }
    return true;
}

// {{Y, M, D}, {H, Min, S}} that names a day and a time of day.
static bool read_date(Term t, int64_t year_min, OsDate *d) {
    if (!term_is_tuple(t) || term_tuple_arity(t) != 2) return false;
    int64_t ymd[3], hms[3];
    if (!read_triple(term_tuple_elements(t)[0], ymd) ||
        !read_triple(term_tuple_elements(t)[1], hms))
        return false;
    if (ymd[0] < year_min || ymd[0] > YEAR_MAX || ymd[1] < 1 || ymd[1] > 12 || ymd[2] < 1 ||
        ymd[2] > days_of_month(ymd[0], (int)ymd[1]))
        return false;
    for (int i = 0; i < 3; i++)
        if (hms[i] < 0 || hms[i] > (i == 0 ? 23 : 59)) return false;
    *d = (OsDate){ymd[0], (int)ymd[1], (int)ymd[2], (int)hms[0], (int)hms[1], (int)hms[2], -1};
    return true;
}

static int64_t seconds_from_date(const OsDate *d) {
    return days_from_date(d->year, d->month, d->day) * SECONDS_PER_DAY + d->hour * 3600 +
           d->minute * 60 + d->second;
}

enum { DATE_WORDS = 4, DATE_TIME_WORDS = 3 + 2 * 4 };
static Term hp_day(Hp *hp, const OsDate *d) {
    return hp_tuple3(hp, term_small(d->year), term_small(d->month), term_small(d->day));
}
static Term hp_time(Hp *hp, const OsDate *d) {
    return hp_tuple3(hp, term_small(d->hour), term_small(d->minute), term_small(d->second));
}
static Term date_time_gc(Process *p, const OsDate *d) {
    Hp hp;
    if (!process_reserve_gc(p, DATE_TIME_WORDS, &hp)) return TERM_NONE;
    Term day = hp_day(&hp, d);
    Term t = hp_tuple2(&hp, day, hp_time(&hp, d));
    process_commit(p, &hp);
    return t;
}

// Division that rounds down: the clock may say something before 1970.
static int64_t now_seconds(const Process *p) {
    int64_t ns = os_system_ns(p->vm->os);
    return ns / NS_PER_SECOND - (ns % NS_PER_SECOND < 0);
}
static bool local_now(Process *p, OsDate *d) {
    if (os_local_date(p->vm->os, now_seconds(p), d) == 0) return true;
    bif_badarg(p);
    return false;
}

BIF(erlang_date_0, "erlang", "date", "", 0, "Today's {Year, Month, Day}, local time.") {
    OsDate d;
    Hp hp;
    if (!local_now(p, &d) || !process_reserve_gc(p, DATE_WORDS, &hp)) return TERM_NONE;
    Term t = hp_day(&hp, &d);
    process_commit(p, &hp);
    return t;
}
BIF(erlang_time_0, "erlang", "time", "", 0, "{Hour, Minute, Second}, local time.") {
    OsDate d;
    Hp hp;
    if (!local_now(p, &d) || !process_reserve_gc(p, DATE_WORDS, &hp)) return TERM_NONE;
    Term t = hp_time(&hp, &d);
    process_commit(p, &hp);
    return t;
}
BIF(erlang_localtime_0, "erlang", "localtime", "", 0, "{Date, Time}, local time.") {
    OsDate d;
    return local_now(p, &d) ? date_time_gc(p, &d) : TERM_NONE;
}
BIF(erlang_universaltime_0, "erlang", "universaltime", "", 0, "{Date, Time}, UTC.") {
    OsDate d;
    date_from_seconds(now_seconds(p), &d);
    return date_time_gc(p, &d);
}

BIF(erlang_universaltime_to_localtime_1, "erlang", "universaltime_to_localtime", "DateTime", 0,
    "DateTime, which is UTC, as local time.") {
    OsDate d;
    if (!read_date(a[0], LOCAL_YEAR_MIN, &d) ||
        os_local_date(p->vm->os, seconds_from_date(&d), &d) != 0)
        return bif_badarg(p);
    return date_time_gc(p, &d);
}
BIF(erlang_localtime_to_universaltime_2, "erlang", "localtime_to_universaltime", "DateTime, IsDst",
    0, "DateTime, which is local time, as UTC; IsDst: true, false or undefined.") {
    OsDate d;
    int64_t seconds;
    if (!read_date(a[0], LOCAL_YEAR_MIN, &d) ||
        (a[1] != ATOM_true && a[1] != ATOM_false && a[1] != ATOM_undefined))
        return bif_badarg(p);
    d.daylight = a[1] == ATOM_undefined ? -1 : a[1] == ATOM_true;
    if (os_local_seconds(p->vm->os, &d, &seconds) != 0) return bif_badarg(p);
    date_from_seconds(seconds, &d);
    return date_time_gc(p, &d);
}
BIF(erlang_posixtime_to_universaltime_1, "erlang", "posixtime_to_universaltime", "Seconds", 0,
    "{Date, Time} of UTC that lies Seconds after the start of 1970.") {
    int64_t seconds;
    if (!term_is_integer(a[0]) || !integer_to_int64(a[0], &seconds)) return bif_badarg(p);
    OsDate d;
    date_from_seconds(seconds, &d);
    return date_time_gc(p, &d);
}
BIF(erlang_universaltime_to_posixtime_1, "erlang", "universaltime_to_posixtime", "DateTime", 0,
    "Seconds from the start of 1970 to DateTime, which is UTC.") {
    OsDate d;
    if (!read_date(a[0], POSIX_YEAR_MIN, &d)) return bif_badarg(p);
    return term_small(seconds_from_date(&d));
}
