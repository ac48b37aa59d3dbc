// One vector abstraction for every instruction set: LANES floats in a register.
// Only + − × ÷, fused multiply-add where the set has one, and bit operations, in one fixed order, so a row's result does
// not depend on where in a vector it stood. Tails are computed in a whole vector of which the first `count` lanes are kept.
#ifndef TANDEM_VECTOR_H
#define TANDEM_VECTOR_H

#include <stdint.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES 16
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#define LANES 8
#elif defined(__aarch64__)
#include <arm_neon.h>
#define LANES 4
#elif defined(__SSE2__)
#include <emmintrin.h>
#define LANES 4
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#define LANES 4
#else
#define LANES 4
#endif

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t veci __attribute__((vector_size(4 * LANES)));
typedef uint32_t vecu __attribute__((vector_size(4 * LANES))); // for sums of bits, which may wrap
typedef float vec_unaligned __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *p) { return *(const vec_unaligned *)p; }
INLINE void store(float *p, vec v) { *(vec_unaligned *)p = v; }
INLINE vec splat(float x) { return x - (vec){0}; }

// The first `count` < LANES elements; the other lanes are 0, or untouched in memory.
#if LANES == 16
INLINE vec load_part(const float *p, int count) { return _mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p); }
INLINE void store_part(float *p, vec v, int count) { _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), v); }
#elif LANES == 8
INLINE __m256i first_lanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vec load_part(const float *p, int count) { return _mm256_maskload_ps(p, first_lanes(count)); }
INLINE void store_part(float *p, vec v, int count) { _mm256_maskstore_ps(p, first_lanes(count), v); }
#else
INLINE vec load_part(const float *p, int count) {
  vec v = {0};
  for (int i = 0; i < count; i++) v[i] = p[i];
  return v;
}
INLINE void store_part(float *p, vec v, int count) {
  for (int i = 0; i < count; i++) p[i] = v[i];
}
#endif
INLINE vec load_tail(const float *p, int left) { return left >= LANES ? load(p) : left <= 0 ? splat(0) : load_part(p, left); }
INLINE void store_tail(float *p, vec v, int left) {
  if (left >= LANES) store(p, v);
  else if (left > 0) store_part(p, v, left);
}
// The first `left` lanes of v, 0 in the others.
INLINE vec keep_lanes(vec v, int left) {
#if LANES == 16
  return left >= LANES ? v : (vec)_mm512_maskz_mov_ps((__mmask16)((1u << left) - 1), v);
#else
  for (int l = left; l < LANES; l++) v[l] = 0;
  return v;
#endif
}

// 2 · LANES whole numbers of 8 bits as floats, which hold them exactly.
INLINE void load_int8(const int8_t *p, vec *low, vec *high) {
#if LANES == 16
  *low = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)p)));
  *high = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(p + LANES))));
#elif LANES == 8
  *low = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)p)));
  *high = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(p + LANES))));
#elif defined(__aarch64__)
  int16x8_t words = vmovl_s8(vld1_s8(p));
  *low = (vec)vcvtq_f32_s32(vmovl_s16(vget_low_s16(words)));
  *high = (vec)vcvtq_f32_s32(vmovl_s16(vget_high_s16(words)));
#elif defined(__SSE2__)
  // Each byte goes to the top of a word, and each word to the top of an element; shifts bring them down with their sign.
  __m128i bytes = _mm_loadl_epi64((const __m128i *)p);
  __m128i words = _mm_srai_epi16(_mm_unpacklo_epi8(bytes, bytes), 8);
  *low = (vec)_mm_cvtepi32_ps(_mm_srai_epi32(_mm_unpacklo_epi16(words, words), 16));
  *high = (vec)_mm_cvtepi32_ps(_mm_srai_epi32(_mm_unpackhi_epi16(words, words), 16));
#else
  typedef int8_t bytes __attribute__((vector_size(8), aligned(1)));
  typedef int16_t words __attribute__((vector_size(16)));
  words w = __builtin_convertvector(*(const bytes *)p, words);
  // By way of whole elements: straight from words each lane would be converted alone.
  *low = __builtin_convertvector(__builtin_convertvector(__builtin_shufflevector(w, w, 0, 1, 2, 3), veci), vec);
  *high = __builtin_convertvector(__builtin_convertvector(__builtin_shufflevector(w, w, 4, 5, 6, 7), veci), vec);
#endif
}

// low, high += numbers[0] · pair[0] + numbers[1] · pair[1] for LANES columns each, whose two numbers of 8 bits stand together;
// `pair` is two of 16 bits in every lane.
INLINE void add_pairs(veci *low, veci *high, const int8_t *numbers, veci pair) {
#if LANES == 16
  __m512i first = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)numbers));
  __m512i second = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(numbers + 2 * LANES)));
  *low += (veci)_mm512_madd_epi16(first, (__m512i)pair);
  *high += (veci)_mm512_madd_epi16(second, (__m512i)pair);
#elif LANES == 8
  __m256i first = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)numbers));
  __m256i second = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(numbers + 2 * LANES)));
  *low += (veci)_mm256_madd_epi16(first, (__m256i)pair);
  *high += (veci)_mm256_madd_epi16(second, (__m256i)pair);
#elif defined(__aarch64__)
  int8x16_t bytes = vld1q_s8(numbers);
  int16x8_t first = vmovl_s8(vget_low_s8(bytes)), second = vmovl_high_s8(bytes), each = (int16x8_t)pair;
  *low += (veci)vpaddq_s32(vmull_s16(vget_low_s16(first), vget_low_s16(each)), vmull_high_s16(first, each));
  *high += (veci)vpaddq_s32(vmull_s16(vget_low_s16(second), vget_low_s16(each)), vmull_high_s16(second, each));
#elif defined(__SSE2__)
  __m128i bytes = _mm_loadu_si128((const __m128i *)numbers);
  __m128i first = _mm_srai_epi16(_mm_unpacklo_epi8(bytes, bytes), 8);
  __m128i second = _mm_srai_epi16(_mm_unpackhi_epi8(bytes, bytes), 8);
  *low += (veci)_mm_madd_epi16(first, (__m128i)pair);
  *high += (veci)_mm_madd_epi16(second, (__m128i)pair);
#elif defined(__wasm_simd128__)
  v128_t bytes = wasm_v128_load(numbers);
  *low += (veci)wasm_i32x4_dot_i16x8(wasm_i16x8_extend_low_i8x16(bytes), (v128_t)pair);
  *high += (veci)wasm_i32x4_dot_i16x8(wasm_i16x8_extend_high_i8x16(bytes), (v128_t)pair);
#else
  for (int l = 0; l < LANES; l++) {
    int32_t even = (int16_t)((uint32_t)pair[l] & 0xffff), odd = pair[l] >> 16;
    (*low)[l] += numbers[2 * l] * even + numbers[2 * l + 1] * odd;
    (*high)[l] += numbers[2 * LANES + 2 * l] * even + numbers[2 * LANES + 2 * l + 1] * odd;
  }
#endif
}

// a · b + c, rounded once where the instruction set can. The scalar form rounds as one lane of it.
INLINE vec fma_vec(vec a, vec b, vec c) {
#if LANES == 16
  return _mm512_fmadd_ps(a, b, c);
#elif LANES == 8
  return _mm256_fmadd_ps(a, b, c);
#elif defined(__aarch64__)
  return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}

// `yes` where the mask is all ones, `no` where it is zero.
INLINE vec choose(veci mask, vec yes, vec no) { return (vec)(((veci)yes & mask) | ((veci)no & ~mask)); }
// A NaN in `a` stays: a computation that went wrong must show.
INLINE vec vmin(vec a, vec b) {
#if LANES == 16
  return _mm512_min_ps(b, a);
#elif LANES == 8
  return _mm256_min_ps(b, a);
#else
  return choose(b < a, b, a);
#endif
}
INLINE vec vmax(vec a, vec b) {
#if LANES == 16
  return _mm512_max_ps(b, a);
#elif LANES == 8
  return _mm256_max_ps(b, a);
#else
  return choose(b > a, b, a);
#endif
}
INLINE vec vsqrt(vec x) {
#if LANES == 16
  return _mm512_sqrt_ps(x);
#elif LANES == 8
  return _mm256_sqrt_ps(x);
#else
  vec y = x;
  for (int l = 0; l < LANES; l++) y[l] = __builtin_sqrtf(x[l]);
  return y;
#endif
}

// Lanes are joined by halves, always in the same order.
#if LANES == 4
INLINE float sum_lanes(vec v) { return (v[0] + v[2]) + (v[1] + v[3]); }
#else
INLINE float sum_quarter(__m128 v) {
  v = _mm_add_ps(v, _mm_movehl_ps(v, v));
  return _mm_cvtss_f32(v) + _mm_cvtss_f32(_mm_shuffle_ps(v, v, 1));
}
INLINE float sum_half(__m256 v) { return sum_quarter(_mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1))); }
#if LANES == 8
INLINE float sum_lanes(vec v) { return sum_half(v); }
#else
INLINE float sum_lanes(vec v) {
  __m256 upper = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(v), 1));
  return sum_half(_mm256_add_ps(_mm512_castps512_ps256(v), upper));
}
#endif
#endif
INLINE float max_lanes(vec v) {
  float best = v[0];
  for (int l = 1; l < LANES; l++) best = v[l] > best ? v[l] : best;
  return best;
}

// The lanes that are not at most `bound`, one bit each: larger, or a NaN.
INLINE unsigned lanes_above(vec v, float bound) {
#if LANES == 16
  return _mm512_cmp_ps_mask(v, splat(bound), _CMP_NLE_UQ);
#elif LANES == 8
  return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(v, splat(bound), _CMP_NLE_UQ));
#else
  veci within = v <= bound;
  if (within[0] & within[1] & within[2] & within[3]) return 0;
  return 15u ^ (unsigned)((within[0] & 1) | (within[1] & 2) | (within[2] & 4) | (within[3] & 8));
#endif
}

// The bounds beside these functions are those of test/kernels/functions.c. A NaN gives a NaN.

// eˣ = 2ⁿ · eʳ with n = round(x / ln 2) and the Taylor series of eʳ to r⁷, |r| ≤ ln 2 / 2: relative error below 2⁻²³ for
// −87 ≤ x ≤ 88. Smaller x give e⁻⁸⁷, larger ones e⁸⁸.
INLINE vec vexp(vec x) {
  x = vmin(vmax(x, splat(-87.0f)), splat(88.0f));
  const float magic = 12582912.0f; // 1.5 · 2²³: adding it rounds to an integer in the low bits
  vec shifted = fma_vec(x, splat(1.44269504f), splat(magic));
  vec n = shifted - magic;
  vec r = fma_vec(n, splat(2.12194440e-4f), fma_vec(n, splat(-0.693359375f), x));
  vec e = splat(1.0f / 5040.0f);
  e = fma_vec(e, r, splat(1.0f / 720.0f));
  e = fma_vec(e, r, splat(1.0f / 120.0f));
  e = fma_vec(e, r, splat(1.0f / 24.0f));
  e = fma_vec(e, r, splat(1.0f / 6.0f));
  e = fma_vec(e, r, splat(0.5f));
  e = fma_vec(e, r, splat(1.0f));
  e = fma_vec(e, r, splat(1.0f));
  // 2ⁿ from the low bits of `shifted`. Multiplied, not added to e's exponent: a NaN's payload would carry into its sign.
  return e * (vec)(((vecu)shifted << 23) + 0x3f800000u);
}

// Absolute error below 2⁻²³.
INLINE vec vsigmoid(vec x) { return 1.0f / (1.0f + vexp(-x)); }

// |x| < 5/8: five levels of Lambert's continued fraction, x(945 + 105x² + x⁴) / (945 + 420x² + 15x⁴);
// beyond: 1 − 2 / (e^{2|x|} + 1) with the sign of x. Absolute error below 2⁻²³, relative error below 2⁻²² where x is normal.
INLINE vec vtanh(vec x) {
  vec square = x * x;
  vec small = x * fma_vec(square + 105.0f, square, splat(945.0f)) /
              fma_vec(fma_vec(square, splat(15.0f), splat(420.0f)), square, splat(945.0f));
  veci sign = (veci)x & (int32_t)0x80000000;
  vec magnitude = (vec)((veci)x & 0x7fffffff);
  vec large = 1.0f - 2.0f / (vexp(2.0f * magnitude) + 1.0f);
  large = (vec)((veci)large | sign);
  return choose(magnitude < 0.625f, small, large);
}

// ln x = e ln 2 + 2 artanh((m − 1) / (m + 1)) with x = 2ᵉ m, √½ ≤ m < √2, the series to s⁹: relative error below 2⁻²²
// for x positive, finite and normal.
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
