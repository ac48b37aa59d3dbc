/** Largest number a weight becomes: symmetric, so −128 is left out. */
export const LARGEST_INT8 = 127;

/** w ≈ s q with s = max |w| / 127 of its row and q = round(w / s), `width` numbers a row; a row with others than finite ones has the scale −1, and zeros. */
export function quantizeRows(data: ArrayLike<number>, width: number): { numbers: Int8Array; scales: Float32Array } {
  const numbers = new Int8Array(data.length);
  const scales = new Float32Array(data.length / width);
  for (let row = 0; row < scales.length; row++) {
    const end = (row + 1) * width;
    let largest = 0;
    for (let i = row * width; i < end; i++) largest = Math.max(largest, Math.abs(data[i]!));
    // A row of zeros has any scale.
    const scale = Number.isFinite(largest) ? Math.fround(largest / LARGEST_INT8) || 1 : -1;
    scales[row] = scale;
    if (scale < 0) continue;
    for (let i = row * width; i < end; i++) numbers[i] = Math.round(data[i]! / scale);
  }
  return { numbers, scales };
}
