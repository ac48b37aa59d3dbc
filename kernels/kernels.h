// Every kernel, with its shapes. One kernel is one plain function: outputs first, then inputs, then sizes.
// No kernel allocates; scratch memory is an argument. Gradients accumulate (+=) unless the comment says "written".
// Where `ld…` follows a matrix it is the distance between its rows, in elements. `mask` may be null: all ones.
//
//   B = batch rows   T = source time   Q = query time   H = hidden   D = size of a key   V = vocabulary
//   m = rows of x    n = columns of y  k = the summed dimension
#ifndef TANDEM_KERNELS_H
#define TANDEM_KERNELS_H

#include <stdint.h>

// KERNEL(result, name, work): `work` tells about how many arithmetic operations a call takes (10 for an element that only
// passes through, 30 for an exponential), and by being there that threads may share the call (share.h). Calls of little work
// are not shared. 0: one thread does it all. The expression is read by C and by JavaScript alike.
#ifdef __wasm__
#define KERNEL(result, name, work) __attribute__((export_name(#name))) result name
#elif defined(TANDEM_NATIVE)
#define KERNEL(result, name, work) static result name
#else
#define KERNEL(result, name, work) result name
#endif

// ── products ────────────────────────────────────────────────────────────────────────────────────────────────────────
// The elements a packed [n, k] weight takes.
KERNEL(int, packedLength, 0)(int n, int k);
// packed ← w[n, k], for y = x · wᵀ.
KERNEL(void, pack, 30.0 * n * k)(float *packed, const float *w, int ldw, int n, int k);
// packed ← w stored as [k, n], for y = x · w.
KERNEL(void, packTransposed, 10.0 * n * k)(float *packed, const float *w, int ldw, int n, int k);
// y[m, n] = x[m, k] · packed + bias[n] (null: none); with `accumulate`, added to what y holds.
KERNEL(void, product, 2.0 * m * n * k)(float *y, int ldy, const float *x, int ldx, const float *packed,
                                       const float *bias, int m, int n, int k, int accumulate);
// dw[n, k] = dy[m, n]ᵀ · x[m, k], with x packed by packTransposed(packed, x, ldx, k, m), and sums[n] = Σ_m dy[m, n]
// (null: none); with `accumulate`, both added to what is there. With k = 0 only the sums.
KERNEL(void, outerProduct, 2.0 * m * n * k + 8.0 * m * n)(
    float *dw, int lddw, float *sums, const float *dy, int lddy, const float *packed, int m, int n, int k,
    int accumulate);

// The same with weights of 8 bits: w[j, p] = scales[j] · number[j, p]. The sum over k is one of x times whole numbers, and
// meets the scale at its end.
// scales[n] = max |w| / 127 of each row and numbers[n, k] = ⌊w / scale + ½⌋. A row of zeros has the scale 1; one with others than
// finite numbers has −1, and zeros.
KERNEL(void, quantize, 50.0 * n * k)(int8_t *numbers, float *scales, const float *w, int n, int k);
// packed ← numbers[n, k], packedLength(n, k) of them.
KERNEL(void, packInt8, 10.0 * n * k)(int8_t *packed, const int8_t *numbers, int ldnumbers, int n, int k);
// y[m, n] = scales[n] ∘ (x[m, k] · packed) + bias[n] (null: none).
KERNEL(void, productInt8, 2.0 * m * n * k)(float *y, int ldy, const float *x, int ldx, const int8_t *packed,
                                           const float *scales, const float *bias, int m, int n, int k);

// The same with x in whole numbers too, two neighbours of which are multiplied and added in one step and without rounding:
// sooner found and nearer the mark than a sum of floats, but for what x lost.
// pairs[m, ⌈k/2⌉] = round(x / step), two of 16 bits each, and of each row sizes[m, 2] = step and Σ |x|. The step is max |x| over
// the largest number, at most 32767, with which no sum over k leaves 32 bits. A row with others than finite numbers, or
// with none above 10⁻³⁴ and not all zeros, has sizes that are not finite, and zeros. In `pairs` there is room for [m, k] numbers.
KERNEL(void, quantizePairs, 0)(int32_t *pairs, float *sizes, const float *x, int ldx, int m, int k);
// packed ← numbers[n, k], packedLength(n, k + k mod 2) of them.
KERNEL(void, packPairs, 10.0 * n * k)(int8_t *packed, const int8_t *numbers, int ldnumbers, int n, int k);
// y[m, n] = scales[n] ∘ step[m] ∘ (pairs · packed) + bias[n].
KERNEL(void, productPairs, 1.0 * m * n * k)(float *y, int ldy, const int32_t *pairs, const float *sizes,
                                            const int8_t *packed, const float *scales, const float *bias, int m, int n,
                                            int k);

// ── recurrent cells ─────────────────────────────────────────────────────────────────────────────────────────────────
// gx = W_ih x + b_ih and gh = W_hh h' + b_hh, gates in PyTorch's order. Where mask is 0 the state is kept.
// `out` (may be null) receives mask · h. The backward kernels write dgx, dhPrev (its direct part) and dcPrev; they take the
// gradient of the next state (dh) and of the masked output (dout, may be null).
// What is kept for the way back may overwrite gx, and gradients what they were computed from: gates = gx, dgx = gates,
// dghn = ghn (and in the Elman cell saved = gx, dgates = saved).

// h = tanh(gx + gh), or max(0, gx + gh) with `relu`. saved[B, H] = the new h before the mask.
KERNEL(void, rnnForward, 60.0 * B * H)(float *h, int ldh, float *out, int ldout, float *saved, int ldsaved,
                                       const float *gx, int ldgx, const float *gh, const float *hPrev, int ldhPrev,
                                       const float *mask, int ldmask, int B, int H, int relu);
KERNEL(void, rnnBackward, 40.0 * B * H)(float *dgates, int lddgates, float *dhPrev, const float *dh, const float *dout,
                                        int lddout, const float *saved, int ldsaved, const float *mask, int ldmask,
                                        int B, int H, int relu);

// gates[B, 4H] = i f g o;  c = f c' + i g;  tanhC[B, H] = tanh(c);  h = o tanh(c).
KERNEL(void, lstmForward, 300.0 * B * H)(float *h, int ldh, float *c, int ldc, float *out, int ldout, float *gates,
                                         int ldgates, float *tanhC, int ldtanhC, const float *gx, int ldgx,
                                         const float *gh, const float *hPrev, int ldhPrev, const float *cPrev,
                                         int ldcPrev, const float *mask, int ldmask, int B, int H);
KERNEL(void, lstmBackward, 100.0 * B * H)(float *dgates, int lddgates, float *dhPrev, float *dcPrev, const float *dh,
                                          const float *dc, const float *dout, int lddout, const float *gates,
                                          int ldgates, const float *tanhC, int ldtanhC, const float *cPrev, int ldcPrev,
                                          const float *mask, int ldmask, int B, int H);

// gates[B, 3H] = r z n;  ghn[B, H] = gh_n;  n = tanh(gx_n + r gh_n);  h = (1 − z) n + z h'.
// Of dgh only the part of n differs from dgx: it is dghn[B, H].
KERNEL(void, gruForward, 200.0 * B * H)(float *h, int ldh, float *out, int ldout, float *gates, int ldgates, float *ghn,
                                        int ldghn, const float *gx, int ldgx, const float *gh, const float *hPrev,
                                        int ldhPrev, const float *mask, int ldmask, int B, int H);
KERNEL(void, gruBackward, 100.0 * B * H)(float *dgx, int lddgx, float *dghn, int lddghn, float *dhPrev, const float *dh,
                                         const float *dout, int lddout, const float *gates, int ldgates,
                                         const float *ghn, int ldghn, const float *hPrev, int ldhPrev,
                                         const float *mask, int ldmask, int B, int H);

// ── attention ───────────────────────────────────────────────────────────────────────────────────────────────────────
// scores[B, Q, T] = scale · query[B, Q, D] · keys[B, T, D]
KERNEL(void, attentionScores, 8.0 * B * Q * T * D)(float *scores, const float *query, const float *keys, float scale,
                                                   int B, int Q, int T, int D);
// dquery and dkeys may be null.
KERNEL(void, attentionScoresBackward, 16.0 * B * Q * T * D)(
    float *dquery, float *dkeys, const float *dscores, const float *query, const float *keys, float scale, int B, int Q,
    int T, int D);
// weights[B, Q, T] = softmax of scores over the T where mask[B, T] is 1; 0 elsewhere. A row without a real token is 0.
KERNEL(void, maskedSoftmax, 60.0 * B * Q * T)(float *weights, const float *scores, const float *mask, int B, int Q,
                                              int T);
// dscores[rows, T] += weights ∘ (dweights − Σ weights ∘ dweights)
KERNEL(void, softmaxBackward, 20.0 * rows * T)(float *dscores, const float *dweights, const float *weights, int rows,
                                               int T);
// context[B, Q, D] = weights[B, Q, T] · values[B, T, D]
KERNEL(void, attentionContext, 8.0 * B * Q * T * D)(float *context, const float *weights, const float *values, int B,
                                                    int Q, int T, int D);
// dweights and dvalues may be null.
KERNEL(void, attentionContextBackward, 16.0 * B * Q * T * D)(
    float *dweights, float *dvalues, const float *dcontext, const float *weights, const float *values, int B, int Q,
    int T, int D);
// scores[B, Q, T] = Σ_d weight[d] tanh(query[B, Q, d] + keys[B, T, d] + past[B, Q, T] pastWeight[d]); past and
// pastWeight may be null.
KERNEL(void, additiveScores, 50.0 * B * Q * T * D)(float *scores, const float *query, const float *keys,
                                                   const float *weight, const float *past, const float *pastWeight,
                                                   int B, int Q, int T, int D);
// dweight[B, D] and dpastWeight[B, D] are written: each row's share of the sums. With past null, dpast and dpastWeight
// are null.
KERNEL(void, additiveScoresBackward, 70.0 * B * Q * T * D)(
    float *dquery, float *dkeys, float *dweight, float *dpast, float *dpastWeight, const float *dscores,
    const float *query, const float *keys, const float *weight, const float *past, const float *pastWeight, int B,
    int Q, int T, int D);
// y[B, D] = the largest x[B, T, D] over the T where mask[B, T] is 1, and the first place it stands at: 0 and −1 where
// no T is real.
KERNEL(void, maxOverTime, 10.0 * B * T * D)(float *y, int32_t *places, const float *x, const float *mask, int B, int T,
                                            int D);
KERNEL(void, maxOverTimeBackward, 10.0 * B * D)(float *dx, const float *dy, const int32_t *places, int B, int T, int D);

// ── layer normalisation ─────────────────────────────────────────────────────────────────────────────────────────────
// y[m, n] = gain ∘ (x − μ) / σ + bias with a row's mean μ and σ = √(variance + 10⁻⁵). statistics[m, 2] = μ, 1 / σ.
KERNEL(void, layerNorm, 40.0 * m * n)(float *y, int ldy, float *statistics, const float *x, int ldx, const float *gain,
                                      const float *bias, int m, int n);
// products[m, n] = dy ∘ (x − μ) / σ is written: its sum over the rows is the gradient of gain.
KERNEL(void, layerNormBackward, 50.0 * m * n)(float *dx, int lddx, float *products, const float *dy, int lddy,
                                              const float *x, int ldx, const float *statistics, const float *gain,
                                              int m, int n);

// ── output ──────────────────────────────────────────────────────────────────────────────────────────────────────────
// losses[m] = −Σ_v q_v log p_v with p = softmax(logits[m, V]), q = (1 − smoothing) · one-hot(targets) + smoothing / V.
// With `scale` ≠ 0 the logits become their own gradient, scale · (p − q).
KERNEL(void, crossEntropy, 60.0 * m * V)(float *losses, float *logits, const int32_t *targets, float smoothing,
                                         float scale, int m, int V);
// out[m, V] = log softmax(logits); may be in place.
KERNEL(void, logSoftmax, 60.0 * m * V)(float *out, const float *logits, int m, int V);
// The k largest of each row, largest first; of equals the smaller index first.
KERNEL(void, topK, 10.0 * m * n)(float *values, int32_t *indices, const float *x, int m, int n, int k);
// What a search reads of rows of logits that come in stretches of columns, logits[m, n] being the columns from `first` on:
// the k largest up to here as topK gives them, and statistics[m, 3] = the largest, Σ e^(x − largest), and the logarithm of
// Σ e^x. With `first` 0 it begins anew, and k is at most n and 512. Stretches begin at multiples of 512: how a row is cut into
// them then changes no bit.
KERNEL(void, bestLogits, 50.0 * m * n)(float *values, int32_t *indices, float *statistics, const float *logits,
                                       int first, int m, int n, int k);

// Which of x[n] may be the largest, each being off by at most perScale · scales[n] + perValue · |x|: found[0] of them, and
// their numbers after it, of which no more than `most` are written. x may be −∞, which is never found, and no NaN; perValue > 0.
KERNEL(void, nearLargest, 0)(int32_t *found, const float *x, const float *scales, float perScale, float perValue,
                             int n, int most);

// ── embeddings and elements ─────────────────────────────────────────────────────────────────────────────────────────
// out[m, n] = table[ids[m], n]
KERNEL(void, gather, 10.0 * m * n)(float *out, const float *table, const int32_t *ids, int m, int n);
// out[m, n] = scales[ids[m]] · table[ids[m], n]
KERNEL(void, gatherInt8, 10.0 * m * n)(float *out, const int8_t *table, const float *scales, const int32_t *ids, int m,
                                       int n);
// dtable[ids[m], n] += dout[m, n]
KERNEL(void, scatterAdd, 10.0 * m * n)(float *dtable, const float *dout, const int32_t *ids, int m, int n);
KERNEL(void, fill, 5.0 * n)(float *y, float value, int n);
// y[m, n] = x[m, n]; with `accumulate` +=.
KERNEL(void, copyRows, 10.0 * m * n)(float *y, int ldy, const float *x, int ldx, int m, int n, int accumulate);
// y[n] += scale · x[n]
KERNEL(void, addScaled, 10.0 * n)(float *y, const float *x, float scale, int n);
KERNEL(void, tanhForward, 40.0 * n)(float *y, const float *x, int n);
// dx += (1 − y²) dy
KERNEL(void, tanhBackward, 20.0 * n)(float *dx, const float *dy, const float *y, int n);
KERNEL(void, sigmoidForward, 40.0 * n)(float *y, const float *x, int n);
// dx += y (1 − y) dy
KERNEL(void, sigmoidBackward, 20.0 * n)(float *dx, const float *dy, const float *y, int n);
// y[n] = a ∘ b; with `accumulate` +=.
KERNEL(void, multiply, 15.0 * n)(float *y, const float *a, const float *b, int n, int accumulate);
// y[m, n] = x ∘ keep / (1 − rate); with `accumulate` +=. An element is kept where Philox4x32-10 with the counter
// (column / 4, examples[row], step, path) and the key (key0, key1) gives a word ≥ rate · 2³² (Salmon et al. 2011).
KERNEL(void, dropout, 60.0 * m * n)(float *y, const float *x, const int32_t *examples, float rate, int step, int path,
                                    int key0, int key1, int m, int n, int accumulate);
// sums[c] = Σ x² over elements 4096 c … 4096 c + 4095.
KERNEL(void, chunkSquares, 10.0 * n)(float *sums, const float *x, int n);
// result[0] = Σ x, in fixed chunks.
KERNEL(void, sum, 0)(float *result, const float *x, int n);
// Adam (Kingma & Ba 2015, algorithm 1) on gradientScale · gradient, with rate = learningRate / (1 − β₁ᵗ) and
// root = √(1 − β₂ᵗ). β₁ and β₂ are double: 1 − 0.999 from float32 would be wrong in the fifth digit. Before its step a
// parameter is multiplied by `keep`: 1, or with decoupled weight decay λ (AdamW: Loshchilov & Hutter 2019, algorithm 2)
// 1 − learningRate · λ.
KERNEL(void, adam, 60.0 * n)(float *parameter, float *moment1, float *moment2, const float *gradient,
                             float gradientScale, float rate, float root, float keep, double beta1, double beta2,
                             float epsilon, int n);
// Adam on some rows of a table: gradient[m, n] belongs to parameter[rows[m], n]; updated[rows[m]] = step.
KERNEL(void, adamRows, 60.0 * m * n)(float *parameter, float *moment1, float *moment2, int32_t *updated,
                                     const float *gradient, const int32_t *rows, float gradientScale, float rate,
                                     float root, float keep, double beta1, double beta2, float epsilon, int step, int m,
                                     int n);
// Adam's steps of gradient 0 that rows[m] of a table missed: those after updated[row] up to `step`, whose rate, root and
// keep stand at history[3 (s − first)] and the places after it. Then updated[row] = step. A row that never had a gradient
// (updated < 0) has nothing to make up for.
KERNEL(void, adamReplay, 60.0 * m * n)(float *parameter, float *moment1, float *moment2, int32_t *updated,
                                       const int32_t *rows, const float *history, double beta1, double beta2,
                                       float epsilon, int first, int step, int m, int n);
// Gradient descent with momentum μ (Sutskever et al. 2013) and weight decay λ, g = gradientScale · gradient + λ parameter:
//   velocity ← μ velocity + g,   parameter ← parameter − rate · velocity,   or with `nesterov` − rate · (g + μ velocity)
KERNEL(void, sgd, 20.0 * n)(float *parameter, float *velocity, const float *gradient, float gradientScale, float rate,
                            float momentum, float decay, int nesterov, int n);
// The same on some rows of a table, as adamRows.
KERNEL(void, sgdRows, 20.0 * m * n)(float *parameter, float *velocity, int32_t *updated, const float *gradient,
                                    const int32_t *rows, float gradientScale, float rate, float momentum, float decay,
                                    int nesterov, int step, int m, int n);
// Its steps of gradient 0 that rows missed, as adamReplay; the rate of step s stands at history[s − first].
KERNEL(void, sgdReplay, 20.0 * m * n)(float *parameter, float *velocity, int32_t *updated, const int32_t *rows,
                                      const float *history, float momentum, float decay, int nesterov, int first,
                                      int step, int m, int n);

#endif
