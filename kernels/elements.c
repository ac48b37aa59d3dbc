// Embeddings, element-wise work and the optimiser.
#include "kernels.h"
#include "vector.h"

INLINE void copy_row(float *y, const float *x, int n, int accumulate) {
  int j = 0;
  for (; j + LANES <= n; j += LANES) store(y + j, accumulate ? load(y + j) + load(x + j) : load(x + j));
  for (; j < n; j++) y[j] = accumulate ? y[j] + x[j] : x[j];
}

void gather(float *out, const float *table, const int32_t *ids, int m, int n) {
  for (int i = 0; i < m; i++) copy_row(out + i * n, table + ids[i] * n, n, 0);
}

void scatterAdd(float *dtable, const float *dout, const int32_t *ids, int m, int n) {
  for (int i = 0; i < m; i++) copy_row(dtable + ids[i] * n, dout + i * n, n, 1);
}

void fill(float *y, float value, int n) {
  int j = 0;
  for (; j + LANES <= n; j += LANES) store(y + j, splat(value));
  for (; j < n; j++) y[j] = value;
}

void copyRows(float *y, int ldy, const float *x, int ldx, int m, int n, int accumulate) {
  for (int i = 0; i < m; i++) copy_row(y + i * ldy, x + i * ldx, n, accumulate);
}

void addScaled(float *y, const float *x, float scale, int n) {
  for (int j = 0; j < n; j += LANES)
    store_tail(y + j, load_tail(y + j, n - j) + splat(scale) * load_tail(x + j, n - j), n - j);
}

void tanhForward(float *y, const float *x, int n) {
  for (int j = 0; j < n; j += LANES) store_tail(y + j, vtanh(load_tail(x + j, n - j)), n - j);
}

void tanhBackward(float *dx, const float *dy, const float *y, int n) {
  for (int j = 0; j < n; j += LANES) {
    vec t = load_tail(y + j, n - j);
    store_tail(dx + j, load_tail(dx + j, n - j) + load_tail(dy + j, n - j) * (1.0f - t * t), n - j);
  }
}

// Philox4x32-10 (Salmon et al. 2011, section 3.3), the counterpart of src/random.ts.
INLINE void philox(uint32_t *x, uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
    uint64_t a = (uint64_t)0xd2511f53u * x[0], b = (uint64_t)0xcd9e8d57u * x[2];
    x[0] = (uint32_t)(b >> 32) ^ x[1] ^ k0;
    x[1] = (uint32_t)b;
    x[2] = (uint32_t)(a >> 32) ^ x[3] ^ k1;
    x[3] = (uint32_t)a;
  }
}

void dropout(float *y, const float *x, const int32_t *examples, float rate, int step, int path, int key0, int key1,
             int m, int n, int accumulate) {
  uint32_t threshold = (uint32_t)((double)rate * 4294967296.0);
  float scale = 1.0f / (1.0f - rate);
  for (int i = 0; i < m; i++, x += n, y += n)
    for (int j = 0; j < n; j += 4) {
      uint32_t words[4] = {(uint32_t)(j / 4), (uint32_t)examples[i], (uint32_t)step, (uint32_t)path};
      philox(words, (uint32_t)key0, (uint32_t)key1);
      for (int l = 0; l < 4 && j + l < n; l++) {
        float value = words[l] >= threshold ? x[j + l] * scale : 0;
        y[j + l] = accumulate ? y[j + l] + value : value;
      }
    }
}

enum { CHUNK = 4096 };

// Chunks of 4096, each summed in lanes, added in order in double.
void sumSquares(float *result, const float *x, int n) {
  double total = 0;
  for (int first = 0; first < n; first += CHUNK) {
    int last = n < first + CHUNK ? n : first + CHUNK;
    vec lanes = splat(0);
    for (int j = first; j < last; j += LANES) {
      vec v = load_tail(x + j, last - j);
      lanes += v * v;
    }
    total += sum_lanes(lanes);
  }
  result[0] = (float)total;
}

void sum(float *result, const float *x, int n) {
  double total = 0;
  for (int first = 0; first < n; first += CHUNK) {
    int last = n < first + CHUNK ? n : first + CHUNK;
    vec lanes = splat(0);
    for (int j = first; j < last; j += LANES) lanes += load_tail(x + j, last - j);
    total += sum_lanes(lanes);
  }
  result[0] = (float)total;
}

INLINE vec vsqrt(vec x) {
  vec y;
  for (int l = 0; l < LANES; l++) y[l] = __builtin_sqrtf(x[l]);
  return y;
}

void adam(float *parameter, float *moment1, float *moment2, const float *gradient, float gradientScale,
          float learningRate, double beta1, double beta2, float epsilon, float correction1, float correction2, int n) {
  float keep1 = (float)beta1, keep2 = (float)beta2, take1 = (float)(1 - beta1), take2 = (float)(1 - beta2);
  float rate = learningRate / correction1, root = __builtin_sqrtf(correction2);
  for (int j = 0; j < n; j += LANES) {
    int left = n - j;
    vec g = load_tail(gradient + j, left) * gradientScale;
    vec m = load_tail(moment1 + j, left) * keep1 + g * take1;
    vec v = load_tail(moment2 + j, left) * keep2 + g * g * take2;
    store_tail(moment1 + j, m, left);
    store_tail(moment2 + j, v, left);
    store_tail(parameter + j, load_tail(parameter + j, left) - rate * m / (vsqrt(v) / root + epsilon), left);
  }
}
