/* Two nodes, two registers, one matter: what consent.pml and signature.pml share.
 *
 * Each node has its own append-only register and has counted a prefix of the other's (rule 2). An act has seen
 * what its node had counted. Its past is everything below it in its own register and all that this had seen; its
 * turn is one more than the highest turn in that past; its verdict is found by each node for itself, from that
 * past alone. A matter is a fold of the allowed acts (rule 3; clarifications 18 to 30).
 *
 * The model that includes this gives: a table of models/tables; OFFERED, of which kinds officers may think where
 * nobody says; text_for(k); proper(n), what must be true of a matter wherever a node folds it; over(n) and waiting(n), whether nobody waits at node n, and whether it waits for
 * the other; placed and twice, whether acts crossed of which the table says `first` or `same`.
 *
 * Side 0 opens the matter. Which side stands first in the charter is left open.
 *
 * Broken models, which Spin must refuse: ROW_..=0 cuts a row out of the table, CUT a crossing pair,
 * ONE_IS_ENOUGH and ANY_TEXT loosen its joint steps, and here
 *   ARRIVAL          acts apply in the order in which a node came to know them
 *   JUDGE_NOW        a reader judges an act by what he knows himself, not by its past
 *   NO_GUARD         a text may be signed that does not stand
 *   NO_MAXIMUM       an act's `seen` may go back below what its register had seen
 *   SETTLED_ALONE    a node calls a matter settled without the other's acknowledgement
 *   SETTLED_BY_RECEIPT  a receipt, which says nothing of a register's order, counts as acknowledgement
 *   NO_SEEN          nodes do not append line.seen
 *   PATIENT          officers never let anything lapse
 *   FINAL_AT_ONCE    what is in force or lapsed is taken as settled before anybody has acknowledged it
 */

#ifndef MOST
#define MOST 9                          /* entries that a register has room for; asserted, never a limit */
#endif
#define LINE (KINDS + 1)                /* line.seen: of no matter, and an acknowledgement */
#define VOID (KINDS + 2)                /* an act that its own past forbids: receipted, kept, without effect */

#define ENTRY(s, i) ((s) * MOST + (i))  /* an entry's place; its act is called by the place plus one, 0 is none */
#define OF(n, a) ((n) * 2 * MOST + (a)) /* what node n finds of the act at place a */

#define UNKNOWN 0
#define STANDS 1
#define BEATEN 2
#define SUPERSEDED 3

/* The registers. Only `move` writes here and nothing is ever written twice. */
byte size[2];
byte kind[2 * MOST], re[2 * MOST], text[2 * MOST], past[2 * MOST], turn[2 * MOST];
byte after[2 * MOST];                  /* the phase that an act led to by its own past */
byte first;                             /* the side that stands first in the charter */

/* The nodes. */
byte held[2];                           /* how much of the other's register a node has counted */
bit verdict[4 * MOST];                  /* 1 where a node has found an act allowed */
byte mark[4 * MOST];                    /* what a node's fold makes of an act */
byte view[2 * SLOTS];                   /* the state of the matter as a node sees it */
bit settled[2];
byte frozen[4];                         /* what a node had counted of sides 0 and 1 when it last was settled */
short may[2];                           /* the kinds that a node's officers may do now, a bit each */
bit owed[2];                            /* whether a node owes a line.seen */
byte left[2];                           /* how many acts its officers may still think of; then they do what they must */
bit gone[2];                            /* it has fallen silent for ever */
#ifdef ARRIVAL
byte came[4 * MOST];                    /* when a node came to know an act */
#endif

/* Given to the checker in its environment, so that one compilation serves many runs: how many acts each side's
 * officers may think of (ACTS_0, ACTS_1), the side that is hostile (HOSTILE), the one that may fall silent for ever
 * (SILENT), the crossing pair that a broken model lacks (CUT, by its number), the kinds that officers think of
 * (OFFERED, a bit each). What stays as it is given is no part of the state. */
#define NOBODY 2
hidden byte cut, hostile_, silent_;
hidden short offered;

/* Scratch of one step, no part of the state. */
hidden byte slot[SLOTS];
hidden byte ok, verdict_, order_;
hidden byte beat[2 * MOST], beaten[2 * MOST], found[2 * MOST];
hidden byte i_, j_, x_, y_, round_, late_, top_, whose_, p_, re_, text_, kind_, index_, place_;
hidden short options_;
hidden byte crossed_;

#define ALLOWED(n, a) verdict[OF(n, a)]
/* Whether entry i of side 0 and entry j of side 1 crossed: neither is in the other's past. */
#define CROSSED(i, j) ((j) >= past[ENTRY(0, i)] && (i) >= past[ENTRY(1, j)])
/* What side s has seen of the other by its entry below i. */
#define SEEN(s, i) ((i) > 0 -> past[ENTRY(s, (i) - 1)] : 0)
/* How much node n has counted of side s. */
#define COUNTED(n, s) ((n) == (s) -> size[s] : held[n])

#ifdef ARRIVAL
#define KEY(n, a) came[OF(n, a)]
#else
#define KEY(n, a) turn[a]
#endif
/* The next of side 0 comes before the next of side 1: in the one order of rule 3, and, to hold against it, in the two
 * orders that put the acts of one side as early as what it had seen lets them stand. */
#define FIRST(n) (order_ == 0 -> NEXT(n) : (order_ == 1 -> i_ < fa_ && (j_ == fb_ || past[ENTRY(0, i_)] <= j_) : \
    (j_ == fb_ || past[ENTRY(1, j_)] > i_)))
#define NEXT(n) (j_ == fb_ || (i_ < fa_ && (KEY(n, ENTRY(0, i_)) < KEY(n, ENTRY(1, j_)) || \
    (KEY(n, ENTRY(0, i_)) == KEY(n, ENTRY(1, j_)) && first == 0))))

hidden byte fa_, fb_;

/* What a run has come across is printed as it is first met: phases settled at both nodes, and fates of acts. */
c_decl { \#include <stdio.h>
    \#include <stdlib.h>
    static int met_phase[256], met_fate[256][2][4]; }

/* The state of the matter below (fa_, fb_) by node n's verdicts, into `slot`, and each act's fate into `found`.
 * An act is beaten when one that crossed it and is not itself beaten is first of a pair with it; after as many
 * rounds as the longest chain of pairs that is exact. `late_` is set when an act outside the node's frozen
 * prefix applies before one inside it. */
inline fold(fn) {
    for (i_ : 0 .. 2 * MOST - 1) { beat[i_] = 0; found[i_] = UNKNOWN }
    round_ = 0;
    do
    :: round_ == CHAIN -> break
    :: else ->
        for (i_ : 0 .. 2 * MOST - 1) { beaten[i_] = 0 }
        i_ = 0;
        do
        :: i_ == fa_ -> break
        :: else ->
            x_ = ENTRY(0, i_);
            j_ = 0;
            do
            :: j_ == fb_ -> break
            :: else ->
                y_ = ENTRY(1, j_);
                if
                :: ALLOWED(fn, x_) && ALLOWED(fn, y_) && CROSSED(i_, j_) ->
                    if
                    :: !beat[x_] && BEATS(kind[x_], 0, kind[y_], 1) -> beaten[y_] = 1
                    :: else -> skip
                    fi;
                    if
                    :: !beat[y_] && BEATS(kind[y_], 1, kind[x_], 0) -> beaten[x_] = 1
                    :: else -> skip
                    fi
                :: else -> skip
                fi;
                j_++
            od;
            i_++
        od;
        for (i_ : 0 .. 2 * MOST - 1) { beat[i_] = beaten[i_] }
        round_++
    od;
    for (i_ : 0 .. SLOTS - 1) { slot[i_] = 0 }
    i_ = 0; j_ = 0; late_ = 0; top_ = 0;
    do
    :: i_ == fa_ && j_ == fb_ -> break
    :: else ->
        if
        :: FIRST(fn) -> x_ = ENTRY(0, i_); y_ = 0; top_ = (i_ >= frozen[2 * (fn)] && ALLOWED(fn, x_) -> 1 : top_);
            late_ = (top_ && i_ < frozen[2 * (fn)] && ALLOWED(fn, x_) -> 1 : late_); i_++
        :: else -> x_ = ENTRY(1, j_); y_ = 1; top_ = (j_ >= frozen[2 * (fn) + 1] && ALLOWED(fn, x_) -> 1 : top_);
            late_ = (top_ && j_ < frozen[2 * (fn) + 1] && ALLOWED(fn, x_) -> 1 : late_); j_++
        fi;
        if
        :: !ALLOWED(fn, x_) -> skip
        :: ALLOWED(fn, x_) && beat[x_] -> found[x_] = BEATEN
        :: else ->
            step(kind[x_], y_, re[x_], text[x_], x_ + 1);
            found[x_] = (ok -> STANDS : SUPERSEDED)
        fi
    od
}

/* Whether node n finds the act at place a allowed: by the fold of its past, then guard and step. `verdict_`. */
inline judge(jn, js, ja, ji) {
#ifdef JUDGE_NOW
    fa_ = COUNTED(jn, 0); fb_ = COUNTED(jn, 1);
    if :: js == 0 -> fa_ = ji :: else -> fb_ = ji fi;
#else
    if
    :: js == 0 -> fa_ = ji; fb_ = past[ja]
    :: else -> fa_ = past[ja]; fb_ = ji
    fi;
#endif
    fold(jn);
#ifdef NO_GUARD
    verdict_ = 1;
#else
    verdict_ = !(REFUSED(kind[ja], text[ja]));
#endif
    step(kind[ja], js, re[ja], text[ja], ja + 1);
    verdict_ = verdict_ && ok
}

/* What node n sees, does and owes after anything has changed for it; and what must be true of that. */
inline refresh(rn) {
    fa_ = COUNTED(rn, 0); fb_ = COUNTED(rn, 1);
    fold(rn);
    /* What was settled never changes, and what comes later comes after it. */
    assert(!late_);
    i_ = 0;
    do
    :: i_ == frozen[2 * (rn)] -> break
    :: else -> assert(found[ENTRY(0, i_)] == mark[OF(rn, ENTRY(0, i_))]); i_++
    od;
    i_ = 0;
    do
    :: i_ == frozen[2 * (rn) + 1] -> break
    :: else -> assert(found[ENTRY(1, i_)] == mark[OF(rn, ENTRY(1, i_))]); i_++
    od;
    for (i_ : 0 .. 2 * MOST - 1) {
        mark[OF(rn, i_)] = found[i_];
        c_code {
            if (found[i_] && !met_fate[now.kind[i_]][i_ >= MOST][found[i_]]++)
                printf("met fate %d %d %d\n", now.kind[i_], i_ >= MOST, found[i_]);
        }
    }
    for (i_ : 0 .. SLOTS - 1) { view[(rn) * SLOTS + i_] = slot[i_] }
    proper(rn);
    /* Neither the place in the charter nor how often a side has spoken decides anything, except where a table
     * says `first`; and where it says `same` they decide only which of the two is shown as overtaken. */
    if
    :: placed -> skip
    :: else ->
        order_ = 1;
        do
        :: order_ == 3 -> break
        :: else ->
            fold(rn);
            for (i_ : 0 .. SLOTS - 1) { assert(view[(rn) * SLOTS + i_] == slot[i_]) }
            for (i_ : 0 .. 2 * MOST - 1) { assert(twice || mark[OF(rn, i_)] == found[i_]) }
            order_++
        od;
        order_ = 0
    fi;
    options_ = 0;
    for (i_ : 1 .. KINDS) { options_ = (CAN(i_, rn) -> options_ | (1 << i_) : options_) }
    may[rn] = options_;
    /* Settled: each other party's register holds an act whose past holds every allowed act (clarifications 19). */
    settled[rn] = 0;
    i_ = 0;
    do
    :: i_ == fa_ -> break
    :: else -> settled[rn] = (ALLOWED(rn, ENTRY(0, i_)) -> SEEN(1, fb_) > i_ : (i_ > 0 && settled[rn])); i_++
    od;
    crossed_ = 1;
    j_ = 0;
    do
    :: j_ == fb_ -> break
    :: else -> crossed_ = (ALLOWED(rn, ENTRY(1, j_)) -> SEEN(0, fa_) > j_ : crossed_); j_++
    od;
    settled[rn] = settled[rn] && crossed_;
#ifdef SETTLED_ALONE
    settled[rn] = fa_ + fb_ > 0;
#endif
#ifdef FINAL_AT_ONCE
    settled[rn] = settled[rn] || over(rn);
#endif
#ifdef SETTLED_BY_RECEIPT
    settled[rn] = fa_ + fb_ > 0 && held[1 - (rn)] == size[rn];
#endif
    if
    :: settled[rn] -> frozen[2 * (rn)] = fa_; frozen[2 * (rn) + 1] = fb_
    :: else -> skip
    fi;
    owed[rn] = 0;
    j_ = SEEN(rn, size[rn]);
    do
    :: j_ >= held[rn] -> break
    :: else -> owed[rn] = owed[rn] || ALLOWED(rn, ENTRY(1 - (rn), j_)); j_++
    od;
    /* Two parties that both hold the matter as settled hold the same acts and the same outcome; and of what both
     * ever held as settled they make the same. */
    if
    :: settled[0] && settled[1] ->
        c_code { if (!met_phase[now.view[0]]++) printf("met phase %d\n", now.view[0]); };
        for (i_ : 0 .. SLOTS - 1) { assert(view[i_] == view[SLOTS + i_]) }
        for (i_ : 0 .. 2 * MOST - 1) { assert(mark[i_] == mark[2 * MOST + i_]) }
    :: else -> skip
    fi;
    for (i_ : 0 .. MOST - 1) {
        assert(!(i_ < frozen[0] && i_ < frozen[2]) || mark[i_] == mark[2 * MOST + i_]);
        assert(!(i_ < frozen[1] && i_ < frozen[3]) || mark[MOST + i_] == mark[3 * MOST + i_])
    }
    skip                                /* a d_step may not end with a loop */
}

/* Node mn comes to know one more act: its own, which it appends, or (whose_ is not mn) the next of the other's register,
 * which it counts; a parcel of many is many of these. A verdict is final, whoever finds it and whenever. An act that
 * its own past forbids is void: a hostile node may append it all the same. */
inline move(mn) {
    index_ = COUNTED(mn, whose_);
    place_ = ENTRY(whose_, index_);
    if
    :: whose_ == mn ->
        assert(size[mn] < MOST);
        kind[place_] = kind_; re[place_] = re_; text[place_] = text_; past[place_] = p_;
        turn[place_] = 1 + (size[mn] > 0 -> turn[place_ - 1] : 0);
        if
        :: p_ > 0 && turn[ENTRY(1 - (mn), p_ - 1)] >= turn[place_] ->
            turn[place_] = turn[ENTRY(1 - (mn), p_ - 1)] + 1
        :: else -> skip
        fi
    :: else -> skip
    fi;
#ifdef ARRIVAL
    came[OF(mn, place_)] = size[mn] + held[mn] + 1;
#endif
    if
    :: kind[place_] == LINE || kind[place_] == VOID -> skip
    :: else ->
        judge(mn, whose_, place_, index_);
        verdict[OF(mn, place_)] = verdict_;
        if
        :: whose_ == mn && verdict_ -> after[place_] = slot[0]
        :: whose_ == mn && !verdict_ -> kind[place_] = VOID; re[place_] = 0; text[place_] = 0
        :: else -> assert(verdict_ == verdict[OF(whose_, place_)])
        fi
    fi;
    if :: whose_ == mn -> size[mn]++ :: else -> held[mn]++ fi;
    refresh(mn)
}
