/// <reference lib="dom" />
/**
 * What the page weighs and how it feels, in a real Chromium on this machine: sizes, first view, longest
 * task of the page itself while it reads the drawn sample, and how long that takes.
 */
import { parseOptions, runCommand } from "../app/terminal/terminal.ts";
import { openPage } from "../tests/page/chromium.ts";
import { agree, heading } from "../tests/page/steps.ts";

const help = `Measures the page in Chromium: sizes, first view, longest task.

usage: ./autt bench:page
  -h, --help   this text`;

async function packed(address: string, name: string): Promise<number> {
  const { body } = await fetch(`${address}${name}`);
  if (!body) return 0;
  return (await new Response(body.pipeThrough(new CompressionStream("gzip"))).bytes()).length;
}

await runCommand(async (args) => {
  parseOptions(args, {}, help);
  await using opened = await openPage({
    ready: (page) =>
      page.addInitScript(() => {
        const tasks: number[] = [];
        Object.assign(globalThis, { tasks });
        new PerformanceObserver((list) =>
          tasks.push(...list.getEntries().map(({ duration }) => duration))
        ).observe({ type: "longtask", buffered: true });
      }),
  });
  const { page, address } = opened;
  let sum = 0;
  for (const name of ["index.html", "style.css", "page.js", "worker.js"]) {
    const size = await packed(address, name);
    sum += size;
    console.log(`${name.padEnd(12)} ${(size / 1000).toFixed(1)} KB by gzip`);
  }
  console.log(`${"in all".padEnd(12)} ${(sum / 1000).toFixed(1)} KB by gzip`);
  await heading(page, "Before you begin");
  const painted = await page.evaluate(() =>
    performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN
  );
  console.log(`first view   ${painted.toFixed(0)} ms`);
  let begun = performance.now();
  const took = (what: string) => {
    console.log(`${what.padEnd(12)} ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    begun = performance.now();
  };
  await agree(page);
  took("loading");
  await page.getByRole("button", { name: "drawn sample" }).click();
  await page.getByRole("heading", { name: "Adapting to this person and deciding" })
    .waitFor({ timeout: 120_000 });
  took("reading");
  await heading(page, "Result");
  took("deciding");
  const tasks = await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
  console.log(
    `longest task ${Math.max(0, ...tasks).toFixed(0)} ms (${tasks.length} of 50 ms and more)`,
  );
  return 0;
}, Deno.args);
