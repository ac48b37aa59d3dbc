import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { describePage } from "./chromium-page.js";

const LIMIT = 120_000;

describePage("what the page loads first", (chromium) => {
  it("is less than 120 kB of script and style, gzipped, beside the kernels and the models", async () => {
    const { page, fetched } = await chromium.open("");
    await page.locator("[data-shape=smalltalk] .written li").first().waitFor();
    const addresses = [...new Set(fetched)].filter((address) => /\.(js|css)$|\/$/.test(address));
    expect(addresses.some((address) => address.includes("model-worker"))).toBe(true);
    const texts = await Promise.all(
      addresses.map(async (address) => Buffer.from(await (await fetch(address)).arrayBuffer())),
    );
    const total = texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
    console.log(`first load: ${(total / 1000).toFixed(1)} kB gzipped in ${texts.length} files`);
    expect(total).toBeLessThan(LIMIT);
    expect(total).toBeGreaterThan(20_000);
  });
});
