// Embeddings, element-wise work and the optimiser.
#include "kernels.h"
#include "share.h"
#include "vector.h"

// Elements a share of element-wise work is cut at: whole cache lines.
enum { GRAIN = 64 };

INLINE void copy_row(float *y, const float *x, int n, int accumulate) {
  int j = 0;
  for (; j + LANES <= n; j += LANES) store(y + j, accumulate ? load(y + j) + load(x + j) : load(x + j));
  if (j < n) store_part(y + j, accumulate ? load_part(y + j, n - j) + load_part(x + j, n - j) : load_part(x + j, n - j), n - j);
}

void gather(float *out, const float *table, const int32_t *ids, int m, int n) {
  range mine = share(m, 1);
  for (int i = mine.first; i < mine.last; i++) copy_row(out + (int64_t)i * n, table + (int64_t)ids[i] * n, n, 0);
}

void gatherInt8(float *out, const int8_t *table, const float *scales, const int32_t *ids, int m, int n) {
  range mine = share(m, 1);
  for (int i = mine.first; i < mine.last; i++) {
    const int8_t *from = table + (int64_t)ids[i] * n;
    float *to = out + (int64_t)i * n, scale = scales[ids[i]];
    for (int j = 0; j < n; j++) to[j] = scale * (float)from[j];
  }
}

// Two rows may have one id: threads share the columns.
void scatterAdd(float *dtable, const float *dout, const int32_t *ids, int m, int n) {
  range mine = share(n, LANES);
  for (int i = 0; i < m; i++)
    copy_row(dtable + (int64_t)ids[i] * n + mine.first, dout + (int64_t)i * n + mine.first, mine.last - mine.first, 1);
}

void fill(float *y, float value, int n) {
  range mine = share(n, GRAIN);
  for (int j = mine.first; j < mine.last; j += LANES) store_tail(y + j, splat(value), mine.last - j);
}

void copyRows(float *y, int ldy, const float *x, int ldx, int m, int n, int accumulate) {
  range mine = share(m, 1);
  for (int i = mine.first; i < mine.last; i++) copy_row(y + (int64_t)i * ldy, x + (int64_t)i * ldx, n, accumulate);
}

void addScaled(float *y, const float *x, float scale, int n) {
  range mine = share(n, GRAIN);
  for (int j = mine.first; j < mine.last; j += LANES) {
    int left = mine.last - j;
    store_tail(y + j, fma_vec(splat(scale), load_tail(x + j, left), load_tail(y + j, left)), left);
  }
}

void tanhForward(float *y, const float *x, int n) {
  range mine = share(n, GRAIN);
  for (int j = mine.first; j < mine.last; j += LANES)
    store_tail(y + j, vtanh(load_tail(x + j, mine.last - j)), mine.last - j);
}

void tanhBackward(float *dx, const float *dy, const float *y, int n) {
  range mine = share(n, GRAIN);
  for (int j = mine.first; j < mine.last; j += LANES) {
    int left = mine.last - j;
    vec t = load_tail(y + j, left);
    store_tail(dx + j, load_tail(dx + j, left) + load_tail(dy + j, left) * (1.0f - t * t), left);
  }
}

void sigmoidForward(float *y, const float *x, int n) {
  range mine = share(n, GRAIN);
  for (int j = mine.first; j < mine.last; j += LANES)
    store_tail(y + j, vsigmoid(load_tail(x + j, mine.last - j)), mine.last - j);
}

void sigmoidBackward(float *dx, const float *dy, const float *y, int n) {
  range mine = share(n, GRAIN);
  for (int j = mine.first; j < mine.last; j += LANES) {
    int left = mine.last - j;
    vec s = load_tail(y + j, left);
    store_tail(dx + j, load_tail(dx + j, left) + load_tail(dy + j, left) * s * (1.0f - s), left);
  }
}

void multiply(float *y, const float *a, const float *b, int n, int accumulate) {
  range mine = share(n, GRAIN);
  for (int j = mine.first; j < mine.last; j += LANES) {
    int left = mine.last - j;
    vec product = load_tail(a + j, left) * load_tail(b + j, left);
    store_tail(y + j, accumulate ? load_tail(y + j, left) + product : product, left);
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
  range mine = share(m, 1);
  for (int i = mine.first; i < mine.last; i++) {
    const float *from = x + (int64_t)i * n;
    float *to = y + (int64_t)i * n;
    for (int j = 0; j < n; j += 4) {
      uint32_t words[4] = {(uint32_t)(j / 4), (uint32_t)examples[i], (uint32_t)step, (uint32_t)path};
      philox(words, (uint32_t)key0, (uint32_t)key1);
      for (int l = 0; l < 4 && j + l < n; l++) {
        float value = words[l] >= threshold ? from[j + l] * scale : 0;
        to[j + l] = accumulate ? to[j + l] + value : value;
      }
    }
  }
}

enum { CHUNK = 4096 };

void chunkSquares(float *sums, const float *x, int n) {
  range mine = share(n, CHUNK);
  for (int first = mine.first; first < mine.last; first += CHUNK) {
    int last = mine.last < first + CHUNK ? mine.last : first + CHUNK;
    vec lanes = splat(0);
    for (int j = first; j < last; j += LANES) {
      vec v = load_tail(x + j, last - j);
      lanes = fma_vec(v, v, lanes);
    }
    sums[first / CHUNK] = sum_lanes(lanes);
  }
}

// Chunks of 4096, each summed in lanes, added in order in double.
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

// What stays the same over the elements of one step.
typedef struct {
  float keep1, take1, keep2, take2, rate, root, keep, epsilon, gradientScale;
} adam_step;

INLINE adam_step adam_constants(float gradientScale, float rate, float root, float keep, double beta1, double beta2,
                                float epsilon) {
  return (adam_step){(float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2), rate, root, keep, epsilon,
                     gradientScale};
}

INLINE void adam_vector(vec *parameter, vec *moment1, vec *moment2, vec gradient, const adam_step *s) {
  vec g = gradient * s->gradientScale;
  *moment1 = *moment1 * s->keep1 + g * s->take1;
  *moment2 = *moment2 * s->keep2 + g * g * s->take2;
  *parameter = *parameter * s->keep - s->rate * *moment1 / (vsqrt(*moment2) / s->root + s->epsilon);
}

INLINE void adam_range(float *parameter, float *moment1, float *moment2, const float *gradient, const adam_step *s,
                       int n) {
  for (int j = 0; j < n; j += LANES) {
    int left = n - j;
    vec p = load_tail(parameter + j, left), m = load_tail(moment1 + j, left), v = load_tail(moment2 + j, left);
    adam_vector(&p, &m, &v, load_tail(gradient + j, left), s);
    store_tail(moment1 + j, m, left);
    store_tail(moment2 + j, v, left);
    store_tail(parameter + j, p, left);
  }
}

void adam(float *parameter, float *moment1, float *moment2, const float *gradient, float gradientScale, float rate,
          float root, float keep, double beta1, double beta2, float epsilon, int n) {
  range mine = share(n, GRAIN);
  adam_step s = adam_constants(gradientScale, rate, root, keep, beta1, beta2, epsilon);
  adam_range(parameter + mine.first, moment1 + mine.first, moment2 + mine.first, gradient + mine.first, &s,
             mine.last - mine.first);
}

void adamRows(float *parameter, float *moment1, float *moment2, int32_t *updated, const float *gradient,
              const int32_t *rows, float gradientScale, float rate, float root, float keep, double beta1, double beta2,
              float epsilon, int step, int m, int n) {
  range mine = share(m, 1);
  adam_step s = adam_constants(gradientScale, rate, root, keep, beta1, beta2, epsilon);
  for (int i = mine.first; i < mine.last; i++) {
    int64_t at = (int64_t)rows[i] * n;
    adam_range(parameter + at, moment1 + at, moment2 + at, gradient + (int64_t)i * n, &s, n);
    updated[rows[i]] = step;
  }
}

void adamReplay(float *parameter, float *moment1, float *moment2, int32_t *updated, const int32_t *rows,
                const float *history, double beta1, double beta2, float epsilon, int first, int step, int m, int n) {
  range mine = share(m, 1);
  adam_step s = adam_constants(1, 0, 1, 1, beta1, beta2, epsilon);
  for (int i = mine.first; i < mine.last; i++) {
    int from = updated[rows[i]];
    if (from < 0 || from >= step) continue;
    int64_t at = (int64_t)rows[i] * n;
    for (int j = 0; j < n; j += LANES, at += LANES) {
      int left = n - j;
      vec p = load_tail(parameter + at, left), m1 = load_tail(moment1 + at, left), m2 = load_tail(moment2 + at, left);
      for (int missed = from + 1; missed <= step; missed++) {
        const float *constants = history + 3 * (missed - first);
        s.rate = constants[0];
        s.root = constants[1];
        s.keep = constants[2];
        adam_vector(&p, &m1, &m2, splat(0), &s);
      }
      store_tail(moment1 + at, m1, left);
      store_tail(moment2 + at, m2, left);
      store_tail(parameter + at, p, left);
    }
    updated[rows[i]] = step;
  }
}

// What stays the same over the elements of one step.
typedef struct {
  float gradientScale, rate, momentum, decay;
  int nesterov;
} sgd_step;

INLINE void sgd_vector(vec *parameter, vec *velocity, vec gradient, const sgd_step *s) {
  vec g = gradient * s->gradientScale + *parameter * s->decay;
  *velocity = *velocity * s->momentum + g;
  *parameter = *parameter - s->rate * (s->nesterov ? g + *velocity * s->momentum : *velocity);
}

INLINE void sgd_range(float *parameter, float *velocity, const float *gradient, const sgd_step *s, int n) {
  for (int j = 0; j < n; j += LANES) {
    int left = n - j;
    vec p = load_tail(parameter + j, left), v = load_tail(velocity + j, left);
    sgd_vector(&p, &v, load_tail(gradient + j, left), s);
    store_tail(velocity + j, v, left);
    store_tail(parameter + j, p, left);
  }
}

void sgd(float *parameter, float *velocity, const float *gradient, float gradientScale, float rate, float momentum,
         float decay, int nesterov, int n) {
  range mine = share(n, GRAIN);
  sgd_step s = {gradientScale, rate, momentum, decay, nesterov};
  sgd_range(parameter + mine.first, velocity + mine.first, gradient + mine.first, &s, mine.last - mine.first);
}

void sgdRows(float *parameter, float *velocity, int32_t *updated, const float *gradient, const int32_t *rows,
             float gradientScale, float rate, float momentum, float decay, int nesterov, int step, int m, int n) {
  range mine = share(m, 1);
  sgd_step s = {gradientScale, rate, momentum, decay, nesterov};
  for (int i = mine.first; i < mine.last; i++) {
    int64_t at = (int64_t)rows[i] * n;
    sgd_range(parameter + at, velocity + at, gradient + (int64_t)i * n, &s, n);
    updated[rows[i]] = step;
  }
}

void sgdReplay(float *parameter, float *velocity, int32_t *updated, const int32_t *rows, const float *history,
               float momentum, float decay, int nesterov, int first, int step, int m, int n) {
  range mine = share(m, 1);
  sgd_step s = {1, 0, momentum, decay, nesterov};
  for (int i = mine.first; i < mine.last; i++) {
    int from = updated[rows[i]];
    if (from < 0 || from >= step) continue;
    int64_t at = (int64_t)rows[i] * n;
    for (int j = 0; j < n; j += LANES, at += LANES) {
      int left = n - j;
      vec p = load_tail(parameter + at, left), v = load_tail(velocity + at, left);
      for (int missed = from + 1; missed <= step; missed++) {
        s.rate = history[missed - first];
        sgd_vector(&p, &v, splat(0), &s);
      }
      store_tail(velocity + at, v, left);
      store_tail(parameter + at, p, left);
    }
    updated[rows[i]] = step;
  }
}
