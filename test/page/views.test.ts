import { expect, it } from "vitest";
import { phrases } from "../support/page-models.js";
import { describePage, expectSound, SIZES } from "./chromium-page.js";

/** What a view shows once its model has answered. */
const settled: Record<string, string> = {
  shapes: "[data-shape=smalltalk] .written li",
  encoder: "svg[aria-label^='5']",
  decoder: "[data-candidates] li",
  attention: "[data-slope]",
  reading: "tbody td",
  translate: ".output[data-finished=true]",
  train: "main button.main",
};

describePage("every view", (chromium) => {
  const views = Object.entries(settled);
  it.each(views)(
    "%s is sound: axe, width, console; wide and narrow, English and light, Chinese, dark and isolated",
    async (view, selector) => {
      for (const language of ["en", "zh"]) {
        const isChinese = language === "zh";
        const opened = await chromium.open(`${view}?language=${language}`, { dark: isChinese, isolated: isChinese });
        await opened.page.locator(selector).last().waitFor();
        await expect.poll(() => opened.page.locator("[aria-busy=true]").count()).toBe(0);
        for (const size of Object.values(SIZES)) {
          await opened.page.setViewportSize(size);
          await expectSound(opened);
        }
      }
    },
  );
});

describePage("a model that brings no examples, as a served one", (chromium) => {
  const models = [{ name: "mine", file: "models/phrases.safetensors", task: "translate" }];
  it.each(["encoder", "decoder", "attention", "reading", "translate"] as const)(
    "is asked for a line, and shown, in %s",
    async (view) => {
      const { page, complaints } = await chromium.open(`${view}?language=en&from=model`, { models });
      const line = page.getByRole("textbox", { name: "Your line" });
      await page.getByText("Nothing yet: type a line.").waitFor();
      await line.fill("我爱学习");
      await page.locator(settled[view]!).last().waitFor();
      expect(await page.getByText("Nothing yet").count()).toBe(0);
      expect(await page.getByRole("alert").count()).toBe(0);
      expect(complaints).toEqual([]);
    },
  );
});

describePage("the view of four shapes", (chromium) => {
  it("runs a model of each", async () => {
    const { page } = await chromium.open("shapes?language=en");
    const written = (shape: string) => page.locator(`[data-shape=${shape}] .written`);
    await page.locator("[data-shape=words] input").fill("猫");
    await expect.poll(() => written("words").textContent()).toMatch(/猫.*。/);
    await expect.poll(() => written("kinds").locator("li").first().textContent()).toContain("greeting");
    await page.locator("[data-shape=couplets] input").fill("窗前明月光");
    await expect.poll(() => written("couplets").locator("li").count()).toBe(5);
    await page.locator("[data-shape=kinds] input").fill("请坐");
    await expect.poll(() => written("kinds").locator("li").first().textContent()).toContain("request");
  });
});

describePage("the view Encoder", (chromium) => {
  it("shows each token's way to c, how c grows, and the sentences nearest to each beginning", async () => {
    const { page } = await chromium.open("encoder?language=en&line=我爱学习");
    const rows = page.locator("section table tbody tr");
    await expect.poll(() => rows.count()).toBe(5);
    expect(await rows.last().locator("th").textContent()).toBe("</s>");
    const grows = page.locator(".grows li");
    expect(await grows.last().locator(".number").textContent()).toBe("1.00");
    await expect.poll(() => page.locator(".nearest li").first().textContent()).toMatch(/^我爱学习 1\.00/);
    await grows.first().getByRole("button").click();
    await expect.poll(() => page.locator(".nearest h3").textContent()).toMatch(/我$/);
    await page.getByRole("textbox", { name: "Your own sentences" }).fill("我们去北京");
    await expect.poll(() => page.locator("svg text", { hasText: "我们去北京" }).count()).toBe(1);
    await expect.poll(() => page.url()).toContain("mine=");
  });
});

describePage("the view Decoder", (chromium) => {
  it("goes through the steps, forces a token, and goes on from an edited beginning", async () => {
    const { page, complaints } = await chromium.open("decoder?language=en&line=我爱学习&step=0");
    const output = page.locator(".output");
    await expect.poll(() => output.textContent()).toBe("I love learning.");
    const candidates = page.locator("[data-candidates] button");
    expect(await candidates.first().textContent()).toBe("I");
    await page.getByRole("button", { name: "Forward" }).click();
    await expect.poll(() => candidates.first().textContent()).toBe("love");
    await page.getByRole("button", { name: "To the start" }).click();
    await expect.poll(() => page.getByText("The first state S₀").count()).toBe(1);
    await page.getByRole("button", { name: "Forward" }).click();
    const token = (await candidates.nth(1).textContent())!;
    await candidates.nth(1).click();
    await expect.poll(() => output.textContent()).not.toBe("I love learning.");
    expect((await output.textContent())!.toLowerCase().startsWith(token.toLowerCase())).toBe(true);
    await page.getByRole("button", { name: "Let it choose everything" }).click();
    await expect.poll(() => output.textContent()).toBe("I love learning.");
    await page.getByText("It must begin with").click();
    await page.getByRole("textbox", { name: "Or type a beginning" }).fill("She loves");
    await expect.poll(() => output.textContent()).toMatch(/^She loves/);
    expect(complaints).toEqual([]);
  });

  it("plays by itself to the last step", async () => {
    const { page } = await chromium.open("decoder?language=en&line=欢迎来北京&step=-1");
    await page.getByRole("button", { name: "Play" }).click();
    await expect.poll(() => page.getByText(/^Step (\d+) of \1$/).count(), { timeout: 15_000 }).toBe(1);
  });
});

describePage("the view of attention at work", (chromium) => {
  it("writes the map row by row, and another output where weights are set by hand", async () => {
    const { page, complaints } = await chromium.open("reading?language=en&line=我爱学习");
    const rows = page.locator("table").first().locator("tbody tr");
    await expect.poll(() => rows.count()).toBe(5);
    await page.getByRole("button", { name: "Back" }).click();
    await expect.poll(() => rows.count()).toBe(4);
    await rows.first().getByRole("button").first().focus();
    for (const key of ["ArrowDown", "ArrowDown", ...Array(5).fill("ArrowRight"), "Enter"])
      await page.keyboard.press(key);
    const changed = page.locator("[data-changed]");
    await changed.waitFor();
    expect(await page.locator("table").first().locator("tbody tr").nth(2).locator("td").last().textContent()).toContain(
      "100",
    );
    await expect.poll(() => page.url()).toContain("weights=");
    const text = await changed.textContent();
    const again = await chromium.open(decodeURI(page.url().split("#")[1]!));
    await expect.poll(() => again.page.locator("[data-changed]").textContent()).toBe(text);
    await page.getByRole("button", { name: "Take back all weights" }).click();
    await expect.poll(() => changed.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("has the same model without attention beside it", async () => {
    const { page } = await chromium.open(`reading?language=en&line=${phrases[5]![0]}`);
    await expect.poll(() => page.locator("[data-plain]").textContent()).toBe(phrases[5]![1]);
  });
});
