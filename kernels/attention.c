// Attention over padded rows, each piece with its gradient: scaled dot products (Vaswani et al. 2017, eq. 1), additive
// scores (Bahdanau et al. 2015, appendix A.1.2), and the largest values over time.
#include "kernels.h"
#include "share.h"
#include "vector.h"

// Rows that are read side by side: as many sums that do not wait for each other.
enum { SIDE = 4 };

INLINE float dot(const float *a, const float *b, int n) {
  vec total = splat(0);
  for (int j = 0; j < n; j += LANES) total = fma_vec(load_tail(a + j, n - j), load_tail(b + j, n - j), total);
  return sum_lanes(total);
}

// products[T] = scale · a[n] · rows[T, n], or added to what is there. Each sum is that of `dot`.
INLINE void dots(float *products, const float *a, const float *rows, float scale, int T, int n, int accumulate) {
  int t = 0;
  for (; t + SIDE <= T; t += SIDE) {
    vec total[SIDE] = {splat(0), splat(0), splat(0), splat(0)};
    const float *b = rows + (int64_t)t * n;
    for (int j = 0; j < n; j += LANES) {
      vec x = load_tail(a + j, n - j);
      for (int s = 0; s < SIDE; s++) total[s] = fma_vec(x, load_tail(b + s * n + j, n - j), total[s]);
    }
    for (int s = 0; s < SIDE; s++) {
      float product = scale * sum_lanes(total[s]);
      products[t + s] = accumulate ? products[t + s] + product : product;
    }
  }
  for (; t < T; t++) {
    float product = scale * dot(a, rows + (int64_t)t * n, n);
    products[t] = accumulate ? products[t] + product : product;
  }
}

// y[n] = Σ_t factors[t · step] · scale · rows[t, n] with rows `gap` apart, or added to what is there.
INLINE void weighted_sum(float *y, const float *factors, int step, float scale, const float *rows, int gap, int T, int n,
                         int accumulate) {
  for (int j = 0; j < n; j += SIDE * LANES) {
    vec total[SIDE];
    for (int s = 0; s < SIDE; s++) {
      int left = n - j - s * LANES;
      total[s] = accumulate ? load_tail(y + j + s * LANES, left) : splat(0);
    }
    for (int t = 0; t < T; t++) {
      vec factor = splat(scale * factors[t * step]);
      const float *row = rows + (int64_t)t * gap + j;
      for (int s = 0; s < SIDE; s++) total[s] = fma_vec(factor, load_tail(row + s * LANES, n - j - s * LANES), total[s]);
    }
    for (int s = 0; s < SIDE; s++) store_tail(y + j + s * LANES, total[s], n - j - s * LANES);
  }
}

void attentionScores(float *scores, const float *query, const float *keys, float scale, int B, int Q, int T, int D) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++)
    for (int q = b * Q; q < (b + 1) * Q; q++)
      dots(scores + q * T, query + q * D, keys + (int64_t)b * T * D, scale, T, D, 0);
}

void attentionScoresBackward(float *dquery, float *dkeys, const float *dscores, const float *query, const float *keys,
                             float scale, int B, int Q, int T, int D) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++) {
    const float *slopes = dscores + b * Q * T;
    for (int q = 0; dquery && q < Q; q++)
      weighted_sum(dquery + (b * Q + q) * D, slopes + q * T, 1, scale, keys + (int64_t)b * T * D, D, T, D, 1);
    for (int t = 0; dkeys && t < T; t++)
      weighted_sum(dkeys + ((int64_t)b * T + t) * D, slopes + t, T, scale, query + b * Q * D, D, Q, D, 1);
  }
}

void maskedSoftmax(float *weights, const float *scores, const float *mask, int B, int Q, int T) {
  const float lowest = -3.0e38f;
  range mine = share(B, 1);
  for (int q = mine.first * Q; q < mine.last * Q; q++) {
    const float *x = scores + q * T, *m = mask ? mask + q / Q * T : 0;
    float *y = weights + q * T;
    float top = lowest;
    for (int t = 0; t < T; t++)
      if ((!m || m[t] != 0) && x[t] > top) top = x[t];
    vec total = splat(0);
    for (int t = 0; t < T; t += LANES) {
      vec e = vexp(load_tail(x + t, T - t) - top);
      if (m) e = choose(load_tail(m + t, T - t) != 0.0f, e, splat(0));
      if (T - t < LANES) e = keep_lanes(e, T - t);
      total += e;
      store_tail(y + t, e, T - t);
    }
    float all = sum_lanes(total), part = all > 0 ? 1.0f / all : 0;
    for (int t = 0; t < T; t += LANES) store_tail(y + t, load_tail(y + t, T - t) * part, T - t);
  }
}

void softmaxBackward(float *dscores, const float *dweights, const float *weights, int rows, int T) {
  range mine = share(rows, 1);
  for (int i = mine.first; i < mine.last; i++) {
    const float *w = weights + i * T, *dw = dweights + i * T;
    float mean = dot(w, dw, T);
    for (int t = 0; t < T; t += LANES) {
      vec d = load_tail(w + t, T - t) * (load_tail(dw + t, T - t) - mean);
      store_tail(dscores + i * T + t, load_tail(dscores + i * T + t, T - t) + d, T - t);
    }
  }
}

void attentionContext(float *context, const float *weights, const float *values, int B, int Q, int T, int D) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++)
    for (int q = b * Q; q < (b + 1) * Q; q++)
      weighted_sum(context + q * D, weights + q * T, 1, 1, values + (int64_t)b * T * D, D, T, D, 0);
}

void attentionContextBackward(float *dweights, float *dvalues, const float *dcontext, const float *weights,
                              const float *values, int B, int Q, int T, int D) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++) {
    for (int q = b * Q; dweights && q < (b + 1) * Q; q++)
      dots(dweights + q * T, dcontext + q * D, values + (int64_t)b * T * D, 1, T, D, 1);
    for (int t = 0; dvalues && t < T; t++)
      weighted_sum(dvalues + ((int64_t)b * T + t) * D, weights + b * Q * T + t, T, 1, dcontext + b * Q * D, D, Q, D, 1);
  }
}

// What tanh is taken of, for one query and one time.
INLINE vec additive_sum(const float *query, const float *key, float past, const float *pastWeight, int j, int left) {
  vec x = load_tail(query + j, left) + load_tail(key + j, left);
  return pastWeight ? fma_vec(splat(past), load_tail(pastWeight + j, left), x) : x;
}

void additiveScores(float *scores, const float *query, const float *keys, const float *weight, const float *past,
                    const float *pastWeight, int B, int Q, int T, int D) {
  range mine = share(B, 1);
  for (int q = mine.first * Q; q < mine.last * Q; q++)
    for (int t = 0; t < T; t++) {
      const float *key = keys + ((int64_t)(q / Q) * T + t) * D;
      vec total = splat(0);
      for (int j = 0; j < D; j += LANES) {
        vec h = vtanh(additive_sum(query + q * D, key, past ? past[q * T + t] : 0, pastWeight, j, D - j));
        total = fma_vec(load_tail(weight + j, D - j), h, total);
      }
      scores[q * T + t] = sum_lanes(total);
    }
}

// With h = tanh(·) and δ = dscores weight (1 − h²):  dweight = Σ dscores h,  dquery = Σ_t δ,  dkeys = Σ_q δ,
// dpastWeight = Σ past δ,  dpast = pastWeight · δ. One vector of D after the other: the sums over queries and times stay in
// registers.
void additiveScoresBackward(float *dquery, float *dkeys, float *dweight, float *dpast, float *dpastWeight,
                            const float *dscores, const float *query, const float *keys, const float *weight,
                            const float *past, const float *pastWeight, int B, int Q, int T, int D) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++)
    for (int j = 0; j < D; j += LANES) {
      int left = D - j;
      vec wj = load_tail(weight + j, left), sum_weight = splat(0), sum_past = splat(0);
      for (int q = b * Q; q < (b + 1) * Q; q++) {
        vec sum_query = load_tail(dquery + q * D + j, left);
        for (int t = 0; t < T; t++) {
          int64_t key = ((int64_t)b * T + t) * D;
          float slope = dscores[q * T + t], seen = past ? past[q * T + t] : 0;
          vec h = vtanh(additive_sum(query + q * D, keys + key, seen, pastWeight, j, left));
          vec delta = slope * wj * (1.0f - h * h);
          sum_weight = fma_vec(splat(slope), h, sum_weight);
          sum_query += delta;
          store_tail(dkeys + key + j, load_tail(dkeys + key + j, left) + delta, left);
          if (!past) continue;
          sum_past = fma_vec(splat(seen), delta, sum_past);
          dpast[q * T + t] += sum_lanes(load_tail(pastWeight + j, left) * delta);
        }
        store_tail(dquery + q * D + j, sum_query, left);
      }
      store_tail(dweight + b * D + j, sum_weight, left);
      if (past) store_tail(dpastWeight + b * D + j, sum_past, left);
    }
}

void maxOverTime(float *y, int32_t *places, const float *x, const float *mask, int B, int T, int D) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++)
    for (int j = 0; j < D; j++) {
      const float *column = x + (int64_t)b * T * D + j;
      int place = -1;
      // A NaN is kept: a computation that went wrong must show.
      for (int t = 0; t < T; t++)
        if ((!mask || mask[b * T + t] != 0) &&
            (place < 0 || column[t * D] > column[place * D] || column[t * D] != column[t * D]))
          place = t;
      y[b * D + j] = place < 0 ? 0 : column[place * D];
      places[b * D + j] = place;
    }
}

void maxOverTimeBackward(float *dx, const float *dy, const int32_t *places, int B, int T, int D) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++)
    for (int j = 0; j < D; j++) {
      int place = places[b * D + j];
      if (place >= 0) dx[((int64_t)b * T + place) * D + j] += dy[b * D + j];
    }
}
