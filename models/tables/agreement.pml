/* The table `agreement`, without the kinds that only state facts. Generated from
 * src/yeollak/procedures by `python -m tools.promela`; do not edit.
 *
 * A state is `slot`: its phase, then its slots. An act in a slot is its number, a text its own;
 * a time, a ground or a constant is told by the act that gave it. A broken model sets a ROW to 0,
 * or cuts a pair.
 */
#define P_NONE 0
#define P_DRAFTED 1
#define P_LAPSED 2
#define P_WITHDRAWN 3
#define P_IN_FORCE 4
#define P_FROZEN 5
#define K_DRAFT 1
#define K_REDRAFT 2
#define K_SIGN 3
#define K_RETRACT 4
#define K_LAPSE 5
#define K_WITHDRAW 6
#define K_INITIAL 7
#define KINDS 7
#define S_TEXT 1
#define S_DRAFT 2
#define S_DUE 3
#define S_AMENDS 4
#define S_SIGNED 5
#define S_INITIALLED 7
#define SLOTS 9
#define CHAIN 6
#ifndef ONE_IS_ENOUGH
#define ONE_IS_ENOUGH 0
#endif
#ifndef ANY_TEXT
#define ANY_TEXT 0
#endif

#ifndef ROW_NONE_DRAFT
#define ROW_NONE_DRAFT 1
#endif
#ifndef ROW_DRAFTED_REDRAFT
#define ROW_DRAFTED_REDRAFT 1
#endif
#ifndef ROW_DRAFTED_SIGN
#define ROW_DRAFTED_SIGN 1
#endif
#ifndef ROW_DRAFTED_RETRACT
#define ROW_DRAFTED_RETRACT 1
#endif
#ifndef ROW_DRAFTED_LAPSE
#define ROW_DRAFTED_LAPSE 1
#endif
#ifndef ROW_DRAFTED_WITHDRAW
#define ROW_DRAFTED_WITHDRAW 1
#endif
#ifndef ROW_DRAFTED_INITIAL
#define ROW_DRAFTED_INITIAL 1
#endif
#ifndef ROW_WITHDRAWN_LAPSE
#define ROW_WITHDRAWN_LAPSE 1
#endif
#ifndef ROW_FROZEN_SIGN
#define ROW_FROZEN_SIGN 1
#endif
#ifndef ROW_FROZEN_RETRACT
#define ROW_FROZEN_RETRACT 1
#endif
#ifndef ROW_FROZEN_LAPSE
#define ROW_FROZEN_LAPSE 1
#endif
#ifndef ROW_FROZEN_WITHDRAW
#define ROW_FROZEN_WITHDRAW 1
#endif
#define PAIR_LAPSE_OVER_SIGN (cut != 1)
#define PAIR_LAPSE_OVER_INITIAL (cut != 2)
#define PAIR_LAPSE_OVER_REDRAFT (cut != 3)
#define PAIR_LAPSE_OVER_WITHDRAW (cut != 4)
#define PAIR_LAPSE_OVER_RETRACT (cut != 5)
#define PAIR_SIGN_OVER_INITIAL (cut != 6)
#define PAIR_SIGN_OVER_REDRAFT (cut != 7)
#define PAIR_SIGN_OVER_WITHDRAW (cut != 8)
#define PAIR_SIGN_OVER_RETRACT (cut != 9)
#define PAIR_INITIAL_OVER_REDRAFT (cut != 10)
#define PAIR_INITIAL_OVER_WITHDRAW (cut != 11)
#define PAIR_REDRAFT_OVER_WITHDRAW (cut != 12)
#define PAIR_REDRAFT_OVER_RETRACT (cut != 13)
#define PAIR_WITHDRAW_OVER_RETRACT (cut != 14)

/* Whether kind w_ by side ws_ stands before kind l_ by side ls_ where they crossed. */
#define BEATS(w_, ws_, l_, ls_) ( \
       (PAIR_LAPSE_OVER_SIGN && (w_) == K_LAPSE && (l_) == K_SIGN) \
    || (PAIR_LAPSE_OVER_INITIAL && (w_) == K_LAPSE && (l_) == K_INITIAL) \
    || (PAIR_LAPSE_OVER_REDRAFT && (w_) == K_LAPSE && (l_) == K_REDRAFT) \
    || (PAIR_LAPSE_OVER_WITHDRAW && (w_) == K_LAPSE && (l_) == K_WITHDRAW && (ls_) == 0) \
    || (PAIR_LAPSE_OVER_RETRACT && (w_) == K_LAPSE && (l_) == K_RETRACT) \
    || (PAIR_SIGN_OVER_INITIAL && (w_) == K_SIGN && (l_) == K_INITIAL) \
    || (PAIR_SIGN_OVER_REDRAFT && (w_) == K_SIGN && (l_) == K_REDRAFT) \
    || (PAIR_SIGN_OVER_WITHDRAW && (w_) == K_SIGN && (l_) == K_WITHDRAW && (ls_) == 0) \
    || (PAIR_SIGN_OVER_RETRACT && (w_) == K_SIGN && (l_) == K_RETRACT) \
    || (PAIR_INITIAL_OVER_REDRAFT && (w_) == K_INITIAL && (l_) == K_REDRAFT) \
    || (PAIR_INITIAL_OVER_WITHDRAW && (w_) == K_INITIAL && (l_) == K_WITHDRAW && (ls_) == 0) \
    || (PAIR_REDRAFT_OVER_WITHDRAW && (w_) == K_REDRAFT && (l_) == K_WITHDRAW && (ls_) == 0) \
    || (PAIR_REDRAFT_OVER_RETRACT && (w_) == K_REDRAFT && (l_) == K_RETRACT) \
    || (PAIR_WITHDRAW_OVER_RETRACT && (w_) == K_WITHDRAW && (ws_) == 0 && (l_) == K_RETRACT) \
    )

/* Whether side s_ may do k_ in this state. */
#define CAN(k_, s_) ( \
       ((k_) == K_DRAFT && ROW_NONE_DRAFT && slot[0] == P_NONE && (s_) == 0) \
    || ((k_) == K_REDRAFT && ROW_DRAFTED_REDRAFT && slot[0] == P_DRAFTED) \
    || ((k_) == K_SIGN && ROW_DRAFTED_SIGN && slot[0] == P_DRAFTED && slot[S_SIGNED + (s_)] == 0) \
    || ((k_) == K_RETRACT && ROW_DRAFTED_RETRACT && slot[0] == P_DRAFTED && slot[S_SIGNED + (s_)] != 0) \
    || ((k_) == K_LAPSE && ROW_DRAFTED_LAPSE && slot[0] == P_DRAFTED) \
    || ((k_) == K_WITHDRAW && ROW_DRAFTED_WITHDRAW && slot[0] == P_DRAFTED && (s_) == 0) \
    || ((k_) == K_INITIAL && ROW_DRAFTED_INITIAL && slot[0] == P_DRAFTED && slot[S_INITIALLED + (s_)] == 0) \
    || ((k_) == K_LAPSE && ROW_WITHDRAWN_LAPSE && slot[0] == P_WITHDRAWN) \
    || ((k_) == K_SIGN && ROW_FROZEN_SIGN && slot[0] == P_FROZEN && slot[S_SIGNED + (s_)] == 0) \
    || ((k_) == K_RETRACT && ROW_FROZEN_RETRACT && slot[0] == P_FROZEN && slot[S_SIGNED + (s_)] != 0) \
    || ((k_) == K_LAPSE && ROW_FROZEN_LAPSE && slot[0] == P_FROZEN) \
    || ((k_) == K_WITHDRAW && ROW_FROZEN_WITHDRAW && slot[0] == P_FROZEN && (s_) == 0) \
    )

/* The slot whose act k_ must answer in this state; 0 for none. */
#define ANSWERS(k_) ( \
    (slot[0] == P_DRAFTED && (k_) == K_REDRAFT -> S_DRAFT :  \
    (slot[0] == P_DRAFTED && (k_) == K_SIGN -> S_DRAFT :  \
    (slot[0] == P_DRAFTED && (k_) == K_LAPSE -> S_DRAFT :  \
    (slot[0] == P_DRAFTED && (k_) == K_WITHDRAW -> S_DRAFT :  \
    (slot[0] == P_DRAFTED && (k_) == K_INITIAL -> S_DRAFT :  \
    (slot[0] == P_WITHDRAWN && (k_) == K_LAPSE -> S_DRAFT :  \
    (slot[0] == P_FROZEN && (k_) == K_SIGN -> S_DRAFT :  \
    (slot[0] == P_FROZEN && (k_) == K_LAPSE -> S_DRAFT :  \
    (slot[0] == P_FROZEN && (k_) == K_WITHDRAW -> S_DRAFT :  \
    0))))))))))

/* Whether a guard refuses k_ over text t_; only the verdict asks. */
#define REFUSED(k_, t_) ( \
       (slot[0] == P_DRAFTED && (k_) == K_SIGN && (t_) != slot[S_TEXT]) \
    || (slot[0] == P_DRAFTED && (k_) == K_INITIAL && (t_) != slot[S_TEXT]) \
    || (slot[0] == P_FROZEN && (k_) == K_SIGN && (t_) != slot[S_TEXT]) \
    )

/* One act a_ of kind k_ by side s_, answering r_, over text t_: `ok`, and the state after. */
inline step(k_, s_, r_, t_, a_) {
    ok = 0;
    if
    :: (k_) == K_DRAFT && ROW_NONE_DRAFT && slot[0] == P_NONE && (s_) == 0 ->
        slot[S_TEXT] = t_; slot[S_DRAFT] = a_; slot[S_DUE] = a_; slot[S_AMENDS] = a_; slot[0] = P_DRAFTED; ok = 1
    :: (k_) == K_REDRAFT && ROW_DRAFTED_REDRAFT && slot[0] == P_DRAFTED && slot[S_DRAFT] != 0 && slot[S_DRAFT] == (r_) ->
        slot[S_SIGNED + 0] = 0; slot[S_SIGNED + 1] = 0; slot[S_INITIALLED + 0] = 0; slot[S_INITIALLED + 1] = 0; slot[S_TEXT] = t_; slot[S_DRAFT] = a_; slot[S_DUE] = a_; ok = 1
    :: (k_) == K_SIGN && ROW_DRAFTED_SIGN && slot[0] == P_DRAFTED && slot[S_SIGNED + (s_)] == 0 && slot[S_DRAFT] != 0 && slot[S_DRAFT] == (r_) ->
        slot[S_SIGNED + (s_)] = t_; ok = 1
    :: (k_) == K_RETRACT && ROW_DRAFTED_RETRACT && slot[0] == P_DRAFTED && slot[S_SIGNED + (s_)] != 0 ->
        slot[S_SIGNED + (s_)] = 0; ok = 1
    :: (k_) == K_LAPSE && ROW_DRAFTED_LAPSE && slot[0] == P_DRAFTED && slot[S_DRAFT] != 0 && slot[S_DRAFT] == (r_) ->
        slot[S_SIGNED + 0] = 0; slot[S_SIGNED + 1] = 0; slot[S_INITIALLED + 0] = 0; slot[S_INITIALLED + 1] = 0; slot[0] = P_LAPSED; ok = 1
    :: (k_) == K_WITHDRAW && ROW_DRAFTED_WITHDRAW && slot[0] == P_DRAFTED && (s_) == 0 && slot[S_DRAFT] != 0 && slot[S_DRAFT] == (r_) ->
        slot[S_SIGNED + 0] = 0; slot[S_SIGNED + 1] = 0; slot[S_INITIALLED + 0] = 0; slot[S_INITIALLED + 1] = 0; slot[0] = P_WITHDRAWN; ok = 1
    :: (k_) == K_INITIAL && ROW_DRAFTED_INITIAL && slot[0] == P_DRAFTED && slot[S_INITIALLED + (s_)] == 0 && slot[S_DRAFT] != 0 && slot[S_DRAFT] == (r_) ->
        slot[S_INITIALLED + (s_)] = t_; ok = 1
    :: (k_) == K_LAPSE && ROW_WITHDRAWN_LAPSE && slot[0] == P_WITHDRAWN && slot[S_DRAFT] != 0 && slot[S_DRAFT] == (r_) ->
        slot[S_SIGNED + 0] = 0; slot[S_SIGNED + 1] = 0; slot[S_INITIALLED + 0] = 0; slot[S_INITIALLED + 1] = 0; slot[0] = P_LAPSED; ok = 1
    :: (k_) == K_SIGN && ROW_FROZEN_SIGN && slot[0] == P_FROZEN && slot[S_SIGNED + (s_)] == 0 && slot[S_DRAFT] != 0 && slot[S_DRAFT] == (r_) ->
        slot[S_SIGNED + (s_)] = t_; ok = 1
    :: (k_) == K_RETRACT && ROW_FROZEN_RETRACT && slot[0] == P_FROZEN && slot[S_SIGNED + (s_)] != 0 ->
        slot[S_SIGNED + (s_)] = 0; ok = 1
    :: (k_) == K_LAPSE && ROW_FROZEN_LAPSE && slot[0] == P_FROZEN && slot[S_DRAFT] != 0 && slot[S_DRAFT] == (r_) ->
        slot[S_SIGNED + 0] = 0; slot[S_SIGNED + 1] = 0; slot[S_INITIALLED + 0] = 0; slot[S_INITIALLED + 1] = 0; slot[0] = P_LAPSED; ok = 1
    :: (k_) == K_WITHDRAW && ROW_FROZEN_WITHDRAW && slot[0] == P_FROZEN && (s_) == 0 && slot[S_DRAFT] != 0 && slot[S_DRAFT] == (r_) ->
        slot[S_SIGNED + 0] = 0; slot[S_SIGNED + 1] = 0; slot[S_INITIALLED + 0] = 0; slot[S_INITIALLED + 1] = 0; slot[0] = P_WITHDRAWN; ok = 1
    :: else -> skip
    fi;
    do
    :: slot[0] == P_DRAFTED && (slot[S_SIGNED + 0] != 0 && (ANY_TEXT || slot[S_SIGNED + 0] == slot[S_TEXT])) && (ONE_IS_ENOUGH || (slot[S_SIGNED + 1] != 0 && (ANY_TEXT || slot[S_SIGNED + 1] == slot[S_TEXT]))) -> slot[0] = P_IN_FORCE
    :: slot[0] == P_DRAFTED && (slot[S_INITIALLED + 0] != 0 && (ANY_TEXT || slot[S_INITIALLED + 0] == slot[S_TEXT])) && (ONE_IS_ENOUGH || (slot[S_INITIALLED + 1] != 0 && (ANY_TEXT || slot[S_INITIALLED + 1] == slot[S_TEXT]))) -> slot[0] = P_FROZEN
    :: slot[0] == P_FROZEN && (slot[S_SIGNED + 0] != 0 && (ANY_TEXT || slot[S_SIGNED + 0] == slot[S_TEXT])) && (ONE_IS_ENOUGH || (slot[S_SIGNED + 1] != 0 && (ANY_TEXT || slot[S_SIGNED + 1] == slot[S_TEXT]))) -> slot[0] = P_IN_FORCE
    :: else -> break
    od
}

/* Any one kind that `mask` has. */
inline pick(mask, k_) {
    if
    :: ((mask) >> K_DRAFT) & 1 -> k_ = K_DRAFT
    :: ((mask) >> K_REDRAFT) & 1 -> k_ = K_REDRAFT
    :: ((mask) >> K_SIGN) & 1 -> k_ = K_SIGN
    :: ((mask) >> K_RETRACT) & 1 -> k_ = K_RETRACT
    :: ((mask) >> K_LAPSE) & 1 -> k_ = K_LAPSE
    :: ((mask) >> K_WITHDRAW) & 1 -> k_ = K_WITHDRAW
    :: ((mask) >> K_INITIAL) & 1 -> k_ = K_INITIAL
    fi
}
