// Every kernel, with its shapes. One kernel is one plain function: outputs first, then inputs, then sizes.
// No kernel allocates; scratch memory is an argument. Gradients accumulate (+=) unless the comment says "written".
// Where `ld…` follows a matrix it is the distance between its rows, in elements. `mask` may be null: all ones.
//
//   B = batch rows   T = source time   Q = query time   H = hidden   D = size of a key   V = vocabulary
//   m = rows of x    n = columns of y  k = the summed dimension
#ifndef TANDEM_KERNELS_H
#define TANDEM_KERNELS_H

#include <stdint.h>

#ifdef __wasm__
#define KERNEL(result, name) __attribute__((export_name(#name))) result name
#else
#define KERNEL(result, name) result name
#endif

// ── products ────────────────────────────────────────────────────────────────────────────────────────────────────────
// The elements a packed [n, k] weight takes.
KERNEL(int, packedLength)(int n, int k);
// packed ← w[n, k], for y = x · wᵀ.
KERNEL(void, pack)(float *packed, const float *w, int ldw, int n, int k);
// packed ← w stored as [k, n], for y = x · w.
KERNEL(void, packTransposed)(float *packed, const float *w, int ldw, int n, int k);
// y[m, n] = x[m, k] · packed + bias[n] (null: none); with `accumulate`, added to what y holds.
KERNEL(void, product)(float *y, int ldy, const float *x, int ldx, const float *packed, const float *bias, int m, int n,
                      int k, int accumulate);
// The elements of scratch that outerProduct needs.
KERNEL(int, outerScratchLength)(int n, int k);
// dw[n, k] += dy[m, n]ᵀ · x[m, k]
KERNEL(void, outerProduct)(float *dw, int lddw, const float *dy, int lddy, const float *x, int ldx, float *scratch,
                           int m, int n, int k);
// sums[n] += Σ_m x[m, n]
KERNEL(void, columnSums)(float *sums, const float *x, int ldx, int m, int n);

// ── recurrent cells ─────────────────────────────────────────────────────────────────────────────────────────────────
// gx = W_ih x + b_ih and gh = W_hh h' + b_hh, gates in PyTorch's order. Where mask is 0 the state is kept.
// `out` (may be null) receives mask · h. The backward kernels write dgx, dgh, dhPrev (its direct part) and dcPrev; they
// take the gradient of the next state (dh) and of the masked output (dout, may be null).

// h = tanh(gx + gh), or max(0, gx + gh) with `relu`. saved[B, H] = the new h before the mask.
KERNEL(void, rnnForward)(float *h, int ldh, float *out, int ldout, float *saved, int ldsaved, const float *gx, int ldgx,
                         const float *gh, const float *hPrev, int ldhPrev, const float *mask, int ldmask, int B, int H,
                         int relu);
KERNEL(void, rnnBackward)(float *dgates, int lddgates, float *dhPrev, const float *dh, const float *dout, int lddout,
                          const float *saved, int ldsaved, const float *mask, int ldmask, int B, int H, int relu);

// i f g o;  c = f c' + i g;  h = o tanh(c).  saved[B, 5H] = i f g o tanh(c).
KERNEL(void, lstmForward)(float *h, int ldh, float *c, int ldc, float *out, int ldout, float *saved, int ldsaved,
                          const float *gx, int ldgx, const float *gh, const float *hPrev, int ldhPrev,
                          const float *cPrev, int ldcPrev, const float *mask, int ldmask, int B, int H);
KERNEL(void, lstmBackward)(float *dgates, int lddgates, float *dhPrev, float *dcPrev, const float *dh, const float *dc,
                           const float *dout, int lddout, const float *saved, int ldsaved, const float *cPrev,
                           int ldcPrev, const float *mask, int ldmask, int B, int H);

// r z n;  n = tanh(gx_n + r gh_n);  h = (1 − z) n + z h'.  saved[B, 4H] = r z n gh_n.
KERNEL(void, gruForward)(float *h, int ldh, float *out, int ldout, float *saved, int ldsaved, const float *gx, int ldgx,
                         const float *gh, const float *hPrev, int ldhPrev, const float *mask, int ldmask, int B, int H);
KERNEL(void, gruBackward)(float *dgx, int lddgx, float *dgh, int lddgh, float *dhPrev, const float *dh,
                          const float *dout, int lddout, const float *saved, int ldsaved, const float *hPrev,
                          int ldhPrev, const float *mask, int ldmask, int B, int H);

// ── attention ───────────────────────────────────────────────────────────────────────────────────────────────────────
// scores[B, Q, T] = scale · query[B, Q, D] · keys[B, T, D]
KERNEL(void, attentionScores)(float *scores, const float *query, const float *keys, float scale, int B, int Q, int T,
                              int D);
// dquery and dkeys may be null.
KERNEL(void, attentionScoresBackward)(float *dquery, float *dkeys, const float *dscores, const float *query,
                                      const float *keys, float scale, int B, int Q, int T, int D);
// weights[B, Q, T] = softmax of scores over the T where mask[B, T] is 1; 0 elsewhere. A row without a real token is 0.
KERNEL(void, maskedSoftmax)(float *weights, const float *scores, const float *mask, int B, int Q, int T);
// dscores[rows, T] += weights ∘ (dweights − Σ weights ∘ dweights)
KERNEL(void, softmaxBackward)(float *dscores, const float *dweights, const float *weights, int rows, int T);
// context[B, Q, D] = weights[B, Q, T] · values[B, T, D]
KERNEL(void, attentionContext)(float *context, const float *weights, const float *values, int B, int Q, int T, int D);
// dweights and dvalues may be null.
KERNEL(void, attentionContextBackward)(float *dweights, float *dvalues, const float *dcontext, const float *weights,
                                       const float *values, int B, int Q, int T, int D);

// ── output ──────────────────────────────────────────────────────────────────────────────────────────────────────────
// losses[m] = −Σ_v q_v log p_v with p = softmax(logits[m, V]), q = (1 − smoothing) · one-hot(targets) + smoothing / V.
// With `scale` ≠ 0 the logits become their own gradient, scale · (p − q).
KERNEL(void, crossEntropy)(float *losses, float *logits, const int32_t *targets, float smoothing, float scale, int m,
                           int V);
// out[m, V] = log softmax(logits); may be in place.
KERNEL(void, logSoftmax)(float *out, const float *logits, int m, int V);
// The k largest of each row, largest first; of equals the smaller index first.
KERNEL(void, topK)(float *values, int32_t *indices, const float *x, int m, int n, int k);

// ── embeddings and elements ─────────────────────────────────────────────────────────────────────────────────────────
// out[m, n] = table[ids[m], n]
KERNEL(void, gather)(float *out, const float *table, const int32_t *ids, int m, int n);
// dtable[ids[m], n] += dout[m, n]
KERNEL(void, scatterAdd)(float *dtable, const float *dout, const int32_t *ids, int m, int n);
KERNEL(void, fill)(float *y, float value, int n);
// y[m, n] = x[m, n]; with `accumulate` +=.
KERNEL(void, copyRows)(float *y, int ldy, const float *x, int ldx, int m, int n, int accumulate);
// y[n] += scale · x[n]
KERNEL(void, addScaled)(float *y, const float *x, float scale, int n);
KERNEL(void, tanhForward)(float *y, const float *x, int n);
// dx += (1 − y²) dy
KERNEL(void, tanhBackward)(float *dx, const float *dy, const float *y, int n);
// y[m, n] = x ∘ keep / (1 − rate); with `accumulate` +=. An element is kept where Philox4x32-10 with the counter
// (column / 4, examples[row], step, path) and the key (key0, key1) gives a word ≥ rate · 2³² (Salmon et al. 2011).
KERNEL(void, dropout)(float *y, const float *x, const int32_t *examples, float rate, int step, int path, int key0,
                      int key1, int m, int n, int accumulate);
// result[0] = Σ x², in fixed chunks.
KERNEL(void, sumSquares)(float *result, const float *x, int n);
// result[0] = Σ x, in fixed chunks.
KERNEL(void, sum)(float *result, const float *x, int n);
// Adam (Kingma & Ba 2015, algorithm 1) on gradientScale · gradient. correction1 = 1 − β₁ᵗ, correction2 = 1 − β₂ᵗ.
// β₁ and β₂ are double: 1 − 0.999 from float32 would be wrong in the fifth digit.
KERNEL(void, adam)(float *parameter, float *moment1, float *moment2, const float *gradient, float gradientScale,
                   float learningRate, double beta1, double beta2, float epsilon, float correction1, float correction2,
                   int n);

#endif
