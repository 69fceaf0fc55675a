/* Consent before delivery: tender, take-up, refusal, withdrawal, silence, delivery, answer. See docs/spec/16-models.md. */

#include "tables/note.pml"

/* All kinds. */
#define OFFERED 1022

/* No kind here is one that both sides may do at once. */
#define placed 0
#define twice 0
#define text_for(k) ((k) == K_TENDER || (k) == K_DELIVER -> 1 : 0)

/* Whether nobody waits at node n. A withdrawn offer is over for the opener once that is settled: until then an
 * acceptance that had not seen the withdrawal may still stand before it, and he may let it lapse. */
#define PHASE(n) view[(n) * SLOTS]
#define over(n) (PHASE(n) == P_REFUSED || PHASE(n) == P_LAPSED || PHASE(n) == P_UNDELIVERED || \
    PHASE(n) == P_UNANSWERED || PHASE(n) == P_ANSWERED || (PHASE(n) == P_WITHDRAWN && settled[n]))
/* Whether node n itself waits for the other: for a take-up, a refusal or an answer; for a delivery. */
#define waiting(n) ((n) == 1 && PHASE(n) == P_TAKEN || (n) == 0 && (PHASE(n) == P_TENDERED || \
    PHASE(n) == P_DELIVERED || PHASE(n) == P_WITHDRAWN && !settled[n]))

/* What officers are promised of acts that crossed. Side 0 is the opener.
 *   nothing but an act that crossed it overtakes an act;
 *   the opener's lapse always stands: no acceptance that he had not seen binds him after it;
 *   an acceptance or refusal stands unless such a lapse crossed it, and a delivery always;
 *   the counterpart's lapse stands unless a delivery, or the opener's lapse, crossed it;
 *   an answer stands unless a lapse crossed it. */
#include "office.pml"

inline crossing(xn, xj, xk) {
    crossed_ = 0;
    x_ = 0;
    do
    :: x_ == fa_ -> break
    :: else ->
        crossed_ = crossed_ || (ALLOWED(xn, ENTRY(0, x_)) && CROSSED(x_, xj) && (xk == 0 || kind[ENTRY(0, x_)] == xk));
        x_++
    od
}

inline proper(pn) {
    i_ = 0;
    do
    :: i_ == fa_ -> break
    :: else ->
        assert(!ALLOWED(pn, ENTRY(0, i_)) || found[ENTRY(0, i_)] == STANDS ||
            !(kind[ENTRY(0, i_)] == K_LAPSE || kind[ENTRY(0, i_)] == K_DELIVER));
        if
        :: found[ENTRY(0, i_)] > STANDS ->
            crossed_ = 0;
            j_ = 0;
            do
            :: j_ == fb_ -> break
            :: else -> crossed_ = crossed_ || (ALLOWED(pn, ENTRY(1, j_)) && CROSSED(i_, j_)); j_++
            od;
            assert(crossed_)
        :: else -> skip
        fi;
        i_++
    od;
    j_ = 0;
    do
    :: j_ == fb_ -> break
    :: else ->
        if
        :: found[ENTRY(1, j_)] > STANDS ->
            crossing(pn, j_, 0);
            assert(crossed_);
            crossing(pn, j_, K_LAPSE);
            y_ = crossed_;
            crossing(pn, j_, K_DELIVER);
            assert(y_ || kind[ENTRY(1, j_)] == K_HOLD || (kind[ENTRY(1, j_)] == K_LAPSE && crossed_))
        :: else -> skip
        fi;
        j_++
    od
}

#include "nodes.pml"
