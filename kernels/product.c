// Matrix products on packed weights.
//
// A packed [n, k] weight is a row of panels of two vectors of columns, each stored k-major, so that the inner loop reads
// it straight through. The tile is as many rows × 2 vectors as the registers hold. A sum over k starts from y (or the
// bias, or zero) and runs k upwards in one chain of multiply-adds, for one row exactly as for many.
#include "kernels.h"
#include "share.h"
#include "vector.h"

enum {
#if LANES == 16
  ROWS = 8, // of 32 registers: 16 sums, 2 of the panel
#elif LANES == 8
  ROWS = 6, // of 16 registers: 12 sums, 2 of the panel, 1 for x
#else
  ROWS = 4, // 8 sums: larger tiles spill in WebAssembly
#endif
  PANEL = 2 * LANES,
  // The summed dimension is cut here, so that a panel's piece stays in the first-level cache …
  DEPTH = 256,
  // … and the rows here, so that theirs stays in the second-level cache while all panels pass.
  BAND = 32 * ROWS,
  // Panels that one row meets side by side.
  STREAMS = 4,
  // Floats that come from memory together, and rows of x that leave time to fetch the next panel meanwhile.
  LINE = 16,
  MANY = 16 * ROWS,
  // Columns of dy that outerProduct copies at a time: two tiles.
  STRIP = 2 * ROWS,
  // Panels of 8-bit weights that one row of x meets side by side.
  ABREAST = 4,
};

INLINE int least(int a, int b) { return a < b ? a : b; }
INLINE int panels(int n) { return (n + PANEL - 1) / PANEL; }

// The lines of the tile that comes next, fetched while this one is computed.
INLINE void prefetch_tile(const float *y, int ldy, int rows) {
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
    __builtin_prefetch(y + r * ldy, 1);
    __builtin_prefetch(y + r * ldy + LANES, 1);
  }
}

// y[rows, PANEL] (+)= a · panel, where a's element (row, step) stands at a[row · row_stride + step · step_stride].
// With constant `rows` and a whole panel the sums stay in registers.
INLINE void tile(float *y, int ldy, const float *a, int row_stride, int step_stride, const float *panel, int depth,
                 const vec *start, int accumulate, int rows, int columns, const float *next) {
  vec low[ROWS], high[ROWS];
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
    low[r] = accumulate ? load_tail(y + r * ldy, columns) : start[0];
    high[r] = accumulate ? load_tail(y + r * ldy + LANES, columns - LANES) : start[1];
  }
  prefetch_tile(next, ldy, rows);
  for (int p = 0; p < depth; p++) {
    vec b0 = load(panel + p * PANEL), b1 = load(panel + p * PANEL + LANES);
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
      vec x = splat(a[r * row_stride + p * step_stride]);
      low[r] = fma_vec(x, b0, low[r]);
      high[r] = fma_vec(x, b1, high[r]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
    store_tail(y + r * ldy, low[r], columns);
    store_tail(y + r * ldy + LANES, high[r], columns - LANES);
  }
}

// A tile of 1 … ROWS rows, each number of rows in code of its own.
INLINE void any_tile(float *y, int ldy, const float *a, int row_stride, int step_stride, const float *panel, int depth,
                     const vec *start, int accumulate, int rows, int columns, const float *next) {
#define CASE(count)                                                                                                   \
  case count:                                                                                                         \
    if (columns >= PANEL)                                                                                             \
      tile(y, ldy, a, row_stride, step_stride, panel, depth, start, accumulate, count, PANEL, next);                   \
    else                                                                                                              \
      tile(y, ldy, a, row_stride, step_stride, panel, depth, start, accumulate, count, columns, next);                 \
    break;
  switch (rows) {
    CASE(1)
    CASE(2)
    CASE(3)
    CASE(4)
#if LANES > 4
    CASE(5)
    CASE(6)
#endif
#if LANES > 8
    CASE(7)
    CASE(8)
#endif
  }
#undef CASE
}

int packedLength(int n, int k) { return panels(n) * PANEL * k; }

#if LANES == 16
// A square of w turned in registers: to[q · PANEL + r] = from[r · ldw + q] for 16 rows, those from `rows` on as zeros.
INLINE void turn_square(float *to, const float *from, int ldw, int rows) {
  __m512 a[16], b[16];
#pragma GCC unroll 16
  for (int r = 0; r < 16; r++) a[r] = r < rows ? (__m512)load(from + (int64_t)r * ldw) : _mm512_setzero_ps();
#pragma GCC unroll 8
  for (int r = 0; r < 16; r += 2) { // pairs of rows
    b[r] = _mm512_unpacklo_ps(a[r], a[r + 1]);
    b[r + 1] = _mm512_unpackhi_ps(a[r], a[r + 1]);
  }
#pragma GCC unroll 4
  for (int r = 0; r < 16; r += 4) { // a[r + c]: of each quarter of columns the one numbered c, in four rows
    a[r] = (__m512)_mm512_unpacklo_pd((__m512d)b[r], (__m512d)b[r + 2]);
    a[r + 1] = (__m512)_mm512_unpackhi_pd((__m512d)b[r], (__m512d)b[r + 2]);
    a[r + 2] = (__m512)_mm512_unpacklo_pd((__m512d)b[r + 1], (__m512d)b[r + 3]);
    a[r + 3] = (__m512)_mm512_unpackhi_pd((__m512d)b[r + 1], (__m512d)b[r + 3]);
  }
#pragma GCC unroll 4
  for (int c = 0; c < 4; c++) { // quarters 0 and 2, then 1 and 3, joined over all rows
    __m512 even_top = _mm512_shuffle_f32x4(a[c], a[4 + c], 0x88), odd_top = _mm512_shuffle_f32x4(a[c], a[4 + c], 0xdd);
    __m512 even_low = _mm512_shuffle_f32x4(a[8 + c], a[12 + c], 0x88);
    __m512 odd_low = _mm512_shuffle_f32x4(a[8 + c], a[12 + c], 0xdd);
    store(to + c * PANEL, _mm512_shuffle_f32x4(even_top, even_low, 0x88));
    store(to + (4 + c) * PANEL, _mm512_shuffle_f32x4(odd_top, odd_low, 0x88));
    store(to + (8 + c) * PANEL, _mm512_shuffle_f32x4(even_top, even_low, 0xdd));
    store(to + (12 + c) * PANEL, _mm512_shuffle_f32x4(odd_top, odd_low, 0xdd));
  }
}
#endif

// Squares of LANES × LANES are read by rows and written by columns, so that both sides move through whole cache lines.
void pack(float *packed, const float *w, int ldw, int n, int k) {
  range mine = share(panels(n), 1);
  for (int j = mine.first * PANEL; j < n && j < mine.last * PANEL; j += PANEL)
    for (int p = 0; p < k; p += LANES) {
      int depth = least(LANES, k - p);
      float *to = packed + (int64_t)j * k + p * PANEL;
      const float *from = w + (int64_t)j * ldw + p;
#if LANES == 16
      if (depth == LANES) {
        turn_square(to, from, ldw, n - j);
        turn_square(to + LANES, from + (int64_t)LANES * ldw, ldw, n - j - LANES);
        continue;
      }
#endif
      for (int c = 0; c < PANEL; c++)
        for (int q = 0; q < depth; q++) to[q * PANEL + c] = j + c < n ? from[(int64_t)c * ldw + q] : 0;
    }
}

void packTransposed(float *packed, const float *w, int ldw, int n, int k) {
  range mine = share(panels(n), 1);
  for (int j = mine.first * PANEL; j < n && j < mine.last * PANEL; j += PANEL) {
    float *to = packed + (int64_t)j * k;
    for (int p = 0; p < k; p++, to += PANEL) {
      const float *from = w + (int64_t)p * ldw + j;
      store(to, load_tail(from, n - j));
      store(to + LANES, load_tail(from + LANES, n - j - LANES));
    }
  }
}

// The columns from[depth, width], lddy apart, side by side.
INLINE void copy_strip(float *strip, const float *from, int lddy, int depth, int width) {
  if (width == STRIP)
    for (int q = 0; q < depth; q++, from += lddy)
      for (int c = 0; c < STRIP; c++) strip[q * STRIP + c] = from[c];
  else
    for (int q = 0; q < depth; q++, from += lddy)
      for (int c = 0; c < width; c++) strip[q * STRIP + c] = from[c];
}
// sums[width] (+)= the sums of its columns, upwards.
INLINE void sum_strip(float *sums, const float *strip, int depth, int width, int accumulate) {
  float total[STRIP] = {0};
  // A whole strip counts with a number the compiler knows.
  if (width == STRIP)
    for (int q = 0; q < depth; q++)
      for (int c = 0; c < STRIP; c++) total[c] += strip[q * STRIP + c];
  else
    for (int q = 0; q < depth; q++)
      for (int c = 0; c < width; c++) total[c] += strip[q * STRIP + c];
  for (int c = 0; c < width; c++) sums[c] = accumulate ? sums[c] + total[c] : total[c];
}

// y[STREAMS · PANEL] (+)= x[k] · as many panels, one after another in memory. Nothing of a panel is read twice, so that all
// depends on how fast they come: from beyond the caches four streams come faster than one, whose fetching stops at its end.
INLINE void row_tile(float *y, const float *x, const float *packed, const float *bias, int k, int accumulate) {
  vec sums[2 * STREAMS];
  const float *start = accumulate ? y : bias;
#pragma GCC unroll 8
  for (int s = 0; s < 2 * STREAMS; s++) sums[s] = start ? load(start + s * LANES) : splat(0);
  for (int p = 0; p < k; p++) {
    vec value = splat(x[p]);
#pragma GCC unroll 8
    for (int s = 0; s < STREAMS; s++) {
      const float *panel = packed + (int64_t)s * k * PANEL + p * PANEL;
      sums[2 * s] = fma_vec(value, load(panel), sums[2 * s]);
      sums[2 * s + 1] = fma_vec(value, load(panel + LANES), sums[2 * s + 1]);
    }
  }
#pragma GCC unroll 8
  for (int s = 0; s < 2 * STREAMS; s++) store(y + s * LANES, sums[s]);
}

// What a thread computes of y[m, n]: whole panels where there are enough of them, else rows.
INLINE void share_rows_or_columns(int m, int n, range *rows, range *columns) {
  int by_columns = panels(n) >= 2 * share_count || panels(n) * PANEL >= m;
  *rows = by_columns ? (range){0, m} : share(m, ROWS);
  *columns = by_columns ? share(panels(n), 1) : (range){0, panels(n)};
}

void product(float *y, int ldy, const float *x, int ldx, const float *packed, const float *bias, int m, int n, int k,
             int accumulate) {
  range rows, columns;
  share_rows_or_columns(m, n, &rows, &columns);
  if (m == 1)
    for (; rows.first == 0 && least(n / PANEL, columns.last) - columns.first >= STREAMS; columns.first += STREAMS) {
      int j = columns.first * PANEL;
      row_tile(y + j, x, packed + (int64_t)j * k, bias ? bias + j : 0, k, accumulate);
    }
  for (int p = 0; p == 0 || p < k; p += DEPTH) {
    int depth = least(DEPTH, k - p);
    for (int band = rows.first; band < rows.last; band += BAND) {
      int end = least(rows.last, band + BAND);
      for (int j = columns.first * PANEL; j < n && j < columns.last * PANEL; j += PANEL) {
        vec start[2] = {splat(0), splat(0)};
        if (bias) {
          start[0] = load_tail(bias + j, n - j);
          start[1] = load_tail(bias + j + LANES, n - j - LANES);
        }
        const float *panel = packed + (int64_t)j * k + p * PANEL, *coming = panel + (int64_t)k * PANEL;
        int fetched_at_once = end - band < MANY ? 0 : depth * PANEL * ROWS / (end - band);
        for (int i = band; i < end; i += ROWS) {
          for (const float *stop = coming + fetched_at_once; coming < stop; coming += LINE) __builtin_prefetch(coming);
          float *at = y + (int64_t)i * ldy + j;
          const float *next = i + ROWS < end ? at + (int64_t)ROWS * ldy : y + (int64_t)band * ldy + j + PANEL;
          any_tile(at, ldy, x + (int64_t)i * ldx + p, ldx, 1, panel, depth, start, accumulate || p > 0,
                   least(ROWS, end - i), n - j, next);
        }
      }
    }
  }
}

// A strip of columns of dy is copied so that it lies together, and summed on the way; then it meets every panel of x. Its
// successor is fetched meanwhile: the rows of dy may be far apart.
void outerProduct(float *dw, int lddw, float *sums, const float *dy, int lddy, const float *packed, int m, int n, int k,
                  int accumulate) {
  range mine = share(n, STRIP);
  const vec none[2] = {splat(0), splat(0)};
  float strip[STRIP * DEPTH];
  for (int p = 0; p == 0 || p < m; p += DEPTH) {
    int depth = least(DEPTH, m - p), add = accumulate || p > 0;
    int fetched_at_once = k > 0 ? depth / panels(k) + 1 : 0;
    for (int i = mine.first; i < mine.last; i += STRIP) {
      int width = least(STRIP, mine.last - i);
      const float *from = dy + (int64_t)p * lddy + i;
      copy_strip(strip, from, lddy, depth, width);
      if (sums) sum_strip(sums + i, strip, depth, width, add);
      for (int j = 0, fetched = 0; j < k; j += PANEL, fetched += fetched_at_once) {
        for (int q = fetched; q < least(depth, fetched + fetched_at_once); q++)
          __builtin_prefetch(from + (int64_t)q * lddy + STRIP);
        for (int r = 0; r < width; r += ROWS) {
          float *at = dw + (int64_t)(i + r) * lddw + j;
          const float *next = r + ROWS < width ? at + (int64_t)ROWS * lddw : at - (int64_t)r * lddw + PANEL;
          any_tile(at, lddw, strip + r, 1, STRIP, packed + (int64_t)j * m + p * PANEL, depth, none, add,
                   least(ROWS, width - r), k - j, next);
        }
      }
    }
  }
}

// ── weights of 8 bits ───────────────────────────────────────────────────────────────────────────────────────────────

// The largest |x|; +∞ where there is a NaN.
INLINE float largest_size(const float *x, int n) {
  float largest = 0;
  for (int j = 0; j < n; j++) {
    float size = __builtin_fabsf(x[j]);
    if (!(size <= largest)) largest = size == size ? size : __builtin_inff();
  }
  return largest;
}

void quantize(int8_t *numbers, float *scales, const float *w, int n, int k) {
  range mine = share(n, 4); // whole elements of memory, whatever k
  for (int i = mine.first; i < mine.last; i++) {
    const float *from = w + (int64_t)i * k;
    int8_t *to = numbers + (int64_t)i * k;
    float largest = largest_size(from, k), scale = largest / 127.0f;
    int is_finite = largest < __builtin_inff();
    if (scale == 0) scale = 1;
    scales[i] = is_finite ? scale : -1;
    // Of positive numbers what is cut off is what lies above a whole one.
    for (int j = 0; j < k; j++) to[j] = is_finite ? (int8_t)((int)((double)from[j] / scale + 128.5) - 128) : 0;
  }
}

void packInt8(int8_t *packed, const int8_t *numbers, int ldnumbers, int n, int k) {
  range mine = share(panels(n), 1);
  for (int j = mine.first * PANEL; j < n && j < mine.last * PANEL; j += PANEL)
    for (int p = 0; p < k; p += LANES) {
      int depth = least(LANES, k - p);
      int8_t *to = packed + (int64_t)j * k + p * PANEL;
      const int8_t *from = numbers + (int64_t)j * ldnumbers + p;
      for (int c = 0; c < PANEL; c++)
        for (int q = 0; q < depth; q++) to[q * PANEL + c] = j + c < n ? from[(int64_t)c * ldnumbers + q] : 0;
    }
}

// sum · scales + bias, where `left` columns remain.
INLINE vec finish(vec sum, const float *scales, const float *bias, int left) {
  return fma_vec(sum, load_tail(scales, left), bias ? load_tail(bias, left) : splat(0));
}

// y[rows, n] of as many rows of x as a tile has, or fewer, and of `count` panels side by side. Reading the weights is what
// takes time here: each is read once, as it is stored, and becomes a float in a register.
INLINE void tile_int8(float *y, int ldy, const float *x, int ldx, const int8_t *packed, const float *scales,
                      const float *bias, int n, int k, int rows, int count) {
  vec low[ROWS * ABREAST], high[ROWS * ABREAST];
#pragma GCC unroll 8
  for (int i = 0; i < rows * count; i++) low[i] = high[i] = splat(0);
  for (int p = 0; p < k; p++, packed += PANEL) {
#pragma GCC unroll 4
    for (int c = 0; c < count; c++) {
      vec b0, b1;
      load_int8(packed + (int64_t)c * PANEL * k, &b0, &b1);
#pragma GCC unroll 8
      for (int r = 0; r < rows; r++) {
        vec each = splat(x[r * ldx + p]);
        low[r * count + c] = fma_vec(each, b0, low[r * count + c]);
        high[r * count + c] = fma_vec(each, b1, high[r * count + c]);
      }
    }
  }
#pragma GCC unroll 4
  for (int c = 0; c < count; c++) {
    int j = c * PANEL, left = n - j;
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
      float *at = y + r * ldy + j;
      store_tail(at, finish(low[r * count + c], scales + j, bias ? bias + j : 0, left), left);
      if (left > LANES)
        store_tail(at + LANES, finish(high[r * count + c], scales + j + LANES, bias ? bias + j + LANES : 0, left - LANES),
                   left - LANES);
    }
  }
}

// Up to ROWS rows of x and the panels from `first` on, each number of rows in code of its own: the fewer rows, the more
// panels side by side, so that there are sums enough to wait for none. This and the next are functions of their own: in one
// with both, WebAssembly ran many rows at a third of the speed.
__attribute__((noinline)) static void few_rows(float *y, int ldy, const float *x, int ldx, const int8_t *packed,
                                               const float *scales, const float *bias, int m, int n, int k,
                                               range columns) {
#define CASE(rows, most)                                                                                              \
  case rows:                                                                                                          \
    for (int count, panel = columns.first; panel < columns.last; panel += count) {                                    \
      int j = panel * PANEL;                                                                                          \
      count = panel + most <= columns.last ? most : 1;                                                                \
      const int8_t *weights = packed + (int64_t)j * k;                                                                \
      const float *added = bias ? bias + j : 0;                                                                       \
      if (count == most) tile_int8(y + j, ldy, x, ldx, weights, scales + j, added, n - j, k, rows, most);             \
      else tile_int8(y + j, ldy, x, ldx, weights, scales + j, added, n - j, k, rows, 1);                              \
    }                                                                                                                 \
    break;
  switch (m) {
    CASE(1, 4)
    CASE(2, 2)
    CASE(3, 1)
    CASE(4, 1)
#if LANES > 4
    CASE(5, 1)
    CASE(6, 1)
#endif
#if LANES > 8
    CASE(7, 1)
    CASE(8, 1)
#endif
  }
#undef CASE
}

// Rows of x and one panel. Each piece of it becomes floats once and meets all the rows.
__attribute__((noinline)) static void rows_of_panel(float *y, int ldy, const float *x, int ldx, const int8_t *panel,
                                                    const float *scales, const float *bias, int m, int n, int k) {
  const vec none[2] = {splat(0), splat(0)};
  float piece[PANEL * DEPTH];
  for (int p = 0; p < k; p += DEPTH) {
    int depth = least(DEPTH, k - p);
    for (int q = 0; q < depth; q++) {
      vec low, high;
      load_int8(panel + (int64_t)(p + q) * PANEL, &low, &high);
      store(piece + q * PANEL, low);
      store(piece + q * PANEL + LANES, high);
    }
    for (int i = 0; i < m; i += ROWS) {
      float *at = y + (int64_t)i * ldy;
      any_tile(at, ldy, x + (int64_t)i * ldx + p, ldx, 1, piece, depth, none, p > 0, least(ROWS, m - i), n,
               i + ROWS < m ? at + (int64_t)ROWS * ldy : y);
    }
  }
  for (int i = 0; i < m; i++)
    for (int j = 0; j < PANEL; j += LANES) {
      float *at = y + (int64_t)i * ldy + j;
      store_tail(at, finish(load_tail(at, n - j), scales + j, bias ? bias + j : 0, n - j), n - j);
    }
}

void productInt8(float *y, int ldy, const float *x, int ldx, const int8_t *packed, const float *scales,
                 const float *bias, int m, int n, int k) {
  range rows, columns;
  share_rows_or_columns(m, n, &rows, &columns);
  for (int band = rows.first; band < rows.last; band += BAND) {
    int count = least(BAND, rows.last - band);
    float *to = y + (int64_t)band * ldy;
    const float *from = x + (int64_t)band * ldx;
    if (count <= ROWS) few_rows(to, ldy, from, ldx, packed, scales, bias, count, n, k, columns);
    else
      for (int j = columns.first * PANEL; j < n && j < columns.last * PANEL; j += PANEL)
        rows_of_panel(to + j, ldy, from, ldx, packed + (int64_t)j * k, scales + j, bias ? bias + j : 0, count, n - j, k);
  }
}

// ── weights of 8 bits and x of 16 ───────────────────────────────────────────────────────────────────────────────────

INLINE int even(int k) { return k + (k & 1); }
// Of 16 bits, so that a sum of k products with numbers of 8 bits stays within 32.
INLINE int largest_of_pairs(int k) { return least(32767, 2147483647 / (127 * even(k))); }

void quantizePairs(int32_t *pairs, float *sizes, const float *x, int ldx, int m, int k) {
  int width = even(k) / 2, most = largest_of_pairs(k);
  for (int i = 0; i < m; i++, x += ldx, pairs += width) {
    vec largest = splat(0), total = splat(0);
    for (int j = 0; j < k; j += LANES) {
      vec value = load_tail(x + j, k - j), size = vmax(value, -value);
      largest = vmax(largest, size);
      total += size;
    }
    float top = max_lanes(largest), sum = sum_lanes(total), scale = top > 0 ? (float)most / top : 0;
    int is_finite = sum < __builtin_inff() && scale < __builtin_inff();
    sizes[2 * i] = is_finite ? top / (float)most : __builtin_inff();
    sizes[2 * i + 1] = is_finite ? sum : __builtin_inff();
    for (int j = 0; j < width; j++) {
      int32_t both[2] = {0, 0};
      for (int c = 0; c < 2 && 2 * j + c < k; c++) {
        float value = is_finite ? x[2 * j + c] * scale : 0;
        both[c] = (int32_t)(value + (value < 0 ? -0.5f : 0.5f));
      }
      pairs[j] = (int32_t)((uint32_t)both[1] << 16 | ((uint32_t)both[0] & 0xffff));
    }
  }
}

void packPairs(int8_t *packed, const int8_t *numbers, int ldnumbers, int n, int k) {
  range mine = share(panels(n), 1);
  for (int j = mine.first * PANEL; j < n && j < mine.last * PANEL; j += PANEL)
    for (int c = 0; c < PANEL; c++) {
      int8_t *to = packed + (int64_t)j * even(k) + 2 * c;
      const int8_t *from = numbers + (int64_t)(j + c) * ldnumbers;
      for (int p = 0; p < even(k); p++) to[p / 2 * 2 * PANEL + (p & 1)] = j + c < n && p < k ? from[p] : 0;
    }
}

// y[rows, n] of `count` panels side by side.
INLINE void tile_pairs(float *y, int ldy, const int32_t *pairs, const float *sizes, const int8_t *packed,
                       const float *scales, const float *bias, int n, int k, int rows, int count) {
  veci low[4 * ABREAST], high[4 * ABREAST];
  int width = even(k) / 2;
#pragma GCC unroll 16
  for (int i = 0; i < rows * count; i++) low[i] = high[i] = (veci){0};
  for (int p = 0; p < width; p++, packed += 2 * PANEL)
#pragma GCC unroll 4
    for (int c = 0; c < count; c++)
#pragma GCC unroll 4
      for (int r = 0; r < rows; r++)
        add_pairs(&low[r * count + c], &high[r * count + c], packed + (int64_t)c * PANEL * even(k),
                  pairs[r * width + p] - (veci){0});
#pragma GCC unroll 4
  for (int c = 0; c < count; c++) {
    int j = c * PANEL, left = n - j;
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
      float *at = y + r * ldy + j;
      vec step = splat(sizes[2 * r]);
      vec sums[2] = {__builtin_convertvector(low[r * count + c], vec), __builtin_convertvector(high[r * count + c], vec)};
      store_tail(at, finish(sums[0] * step, scales + j, bias + j, left), left);
      if (left > LANES)
        store_tail(at + LANES, finish(sums[1] * step, scales + j + LANES, bias + j + LANES, left - LANES), left - LANES);
    }
  }
}

void productPairs(float *y, int ldy, const int32_t *pairs, const float *sizes, const int8_t *packed,
                  const float *scales, const float *bias, int m, int n, int k) {
  range mine = share(panels(n), 1);
  // Each number of rows in code of its own, as in few_rows.
#define CASE(rows, most)                                                                                              \
  case rows:                                                                                                          \
    for (int count, panel = mine.first; panel < mine.last; panel += count) {                                          \
      int j = panel * PANEL;                                                                                          \
      count = panel + most <= mine.last ? most : 1;                                                                   \
      const int8_t *weights = packed + (int64_t)j * even(k);                                                          \
      if (count == most) tile_pairs(to + j, ldy, from, of, weights, scales + j, bias + j, n - j, k, rows, most);       \
      else tile_pairs(to + j, ldy, from, of, weights, scales + j, bias + j, n - j, k, rows, 1);                        \
    }                                                                                                                 \
    break;
  for (int i = 0; i < m; i += 4) {
    float *to = y + (int64_t)i * ldy;
    const int32_t *from = pairs + (int64_t)i * (even(k) / 2);
    const float *of = sizes + 2 * i;
    switch (least(4, m - i)) {
      CASE(1, 4)
      CASE(2, 2)
      CASE(3, 1)
      CASE(4, 1)
    }
  }
#undef CASE
}
