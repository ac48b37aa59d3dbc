import type { Download } from "playwright-core";
import { loadModel, train } from "tandem-seq2seq";
import { expect, it } from "vitest";
import { phrases } from "../support/page-models.js";
import { describePage, expectSound } from "./chromium-page.js";

describePage("the view Train", (chromium) => {
  it("trains until the loss has halved, pauses, goes on; the saved file writes the same in Node.js and in the other views", async () => {
    const opened = await chromium.open("train?language=en&data=reversed&hidden=32&epochs=12&rate=0.02", {
      size: "phone",
    });
    const { page } = opened;
    await page.getByRole("button", { name: "Train", exact: true }).click();
    const loss = page.locator("[data-loss]");
    await loss.waitFor();
    const first = Number(await loss.getAttribute("data-loss"));
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused.").waitFor();
    const progress = () => loss.getAttribute("data-loss");
    await page.waitForTimeout(300);
    const held = await progress();
    await page.waitForTimeout(600);
    expect(await progress()).toBe(held);
    await page.getByRole("button", { name: "Go on", exact: true }).click();
    await page.locator("[data-state=done]").waitFor({ timeout: 45_000 });
    expect(Number(await progress())).toBeLessThan(first / 2);
    expect(await page.locator("tbody tr").count()).toBeGreaterThan(2);
    await expectSound(opened);

    const picture = page.waitForEvent("download");
    await page.getByRole("group", { name: "Save the picture: loss" }).getByRole("button", { name: "SVG" }).click();
    const [training, heldOut] = [...(await bytesOf(await picture)).toString().matchAll(/points="([^"]*)"/g)].map(
      ([, points]) => points!.split(" ").length,
    );
    expect(heldOut).toBe(12);
    expect(training).toBeGreaterThan(heldOut!);

    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the model file" }).click();
    using model = await loadModel(new Uint8Array(await bytesOf(await download)), {
      task: "translate",
      backend: "wasm",
    });
    await page.getByRole("button", { name: "Use it in the other views" }).click();
    await page.getByRole("link", { name: "“trained”" }).click();
    for (const word of ["abcd", "hgfedc"]) {
      await page.getByRole("textbox", { name: "Your line" }).fill(word);
      const [translation] = await model.translate([word], { beamSize: 3, nbest: 3 });
      await expect.poll(() => page.locator(".output[data-finished=true]").textContent()).toBe(translation!.text);
    }
  });

  it("learns pairs that are pasted, says which line is none, and is stopped", async () => {
    const { page, complaints } = await chromium.open("train?language=en&data=pasted&hidden=16&epochs=4");
    const box = page.getByRole("textbox", { name: "One pair a line" });
    await box.fill("one\teins\ntwo zwei");
    await expect
      .poll(() => page.getByRole("alert").textContent())
      .toMatch(/^Line 2: expected source, one Tab and target/);
    await expect.poll(() => page.getByRole("button", { name: "Train", exact: true }).isDisabled()).toBe(true);
    await box.fill("one\teins\ntwo\tzwei\nthree\tdrei\nfour\tvier\nfive\tfünf");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.locator("[data-state=done]").waitFor();
    await page.getByRole("combobox", { name: "What it learns" }).selectOption("dates");
    await page.getByRole("spinbutton", { name: "Epochs" }).fill("500");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.locator("[data-loss]").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped.").waitFor();
    expect(complaints).toEqual([]);
  });

  it("goes on from a file of Node.js with pairs whose words are new; what it saves goes on in Node.js and in the page", async () => {
    const opened = await chromium.open("train?language=en&data=pasted&epochs=60");
    const { page } = opened;
    const bytes = new Uint8Array(await (await fetch(new URL("models/phrases.safetensors", page.url()))).arrayBuffer());
    using before = await loadModel(bytes, { task: "translate", backend: "wasm" });
    const news = "我爱咖啡\tI love coffee.\n她爱咖啡\tShe loves coffee.\n我们去咖啡馆\tWe are going to the café.";
    const file = (name: string, content: Uint8Array) =>
      page.locator("input[type=file]").setInputFiles({
        ...{ name: `${name}.safetensors`, mimeType: "application/octet-stream" },
        buffer: Buffer.from(content),
      });
    await file("eight-bits", before.toBytes({ weights: "int8" }));
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/weights of 8 bits.*not trained further/);
    await file("phrases", bytes);
    await expect.poll(() => page.locator("[data-base]").textContent()).toMatch(/phrases.*GRU 24 · scaled-dot/);
    await page.getByRole("textbox", { name: "One pair a line" }).fill(`${news}\n${phrases[0]!.join("\t")}`);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.locator("[data-state=done]").waitFor();
    expect(await page.locator("[data-added]").textContent()).toBe(
      "It has learnt 5 tokens or labels that the model before did not know.",
    );
    await expectSound(opened);

    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the model file" }).click();
    using model = await loadModel(new Uint8Array(await bytesOf(await download)), {
      task: "translate",
      backend: "wasm",
    });
    const [coffee] = await model.translate(["我爱咖啡"]);
    expect(coffee!.source.unknown).not.toContain(true);
    expect((await before.translate(["我爱咖啡"]))[0]!.source.unknown).toContain(true);
    expect(model.core.history.from?.steps).toBe(before.core.history.steps);
    using further = await train(phrases, { from: model, backend: "wasm", train: { epochs: 1 }, data: { holdOut: 0 } });
    expect(further.core.history.from?.from?.steps).toBe(before.core.history.steps);
    await page.getByRole("button", { name: "Train it further" }).click();
    await expect.poll(() => page.locator("[data-base]").textContent()).toMatch(/trained/);
    await page.getByLabel("Learn tokens and labels that it does not know").uncheck();
    await page.getByRole("textbox", { name: "One pair a line" }).fill(`${news}\n${phrases[1]!.join("\t")}`);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.locator("[data-state=done]").waitFor();
    expect(await page.locator("[data-added]").count()).toBe(0);
  });

  it("learns labels; stopped, it keeps the best epoch so far, whose file gives the same label in Node.js", async () => {
    const opened = await chromium.open("train?language=zh&task=classify&hidden=16&epochs=500", {
      size: "phone",
      isolated: true,
    });
    const { page } = opened;
    await page.getByRole("button", { name: "开始训练" }).click();
    await expect
      .poll(() => page.locator("[data-watched] ol").last().textContent(), { timeout: 30_000 })
      .toMatch(/^English {2}(9|1|> 99)/);
    await page.getByRole("button", { name: "停止" }).click();
    await page.getByText("已停止。保留目前最好的一轮。").waitFor();
    await expectSound(opened);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "保存模型文件" }).click();
    using model = await loadModel(new Uint8Array(await bytesOf(await download)), { task: "classify", backend: "wasm" });
    const labels = (await model.classify(["mardi 3 mai 1977", "Tuesday 3 May 1977", "1977年5月3日星期二"])).map(
      ({ label }) => label,
    );
    expect(labels).toEqual(["français", "English", "中文"]);
    await page.getByRole("button", { name: "在其他页面使用" }).click();
    await page.getByRole("link", { name: "“trained”" }).click();
    await expect.poll(() => page.locator("svg[aria-label*='32']").count()).toBeGreaterThan(2);
  });
});

async function bytesOf(download: Download): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
