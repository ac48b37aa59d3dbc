// From logits to probabilities, losses and choices. Each row is read in vectors, lanes joined in one fixed order.
#include "kernels.h"
#include "vector.h"

INLINE float row_max(const float *x, int n) {
  vec top = splat(-3.0e38f);
  int j = 0;
  for (; j + LANES <= n; j += LANES) top = vmax(top, load(x + j));
  float best = max_lanes(top);
  for (; j < n; j++) best = x[j] > best ? x[j] : best;
  return best;
}

// Σ e^(x − top). Lanes past the end count nothing.
INLINE float row_exp_sum(const float *x, float top, int n) {
  vec total = splat(0);
  for (int j = 0; j < n; j += LANES) {
    vec e = vexp(load_tail(x + j, n - j) - top);
    for (int l = n - j; l < LANES; l++) e[l] = 0;
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
  for (int i = 0; i < m; i++, logits += V) {
    float top = row_max(logits, V), total = row_exp_sum(logits, top, V), logTotal = top + slog(total);
    int target = targets[i];
    float loss = (1.0f - smoothing) * (logTotal - logits[target]);
    if (smoothing != 0) loss += smoothing * (logTotal - row_sum(logits, V) / (float)V);
    losses[i] = loss;
    if (scale == 0) continue;
    float share = scale / total, uniform = scale * smoothing / (float)V;
    for (int j = 0; j < V; j += LANES)
      store_tail(logits + j, vexp(load_tail(logits + j, V - j) - top) * share - uniform, V - j);
    logits[target] -= scale * (1.0f - smoothing);
  }
}

void logSoftmax(float *out, const float *logits, int m, int V) {
  for (int i = 0; i < m; i++, out += V, logits += V) {
    float top = row_max(logits, V), logTotal = top + slog(row_exp_sum(logits, top, V));
    for (int j = 0; j < V; j += LANES) store_tail(out + j, load_tail(logits + j, V - j) - logTotal, V - j);
  }
}

void topK(float *values, int32_t *indices, const float *x, int m, int n, int k) {
  for (int i = 0; i < m; i++, x += n, values += k, indices += k) {
    int found = 0;
    for (int j = 0; j < n; j++) {
      if (found == k && x[j] <= values[k - 1]) continue;
      int at = found < k ? found++ : k - 1;
      for (; at > 0 && values[at - 1] < x[j]; at--) {
        values[at] = values[at - 1];
        indices[at] = indices[at - 1];
      }
      values[at] = x[j];
      indices[at] = j;
    }
  }
}
