/* How the fast build goes from one instruction to the next.
 *
 * The generated text is a sequence of OPCODE(Xnn); ...; NEXT(r). Under GNU C each NEXT jumps through a table of labels, so
 * that the host predicts every guest instruction's successor by itself; elsewhere, or with RETROVM_SWITCH, all of them
 * share one switch. Measured on the same program: 1.3 to 1.9 times faster with the labels.
 *
 * An instruction starts only with cycles left, and below the end of the code window. `left` and `pc` have moved past the
 * opcode then; whoever does not run it takes that back.
 */
#ifndef RETROVM_MOS6502_DISPATCH_H
#define RETROVM_MOS6502_DISPATCH_H

#include <stdint.h>
#include "mos6502_tables.h"

/* What the fast build has to be careful with: an IRQ waits for I to be cleared; page zero or one is no plain memory. */
enum { IRQ_WAITS = 1, DEVICE_BELOW = 2 };

/* The data lines are written to the bus here: kept until the end of the run, they would occupy a host register. */
#define LEAVE_(r, label) { retrovm_keep_data(r); goto label; }

#define FETCH_(r) \
    (r)->left -= (r)->used + 1; \
    (r)->used = 0; \
    (r)->overflow = 0; \
    (r)->pc++; \
    if (retrovm_unlikely((r)->left < 0)) LEAVE_(r, done_); \
    if (retrovm_unlikely((r)->pc > (r)->window_end)) LEAVE_(r, window_)

#define VALUE_(n) n

/* The same text is compiled once more for who counts the code that runs. */
enum { RETROVM_PLAIN = 0, RETROVM_COUNTING = 1 };
#define COUNT_(r) if (counting_) retrovm_count(r)
#define TAKE_BACK_(r) if (counting_) retrovm_take_back(r)

#if defined(__GNUC__) && !defined(RETROVM_SWITCH)

#define ADDRESS_(n) &&opcode_##n
#define START(r, models, table, counting) \
    enum { counting_ = counting }; \
    static const void *const labels_[][256] = {models##_(ADDRESS_)}; \
    const void *const *const table_ = labels_[table]; \
    NEXT(r)
#define OPCODE(n) opcode_##n:
#define DISPATCH(r) COUNT_(r); goto *table_[(r)->code[(r)->pc - 1]]
#define END()

#else

static const uint16_t PORT_NUMBERS_[][256] = {PORT_(VALUE_)};

#define START(r, models, table, counting) \
    enum { counting_ = counting }; \
    const uint16_t *const table_ = models##_NUMBERS_[table]; \
    unsigned opcode_; NEXT(r); dispatch_: switch (opcode_) {
#define OPCODE(n) case n:
#define DISPATCH(r) COUNT_(r); opcode_ = table_[(r)->code[(r)->pc - 1]]; goto dispatch_
#define END() }

#endif

/* The exact build has one switch over the handlers of all models. */
static const uint16_t NMOS_NUMBERS_[][256] = {NMOS_(VALUE_)};
static const uint16_t CMOS_NUMBERS_[][256] = {CMOS_(VALUE_)};

static inline const uint16_t *retrovm_numbers(int cmos, int table) {
    return cmos ? CMOS_NUMBERS_[table] : NMOS_NUMBERS_[table];
}

/* What no table of numbers leads to, so that the compiler need not look whether one does. */
#if defined(__GNUC__)
#define UNREACHABLE() __builtin_unreachable()
#elif defined(_MSC_VER)
#define UNREACHABLE() __assume(0)
#else
#define UNREACHABLE()
#endif

#define NEXT(r) FETCH_(r); DISPATCH(r)

/* The exact build has to run this instruction. */
#define BACK(r) { TAKE_BACK_(r); goto back_; }
#define GUARD(r) if (retrovm_unlikely((r)->careful)) BACK(r)
#define GUARD_DEVICE(r) if (retrovm_unlikely((r)->careful & DEVICE_BELOW)) BACK(r)

#define AT_WINDOW() window_:
#define AT_BACK() back_:
#define AT_DONE() done_:

#endif
