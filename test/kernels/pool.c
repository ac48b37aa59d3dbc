// The pool under stress: that each share is run exactly once and none after pool_run returned, whoever calls, however the
// pool grows and ends meanwhile, and that sleeping threads wake.
#include <fenv.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { MOST_SHARES = 16 };

typedef struct {
  atomic_int runs[MOST_SHARES]; // how often each share was run
  int shares;                   // how many were asked for
  int sums[MOST_SHARES];        // not atomic: ThreadSanitizer sees whether pool_run orders it
} job;

static void do_share(void *arguments) {
  job *j = arguments;
  if (share_count != j->shares && share_count != 1) abort();
  atomic_fetch_add(&j->runs[share_index], share_count == 1 ? j->shares : 1);
  j->sums[share_index] += share_count == 1 ? j->shares : 1;
}

// Runs a job and looks that each of its shares, or all of it at once, was run once.
static int runs_once(int shares) {
  job j = {.shares = shares};
  pool_run(do_share, &j, shares);
  int together = atomic_load(&j.runs[0]) == shares;
  for (int i = 0; i < MOST_SHARES; i++) {
    int expected = i >= shares ? 0 : !together ? 1 : i == 0 ? shares : 0;
    if (atomic_load(&j.runs[i]) != expected || j.sums[i] != expected) return 0;
  }
  return share_index == 0 && share_count == 1;
}

static void sleep_for(long microseconds) {
  nanosleep(&(struct timespec){microseconds / 1000000, microseconds % 1000000 * 1000}, 0);
}

static void expect(int held, const char *rule) {
  comparisons++;
  if (!held) fail("expected %s", rule);
}

// ── one caller ──────────────────────────────────────────────────────────────────────────────────────────────────────

// Jobs of different numbers of shares follow each other at once: a thread late for the one must not take from the next.
static void test_many_jobs(int jobs) {
  begin_case("pool: many jobs");
  int held = 1;
  for (int i = 0; i < jobs; i++) held &= runs_once(i % 2 ? 2 : 3 + i / 2 % (MOST_SHARES - 3));
  expect(held, "each share once");
}

// Two shares that wait for each other: the caller takes one, so a thread of the pool has to wake for the other.
static void meet(void *arguments) {
  atomic_int *arrived = arguments;
  atomic_fetch_add(arrived, 1);
  while (atomic_load(arrived) < 2) sleep_for(1);
}
static void test_waking(int jobs) {
  begin_case("pool: threads asleep");
  for (int i = 0; i < jobs; i++) {
    atomic_int arrived = 0;
    // Around the moment at which they fall asleep, and long after it.
    sleep_for(i % 3 == 0 ? 0 : i % 3 == 1 ? 15 + i % 11 : 300);
    pool_run(meet, &arrived, 2);
    expect(atomic_load(&arrived) == 2, "both shares");
  }
}

static void test_grow_and_stop(int rounds) {
  begin_case("pool: grow, stop, grow again");
  int held = 1;
  for (int i = 0; i < rounds; i++) {
    held &= runs_once(4);
    pool_grow(2 + i % 5);
    if (i % 4 == 1) sleep_for(100);
    for (int j = 0; j < 20; j++) held &= runs_once(1 + j % 9);
    if (i % 4 == 2) sleep_for(100);
    if (i % 3 != 0) pool_stop();
  }
  pool_stop();
  pool_stop();
  expect(held, "each share once");
  pool_grow(10 * POOL_THREADS);
  expect(runs_once(MOST_SHARES), "each share once on the largest pool");
  pool_stop();
}

// One third, rounded as the thread that asks for it rounds.
static float third(void) {
  volatile float one = 1, three = 3;
  return one / three;
}
typedef struct {
  atomic_int arrived;
  float thirds[2];
} rounded;
static void round_third(void *arguments) {
  rounded *r = arguments;
  r->thirds[share_index] = third();
  atomic_fetch_add(&r->arrived, 1);
  while (atomic_load(&r->arrived) < 2) sleep_for(1);
}
static void test_rounding(void) {
  begin_case("pool: the caller's rounding");
  float nearest = third();
  const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO, FE_TONEAREST};
  for (int i = 0; i < 4; i++) {
    fesetround(modes[i]);
    rounded r = {0};
    pool_run(round_third, &r, 2);
    expect(r.thirds[0] == r.thirds[1] && r.thirds[0] == third(), "one rounding in every thread");
  }
  expect(third() == nearest, "rounding as before");
}

// ── several callers ─────────────────────────────────────────────────────────────────────────────────────────────────

static atomic_int callers_failed, callers_left;

static void *call_often(void *jobs) {
  for (int i = 0; i < *(int *)jobs; i++)
    if (!runs_once(1 + i % MOST_SHARES)) atomic_fetch_add(&callers_failed, 1);
  atomic_fetch_sub(&callers_left, 1);
  return 0;
}

// Four threads want the pool at once; with `changing` it grows and ends under them, as when workers come and go.
static void test_callers(int jobs, int changing) {
  begin_case("pool: four callers%s", changing ? " while it grows and stops" : "");
  enum { CALLERS = 4 };
  pthread_t callers[CALLERS];
  atomic_store(&callers_failed, 0);
  atomic_store(&callers_left, CALLERS);
  for (int i = 0; i < CALLERS; i++)
    if (pthread_create(&callers[i], 0, call_often, &jobs) != 0) abort();
  for (int i = 0; changing && atomic_load(&callers_left) > 0; i++) {
    pool_grow(2 + i % 4);
    sleep_for(50);
    if (i % 2) pool_stop();
  }
  for (int i = 0; i < CALLERS; i++) pthread_join(callers[i], 0);
  expect(atomic_load(&callers_failed) == 0, "each share once");
}

// Environments begin and end at the same time.
static void *come_and_go(void *rounds) {
  for (int i = 0; i < *(int *)rounds; i++) {
    pool_grow(3);
    if (!runs_once(6)) atomic_fetch_add(&callers_failed, 1);
    pool_stop();
  }
  return 0;
}
static void test_comings_and_goings(int rounds) {
  begin_case("pool: grown and stopped by several threads");
  pthread_t others[2];
  atomic_store(&callers_failed, 0);
  for (int i = 0; i < 2; i++)
    if (pthread_create(&others[i], 0, come_and_go, &rounds) != 0) abort();
  come_and_go(&rounds);
  for (int i = 0; i < 2; i++) pthread_join(others[i], 0);
  expect(atomic_load(&callers_failed) == 0, "each share once");
}

static void test_pool(int rounds) {
  // One thread beside the caller: nobody else wakes or works in its place.
  pool_grow(2);
  test_waking(rounds);
  test_rounding();
  pool_grow(TEST_THREADS);
  test_waking(rounds);
  test_many_jobs(100 * rounds);
  test_callers(20 * rounds, 0);
  pool_stop();
  test_callers(20 * rounds, 1);
  pool_stop();
  test_grow_and_stop(rounds / 4);
  test_comings_and_goings(rounds / 4);
}
