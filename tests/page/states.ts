/// <reference lib="dom" />
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import axe from "axe-core";

const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
} as const;

/** Where pictures of the states are written, to be looked at; nowhere by default. */
const folder = Deno.env.get("AUTT_SCREENSHOTS");

/**
 * Looks at a state of the page on a phone and on a desktop, light and dark: nothing is wider than the
 * screen, and axe finds no serious fault.
 */
export async function lookAt(page: Page, state: string): Promise<void> {
  await page.evaluate(axe.source);
  for (const [name, size] of Object.entries(sizes)) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      if (folder) {
        const path = join(folder, `${state}-${name}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true });
      }
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
        const { violations } = await axe.run();
        return {
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          faults: violations.map(({ id, impact, nodes }) => ({
            ...{ id, impact },
            where: nodes.map(({ html }) => html),
          })),
        };
      });
      const where = `${state}, ${name}, ${colorScheme}`;
      const serious = found.faults.filter(({ impact }) =>
        impact === "serious" || impact === "critical"
      );
      assert.deepEqual(serious, [], where);
      assert.equal(found.wide, 0, `${where}: ${found.wide} pixels too wide`);
    }
  }
}
