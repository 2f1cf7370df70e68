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

#define ROW_(L, h) L(X##h##0), L(X##h##1), L(X##h##2), L(X##h##3), L(X##h##4), L(X##h##5), L(X##h##6), L(X##h##7), \
                   L(X##h##8), L(X##h##9), L(X##h##A), L(X##h##B), L(X##h##C), L(X##h##D), L(X##h##E), L(X##h##F)
#define ALL_(L) ROW_(L, 0), ROW_(L, 1), ROW_(L, 2), ROW_(L, 3), ROW_(L, 4), ROW_(L, 5), ROW_(L, 6), ROW_(L, 7), \
                ROW_(L, 8), ROW_(L, 9), ROW_(L, A), ROW_(L, B), ROW_(L, C), ROW_(L, D), ROW_(L, E), ROW_(L, F)

/* The data lines are written to the bus here: kept until the end of the run, they would occupy a host register. */
#define LEAVE_(r, label) { *(r)->lines = (uint8_t) (r)->data; goto label; }

#define FETCH_(r) \
    (r)->left -= (r)->used + 1; \
    (r)->used = 0; \
    (r)->pc++; \
    if (retrovm_unlikely((r)->left < 0)) LEAVE_(r, done_); \
    if (retrovm_unlikely((r)->pc > (r)->window_end)) LEAVE_(r, window_)

#if defined(__GNUC__) && !defined(RETROVM_SWITCH)

#define ADDRESS_(n) &&opcode_##n
#define START(r) static const void *const labels_[256] = {ALL_(ADDRESS_)}; NEXT(r)
#define OPCODE(n) opcode_##n:
#define DISPATCH(r) goto *labels_[(r)->code[(r)->pc - 1]]
#define END()

#else

#define VALUE_(n) opcode_##n
enum { ALL_(VALUE_) };
#define START(r) unsigned opcode_; NEXT(r); dispatch_: switch (opcode_) {
#define OPCODE(n) case opcode_##n:
#define DISPATCH(r) opcode_ = (r)->code[(r)->pc - 1]; goto dispatch_
#define END() }

#endif

#define NEXT(r) FETCH_(r); DISPATCH(r)

/* The exact build has to run this instruction. */
#define BACK(r) goto back_
#define GUARD(r) if (retrovm_unlikely((r)->careful)) goto back_

#define AT_WINDOW() window_:
#define AT_BACK() back_:
#define AT_DONE() done_:

#endif
