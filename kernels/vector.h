// One vector abstraction for every build: LANES floats that the compiler maps to SIMD registers.
// The functions below use only + − × ÷ and bit operations, in one fixed order, so a row's result does not depend on
// where in a vector it stood. Tails are computed in a whole vector of which only the first `count` lanes are kept.
#ifndef TANDEM_VECTOR_H
#define TANDEM_VECTOR_H

#include <stdint.h>

#define LANES 4

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t veci __attribute__((vector_size(4 * LANES)));
typedef float vec_unaligned __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *p) { return *(const vec_unaligned *)p; }
INLINE void store(float *p, vec v) { *(vec_unaligned *)p = v; }
INLINE vec splat(float x) { return x - (vec){0}; }

INLINE vec load_part(const float *p, int count) {
  vec v = {0};
  for (int i = 0; i < count; i++) v[i] = p[i];
  return v;
}
INLINE void store_part(float *p, vec v, int count) {
  for (int i = 0; i < count; i++) p[i] = v[i];
}
INLINE vec load_tail(const float *p, int left) { return left >= LANES ? load(p) : load_part(p, left); }
INLINE void store_tail(float *p, vec v, int left) {
  if (left >= LANES) store(p, v);
  else store_part(p, v, left);
}

// `yes` where the mask is all ones, `no` where it is zero.
INLINE vec choose(veci mask, vec yes, vec no) { return (vec)(((veci)yes & mask) | ((veci)no & ~mask)); }
// A NaN in `a` stays: a computation that went wrong must show.
INLINE vec vmin(vec a, vec b) { return choose(b < a, b, a); }
INLINE vec vmax(vec a, vec b) { return choose(a < b, b, a); }

// Lanes are added in pairs, always in the same order.
INLINE float sum_lanes(vec v) { return (v[0] + v[2]) + (v[1] + v[3]); }
INLINE float max_lanes(vec v) {
  float a = v[0] > v[2] ? v[0] : v[2], b = v[1] > v[3] ? v[1] : v[3];
  return a > b ? a : b;
}

// eˣ = 2ⁿ · eʳ with n = round(x / ln 2) and the Taylor series of eʳ to r⁷, |r| ≤ ln 2 / 2: relative error below 2⁻²².
INLINE vec vexp(vec x) {
  x = vmin(vmax(x, splat(-87.0f)), splat(88.0f));
  const float magic = 12582912.0f; // 1.5 · 2²³: adding it rounds to an integer in the low bits
  vec shifted = x * 1.44269504f + magic;
  vec n = shifted - magic;
  vec r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  vec e = splat(1.0f / 5040.0f);
  e = e * r + 1.0f / 720.0f;
  e = e * r + 1.0f / 120.0f;
  e = e * r + 1.0f / 24.0f;
  e = e * r + 1.0f / 6.0f;
  e = e * r + 0.5f;
  e = e * r + 1.0f;
  e = e * r + 1.0f;
  veci exponent = ((veci)shifted - (veci)splat(magic)) << 23;
  return (vec)((veci)e + exponent);
}

INLINE vec vsigmoid(vec x) { return 1.0f / (1.0f + vexp(-x)); }

// |x| < 5/8: five levels of Lambert's continued fraction, x(945 + 105x² + x⁴) / (945 + 420x² + 15x⁴);
// beyond: 1 − 2 / (e^{2|x|} + 1) with the sign of x. Absolute error below 2⁻²².
INLINE vec vtanh(vec x) {
  vec square = x * x;
  vec small = x * ((square + 105.0f) * square + 945.0f) / ((square * 15.0f + 420.0f) * square + 945.0f);
  veci sign = (veci)x & (int32_t)0x80000000;
  vec magnitude = (vec)((veci)x & 0x7fffffff);
  vec large = 1.0f - 2.0f / (vexp(2.0f * magnitude) + 1.0f);
  large = (vec)((veci)large | sign);
  return choose(magnitude < 0.625f, small, large);
}

// ln x = e ln 2 + 2 artanh((m − 1) / (m + 1)) with x = 2ᵉ m, √½ ≤ m < √2, the series to s⁹; x > 0.
INLINE float slog(float x) {
  if (x != x) return x;
  union {
    float f;
    int32_t i;
  } bits = {x};
  int32_t e = (bits.i - 0x3f3504f3) >> 23;
  bits.i -= (int32_t)((uint32_t)e << 23);
  float s = (bits.f - 1.0f) / (bits.f + 1.0f), q = s * s;
  float series = (((q * (1.0f / 9.0f) + 1.0f / 7.0f) * q + 0.2f) * q + 1.0f / 3.0f) * q;
  return (float)e * 0.693147181f + 2.0f * (s + s * series);
}

#endif
