/* What two nodes may do with the registers of office.pml, and when that must have come to an end. */

#ifdef PATIENT
#define LAPSES 0
#else
#define LAPSES ((may[n] >> K_LAPSE) & 1)
#endif
#define WAITS (waiting(n) && LAPSES)

#ifdef WIRE
/* Parcels under way to a node, each of the other's entries from one size up to another. One stays until it is lost,
 * so that it may arrive never, late, twice, or (with WIRE 2) after a later one. */
byte from[4], upto[4];
bit idle;                               /* turns while nothing happens, so that every run goes on for ever */
byte known[2];                          /* how much of its register a node knows the other to have receipted */
#define FITS(n, s) (from[2 * (n) + (s)] <= held[n] && held[n] < upto[2 * (n) + (s)])
#define ARRIVES(n) (FITS(n, 0) || FITS(n, 1))

/* The line: it sends what is not receipted again and again, loses it, and brings a receipt at last (rule 8). */
proctype line(byte n) {
    do
    :: d_step { n == 0 -> idle = 1 - idle }
    :: d_step { known[1 - n] < size[1 - n] && upto[2 * n] == 0 ->
        from[2 * n] = known[1 - n]; upto[2 * n] = size[1 - n] }
#if WIRE > 1
    :: d_step { known[1 - n] < size[1 - n] && upto[2 * n] != 0 && upto[2 * n + 1] == 0 ->
        from[2 * n + 1] = known[1 - n]; upto[2 * n + 1] = size[1 - n] }
#endif
    :: d_step { upto[2 * n] != 0 -> from[2 * n] = 0; upto[2 * n] = 0 }
    :: d_step { upto[2 * n + 1] != 0 -> from[2 * n + 1] = 0; upto[2 * n + 1] = 0 }
    :: d_step { known[1 - n] < held[n] -> known[1 - n] = held[n] }
    od
}

/* What is tendered or drafted comes to an end at both nodes, if the line is whole again and again and no node that
 * could do something does nothing for ever (weak fairness, `pan -f`). */
#define open(n) (PHASE(n) != 0 && !over(n))
ltl ends { ([]<> (held[0] == size[1]) && []<> (held[1] == size[0])) -> [] ((open(0) || open(1)) -> <> !(open(0) || open(1))) }
#else
/* Any entry may arrive at any time: what a line that loses, delays and doubles comes to for two registers. */
#define ARRIVES(n) 1
#endif

#define COUNTS 1                        /* the next entry of the other's register arrives */
#define SIGNS 2                         /* an officer does what the desk offers */
#define ANYTHING 3                      /* a hostile node signs whatever it likes */
#define SAYS_SEEN 4                     /* the node appends a line.seen */

proctype node(byte n) {
    byte what = 0, k = 0, r = 0, t = 0, p = 0;
end:
    do
    :: d_step { left[n] > 0 -> left[n] = 0 }
    :: d_step { n == silent_ && left[n] == 0 && !gone[n] -> gone[n] = 1 }
    :: atomic {
        if
        :: ARRIVES(n) && !gone[0] && !gone[1] && held[n] < size[1 - n] -> what = COUNTS
#ifndef NO_SEEN
        :: owed[n] && !gone[n] -> what = SAYS_SEEN
#endif
        :: n == hostile_ && left[n] > 0 ->
            /* Any kind, answering any act or none, over any text, having seen as much of what it has counted,
             * or as little, as it likes. */
            what = ANYTHING;
            left[n]--;
            pick(offered, k);
            do :: r < size[0] + size[1] -> r++ :: break od;
            r = (r > size[0] -> MOST + r - size[0] : r);
            if :: t = 0 :: t = 1 :: t = 2 fi;
            do :: p < held[n] -> p++ :: break od
        :: n != hostile_ && left[n] > 0 && (may[n] & offered) ->
            what = SIGNS;
            left[n]--;
            pick(may[n] & offered, k)
        /* Who still waits when nothing more is thought of lets it lapse: in the end it is overdue. */
        :: left[n] == 0 && !gone[n] && WAITS -> what = SIGNS; k = K_LAPSE
        fi;
        d_step {
            whose_ = (what == COUNTS -> 1 - n : n);
            kind_ = (what == SAYS_SEEN -> LINE : k);
            re_ = r;
            text_ = t;
            p_ = (what == ANYTHING -> p : held[n]);
#ifndef NO_MAXIMUM
            /* What applies is the running maximum within a register (rule 2). */
            p_ = (p_ < SEEN(n, size[n]) -> SEEN(n, size[n]) : p_);
#endif
            if
            :: what == SIGNS ->
                for (i_ : 0 .. SLOTS - 1) { slot[i_] = view[n * SLOTS + i_] }
                re_ = (ANSWERS(k) == 0 -> 0 : slot[ANSWERS(k)]);
                text_ = text_for(k)
            :: else -> skip
            fi;
            what = 0; k = 0; r = 0; t = 0; p = 0;
            move(n)
        }
    }
    od
}

/* When nothing can happen any more: every expectation has ended, both hold the same, and it is settled. */
proctype ending() {
end:
    timeout;
    d_step {
        if
        :: silent_ != NOBODY -> assert(!waiting(1 - silent_))
        :: else ->
            assert(held[0] == size[1] && held[1] == size[0]);
            assert(view[0] == 0 || (settled[0] && settled[1] && over(0) && over(1)))
        fi
    }
}

init {
    atomic {
        c_code {
            cut = getenv("CUT") ? atoi(getenv("CUT")) : 0;
            offered = getenv("OFFERED") ? atoi(getenv("OFFERED")) : 0;
            hostile_ = getenv("HOSTILE") ? atoi(getenv("HOSTILE")) : NOBODY;
            silent_ = getenv("SILENT") ? atoi(getenv("SILENT")) : NOBODY;
            now.left[0] = atoi(getenv("ACTS_0"));
            now.left[1] = atoi(getenv("ACTS_1"));
        };
        offered = (offered == 0 -> OFFERED : offered);
        if :: first = 0 :: first = 1 fi;
        d_step { refresh(0) };
        d_step { refresh(1) };
        run node(0);
        run node(1);
#ifdef WIRE
        run line(0);
        run line(1)
#else
        run ending()
#endif
    }
}
