// Pictures of the page for the documentation: docs/screenshots/*.png, of the built page (npm run build) in Chromium.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { CHROMIUM_ARGUMENTS, findChromium } from "./chromium.js";
import { servePage } from "./page-server.js";

const folder = fileURLToPath(new URL("../docs/screenshots", import.meta.url));
const WIDE = { width: 1100, height: 760 };
const PHONE = { width: 375, height: 760 };

/** Address, what is waited for, and what the picture is of: the window, or the section that holds a place. */
const pictures = {
  "shapes-en": { hash: "shapes?language=en", ready: "[data-shape=smalltalk] .written li" },
  "translate-en": {
    hash: "translate?language=en&model=zh-en&line=我爱学习&beam=3",
    ready: ".output[data-finished=true]",
  },
  "reading-en": {
    hash: "reading?language=en&model=zh-en&line=她们每个星期天在家看电视剧&gold=true",
    ready: "tbody td",
    from: "table",
  },
  "encoder-zh": { hash: "encoder?language=zh&model=zh-en&line=欢迎来北京", ready: ".grows li", from: ".grows" },
  "decoder-zh": {
    hash: "decoder?language=zh&model=zh-en&line=欢迎来北京&step=1",
    ready: "[data-candidates] li",
    from: ".step",
  },
  "reading-zh-dark": {
    hash: "reading?language=zh&model=zh-en&line=我爱学习",
    ready: "tbody td",
    dark: true,
    size: PHONE,
    from: "table",
  },
  "train-zh": { hash: "train?language=zh&data=dates&epochs=8", ready: "main button.main", act: train, from: ".curve" },
};

async function train(page) {
  await page.locator("main button.main").click();
  await page.locator("[data-state=done]").waitFor({ timeout: 120_000 });
}

const executablePath = findChromium();
if (executablePath === undefined)
  throw new Error("screenshots: expected Chromium, found none. Install it, or set CHROMIUM_PATH.");
mkdirSync(folder, { recursive: true });
const server = await servePage();
const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
try {
  for (const [name, { hash, ready, act, from, dark, size = WIDE }] of Object.entries(pictures)) {
    const page = await browser.newPage({
      viewport: size,
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
    });
    await page.goto(`${server.address}#${hash}`);
    await page.locator(ready).last().waitFor();
    await act?.(page);
    await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
    // The heading of the section stays in the picture.
    if (from)
      await page
        .locator(from)
        .first()
        .evaluate((element) => {
          const section = element.closest("section") ?? element;
          scrollTo(0, section.getBoundingClientRect().top + scrollY - 24);
        });
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    console.log(`docs/screenshots/${name}.png`);
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
}
