// Matrix products on packed weights.
//
// A packed [n, k] weight is a row of panels of 8 columns (two vectors), each stored k-major, so that the inner loop
// reads it straight through. The tile is 4 rows × 2 vectors: larger ones spill in WebAssembly. A sum over k starts from
// y (or the bias, or zero) and runs k upwards, for one row exactly as for many.
#include "kernels.h"
#include "vector.h"

enum {
  ROWS = 4,
  PANEL = 2 * LANES,
  // The summed dimension is cut here, wherever it is long, so that a panel stays in the first-level cache.
  DEPTH = 512,
};

INLINE int least(int a, int b) { return a < b ? a : b; }
INLINE int panels(int n) { return (n + PANEL - 1) / PANEL; }
INLINE int row_groups(int n) { return (n + ROWS - 1) / ROWS; }

// y[rows, PANEL] (+)= a · panel, where a's element (row, step) stands at a[row · row_stride + step · step_stride].
INLINE void tile(float *y, int ldy, const float *a, int row_stride, int step_stride, const float *panel, int depth,
                 const vec *start, int accumulate, int rows, int columns) {
  vec low[ROWS], high[ROWS];
  for (int r = 0; r < rows; r++) {
    if (accumulate) {
      low[r] = load_tail(y + r * ldy, columns);
      high[r] = columns > LANES ? load_tail(y + r * ldy + LANES, columns - LANES) : splat(0);
    } else {
      low[r] = start[0];
      high[r] = start[1];
    }
  }
  for (int p = 0; p < depth; p++) {
    vec b0 = load(panel + p * PANEL), b1 = load(panel + p * PANEL + LANES);
    for (int r = 0; r < rows; r++) {
      vec x = splat(a[r * row_stride + p * step_stride]);
      low[r] += x * b0;
      high[r] += x * b1;
    }
  }
  for (int r = 0; r < rows; r++) {
    store_tail(y + r * ldy, low[r], columns);
    if (columns > LANES) store_tail(y + r * ldy + LANES, high[r], columns - LANES);
  }
}

// All rows of one panel. The whole tile has constant sizes, so that its sums stay in registers.
INLINE void strip(float *y, int ldy, const float *a, int group_stride, int row_stride, int step_stride,
                  const float *panel, int depth, const vec *start, int accumulate, int m, int columns) {
  int i = 0;
  if (columns >= PANEL) {
    for (; i + ROWS <= m; i += ROWS)
      tile(y + i * ldy, ldy, a + i / ROWS * group_stride, row_stride, step_stride, panel, depth, start, accumulate,
           ROWS, PANEL);
    for (; i < m; i++)
      tile(y + i * ldy, ldy, a + i / ROWS * group_stride + i % ROWS * row_stride, row_stride, step_stride, panel, depth,
           start, accumulate, 1, PANEL);
  }
  for (; i < m; i++)
    tile(y + i * ldy, ldy, a + i / ROWS * group_stride + i % ROWS * row_stride, row_stride, step_stride, panel, depth,
         start, accumulate, 1, columns);
}

int packedLength(int n, int k) { return panels(n) * PANEL * k; }

void pack(float *packed, const float *w, int ldw, int n, int k) {
  for (int j = 0; j < n; j += PANEL, packed += PANEL * k)
    for (int c = 0; c < PANEL; c++)
      for (int p = 0; p < k; p++) packed[p * PANEL + c] = j + c < n ? w[(j + c) * ldw + p] : 0;
}

void packTransposed(float *packed, const float *w, int ldw, int n, int k) {
  for (int j = 0; j < n; j += PANEL)
    for (int p = 0; p < k; p++, packed += PANEL) {
      const float *from = w + p * ldw + j;
      store(packed, load_tail(from, n - j));
      store(packed + LANES, n - j > LANES ? load_tail(from + LANES, n - j - LANES) : splat(0));
    }
}

void product(float *y, int ldy, const float *x, int ldx, const float *packed, const float *bias, int m, int n, int k,
             int accumulate) {
  for (int p = 0; p == 0 || p < k; p += DEPTH) {
    int depth = least(DEPTH, k - p);
    for (int j = 0; j < n; j += PANEL) {
      vec start[2] = {splat(0), splat(0)};
      if (bias) {
        start[0] = load_tail(bias + j, n - j);
        if (n - j > LANES) start[1] = load_tail(bias + j + LANES, n - j - LANES);
      }
      strip(y + j, ldy, x + p, ROWS * ldx, ldx, 1, packed + (long)j * k + p * PANEL, depth, start, accumulate || p > 0, m,
            least(PANEL, n - j));
    }
  }
}

int outerScratchLength(int n, int k) { return DEPTH * (row_groups(n) * ROWS + panels(k) * PANEL); }

void outerProduct(float *dw, int lddw, const float *dy, int lddy, const float *x, int ldx, float *scratch, int m, int n,
                  int k) {
  float *left = scratch, *right = scratch + DEPTH * row_groups(n) * ROWS;
  const vec none[2] = {splat(0), splat(0)};
  for (int p = 0; p < m; p += DEPTH) {
    int depth = least(DEPTH, m - p);
    for (int i = 0; i < n; i += ROWS) { // groups of 4 columns of dy, row by row
      float *to = left + i * depth;
      for (int q = 0; q < depth; q++) {
        const float *from = dy + (p + q) * lddy + i;
        for (int r = 0; r < ROWS; r++) to[q * ROWS + r] = i + r < n ? from[r] : 0;
      }
    }
    packTransposed(right, x + p * ldx, ldx, k, depth);
    for (int j = 0; j < k; j += PANEL)
      strip(dw + j, lddw, left, ROWS * depth, 1, ROWS, right + j * depth, depth, none, 1, n, least(PANEL, k - j));
  }
}

// Chunks of 64 rows, each summed upwards, added in order.
void columnSums(float *sums, const float *x, int ldx, int m, int n) {
  for (int first = 0; first < m; first += 64) {
    int last = least(m, first + 64);
    for (int j = 0; j < n; j += LANES) {
      vec total = splat(0);
      for (int i = first; i < last; i++) total += load_tail(x + i * ldx + j, n - j);
      store_tail(sums + j, load_tail(sums + j, n - j) + total, n - j);
    }
  }
}
