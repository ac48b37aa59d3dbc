import { philox } from "../../random.js";
import { quantizeRows } from "../int8-rows.js";
import type { Flag, Kernels } from "../kernels.js";

/** Columns of a row of logits whose sum `bestLogits` corrects at once. */
const STRETCH = 512;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Every kernel of `kernels/kernels.h` in float64, one loop for one sum. `memory.data` may be replaced when it grows. */
export function createReferenceKernels(memory: { data: Float64Array }): Kernels {
  const at = (pointer: number) => pointer / 8;
  const isReal = (mask: number, index: number) => mask === 0 || memory.data[at(mask) + index] !== 0;

  /** Adam on one element: indices of the parameter and its moments, the gradient, learningRate / correction1, √correction2, 1 − decay. */
  const adamElement = (
    parameter: number,
    moment1: number,
    moment2: number,
    gradient: number,
    step: { beta1: number; beta2: number; epsilon: number; rate: number; root: number; keep: number },
  ) => {
    const d = memory.data;
    const m = step.beta1 * d[moment1]! + (1 - step.beta1) * gradient;
    const v = step.beta2 * d[moment2]! + (1 - step.beta2) * gradient * gradient;
    d[moment1] = m;
    d[moment2] = v;
    d[parameter] = d[parameter]! * step.keep - (step.rate * m) / (Math.sqrt(v) / step.root + step.epsilon);
  };

  /** Gradient descent on one element: indices of the parameter and its velocity, the gradient. */
  const sgdElement = (
    parameter: number,
    velocity: number,
    gradient: number,
    { rate, momentum, decay, nesterov }: { rate: number; momentum: number; decay: number; nesterov: Flag },
  ) => {
    const d = memory.data;
    const g = gradient + decay * d[parameter]!;
    const v = momentum * d[velocity]! + g;
    d[velocity] = v;
    d[parameter]! -= rate * (nesterov ? g + momentum * v : v);
  };

  return {
    packedLength: (n, k) => n * k,

    pack(packed, w, ldw, n, k) {
      const d = memory.data;
      for (let j = 0; j < n; j++) for (let p = 0; p < k; p++) d[at(packed) + j * k + p] = d[at(w) + j * ldw + p]!;
    },

    packTransposed(packed, w, ldw, n, k) {
      const d = memory.data;
      for (let j = 0; j < n; j++) for (let p = 0; p < k; p++) d[at(packed) + j * k + p] = d[at(w) + p * ldw + j]!;
    },

    product(y, ldy, x, ldx, packed, bias, m, n, k, accumulate) {
      const d = memory.data;
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let total = accumulate ? d[at(y) + i * ldy + j]! : bias ? d[at(bias) + j]! : 0;
          for (let p = 0; p < k; p++) total += d[at(x) + i * ldx + p]! * d[at(packed) + j * k + p]!;
          d[at(y) + i * ldy + j] = total;
        }
    },

    outerProduct(dw, lddw, sums, dy, lddy, packed, m, n, k, accumulate) {
      const d = memory.data;
      for (let j = 0; j < n; j++) {
        for (let p = 0; p < k; p++) {
          let total = accumulate ? d[at(dw) + j * lddw + p]! : 0;
          for (let i = 0; i < m; i++) total += d[at(dy) + i * lddy + j]! * d[at(packed) + p * m + i]!;
          d[at(dw) + j * lddw + p] = total;
        }
        if (!sums) continue;
        let total = accumulate ? d[at(sums) + j]! : 0;
        for (let i = 0; i < m; i++) total += d[at(dy) + i * lddy + j]!;
        d[at(sums) + j] = total;
      }
    },

    quantize(numbers, scales, w, n, k) {
      const d = memory.data;
      const quantized = quantizeRows(d.slice(at(w), at(w) + n * k), k);
      d.set(quantized.numbers, at(numbers));
      d.set(quantized.scales, at(scales));
    },

    packInt8(packed, numbers, ldnumbers, n, k) {
      const d = memory.data;
      for (let j = 0; j < n; j++)
        for (let p = 0; p < k; p++) d[at(packed) + j * k + p] = d[at(numbers) + j * ldnumbers + p]!;
    },

    productInt8(y, ldy, x, ldx, packed, scales, bias, m, n, k) {
      const d = memory.data;
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let total = 0;
          for (let p = 0; p < k; p++) total += d[at(x) + i * ldx + p]! * d[at(packed) + j * k + p]!;
          d[at(y) + i * ldy + j] = d[at(scales) + j]! * total + (bias ? d[at(bias) + j]! : 0);
        }
    },

    quantizePairs(pairs, sizes, x, ldx, m, k) {
      const d = memory.data;
      const even = k + (k % 2);
      const most = Math.min(32767, Math.floor(2147483647 / (127 * even)));
      for (let i = 0; i < m; i++) {
        const row = d.subarray(at(x) + i * ldx, at(x) + i * ldx + k);
        const sum = row.reduce((sum, value) => sum + Math.abs(value), 0);
        const top = row.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
        const allFinite = Number.isFinite(sum) && (top === 0 || Number.isFinite(Math.fround(most / top)));
        const step = allFinite ? top / most : Infinity;
        d[at(sizes) + 2 * i] = step;
        d[at(sizes) + 2 * i + 1] = allFinite ? sum : Infinity;
        for (let p = 0; p < k; p++) d[at(pairs) + i * k + p] = allFinite && step > 0 ? Math.round(row[p]! / step) : 0;
      }
    },

    packPairs(packed, numbers, ldnumbers, n, k) {
      this.packInt8(packed, numbers, ldnumbers, n, k);
    },

    productPairs(y, ldy, pairs, sizes, packed, scales, bias, m, n, k) {
      this.productInt8(y, ldy, pairs, k, packed, scales, 0, m, n, k);
      const d = memory.data;
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++)
          d[at(y) + i * ldy + j] = d[at(y) + i * ldy + j]! * d[at(sizes) + 2 * i]! + d[at(bias) + j]!;
    },

    rnnForward(h, ldh, out, ldout, saved, ldsaved, gx, ldgx, gh, hPrev, ldhPrev, mask, ldmask, B, H, relu) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let j = 0; j < H; j++) {
          const real = isReal(mask, b * ldmask);
          const a = d[at(gx) + b * ldgx + j]! + d[at(gh) + b * H + j]!;
          const y = relu ? Math.max(0, a) : Math.tanh(a);
          d[at(h) + b * ldh + j] = real ? y : d[at(hPrev) + b * ldhPrev + j]!;
          d[at(saved) + b * ldsaved + j] = real ? y : 0;
          if (out) d[at(out) + b * ldout + j] = real ? y : 0;
        }
    },

    rnnBackward(dgates, lddgates, dhPrev, dh, dout, lddout, saved, ldsaved, mask, ldmask, B, H, relu) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let j = 0; j < H; j++) {
          const real = isReal(mask, b * ldmask);
          const y = d[at(saved) + b * ldsaved + j]!;
          const dy = d[at(dh) + b * H + j]! + (dout && real ? d[at(dout) + b * lddout + j]! : 0);
          const slope = relu ? (y > 0 ? 1 : 0) : 1 - y * y;
          d[at(dgates) + b * lddgates + j] = real ? dy * slope : 0;
          d[at(dhPrev) + b * H + j] = real ? 0 : dy;
        }
    },

    lstmForward(
      h,
      ldh,
      c,
      ldc,
      out,
      ldout,
      gates,
      ldgates,
      tanhC,
      ldtanhC,
      gx,
      ldgx,
      gh,
      hPrev,
      ldhPrev,
      cPrev,
      ldcPrev,
      mask,
      ldmask,
      B,
      H,
    ) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let j = 0; j < H; j++) {
          const real = isReal(mask, b * ldmask);
          const gate = (g: number) => d[at(gx) + b * ldgx + g * H + j]! + d[at(gh) + b * 4 * H + g * H + j]!;
          const [i, f, g, o] = [sigmoid(gate(0)), sigmoid(gate(1)), Math.tanh(gate(2)), sigmoid(gate(3))];
          const cell = f * d[at(cPrev) + b * ldcPrev + j]! + i * g;
          const t = Math.tanh(cell);
          for (const [slot, value] of [i, f, g, o].entries())
            d[at(gates) + b * ldgates + slot * H + j] = real ? value : 0;
          d[at(tanhC) + b * ldtanhC + j] = real ? t : 0;
          d[at(c) + b * ldc + j] = real ? cell : d[at(cPrev) + b * ldcPrev + j]!;
          d[at(h) + b * ldh + j] = real ? o * t : d[at(hPrev) + b * ldhPrev + j]!;
          if (out) d[at(out) + b * ldout + j] = real ? o * t : 0;
        }
    },

    lstmBackward(
      dgates,
      lddgates,
      dhPrev,
      dcPrev,
      dh,
      dc,
      dout,
      lddout,
      gates,
      ldgates,
      tanhC,
      ldtanhC,
      cPrev,
      ldcPrev,
      mask,
      ldmask,
      B,
      H,
    ) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let j = 0; j < H; j++) {
          const real = isReal(mask, b * ldmask);
          const gate = (slot: number) => d[at(gates) + b * ldgates + slot * H + j]!;
          const [i, f, g, o, t] = [gate(0), gate(1), gate(2), gate(3), d[at(tanhC) + b * ldtanhC + j]!];
          const dy = d[at(dh) + b * H + j]! + (dout && real ? d[at(dout) + b * lddout + j]! : 0);
          const dcell = d[at(dc) + b * H + j]!;
          const delta = dcell + dy * o * (1 - t * t);
          const previous = d[at(cPrev) + b * ldcPrev + j]!;
          const slopes = [delta * g * i * (1 - i), delta * previous * f * (1 - f), delta * i * (1 - g * g)];
          slopes.push(dy * t * o * (1 - o));
          for (const [slot, value] of slopes.entries()) d[at(dgates) + b * lddgates + slot * H + j] = real ? value : 0;
          d[at(dcPrev) + b * H + j] = real ? delta * f : dcell;
          d[at(dhPrev) + b * H + j] = real ? 0 : dy;
        }
    },

    gruForward(h, ldh, out, ldout, gates, ldgates, ghn, ldghn, gx, ldgx, gh, hPrev, ldhPrev, mask, ldmask, B, H) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let j = 0; j < H; j++) {
          const real = isReal(mask, b * ldmask);
          const x = (g: number) => d[at(gx) + b * ldgx + g * H + j]!;
          const s = (g: number) => d[at(gh) + b * 3 * H + g * H + j]!;
          const r = sigmoid(x(0) + s(0));
          const z = sigmoid(x(1) + s(1));
          const n = Math.tanh(x(2) + r * s(2));
          const previous = d[at(hPrev) + b * ldhPrev + j]!;
          const y = (1 - z) * n + z * previous;
          for (const [slot, value] of [r, z, n].entries()) d[at(gates) + b * ldgates + slot * H + j] = real ? value : 0;
          d[at(ghn) + b * ldghn + j] = real ? s(2) : 0;
          d[at(h) + b * ldh + j] = real ? y : previous;
          if (out) d[at(out) + b * ldout + j] = real ? y : 0;
        }
    },

    gruBackward(
      dgx,
      lddgx,
      dghn,
      lddghn,
      dhPrev,
      dh,
      dout,
      lddout,
      gates,
      ldgates,
      ghn,
      ldghn,
      hPrev,
      ldhPrev,
      mask,
      ldmask,
      B,
      H,
    ) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let j = 0; j < H; j++) {
          const real = isReal(mask, b * ldmask);
          const gate = (slot: number) => d[at(gates) + b * ldgates + slot * H + j]!;
          const [r, z, n, hn] = [gate(0), gate(1), gate(2), d[at(ghn) + b * ldghn + j]!];
          const dy = d[at(dh) + b * H + j]! + (dout && real ? d[at(dout) + b * lddout + j]! : 0);
          const dn = dy * (1 - z) * (1 - n * n);
          const dr = dn * hn * r * (1 - r);
          const dz = dy * (d[at(hPrev) + b * ldhPrev + j]! - n) * z * (1 - z);
          for (const [slot, value] of [dr, dz, dn].entries()) d[at(dgx) + b * lddgx + slot * H + j] = real ? value : 0;
          d[at(dghn) + b * lddghn + j] = real ? dn * r : 0;
          d[at(dhPrev) + b * H + j] = real ? dy * z : dy;
        }
    },

    attentionScores(scores, query, keys, scale, B, Q, T, D) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let q = 0; q < Q; q++)
          for (let t = 0; t < T; t++) {
            let total = 0;
            for (let j = 0; j < D; j++)
              total += d[at(query) + (b * Q + q) * D + j]! * d[at(keys) + (b * T + t) * D + j]!;
            d[at(scores) + (b * Q + q) * T + t] = scale * total;
          }
    },

    attentionScoresBackward(dquery, dkeys, dscores, query, keys, scale, B, Q, T, D) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let q = 0; q < Q; q++)
          for (let t = 0; t < T; t++) {
            const slope = scale * d[at(dscores) + (b * Q + q) * T + t]!;
            for (let j = 0; j < D; j++) {
              const [from, to] = [(b * Q + q) * D + j, (b * T + t) * D + j];
              if (dquery) d[at(dquery) + from]! += slope * d[at(keys) + to]!;
              if (dkeys) d[at(dkeys) + to]! += slope * d[at(query) + from]!;
            }
          }
    },

    maskedSoftmax(weights, scores, mask, B, Q, T) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let q = 0; q < Q; q++) {
          const row = (b * Q + q) * T;
          const real = (t: number) => isReal(mask, b * T + t);
          let top = Number.NEGATIVE_INFINITY;
          for (let t = 0; t < T; t++) if (real(t)) top = Math.max(top, d[at(scores) + row + t]!);
          let total = 0;
          for (let t = 0; t < T; t++) if (real(t)) total += Math.exp(d[at(scores) + row + t]! - top);
          for (let t = 0; t < T; t++)
            d[at(weights) + row + t] = real(t) ? Math.exp(d[at(scores) + row + t]! - top) / total : 0;
        }
    },

    softmaxBackward(dscores, dweights, weights, rows, T) {
      const d = memory.data;
      for (let i = 0; i < rows; i++) {
        let mean = 0;
        for (let t = 0; t < T; t++) mean += d[at(weights) + i * T + t]! * d[at(dweights) + i * T + t]!;
        for (let t = 0; t < T; t++)
          d[at(dscores) + i * T + t]! += d[at(weights) + i * T + t]! * (d[at(dweights) + i * T + t]! - mean);
      }
    },

    attentionContext(context, weights, values, B, Q, T, D) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let q = 0; q < Q; q++)
          for (let j = 0; j < D; j++) {
            let total = 0;
            for (let t = 0; t < T; t++)
              total += d[at(weights) + (b * Q + q) * T + t]! * d[at(values) + (b * T + t) * D + j]!;
            d[at(context) + (b * Q + q) * D + j] = total;
          }
    },

    attentionContextBackward(dweights, dvalues, dcontext, weights, values, B, Q, T, D) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let q = 0; q < Q; q++)
          for (let t = 0; t < T; t++)
            for (let j = 0; j < D; j++) {
              const slope = d[at(dcontext) + (b * Q + q) * D + j]!;
              const weight = (b * Q + q) * T + t;
              const value = (b * T + t) * D + j;
              if (dweights) d[at(dweights) + weight]! += slope * d[at(values) + value]!;
              if (dvalues) d[at(dvalues) + value]! += slope * d[at(weights) + weight]!;
            }
    },

    additiveScores(scores, query, keys, weight, past, pastWeight, B, Q, T, D) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let q = b * Q; q < (b + 1) * Q; q++)
          for (let t = 0; t < T; t++) {
            let total = 0;
            for (let j = 0; j < D; j++) {
              const seen = past ? d[at(past) + q * T + t]! * d[at(pastWeight) + j]! : 0;
              const x = d[at(query) + q * D + j]! + d[at(keys) + (b * T + t) * D + j]! + seen;
              total += d[at(weight) + j]! * Math.tanh(x);
            }
            d[at(scores) + q * T + t] = total;
          }
    },

    additiveScoresBackward(
      dquery,
      dkeys,
      dweight,
      dpast,
      dpastWeight,
      dscores,
      query,
      keys,
      weight,
      past,
      pastWeight,
      B,
      Q,
      T,
      D,
    ) {
      const d = memory.data;
      d.fill(0, at(dweight), at(dweight) + B * D);
      if (past) d.fill(0, at(dpastWeight), at(dpastWeight) + B * D);
      for (let b = 0; b < B; b++)
        for (let q = b * Q; q < (b + 1) * Q; q++)
          for (let t = 0; t < T; t++)
            for (let j = 0; j < D; j++) {
              const slope = d[at(dscores) + q * T + t]!;
              const seen = past ? d[at(past) + q * T + t]! : 0;
              const [queryAt, keyAt] = [q * D + j, (b * T + t) * D + j];
              const x = d[at(query) + queryAt]! + d[at(keys) + keyAt]! + (past ? seen * d[at(pastWeight) + j]! : 0);
              const h = Math.tanh(x);
              const delta = slope * d[at(weight) + j]! * (1 - h * h);
              d[at(dweight) + b * D + j]! += slope * h;
              d[at(dquery) + queryAt]! += delta;
              d[at(dkeys) + keyAt]! += delta;
              if (!past) continue;
              d[at(dpastWeight) + b * D + j]! += seen * delta;
              d[at(dpast) + q * T + t]! += d[at(pastWeight) + j]! * delta;
            }
    },

    maxOverTime(y, places, x, mask, B, T, D) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let j = 0; j < D; j++) {
          const valueAt = (t: number) => d[at(x) + (b * T + t) * D + j]!;
          let place = -1;
          for (let t = 0; t < T; t++)
            if (isReal(mask, b * T + t) && (place < 0 || valueAt(t) > valueAt(place) || Number.isNaN(valueAt(t))))
              place = t;
          d[at(y) + b * D + j] = place < 0 ? 0 : valueAt(place);
          d[at(places) + b * D + j] = place;
        }
    },

    maxOverTimeBackward(dx, dy, places, B, T, D) {
      const d = memory.data;
      for (let b = 0; b < B; b++)
        for (let j = 0; j < D; j++) {
          const place = d[at(places) + b * D + j]!;
          if (place >= 0) d[at(dx) + (b * T + place) * D + j]! += d[at(dy) + b * D + j]!;
        }
    },

    layerNorm(y, ldy, statistics, x, ldx, gain, bias, m, n) {
      const d = memory.data;
      for (let i = 0; i < m; i++) {
        const row = d.slice(at(x) + i * ldx, at(x) + i * ldx + n);
        const mean = row.reduce((total, value) => total + value, 0) / n;
        const variance = row.reduce((total, value) => total + (value - mean) ** 2, 0) / n;
        const scale = 1 / Math.sqrt(variance + 1e-5);
        d[at(statistics) + 2 * i] = mean;
        d[at(statistics) + 2 * i + 1] = scale;
        for (let j = 0; j < n; j++)
          d[at(y) + i * ldy + j] = (row[j]! - mean) * scale * d[at(gain) + j]! + d[at(bias) + j]!;
      }
    },

    layerNormBackward(dx, lddx, products, dy, lddy, x, ldx, statistics, gain, m, n) {
      const d = memory.data;
      for (let i = 0; i < m; i++) {
        const [mean, scale] = [d[at(statistics) + 2 * i]!, d[at(statistics) + 2 * i + 1]!];
        const normal = (j: number) => (d[at(x) + i * ldx + j]! - mean) * scale;
        const slope = (j: number) => d[at(gain) + j]! * d[at(dy) + i * lddy + j]!;
        let [total, along] = [0, 0];
        for (let j = 0; j < n; j++) {
          d[at(products) + i * n + j] = d[at(dy) + i * lddy + j]! * normal(j);
          total += slope(j);
          along += slope(j) * normal(j);
        }
        for (let j = 0; j < n; j++)
          d[at(dx) + i * lddx + j]! += (slope(j) - total / n - (normal(j) * along) / n) * scale;
      }
    },

    crossEntropy(losses, logits, targets, smoothing, scale, m, V) {
      const d = memory.data;
      for (let i = 0; i < m; i++) {
        const row = d.subarray(at(logits) + i * V, at(logits) + (i + 1) * V);
        const target = d[at(targets) + i]!;
        const top = row.reduce((a, b) => Math.max(a, b));
        const logTotal = top + Math.log(row.reduce((total, x) => total + Math.exp(x - top), 0));
        const mean = row.reduce((total, x) => total + x, 0) / V;
        d[at(losses) + i] = (1 - smoothing) * (logTotal - row[target]!) + smoothing * (logTotal - mean);
        if (scale === 0) continue;
        for (let v = 0; v < V; v++) {
          const wanted = smoothing / V + (v === target ? 1 - smoothing : 0);
          row[v] = scale * (Math.exp(row[v]! - logTotal) - wanted);
        }
      }
    },

    logSoftmax(out, logits, m, V) {
      const d = memory.data;
      for (let i = 0; i < m; i++) {
        const row = d.subarray(at(logits) + i * V, at(logits) + (i + 1) * V);
        const top = row.reduce((a, b) => Math.max(a, b));
        const logTotal = top + Math.log(row.reduce((total, x) => total + Math.exp(x - top), 0));
        for (let v = 0; v < V; v++) d[at(out) + i * V + v] = row[v]! - logTotal;
      }
    },

    topK(values, indices, x, m, n, k) {
      const d = memory.data;
      for (let i = 0; i < m; i++) {
        const row = d.slice(at(x) + i * n, at(x) + (i + 1) * n);
        const order = Array.from(row.keys()).sort((a, b) => row[b]! - row[a]! || a - b);
        for (let c = 0; c < k; c++) {
          d[at(values) + i * k + c] = row[order[c]!]!;
          d[at(indices) + i * k + c] = order[c]!;
        }
      }
    },

    bestLogits(values, indices, statistics, logits, first, m, n, k) {
      const d = memory.data;
      for (let i = 0; i < m; i++) {
        const [best, places, state] = [at(values) + i * k, at(indices) + i * k, at(statistics) + 3 * i];
        const found = first > 0 ? k : 0;
        const seen = Array.from({ length: found }, (_, c) => ({ value: d[best + c]!, place: d[places + c]! }));
        const row = d.slice(at(logits) + i * n, at(logits) + (i + 1) * n);
        for (const [j, value] of row.entries()) seen.push({ value, place: first + j });
        seen.sort((a, b) => b.value - a.value || a.place - b.place);
        for (let c = 0; c < k; c++) {
          d[best + c] = seen[c]!.value;
          d[places + c] = seen[c]!.place;
        }
        let [top, total] = first > 0 ? [d[state]!, d[state + 1]!] : [Number.NEGATIVE_INFINITY, 0];
        for (let j = 0; j < n; j += STRETCH) {
          const stretch = row.subarray(j, j + STRETCH);
          const highest = stretch.reduce((most, value) => Math.max(most, value));
          if (highest > top) {
            total *= Math.exp(top - highest);
            top = highest;
          }
          for (const value of stretch) total += Math.exp(value - top);
        }
        d[state] = top;
        d[state + 1] = total;
        d[state + 2] = top + Math.log(total);
      }
    },

    nearLargest(found, x, scales, perScale, perValue, n, most) {
      const d = memory.data;
      const values = d.slice(at(x), at(x) + n);
      const off = values.map((value, j) => perScale * d[at(scales) + j]! + perValue * Math.abs(value));
      const top = values.reduce((most, value, j) => Math.max(most, value - off[j]!), Number.NEGATIVE_INFINITY);
      const near = [...values.keys()].filter(
        (j) => values[j]! > Number.NEGATIVE_INFINITY && values[j]! + off[j]! >= top,
      );
      d.set([near.length, ...near.slice(0, most)], at(found));
    },

    gather(out, table, ids, m, n) {
      const d = memory.data;
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) d[at(out) + i * n + j] = d[at(table) + d[at(ids) + i]! * n + j]!;
    },

    gatherInt8(out, table, scales, ids, m, n) {
      const d = memory.data;
      for (let i = 0; i < m; i++) {
        const row = d[at(ids) + i]!;
        for (let j = 0; j < n; j++) d[at(out) + i * n + j] = d[at(scales) + row]! * d[at(table) + row * n + j]!;
      }
    },

    scatterAdd(dtable, dout, ids, m, n) {
      const d = memory.data;
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) d[at(dtable) + d[at(ids) + i]! * n + j]! += d[at(dout) + i * n + j]!;
    },

    fill(y, value, n) {
      memory.data.fill(value, at(y), at(y) + n);
    },

    copyRows(y, ldy, x, ldx, m, n, accumulate) {
      const d = memory.data;
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          const value = d[at(x) + i * ldx + j]!;
          d[at(y) + i * ldy + j] = accumulate ? d[at(y) + i * ldy + j]! + value : value;
        }
    },

    addScaled(y, x, scale, n) {
      const d = memory.data;
      for (let j = 0; j < n; j++) d[at(y) + j]! += scale * d[at(x) + j]!;
    },

    tanhForward(y, x, n) {
      const d = memory.data;
      for (let j = 0; j < n; j++) d[at(y) + j] = Math.tanh(d[at(x) + j]!);
    },

    tanhBackward(dx, dy, y, n) {
      const d = memory.data;
      for (let j = 0; j < n; j++) d[at(dx) + j]! += d[at(dy) + j]! * (1 - d[at(y) + j]! ** 2);
    },

    sigmoidForward(y, x, n) {
      const d = memory.data;
      for (let j = 0; j < n; j++) d[at(y) + j] = sigmoid(d[at(x) + j]!);
    },

    sigmoidBackward(dx, dy, y, n) {
      const d = memory.data;
      for (let j = 0; j < n; j++) d[at(dx) + j]! += d[at(dy) + j]! * d[at(y) + j]! * (1 - d[at(y) + j]!);
    },

    multiply(y, a, b, n, accumulate) {
      const d = memory.data;
      for (let j = 0; j < n; j++) d[at(y) + j] = (accumulate ? d[at(y) + j]! : 0) + d[at(a) + j]! * d[at(b) + j]!;
    },

    dropout(y, x, examples, rate, step, path, key0, key1, m, n, accumulate) {
      const d = memory.data;
      const words = new Uint32Array(4);
      // The rate as a float32, as the C kernels receive it: the mask must be the same.
      const threshold = Math.floor(Math.fround(rate) * 2 ** 32);
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          if (j % 4 === 0) philox(words, j / 4, d[at(examples) + i]!, step, path, key0, key1);
          const value = words[j % 4]! >= threshold ? d[at(x) + i * n + j]! / (1 - rate) : 0;
          d[at(y) + i * n + j] = accumulate ? d[at(y) + i * n + j]! + value : value;
        }
    },

    chunkSquares(sums, x, n) {
      const d = memory.data;
      for (let chunk = 0; chunk * 4096 < n; chunk++) {
        let total = 0;
        for (let j = chunk * 4096; j < Math.min(n, (chunk + 1) * 4096); j++) total += d[at(x) + j]! ** 2;
        d[at(sums) + chunk] = total;
      }
    },

    sum(result, x, n) {
      const d = memory.data;
      let total = 0;
      for (let j = 0; j < n; j++) total += d[at(x) + j]!;
      d[at(result)] = total;
    },

    adam(parameter, moment1, moment2, gradient, gradientScale, rate, root, keep, beta1, beta2, epsilon, n) {
      const d = memory.data;
      for (let j = 0; j < n; j++)
        adamElement(at(parameter) + j, at(moment1) + j, at(moment2) + j, gradientScale * d[at(gradient) + j]!, {
          beta1,
          beta2,
          epsilon,
          rate,
          root,
          keep,
        });
    },

    adamRows(
      parameter,
      moment1,
      moment2,
      updated,
      gradient,
      rows,
      gradientScale,
      rate,
      root,
      keep,
      beta1,
      beta2,
      epsilon,
      step,
      m,
      n,
    ) {
      const d = memory.data;
      for (let i = 0; i < m; i++) {
        const row = d[at(rows) + i]!;
        for (let j = 0; j < n; j++) {
          const [element, slope] = [row * n + j, gradientScale * d[at(gradient) + i * n + j]!];
          const constants = { beta1, beta2, epsilon, rate, root, keep };
          adamElement(at(parameter) + element, at(moment1) + element, at(moment2) + element, slope, constants);
        }
        d[at(updated) + row] = step;
      }
    },

    adamReplay(parameter, moment1, moment2, updated, rows, history, beta1, beta2, epsilon, first, step, m, n) {
      const d = memory.data;
      for (let i = 0; i < m; i++) {
        const row = d[at(rows) + i]!;
        if (d[at(updated) + row]! < 0) continue;
        for (let missed = d[at(updated) + row]! + 1; missed <= step; missed++) {
          const [rate, root, keep] = [0, 1, 2].map((which) => d[at(history) + 3 * (missed - first) + which]!) as [
            number,
            number,
            number,
          ];
          for (let element = row * n; element < (row + 1) * n; element++) {
            const constants = { beta1, beta2, epsilon, rate, root, keep };
            adamElement(at(parameter) + element, at(moment1) + element, at(moment2) + element, 0, constants);
          }
        }
        d[at(updated) + row] = Math.max(step, d[at(updated) + row]!);
      }
    },

    sgd(parameter, velocity, gradient, gradientScale, rate, momentum, decay, nesterov, n) {
      const d = memory.data;
      const constants = { rate, momentum, decay, nesterov };
      for (let j = 0; j < n; j++)
        sgdElement(at(parameter) + j, at(velocity) + j, gradientScale * d[at(gradient) + j]!, constants);
    },

    sgdRows(parameter, velocity, updated, gradient, rows, gradientScale, rate, momentum, decay, nesterov, step, m, n) {
      const d = memory.data;
      const constants = { rate, momentum, decay, nesterov };
      for (let i = 0; i < m; i++) {
        const row = d[at(rows) + i]!;
        for (let j = 0; j < n; j++) {
          const [element, slope] = [row * n + j, gradientScale * d[at(gradient) + i * n + j]!];
          sgdElement(at(parameter) + element, at(velocity) + element, slope, constants);
        }
        d[at(updated) + row] = step;
      }
    },

    sgdReplay(parameter, velocity, updated, rows, history, momentum, decay, nesterov, first, step, m, n) {
      const d = memory.data;
      for (let i = 0; i < m; i++) {
        const row = d[at(rows) + i]!;
        if (d[at(updated) + row]! < 0) continue;
        for (let missed = d[at(updated) + row]! + 1; missed <= step; missed++) {
          const constants = { rate: d[at(history) + missed - first]!, momentum, decay, nesterov };
          for (let element = row * n; element < (row + 1) * n; element++)
            sgdElement(at(parameter) + element, at(velocity) + element, 0, constants);
        }
        d[at(updated) + row] = Math.max(step, d[at(updated) + row]!);
      }
    },
  };
}
