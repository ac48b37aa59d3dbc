import { expect, it } from "vitest";
import { phrases } from "../support/page-models.js";
import { describePage, expectSound } from "./chromium-page.js";

describePage("the view Attention", (chromium) => {
  it.each([
    { size: "desktop", language: "en", dark: false },
    { size: "phone", language: "zh", dark: true },
  ] as const)("is sound with numbers of a model: $size, $language", async ({ size, language, dark }) => {
    const opened = await chromium.open(`attention?language=${language}&from=model`, { size, dark });
    await opened.page.locator("[data-slope]").waitFor();
    await expect.poll(() => opened.page.locator("[aria-busy=true]").count()).toBe(0);
    await expectSound(opened);
  });

  it("weighs the keys anew where the query is dragged or moved by arrow keys, and the address keeps it", async () => {
    const { page, complaints } = await chromium.open("attention?language=en");
    const query = page.getByRole("slider", { name: "q", exact: true });
    const weight = (key: number) =>
      page
        .locator("[data-attended] tbody tr")
        .nth(key - 1)
        .locator(".weight .number")
        .textContent()
        .then((text) => Number.parseFloat(text!));
    await expect.poll(() => weight(2)).toBeGreaterThan(40);
    const [from, to] = [
      (await query.locator(".dot").boundingBox())!,
      (await page.getByRole("slider", { name: "k4" }).locator(".dot").boundingBox())!,
    ];
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(to.x - 4, to.y + to.height + 4, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => weight(4)).toBeGreaterThan(80);
    expect(await query.getAttribute("aria-valuetext")).toMatch(/most weight on k4/);
    await query.focus();
    for (let press = 0; press < 5; press++) await page.keyboard.press("Shift+ArrowRight");
    await expect.poll(() => weight(5)).toBeGreaterThan(50);
    await page.getByLabel(/Divide by √d \(here/).uncheck();
    await expect.poll(() => page.url()).toMatch(/query=.*plain=true/);
    const weights = await page.locator("[data-attended] tbody").textContent();
    const again = await chromium.open(decodeURI(page.url().split("#")[1]!));
    await expect.poll(() => again.page.locator("[data-attended] tbody").textContent()).toBe(weights);
    await page.getByRole("button", { name: "As it was at first" }).click();
    await expect.poll(() => page.url()).not.toMatch(/query=|plain=/);
    expect(complaints).toEqual([]);
  });

  it("reads the page whose summary answers the question", async () => {
    const { page } = await chromium.open("attention?language=en");
    const shares = async () =>
      (await page.locator("[data-page] .head .number").allTextContents()).map((text) => Number.parseFloat(text));
    const most = async () => (await shares()).indexOf(Math.max(...(await shares()))) + 1;
    await expect.poll(most).toBe(4);
    await page.getByRole("button", { name: "Where does it happen?" }).click();
    await expect.poll(most).toBe(2);
    await page.getByRole("slider", { name: /^places/ }).fill("0");
    await expect.poll(async () => Math.max(...(await shares()))).toBe(20);
    await expect.poll(() => page.url()).toContain("question=0%2C0%2C0%2C0");
  });

  it("shows how the gradient vanishes at large d, and that the division by √d saves it", async () => {
    const { page } = await chromium.open("attention?language=en&d=512");
    const slope = () =>
      page
        .locator("[data-slope]")
        .textContent()
        .then((text) => Number(text!.replace("−", "-")));
    await expect.poll(slope).toBeGreaterThan(0.2);
    await page.getByLabel("Divide by √d", { exact: true }).uncheck();
    await expect.poll(slope).toBeLessThan(0.1);
    await page.getByText("The same as a table").click();
    expect(await page.locator("details tbody tr").count()).toBe(10);
    const download = page.waitForEvent("download");
    await page
      .getByRole("group", { name: "Save the picture: slope-by-d" })
      .getByRole("button", { name: "SVG" })
      .click();
    expect((await download).suggestedFilename()).toBe("slope-by-d.svg");
  });
});

describePage("the view of attention at work, measured", (chromium) => {
  it("counts by length what is exactly right, with attention and without", async () => {
    const opened = await chromium.open("reading?language=en");
    const { page } = opened;
    await page.getByRole("button", { name: "Measure both on the test data" }).click();
    await page.getByText(`${phrases.length} of ${phrases.length} sentences`).waitFor();
    const rows = await page.locator("[data-by-length] tbody tr").allTextContents();
    expect(rows).toEqual([`1–5 tokens${phrases.length}100.0 %100.0 %`]);
    await expectSound(opened);
  });

  it.each(['{"0":[1,0]}', '{"0":null}', "null", "{"])(
    "drops weights that are of another line, or none: %s",
    async (weights) => {
      const { page, complaints } = await chromium.open(`reading?language=en&line=我爱学习&weights=${weights}`);
      await page.locator("[data-plain]").waitFor();
      await expect.poll(() => page.url()).not.toContain("weights=");
      expect(await page.getByRole("alert").count()).toBe(0);
      expect(await page.locator("[data-changed]").count()).toBe(0);
      expect(complaints).toEqual([]);
    },
  );
});
