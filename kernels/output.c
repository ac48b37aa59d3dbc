// From logits to probabilities, losses and choices. Each row is read in vectors, lanes joined in one fixed order.
#include "kernels.h"
#include "share.h"
#include "vector.h"

INLINE float row_max(const float *x, int n) {
  vec top = splat(-3.0e38f);
  int j = 0;
  for (; j + LANES <= n; j += LANES) top = vmax(top, load(x + j));
  float best = max_lanes(top);
  for (; j < n; j++) best = x[j] > best ? x[j] : best;
  return best;
}

// Σ e^(x − top), each term kept in `terms` unless that is null. Lanes past the end count nothing.
INLINE float row_exp_sum(float *terms, const float *x, float top, int n) {
  vec total = splat(0);
  int j = 0;
  for (; j + LANES <= n; j += LANES) {
    vec e = vexp(load(x + j) - top);
    if (terms) store(terms + j, e);
    total += e;
  }
  if (j < n) {
    vec e = keep_lanes(vexp(load_part(x + j, n - j) - top), n - j);
    if (terms) store_part(terms + j, e, n - j);
    total += e;
  }
  return sum_lanes(total);
}

INLINE float row_sum(const float *x, int n) {
  vec total = splat(0);
  for (int j = 0; j < n; j += LANES) total += load_tail(x + j, n - j);
  return sum_lanes(total);
}

void crossEntropy(float *losses, float *logits, const int32_t *targets, float smoothing, float scale, int m, int V) {
  range mine = share(m, 1);
  for (int i = mine.first; i < mine.last; i++) {
    float *row = logits + (int64_t)i * V;
    int target = targets[i];
    float top = row_max(row, V), wanted = row[target];
    float mean = smoothing != 0 ? row_sum(row, V) / (float)V : 0;
    float total = row_exp_sum(scale == 0 ? 0 : row, row, top, V), logTotal = top + slog(total);
    losses[i] = (1.0f - smoothing) * (logTotal - wanted);
    if (smoothing != 0) losses[i] += smoothing * (logTotal - mean);
    if (scale == 0) continue;
    float slope = scale / total, uniform = scale * smoothing / (float)V;
    for (int j = 0; j < V; j += LANES) store_tail(row + j, load_tail(row + j, V - j) * slope - uniform, V - j);
    row[target] -= scale * (1.0f - smoothing);
  }
}

void logSoftmax(float *out, const float *logits, int m, int V) {
  range mine = share(m, 1);
  for (int i = mine.first; i < mine.last; i++) {
    const float *row = logits + (int64_t)i * V;
    float top = row_max(row, V), logTotal = top + slog(row_exp_sum(0, row, top, V));
    for (int j = 0; j < V; j += LANES) store_tail(out + (int64_t)i * V + j, load_tail(row + j, V - j) - logTotal, V - j);
  }
}

// Puts value[j] among the best k, of which `found` are there.
INLINE void place(float *best, int32_t *places, int *found, int k, float value, int j) {
  if (*found == k && value <= best[k - 1]) return;
  int at = *found < k ? (*found)++ : k - 1;
  for (; at > 0 && best[at - 1] < value; at--) {
    best[at] = best[at - 1];
    places[at] = places[at - 1];
  }
  best[at] = value;
  places[at] = j;
}

// The k largest of row[n] among the `found` that stand in `best` already; the first column is number `first`.
INLINE void place_all(float *best, int32_t *places, int found, int k, const float *row, int first, int n) {
  int j = 0;
  for (; j < n && found < k; j++) place(best, places, &found, k, row[j], first + j);
  // Most vectors hold nothing that belongs to the best.
  for (; j + LANES <= n; j += LANES)
    for (unsigned above = lanes_above(load(row + j), best[k - 1]); above; above &= above - 1) {
      int l = j + __builtin_ctz(above);
      place(best, places, &found, k, row[l], first + l);
    }
  for (; j < n; j++) place(best, places, &found, k, row[j], first + j);
}

void topK(float *values, int32_t *indices, const float *x, int m, int n, int k) {
  range mine = share(m, 1);
  for (int i = mine.first; i < mine.last; i++)
    place_all(values + i * k, indices + i * k, 0, k, x + (int64_t)i * n, 0, n);
}

// Two passes: how high the lowest that the largest may be is, then what reaches it.
void nearLargest(int32_t *found, const float *x, const float *scales, float perScale, float perValue, int n,
                 int most) {
  vec tops = splat(-3.0e38f);
  int j = 0;
#define OFF(value, scale) (splat(perScale) * (scale) + splat(perValue) * vmax(value, -(value)))
  for (; j + LANES <= n; j += LANES) {
    vec value = load(x + j);
    tops = vmax(tops, value - OFF(value, load(scales + j)));
  }
  float top = max_lanes(tops);
#define OFF_ONE(at) (perScale * scales[at] + perValue * __builtin_fabsf(x[at]))
  for (; j < n; j++) {
    float low = x[j] - OFF_ONE(j);
    top = low > top ? low : top;
  }
  // What equals it is found too.
  float below = top - __builtin_fabsf(top) * 0x1p-22f - 0x1p-126f;
  int count = 0;
  for (j = 0; j + LANES <= n; j += LANES) {
    vec value = load(x + j), off = OFF(value, load(scales + j));
    for (unsigned above = lanes_above(value + off, below); above; above &= above - 1) {
      int at = j + __builtin_ctz(above);
      if (x[at] < -3.0e38f) continue;
      if (count < most) found[1 + count] = at;
      count++;
    }
  }
  for (; j < n; j++)
    if (x[j] >= -3.0e38f && x[j] + OFF_ONE(j) > below) {
      if (count < most) found[1 + count] = j;
      count++;
    }
  found[0] = count;
#undef OFF
#undef OFF_ONE
}

enum { STRETCH = 512 };

void bestLogits(float *values, int32_t *indices, float *statistics, const float *logits, int first, int m, int n,
                int k) {
  range mine = share(m, 1);
  for (int i = mine.first; i < mine.last; i++) {
    float *best = values + i * k, *of_row = statistics + i * 3;
    float top = first ? of_row[0] : -3.0e38f, total = first ? of_row[1] : 0;
    for (int j = 0; j < n; j += STRETCH) {
      const float *row = logits + (int64_t)i * n + j;
      int width = n - j < STRETCH ? n - j : STRETCH, found = first + j == 0 ? 0 : k;
      float highest = row_max(row, width);
      if (highest > top) {
        total *= vexp(splat(top - highest))[0];
        top = highest;
      }
      total += row_exp_sum(0, row, top, width);
      if (found == 0 || highest > best[k - 1]) place_all(best, indices + i * k, found, k, row, first + j, width);
    }
    of_row[0] = top;
    of_row[1] = total;
    of_row[2] = top + slog(total);
  }
}
