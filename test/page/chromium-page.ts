import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { CHROMIUM_ARGUMENTS, findChromium } from "../../scripts/chromium.js";
import { servePage } from "../../scripts/page-server.js";
import { pageModelFiles } from "../support/page-models.js";

/** Trained once for all tests of a file. */
let files: ReturnType<typeof pageModelFiles> | undefined;
const executablePath = findChromium();
const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

export const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 375, height: 700 } } as const;

export interface Opened {
  page: Page;
  /** What the page said that it should not: console errors, exceptions, refused and failed requests. */
  complaints: string[];
  /** The addresses that it and its Workers have fetched. */
  fetched: string[];
}

export interface Chromium {
  /** Opens the page at an address after its `#`. */
  open(
    hash: string,
    options?: {
      size?: keyof typeof SIZES;
      isolated?: boolean;
      dark?: boolean;
      /** In place of models.json. */
      models?: object;
    },
  ): Promise<Opened>;
}

/** Tests of the built page in a real Chromium; where there is none they are skipped, loudly, and with CI=true they fail. */
export function describePage(name: string, tests: (chromium: Chromium) => void): void {
  if (executablePath === undefined) {
    const message = `NOT RUN: ${name}: no Chromium was found. Install Debian's package chromium, or set CHROMIUM_PATH.`;
    if (process.env["CI"] === "true") throw new Error(message);
    console.warn(message);
  }
  describe.skipIf(executablePath === undefined)(name, () => {
    let browser: Browser;
    let server: Awaited<ReturnType<typeof servePage>>;
    const pages: Page[] = [];
    beforeAll(async () => {
      files ??= pageModelFiles();
      server = await servePage(await files);
      browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_ARGUMENTS });
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      server?.close();
    });
    afterEach(async () => {
      for (const page of pages.splice(0)) await page.close();
    });
    tests({
      async open(hash, { size = "desktop", isolated = false, dark = false, models } = {}) {
        const page = await browser.newPage({ viewport: SIZES[size], colorScheme: dark ? "dark" : "light" });
        pages.push(page);
        const complaints: string[] = [];
        page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
        page.on("pageerror", (error) => complaints.push(error.message));
        page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
        page.on(
          "response",
          (response) => response.status() >= 400 && complaints.push(`${response.url()}: ${response.status()}`),
        );
        const fetched: string[] = [];
        page.on("request", (request) => fetched.push(request.url().split("#")[0]!));
        if (models) await page.route("**/models.json", (route) => route.fulfill({ json: models }));
        await page.goto(`${isolated ? server.isolated : server.address}#${hash}`);
        return { page, complaints, fetched };
      },
    });
  });
}

/** No violation of axe's rules, nothing wider than the screen, nothing said on the console. */
export async function expectSound({ page, complaints }: Opened): Promise<void> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run();
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  });
  expect(violations).toEqual([]);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wider, "pixels wider than the screen").toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
}
