/** 0.12345 → "0.123", 1234.5 → "1.23e+3" */
export const formatLoss = (loss: number): string => (loss < 100 ? loss.toFixed(3) : loss.toPrecision(3));

/** Two digits, of large ones none. */
export function formatPerplexity(perplexity: number): string {
  return perplexity < 100
    ? perplexity.toFixed(2)
    : perplexity < 1e6
      ? perplexity.toFixed(0)
      : perplexity.toExponential(1);
}

/** 12345 → "12.3k" */
export function formatCount(count: number): string {
  if (count < 1000) return count.toFixed(0);
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1e6).toFixed(1)}M`;
}

/** 1, "step" → "1 step"; 3, "step" → "3 steps" */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;

/** 75 → "1:15", 3675 → "1:01:15" */
export function formatTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  const rest = twoDigits(whole % 60);
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${rest}` : `${minutes}:${rest}`;
}
