/* The queue of sandbox/world/services/kernel.py by hand in C: same columns in, same columns out. */
#include <stdint.h>

typedef struct {
    int64_t slots, ring, room, timeout, head, length, turn, busy;
    int64_t *free_at, *open_key, *open_arrived, *open_start, *open_end;
    uint8_t *open_fails;
    int64_t *wait_key, *wait_arrived, *wait_demand;
    uint8_t *wait_fails;
} Pool;

enum { ANSWERED, REJECTED, TIMED_OUT, ERRORED };

static inline int64_t publish(Pool *p, int64_t s, int64_t n, int64_t *key, uint8_t *status, int64_t *published,
                              int64_t *start) {
    int64_t deadline = p->open_arrived[s] + p->timeout;
    key[n] = p->open_key[s];
    start[n] = p->open_start[s];
    if (p->open_end[s] > deadline) {
        status[n] = TIMED_OUT;
        published[n] = deadline;
    } else {
        status[n] = p->open_fails[s] ? ERRORED : ANSWERED;
        published[n] = p->open_end[s];
    }
    p->open_key[s] = -1;
    return n + 1;
}

static inline int64_t begin(Pool *p, int64_t s, int64_t n, int64_t k, int64_t at, int64_t from, int64_t demand,
                            uint8_t fails, int64_t *key, uint8_t *status, int64_t *published, int64_t *start) {
    if (p->open_key[s] >= 0) n = publish(p, s, n, key, status, published, start);
    p->open_key[s] = k;
    p->open_arrived[s] = at;
    p->open_start[s] = from;
    p->open_end[s] = from + demand;
    p->open_fails[s] = fails;
    p->free_at[s] = from + demand;
    p->turn = s + 1;
    p->busy += demand;
    return n;
}

int64_t serve(Pool *p, int64_t until, int64_t arrivals, const int64_t *arrived, const int64_t *demand,
              const uint8_t *fails, const int64_t *keys, int64_t *key, uint8_t *status, int64_t *published,
              int64_t *start) {
    int64_t n = 0;
    for (int64_t i = 0; i <= arrivals; i++) {
        int64_t now = i < arrivals ? arrived[i] : until - 1;
        while (p->length > 0) {
            int64_t slot = 0, soonest = p->free_at[0];
            for (int64_t j = 1; j < p->slots; j++)
                if (p->free_at[j] < soonest) { soonest = p->free_at[j]; slot = j; }
            int64_t at = p->wait_arrived[p->head], from = soonest > at ? soonest : at, deadline = at + p->timeout;
            if (deadline <= from) {
                if (deadline > now) break;
                key[n] = p->wait_key[p->head];
                status[n] = TIMED_OUT;
                published[n] = deadline;
                start[n] = -1;
                n++;
            } else {
                if (from > now) break;
                n = begin(p, slot, n, p->wait_key[p->head], at, from, p->wait_demand[p->head], p->wait_fails[p->head],
                          key, status, published, start);
            }
            p->head = p->head + 1 < p->ring ? p->head + 1 : 0;
            p->length--;
        }
        if (i == arrivals) break;
        int64_t slot = -1;
        if (p->length == 0) {
            for (int64_t j = p->turn; j < p->slots; j++)
                if (p->free_at[j] <= now) { slot = j; break; }
            if (slot < 0)
                for (int64_t j = 0; j < p->turn && j < p->slots; j++)
                    if (p->free_at[j] <= now) { slot = j; break; }
        }
        if (slot >= 0) {
            n = begin(p, slot, n, keys[i], now, now, demand[i], fails[i], key, status, published, start);
        } else if (p->length < p->room) {
            int64_t tail = p->head + p->length;
            if (tail >= p->ring) tail -= p->ring;
            p->wait_key[tail] = keys[i];
            p->wait_arrived[tail] = now;
            p->wait_demand[tail] = demand[i];
            p->wait_fails[tail] = fails[i];
            p->length++;
        } else {
            key[n] = keys[i];
            status[n] = REJECTED;
            published[n] = now;
            start[n] = -1;
            n++;
        }
    }
    for (int64_t s = 0; s < p->slots; s++) {
        int64_t deadline = p->open_arrived[s] + p->timeout, ends = p->open_end[s] < deadline ? p->open_end[s] : deadline;
        if (p->open_key[s] >= 0 && ends < until) n = publish(p, s, n, key, status, published, start);
    }
    return n;
}
