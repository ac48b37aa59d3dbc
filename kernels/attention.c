// Scaled dot-product attention over padded rows, each piece with its gradient (Vaswani et al. 2017, eq. 1).
#include "kernels.h"
#include "vector.h"

INLINE float dot(const float *a, const float *b, int n) {
  vec total = splat(0);
  for (int j = 0; j < n; j += LANES) total += load_tail(a + j, n - j) * load_tail(b + j, n - j);
  return sum_lanes(total);
}

// y += scale · x
INLINE void add_row(float *y, const float *x, float scale, int n) {
  for (int j = 0; j < n; j += LANES)
    store_tail(y + j, load_tail(y + j, n - j) + splat(scale) * load_tail(x + j, n - j), n - j);
}

void attentionScores(float *scores, const float *query, const float *keys, float scale, int B, int Q, int T, int D) {
  for (int b = 0; b < B; b++, keys += T * D)
    for (int q = 0; q < Q; q++, query += D, scores += T)
      for (int t = 0; t < T; t++) scores[t] = scale * dot(query, keys + t * D, D);
}

void attentionScoresBackward(float *dquery, float *dkeys, const float *dscores, const float *query, const float *keys,
                             float scale, int B, int Q, int T, int D) {
  for (int b = 0; b < B; b++)
    for (int q = 0; q < Q; q++)
      for (int t = 0; t < T; t++) {
        float d = scale * dscores[(b * Q + q) * T + t];
        if (d == 0) continue;
        if (dquery) add_row(dquery + (b * Q + q) * D, keys + (b * T + t) * D, d, D);
        if (dkeys) add_row(dkeys + (b * T + t) * D, query + (b * Q + q) * D, d, D);
      }
}

void maskedSoftmax(float *weights, const float *scores, const float *mask, int B, int Q, int T) {
  const float lowest = -3.0e38f;
  for (int b = 0; b < B; b++)
    for (int q = 0; q < Q; q++, weights += T, scores += T) {
      const float *m = mask ? mask + b * T : 0;
      float top = lowest;
      for (int t = 0; t < T; t++)
        if ((!m || m[t] != 0) && scores[t] > top) top = scores[t];
      vec total = splat(0);
      for (int t = 0; t < T; t += LANES) {
        vec e = vexp(load_tail(scores + t, T - t) - top);
        for (int l = 0; l < LANES; l++)
          if (t + l >= T || (m && m[t + l] == 0)) e[l] = 0;
        total += e;
        store_tail(weights + t, e, T - t);
      }
      float all = sum_lanes(total), share = all > 0 ? 1.0f / all : 0;
      for (int t = 0; t < T; t += LANES) store_tail(weights + t, load_tail(weights + t, T - t) * share, T - t);
    }
}

void softmaxBackward(float *dscores, const float *dweights, const float *weights, int rows, int T) {
  for (int i = 0; i < rows; i++, dscores += T, dweights += T, weights += T) {
    float mean = dot(weights, dweights, T);
    for (int t = 0; t < T; t += LANES) {
      vec d = load_tail(weights + t, T - t) * (load_tail(dweights + t, T - t) - mean);
      store_tail(dscores + t, load_tail(dscores + t, T - t) + d, T - t);
    }
  }
}

void attentionContext(float *context, const float *weights, const float *values, int B, int Q, int T, int D) {
  for (int b = 0; b < B; b++, values += T * D)
    for (int q = 0; q < Q; q++, context += D, weights += T)
      for (int j = 0; j < D; j += LANES) {
        vec total = splat(0);
        for (int t = 0; t < T; t++) total += splat(weights[t]) * load_tail(values + t * D + j, D - j);
        store_tail(context + j, total, D - j);
      }
}

void attentionContextBackward(float *dweights, float *dvalues, const float *dcontext, const float *weights,
                              const float *values, int B, int Q, int T, int D) {
  for (int b = 0; b < B; b++)
    for (int q = 0; q < Q; q++)
      for (int t = 0; t < T; t++) {
        const float *d = dcontext + (b * Q + q) * D;
        int at = (b * Q + q) * T + t;
        if (dweights) dweights[at] += dot(d, values + (b * T + t) * D, D);
        if (dvalues && weights[at] != 0) add_row(dvalues + (b * T + t) * D, d, weights[at], D);
      }
}
