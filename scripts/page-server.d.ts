export const POLICY: string;
export function servePage(
  files?: Record<string, string | Uint8Array>,
): Promise<{ address: string; isolated: string; close(): void }>;
