/* The queue of sandbox/world/services/kernel.py by hand in C: same columns in, same columns out. */
#include <stdint.h>

typedef struct {
    int64_t slots, ring, room, timeout, head, length, turn, busy;
    int64_t *free_at, *open_key, *open_start, *open_published;
    uint8_t *open_status;
    int64_t *wait_key, *wait_arrived, *wait_demand;
    uint8_t *wait_fails;
} Pool;

typedef struct {
    int64_t *key;
    uint8_t *status;
    int64_t *published, *start;
} Out;

enum { ANSWERED, REJECTED, TIMED_OUT, ERRORED };

static inline int64_t tell(Out *out, int64_t n, int64_t key, uint8_t status, int64_t published, int64_t start) {
    out->key[n] = key;
    out->status[n] = status;
    out->published[n] = published;
    out->start[n] = start;
    return n + 1;
}

static inline int64_t begin(Pool *p, Out *out, int64_t s, int64_t n, int64_t key, int64_t start, int64_t deadline,
                            int64_t demand, uint8_t fails) {
    if (p->open_key[s] >= 0) n = tell(out, n, p->open_key[s], p->open_status[s], p->open_published[s], p->open_start[s]);
    int64_t end = start + demand;
    p->free_at[s] = end;
    p->open_key[s] = key;
    p->open_start[s] = start;
    p->open_published[s] = end < deadline ? end : deadline;
    p->open_status[s] = end > deadline ? TIMED_OUT : fails ? ERRORED : ANSWERED;
    p->turn = s + 1;
    p->busy += demand;
    return n;
}

int64_t serve(Pool *pool, int64_t until, int64_t arrivals, const int64_t *arrived, const int64_t *demand,
              const uint8_t *fails, const int64_t *keys, int64_t *key, uint8_t *status, int64_t *published,
              int64_t *start) {
    Pool held = *pool, *p = &held; /* a copy, so that the compiler may keep it in registers */
    Out columns = {key, status, published, start}, *out = &columns;
    int64_t n = 0;
    for (int64_t i = 0; i <= arrivals; i++) {
        int64_t now = i < arrivals ? arrived[i] : until - 1;
        while (p->length > 0) {
            int64_t slot = 0, soonest = p->free_at[0];
            for (int64_t j = 1; j < p->slots; j++)
                if (p->free_at[j] < soonest) { soonest = p->free_at[j]; slot = j; }
            int64_t at = p->wait_arrived[p->head], from = soonest > at ? soonest : at, deadline = at + p->timeout;
            if ((from < deadline ? from : deadline) > now) break;
            if (deadline <= from)
                n = tell(out, n, p->wait_key[p->head], TIMED_OUT, deadline, -1);
            else
                n = begin(p, out, slot, n, p->wait_key[p->head], from, deadline, p->wait_demand[p->head],
                          p->wait_fails[p->head]);
            p->head = p->head + 1 < p->ring ? p->head + 1 : 0;
            p->length--;
        }
        if (i == arrivals) break;
        int64_t slot = -1;
        if (p->length == 0) {
            for (int64_t j = p->turn; j < p->slots; j++)
                if (p->free_at[j] <= now) { slot = j; break; }
            for (int64_t j = 0; slot < 0 && j < p->turn && j < p->slots; j++)
                if (p->free_at[j] <= now) slot = j;
        }
        if (slot >= 0) {
            n = begin(p, out, slot, n, keys[i], now, now + p->timeout, demand[i], fails[i]);
        } else if (p->length < p->room) {
            int64_t tail = p->head + p->length;
            if (tail >= p->ring) tail -= p->ring;
            p->wait_key[tail] = keys[i];
            p->wait_arrived[tail] = now;
            p->wait_demand[tail] = demand[i];
            p->wait_fails[tail] = fails[i];
            p->length++;
        } else {
            n = tell(out, n, keys[i], REJECTED, now, -1);
        }
    }
    for (int64_t s = 0; s < p->slots; s++)
        if (p->open_key[s] >= 0 && p->open_published[s] < until) {
            n = tell(out, n, p->open_key[s], p->open_status[s], p->open_published[s], p->open_start[s]);
            p->open_key[s] = -1;
        }
    *pool = held;
    return n;
}
