// Layer normalisation (Ba et al. 2016, eq. 3), by rows.
#include "kernels.h"
#include "share.h"
#include "vector.h"

void layerNorm(float *y, int ldy, float *statistics, const float *x, int ldx, const float *gain, const float *bias, int m,
               int n) {
  range mine = share(m, 1);
  for (int i = mine.first; i < mine.last; i++) {
    const float *row = x + (int64_t)i * ldx;
    float *to = y + (int64_t)i * ldy;
    vec total = splat(0), squares = splat(0);
    for (int j = 0; j < n; j += LANES) total += load_tail(row + j, n - j);
    float mean = sum_lanes(total) / (float)n;
    for (int j = 0; j < n; j += LANES) {
      vec d = keep_lanes(load_tail(row + j, n - j) - mean, n - j);
      squares = fma_vec(d, d, squares);
    }
    float scale = 1.0f / __builtin_sqrtf(sum_lanes(squares) / (float)n + 1e-5f);
    statistics[2 * i] = mean;
    statistics[2 * i + 1] = scale;
    for (int j = 0; j < n; j += LANES) {
      vec normal = (load_tail(row + j, n - j) - mean) * scale;
      store_tail(to + j, fma_vec(normal, load_tail(gain + j, n - j), load_tail(bias + j, n - j)), n - j);
    }
  }
}

// With x̂ = (x − μ) / σ and g = gain ∘ dy:  dx = (g − mean(g) − x̂ mean(g ∘ x̂)) / σ
void layerNormBackward(float *dx, int lddx, float *products, const float *dy, int lddy, const float *x, int ldx,
                       const float *statistics, const float *gain, int m, int n) {
  range mine = share(m, 1);
  for (int i = mine.first; i < mine.last; i++) {
    const float *row = x + (int64_t)i * ldx, *slope = dy + (int64_t)i * lddy;
    float *to = dx + (int64_t)i * lddx, *product = products + (int64_t)i * n;
    float mean = statistics[2 * i], scale = statistics[2 * i + 1];
    vec total = splat(0), along = splat(0);
    for (int j = 0; j < n; j += LANES) {
      int left = n - j;
      vec d = load_tail(slope + j, left), normal = (load_tail(row + j, left) - mean) * scale;
      vec g = load_tail(gain + j, left) * d;
      store_tail(product + j, d * normal, left);
      total += g;
      along = fma_vec(g, normal, along);
    }
    float mean_slope = sum_lanes(total) / (float)n, mean_along = sum_lanes(along) / (float)n;
    for (int j = 0; j < n; j += LANES) {
      int left = n - j;
      vec normal = (load_tail(row + j, left) - mean) * scale;
      vec g = load_tail(gain + j, left) * load_tail(slope + j, left);
      store_tail(to + j, load_tail(to + j, left) + (g - mean_slope - normal * mean_along) * scale, left);
    }
  }
}
