/* The table `note`, without the kinds that only state facts. Generated from
 * src/yeollak/procedures by `python -m tools.promela`; do not edit.
 *
 * A state is `slot`: its phase, then its slots. An act in a slot is its number, a text its own;
 * a time, a ground or a constant is told by the act that gave it. A broken model sets a ROW to 0,
 * or cuts a pair.
 */
#define P_NONE 0
#define P_TENDERED 1
#define P_TAKEN 2
#define P_REFUSED 3
#define P_WITHDRAWN 4
#define P_LAPSED 5
#define P_UNDELIVERED 6
#define P_DELIVERED 7
#define P_UNANSWERED 8
#define P_ANSWERED 9
#define K_TENDER 1
#define K_TAKE 2
#define K_REFUSE 3
#define K_WITHDRAW 4
#define K_LAPSE 5
#define K_URGE 6
#define K_DELIVER 7
#define K_ANSWER 8
#define K_HOLD 9
#define KINDS 9
#define S_OFFER 1
#define S_TEXT 2
#define S_WITHHELD 3
#define S_DUE 4
#define S_WAITS 5
#define S_GROUND 6
#define S_ANSWER 7
#define SLOTS 9
#define CHAIN 5
#ifndef ONE_IS_ENOUGH
#define ONE_IS_ENOUGH 0
#endif
#ifndef ANY_TEXT
#define ANY_TEXT 0
#endif

#ifndef ROW_NONE_TENDER
#define ROW_NONE_TENDER 1
#endif
#ifndef ROW_TENDERED_TAKE
#define ROW_TENDERED_TAKE 1
#endif
#ifndef ROW_TENDERED_REFUSE
#define ROW_TENDERED_REFUSE 1
#endif
#ifndef ROW_TENDERED_WITHDRAW
#define ROW_TENDERED_WITHDRAW 1
#endif
#ifndef ROW_TENDERED_LAPSE
#define ROW_TENDERED_LAPSE 1
#endif
#ifndef ROW_TENDERED_URGE
#define ROW_TENDERED_URGE 1
#endif
#ifndef ROW_TAKEN_LAPSE
#define ROW_TAKEN_LAPSE 1
#endif
#ifndef ROW_TAKEN_DELIVER
#define ROW_TAKEN_DELIVER 1
#endif
#ifndef ROW_WITHDRAWN_LAPSE
#define ROW_WITHDRAWN_LAPSE 1
#endif
#ifndef ROW_DELIVERED_LAPSE
#define ROW_DELIVERED_LAPSE 1
#endif
#ifndef ROW_DELIVERED_URGE
#define ROW_DELIVERED_URGE 1
#endif
#ifndef ROW_DELIVERED_ANSWER
#define ROW_DELIVERED_ANSWER 1
#endif
#ifndef ROW_DELIVERED_HOLD
#define ROW_DELIVERED_HOLD 1
#endif
#ifndef ROW_UNANSWERED_ANSWER
#define ROW_UNANSWERED_ANSWER 1
#endif
#ifndef ROW_ANSWERED_ANSWER
#define ROW_ANSWERED_ANSWER 1
#endif
#define PAIR_LAPSE_OVER_TAKE (cut != 1)
#define PAIR_LAPSE_OVER_REFUSE (cut != 2)
#define PAIR_TAKE_OVER_WITHDRAW (cut != 3)
#define PAIR_TAKE_OVER_URGE (cut != 4)
#define PAIR_REFUSE_OVER_WITHDRAW (cut != 5)
#define PAIR_REFUSE_OVER_URGE (cut != 6)
#define PAIR_DELIVER_OVER_LAPSE (cut != 7)
#define PAIR_LAPSE_OVER_ANSWER (cut != 8)
#define PAIR_LAPSE_OVER_HOLD (cut != 9)
#define PAIR_ANSWER_OVER_HOLD (cut != 10)
#define PAIR_ANSWER_OVER_URGE (cut != 11)
#define PAIR_HOLD_OVER_URGE (cut != 12)

/* Whether kind w_ by side ws_ stands before kind l_ by side ls_ where they crossed. */
#define BEATS(w_, ws_, l_, ls_) ( \
       (PAIR_LAPSE_OVER_TAKE && (w_) == K_LAPSE && (ws_) == 0 && (l_) == K_TAKE && (ls_) == 1) \
    || (PAIR_LAPSE_OVER_REFUSE && (w_) == K_LAPSE && (ws_) == 0 && (l_) == K_REFUSE && (ls_) == 1) \
    || (PAIR_TAKE_OVER_WITHDRAW && (w_) == K_TAKE && (ws_) == 1 && (l_) == K_WITHDRAW && (ls_) == 0) \
    || (PAIR_TAKE_OVER_URGE && (w_) == K_TAKE && (ws_) == 1 && (l_) == K_URGE && (ls_) == 0) \
    || (PAIR_REFUSE_OVER_WITHDRAW && (w_) == K_REFUSE && (ws_) == 1 && (l_) == K_WITHDRAW && (ls_) == 0) \
    || (PAIR_REFUSE_OVER_URGE && (w_) == K_REFUSE && (ws_) == 1 && (l_) == K_URGE && (ls_) == 0) \
    || (PAIR_DELIVER_OVER_LAPSE && (w_) == K_DELIVER && (ws_) == 0 && (l_) == K_LAPSE && (ls_) == 1) \
    || (PAIR_LAPSE_OVER_ANSWER && (w_) == K_LAPSE && (ws_) == 0 && (l_) == K_ANSWER && (ls_) == 1) \
    || (PAIR_LAPSE_OVER_HOLD && (w_) == K_LAPSE && (ws_) == 0 && (l_) == K_HOLD && (ls_) == 1) \
    || (PAIR_ANSWER_OVER_HOLD && (w_) == K_ANSWER && (ws_) == 1 && (l_) == K_HOLD && (ls_) == 1) \
    || (PAIR_ANSWER_OVER_URGE && (w_) == K_ANSWER && (ws_) == 1 && (l_) == K_URGE && (ls_) == 0) \
    || (PAIR_HOLD_OVER_URGE && (w_) == K_HOLD && (ws_) == 1 && (l_) == K_URGE && (ls_) == 0) \
    )

/* Whether side s_ may do k_ in this state. */
#define CAN(k_, s_) ( \
       ((k_) == K_TENDER && ROW_NONE_TENDER && slot[0] == P_NONE && (s_) == 0) \
    || ((k_) == K_TAKE && ROW_TENDERED_TAKE && slot[0] == P_TENDERED && (s_) == 1) \
    || ((k_) == K_REFUSE && ROW_TENDERED_REFUSE && slot[0] == P_TENDERED && (s_) == 1) \
    || ((k_) == K_WITHDRAW && ROW_TENDERED_WITHDRAW && slot[0] == P_TENDERED && (s_) == 0) \
    || ((k_) == K_LAPSE && ROW_TENDERED_LAPSE && slot[0] == P_TENDERED && (s_) == 0) \
    || ((k_) == K_URGE && ROW_TENDERED_URGE && slot[0] == P_TENDERED && (s_) == 0) \
    || ((k_) == K_LAPSE && ROW_TAKEN_LAPSE && slot[0] == P_TAKEN && (s_) == 1) \
    || ((k_) == K_DELIVER && ROW_TAKEN_DELIVER && slot[0] == P_TAKEN && (s_) == 0) \
    || ((k_) == K_LAPSE && ROW_WITHDRAWN_LAPSE && slot[0] == P_WITHDRAWN && (s_) == 0) \
    || ((k_) == K_LAPSE && ROW_DELIVERED_LAPSE && slot[0] == P_DELIVERED && (s_) == 0) \
    || ((k_) == K_URGE && ROW_DELIVERED_URGE && slot[0] == P_DELIVERED && (s_) == 0) \
    || ((k_) == K_ANSWER && ROW_DELIVERED_ANSWER && slot[0] == P_DELIVERED && (s_) == 1) \
    || ((k_) == K_HOLD && ROW_DELIVERED_HOLD && slot[0] == P_DELIVERED && (s_) == 1) \
    || ((k_) == K_ANSWER && ROW_UNANSWERED_ANSWER && slot[0] == P_UNANSWERED && (s_) == 1) \
    || ((k_) == K_ANSWER && ROW_ANSWERED_ANSWER && slot[0] == P_ANSWERED && (s_) == 1) \
    )

/* The slot whose act k_ must answer in this state; 0 for none. */
#define ANSWERS(k_) ( \
    (slot[0] == P_TENDERED && (k_) == K_TAKE -> S_OFFER :  \
    (slot[0] == P_TENDERED && (k_) == K_REFUSE -> S_OFFER :  \
    (slot[0] == P_TENDERED && (k_) == K_WITHDRAW -> S_OFFER :  \
    (slot[0] == P_TENDERED && (k_) == K_LAPSE -> S_WAITS :  \
    (slot[0] == P_TAKEN && (k_) == K_LAPSE -> S_WAITS :  \
    (slot[0] == P_WITHDRAWN && (k_) == K_LAPSE -> S_WAITS :  \
    (slot[0] == P_DELIVERED && (k_) == K_LAPSE -> S_WAITS :  \
    (slot[0] == P_DELIVERED && (k_) == K_HOLD -> S_WAITS :  \
    0)))))))))

/* Whether a guard refuses k_ over text t_; only the verdict asks. */
#define REFUSED(k_, t_) ( \
       (slot[0] == P_TAKEN && (k_) == K_DELIVER && (t_) != slot[S_TEXT]) \
    )

/* One act a_ of kind k_ by side s_, answering r_, over text t_: `ok`, and the state after. */
inline step(k_, s_, r_, t_, a_) {
    ok = 0;
    if
    :: (k_) == K_TENDER && ROW_NONE_TENDER && slot[0] == P_NONE && (s_) == 0 ->
        slot[S_OFFER] = a_; slot[S_TEXT] = t_; slot[S_WITHHELD] = t_; slot[S_DUE] = a_; slot[S_WAITS] = a_; slot[0] = P_TENDERED; ok = 1
    :: (k_) == K_TAKE && ROW_TENDERED_TAKE && slot[0] == P_TENDERED && (s_) == 1 && slot[S_OFFER] != 0 && slot[S_OFFER] == (r_) ->
        slot[S_DUE] = a_; slot[S_WAITS] = a_; slot[0] = P_TAKEN; ok = 1
    :: (k_) == K_REFUSE && ROW_TENDERED_REFUSE && slot[0] == P_TENDERED && (s_) == 1 && slot[S_OFFER] != 0 && slot[S_OFFER] == (r_) ->
        slot[S_GROUND] = a_; slot[0] = P_REFUSED; ok = 1
    :: (k_) == K_WITHDRAW && ROW_TENDERED_WITHDRAW && slot[0] == P_TENDERED && (s_) == 0 && slot[S_OFFER] != 0 && slot[S_OFFER] == (r_) ->
        slot[0] = P_WITHDRAWN; ok = 1
    :: (k_) == K_LAPSE && ROW_TENDERED_LAPSE && slot[0] == P_TENDERED && (s_) == 0 && slot[S_WAITS] != 0 && slot[S_WAITS] == (r_) ->
        slot[0] = P_LAPSED; ok = 1
    :: (k_) == K_URGE && ROW_TENDERED_URGE && slot[0] == P_TENDERED && (s_) == 0 ->
        slot[S_DUE] = a_; slot[S_WAITS] = a_; ok = 1
    :: (k_) == K_LAPSE && ROW_TAKEN_LAPSE && slot[0] == P_TAKEN && (s_) == 1 && slot[S_WAITS] != 0 && slot[S_WAITS] == (r_) ->
        slot[0] = P_UNDELIVERED; ok = 1
    :: (k_) == K_DELIVER && ROW_TAKEN_DELIVER && slot[0] == P_TAKEN && (s_) == 0 ->
        slot[S_DUE] = 0; slot[S_WITHHELD] = 0; slot[S_DUE] = a_; slot[S_WAITS] = a_; slot[0] = P_DELIVERED; ok = 1
    :: (k_) == K_LAPSE && ROW_WITHDRAWN_LAPSE && slot[0] == P_WITHDRAWN && (s_) == 0 && slot[S_WAITS] != 0 && slot[S_WAITS] == (r_) ->
        slot[0] = P_LAPSED; ok = 1
    :: (k_) == K_LAPSE && ROW_DELIVERED_LAPSE && slot[0] == P_DELIVERED && (s_) == 0 && slot[S_WAITS] != 0 && slot[S_WAITS] == (r_) ->
        slot[0] = P_UNANSWERED; ok = 1
    :: (k_) == K_URGE && ROW_DELIVERED_URGE && slot[0] == P_DELIVERED && (s_) == 0 ->
        slot[S_DUE] = a_; slot[S_WAITS] = a_; ok = 1
    :: (k_) == K_ANSWER && ROW_DELIVERED_ANSWER && slot[0] == P_DELIVERED && (s_) == 1 ->
        slot[S_ANSWER + (s_)] = a_; slot[0] = P_ANSWERED; ok = 1
    :: (k_) == K_HOLD && ROW_DELIVERED_HOLD && slot[0] == P_DELIVERED && (s_) == 1 && slot[S_WAITS] != 0 && slot[S_WAITS] == (r_) ->
        slot[S_DUE] = a_; slot[S_WAITS] = a_; ok = 1
    :: (k_) == K_ANSWER && ROW_UNANSWERED_ANSWER && slot[0] == P_UNANSWERED && (s_) == 1 ->
        slot[S_ANSWER + (s_)] = a_; slot[0] = P_ANSWERED; ok = 1
    :: (k_) == K_ANSWER && ROW_ANSWERED_ANSWER && slot[0] == P_ANSWERED && (s_) == 1 ->
        slot[S_ANSWER + (s_)] = a_; slot[0] = P_ANSWERED; ok = 1
    :: else -> skip
    fi
}

/* Any one kind that `mask` has. */
inline pick(mask, k_) {
    if
    :: ((mask) >> K_TENDER) & 1 -> k_ = K_TENDER
    :: ((mask) >> K_TAKE) & 1 -> k_ = K_TAKE
    :: ((mask) >> K_REFUSE) & 1 -> k_ = K_REFUSE
    :: ((mask) >> K_WITHDRAW) & 1 -> k_ = K_WITHDRAW
    :: ((mask) >> K_LAPSE) & 1 -> k_ = K_LAPSE
    :: ((mask) >> K_URGE) & 1 -> k_ = K_URGE
    :: ((mask) >> K_DELIVER) & 1 -> k_ = K_DELIVER
    :: ((mask) >> K_ANSWER) & 1 -> k_ = K_ANSWER
    :: ((mask) >> K_HOLD) & 1 -> k_ = K_HOLD
    fi
}
