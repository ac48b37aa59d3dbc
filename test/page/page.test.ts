import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { phrases } from "../support/page-models.js";
import { describePage, expectSound } from "./chromium-page.js";

/** Bytes of script and style before anything is chosen. */
const MOST_FIRST = 120_000;

describePage("the page", (chromium) => {
  it("speaks Chinese or English, is light or dark, and its address holds both", async () => {
    const { page, complaints } = await chromium.open("translate?language=en&theme=light");
    const heading = () => page.locator("h1").textContent();
    expect(await heading()).toBe("Translate");
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await colour();
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("combobox", { name: "配色" }).selectOption("dark");
    expect(await heading()).toBe("翻译");
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-CN");
    await expect.poll(() => page.url()).toMatch(/language=zh/);
    await expect.poll(colour).not.toBe(light);
    await page.locator(".output[data-finished=true]").waitFor(); // what is still being fetched would be broken off
    await page.reload();
    expect(await heading()).toBe("翻译");
    await expect.poll(colour).not.toBe(light);
    expect(complaints).toEqual([]);
  });

  it("shows on a phone the name of the view it is in, and takes a line that asks something from a link", async () => {
    const { page } = await chromium.open("translate?language=en&line=几点了?好&beam=2", { size: "phone" });
    await expect.poll(() => page.getByRole("textbox", { name: "Your line" }).inputValue()).toBe("几点了?好");
    const { x, width } = (await page.locator("nav [aria-current]").boundingBox())!;
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(375);
  });

  it("takes the line and the language of now along to another view, and nothing else of the view that is left", async () => {
    const { page } = await chromium.open("translate?language=en&line=我爱学习&beam=4");
    await page.locator(".output[data-finished=true]").waitFor();
    await page.getByRole("textbox").fill("我爱北京");
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("link", { name: "编码器" }).click();
    await expect.poll(() => page.locator("h1").textContent()).toBe("编码器");
    await page.locator("svg[aria-label^='5']").waitFor();
    expect(await page.getByRole("textbox").first().inputValue()).toBe("我爱北京");
    expect(page.url()).toContain("language=zh");
    expect(page.url()).not.toContain("beam=");
    await page.getByRole("link", { name: "注意力", exact: true }).click();
    await page.locator("[data-page]").first().waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("link", { name: "See it at work" }).click();
    await expect.poll(() => page.locator("h1").textContent()).toBe("Attention at work");
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("link", { name: "Tandem" }).click();
    await expect.poll(() => page.locator("h1").textContent()).toBe("四种结构");
  });

  it("is reached by the keyboard: the first Tab goes to the link past the navigation", async () => {
    const { page } = await chromium.open("translate?language=en");
    await page.locator("h1").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
  });
});

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
    expect(total).toBeLessThan(MOST_FIRST);
    expect(total).toBeGreaterThan(20_000);
  });
});

describePage("the view Translate", (chromium) => {
  it.each([
    { size: "desktop", language: "en", isolated: false, dark: false },
    { size: "phone", language: "zh", isolated: true, dark: true },
  ] as const)(
    "translates what is typed: $size, $language, isolated: $isolated",
    async ({ size, language, isolated, dark }) => {
      const opened = await chromium.open(`translate?language=${language}`, { size, isolated, dark });
      const { page } = opened;
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
      const output = page.locator(".output[data-finished=true]");
      for (const [source, target] of phrases.slice(0, 3)) {
        await page.getByRole("textbox").fill(source);
        await expect.poll(() => output.textContent()).toBe(target);
      }
      expect(opened.fetched.some((address) => address.includes("kernels-threads"))).toBe(isolated);
      await expect.poll(() => page.url()).toContain(encodeURIComponent(phrases[2]![0]));
      await expectSound(opened);
    },
  );

  it("shows the beam, alternatives in place of a word, and goes on from one", async () => {
    const opened = await chromium.open("translate?language=en&line=我爱学习&beam=4");
    const { page } = opened;
    await expect.poll(() => page.locator(".output[data-finished=true]").textContent()).toBe("I love learning.");
    await page.getByText("The same as a table").click();
    await expect.poll(() => page.getByRole("cell", { name: "dropped", exact: false }).count()).toBeGreaterThan(0);
    expect(await page.locator(".list li").count()).toBe(4);
    await page.locator(".words button").nth(2).click();
    await expect.poll(() => page.locator(".others ol button").count()).toBe(5);
    const other = page.locator(".others ol button").nth(1);
    const token = await other.textContent();
    const text = await page.locator(".others .text").nth(1).textContent();
    await other.click();
    await expect.poll(() => page.locator(".output").textContent()).toBe(text);
    expect(await page.locator(".words button").nth(2).textContent()).toContain(token);
    await expectSound(opened);
    const again = await chromium.open(decodeURI(page.url().split("#")[1]!));
    await expect.poll(() => again.page.locator(".output").textContent()).toBe(text);
  });

  it("saves pictures as SVG and PNG", async () => {
    const { page, complaints } = await chromium.open("translate?language=en&line=我爱学习");
    for (const [name, start] of [
      ["beam", "SVG"],
      ["beam", "PNG"],
      ["attention", "SVG"],
      ["attention", "PNG"],
    ] as const) {
      const download = page.waitForEvent("download");
      await page
        .getByRole("group", { name: `Save the picture: ${name}` })
        .getByRole("button", { name: start })
        .click();
      const { size, head } = await read(await download);
      expect(size).toBeGreaterThan(2000);
      expect(head).toContain(start === "SVG" ? "<svg" : "PNG");
    }
    expect(complaints).toEqual([]);
  });

  it("opens a file of one's own, and says of another file what is wrong", async () => {
    const { page } = await chromium.open("translate?language=en&line=我爱学习");
    const bytes = await page.evaluate(async () =>
      Array.from(new Uint8Array(await (await fetch("models/words.safetensors")).arrayBuffer())),
    );
    const file = (name: string, buffer: Buffer) => ({ name, mimeType: "application/octet-stream", buffer });
    await page.locator("input[type=file]").setInputFiles(file("mine.safetensors", Buffer.from(bytes)));
    await expect.poll(() => page.getByRole("combobox", { name: "Model" }).inputValue()).toBe("mine");
    await page.getByRole("textbox").fill("猫");
    await expect.poll(() => page.locator(".output[data-finished=true]").textContent()).toBe("猫在沙发上睡觉。");
    await page.locator("input[type=file]").setInputFiles(file("broken.safetensors", Buffer.from("no model")));
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/expected/);
  });
});

async function read(download: import("playwright-core").Download): Promise<{ size: number; head: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const all = Buffer.concat(chunks);
  return { size: all.length, head: all.subarray(0, 300).toString("latin1") };
}
