/// <reference lib="dom" />
import type { Box } from "../messages.ts";
import { h } from "./dom.ts";

/** A canvas to lie over a video. */
export function overlayFor(): HTMLCanvasElement {
  return h("canvas", { class: "over", "aria-hidden": "true" });
}

/** Draws rectangles around faces. */
export function drawBoxes(
  canvas: HTMLCanvasElement,
  { width, height }: { readonly width: number; readonly height: number },
  boxes: readonly Box[],
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, width, height);
  context.lineWidth = Math.max(2, width / 200);
  context.strokeStyle = "#4da3ff";
  for (const box of boxes) context.strokeRect(box.left, box.top, box.width, box.height);
}
