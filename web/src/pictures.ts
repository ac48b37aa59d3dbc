// Pictures as files.

export function download(name: string, data: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Of a rule of the page's style that a drawing needs where there is no page. */
const DRAWN = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "visibility",
];

/** An `<svg>` of the page as a document of its own, with the colours it has now. */
export function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [originals, copies] = [svg, copy].map((root) => [root, ...root.querySelectorAll("*")]) as [
    Element[],
    Element[],
  ];
  for (const [i, original] of originals.entries()) {
    const style = getComputedStyle(original);
    for (const property of DRAWN) copies[i]!.setAttribute(property, style.getPropertyValue(property));
    copies[i]!.removeAttribute("class");
    copies[i]!.removeAttribute("style");
    copies[i]!.removeAttribute("tabindex");
  }
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(Math.round(width)));
  copy.setAttribute("height", String(Math.round(height)));
  const surface = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const { x, y, width: across, height: down } = svg.viewBox.baseVal;
  for (const [name, value] of Object.entries({ x, y, width: across, height: down }))
    surface.setAttribute(name, String(value));
  surface.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(surface);
  return new XMLSerializer().serializeToString(copy);
}

/** An attention map as a document; its colours follow those of the system that shows it. */
export { attentionSvg } from "tandem-seq2seq";

/** Draws an SVG document at twice its size. */
export async function toPng(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    const context = canvas.getContext("2d")!;
    context.scale(2, 2);
    context.drawImage(image, 0, 0);
    return await new Promise<Blob>((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be drawn."))),
        "image/png",
      ),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
