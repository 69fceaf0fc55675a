/* Joint signature over one text: draft, redraft, initial, sign, retract, withdraw, lapse. See docs/spec/16-models.md. */

#include "tables/agreement.pml"

/* All kinds but the initials, which double the states. */
#define OFFERED (254 - (1 << K_INITIAL))

/* The draft is text 1, a redraft the other of two; who signs or initials signs the one that stands. */
#define text_for(k) ((k) == K_DRAFT -> 1 : ((k) == K_REDRAFT -> 3 - slot[S_TEXT] : \
    ((k) == K_SIGN || (k) == K_INITIAL -> slot[S_TEXT] : 0)))

/* Whether nobody waits at node n. A withdrawn draft is over once that is settled: until then a signature that had
 * not seen the withdrawal may still stand before it. */
#define PHASE(n) view[(n) * SLOTS]
#define over(n) (PHASE(n) == P_LAPSED || PHASE(n) == P_IN_FORCE || (PHASE(n) == P_WITHDRAWN && settled[n]))
/* Whether node n itself waits for the other: each side does, until all have signed. */
#define waiting(n) (PHASE(n) != P_NONE && !over(n))

/* Whether two redrafts crossed, of which the table says `first`; two lapses, of which it says `same`. */
#define placed placed_
#define twice twice_

#include "office.pml"

hidden byte placed_, twice_, lapsed_, one_, signs_;

/* Whether an allowed act of kind wk by the other side crossed entry wi of side ws, as node wn knows it. */
inline crossing(wn, ws, wi, wk) {
    crossed_ = 0;
    x_ = 0;
    do
    :: x_ == (ws == 0 -> fb_ : fa_) -> break
    :: else ->
        y_ = ENTRY(1 - ws, x_);
        crossed_ = crossed_ || (ALLOWED(wn, y_) && (wk == 0 || kind[y_] == wk) &&
            (ws == 0 -> CROSSED(wi, x_) : CROSSED(x_, wi)));
        x_++
    od
}

/* What the sides are promised.
 *   no text is in force without each side's own signature of that text in its own register;
 *   what a side lets lapse has lapsed, whatever the other signs without having seen it; except that two lapses
 *   that crossed, each over a redraft of its own, may leave the first draft standing, and nobody bound;
 *   whoever completes a text, by the past of his own signature, has completed it, unless a lapse crossed;
 *   nothing but an act that crossed it, or that befell the act that it answers, overtakes an act. */
inline proper(pn) {
    placed_ = 0;
    twice_ = 0;
    lapsed_ = 0;
    signs_ = 0;
    one_ = 0;
    do
    :: one_ == 2 -> break
    :: else ->
        i_ = 0;
        do
        :: i_ == (one_ == 0 -> fa_ : fb_) -> break
        :: else ->
            if
            :: !ALLOWED(pn, ENTRY(one_, i_)) -> skip
            :: else ->
                lapsed_ = lapsed_ || kind[ENTRY(one_, i_)] == K_LAPSE;
                signs_ = (kind[ENTRY(one_, i_)] == K_SIGN && found[ENTRY(one_, i_)] == STANDS &&
                    text[ENTRY(one_, i_)] == slot[S_TEXT] -> signs_ | (1 << one_) : signs_);
                crossing(pn, one_, i_, K_REDRAFT);
                placed_ = placed_ || (crossed_ && kind[ENTRY(one_, i_)] == K_REDRAFT);
                crossing(pn, one_, i_, 0);
                assert(crossed_ || found[ENTRY(one_, i_)] == STANDS);
                crossing(pn, one_, i_, K_LAPSE);
                twice_ = twice_ || (crossed_ && kind[ENTRY(one_, i_)] == K_LAPSE);
                assert(after[ENTRY(one_, i_)] != P_IN_FORCE || crossed_ || slot[0] == P_IN_FORCE)
            fi;
            i_++
        od;
        one_++
    od;
    assert(slot[0] != P_IN_FORCE || signs_ == 3);
    assert(!lapsed_ || slot[0] == P_LAPSED || twice_)
}

#include "nodes.pml"
