/// <reference lib="dom" />
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { runDeno } from "./fakes.ts";
import { ffmpeg } from "./infer_folder.ts";
import { agree, pictures, type StoredSession, storedSessions } from "./page/steps.ts";
import { openPage, pageTest } from "./page/chromium.ts";

/** What is compared of an exported JSON. */
interface Decided {
  readonly frames_with_face: number;
  readonly after: { readonly class: string; readonly probabilities: Record<string, number> };
  readonly before: Decided["after"];
  readonly windows: readonly { readonly after: Record<string, number> }[];
}

/** The numbers of a decision, in order. */
const numbersOf = ({ before, after, windows }: Decided) => [
  ...Object.values(before.probabilities),
  ...Object.values(after.probabilities),
  ...windows.flatMap((window) => Object.values(window.after)),
];

async function readPictures(page: Page, folder: string): Promise<StoredSession> {
  await pictures(page, folder);
  await page.getByRole("heading", { name: "Result", exact: true }).waitFor({ timeout: 120_000 });
  const [session] = await storedSessions(page);
  return session ?? assert.fail("no session was kept");
}

/** Pictures of a resting face of which the model is not certain: where numbers differ, it shows. */
async function drawnFrames(folder: string): Promise<void> {
  const some = ["-vf", "select=not(mod(n\\,2))", "-fps_mode", "passthrough"];
  await ffmpeg("-i", "demo/sample/unusual_rest.mp4", ...some, join(folder, "%02d.png"));
}

pageTest(
  "the page decides on pictures as infer does, and asks nobody else for anything",
  async () => {
    await using opened = await openPage();
    const { page, address, requests, complaints } = opened;
    const folder = await Deno.makeTempDir();
    try {
      const frames = join(folder, "frames");
      await Deno.mkdir(frames);
      await drawnFrames(frames);
      await agree(page);
      const { result } = await readPictures(page, frames);
      const json = join(folder, "infer.json");
      const { code, stderr } = await runDeno([
        ...["run", "--quiet", "--allow-read", "--allow-write", "--allow-env", "--allow-ffi"],
        ...["--allow-run=ffmpeg", "main.ts", "infer", frames, "--model", "demo"],
        ...["--every", "1", "--json", json],
      ]);
      assert.equal(code, 0, stderr);
      const wanted: Decided = JSON.parse(await Deno.readTextFile(json));
      const got: Decided = JSON.parse(result.json);
      assert.equal(wanted.frames_with_face, 60);
      assert.equal(got.frames_with_face, 60);
      assert.equal(got.after.class, wanted.after.class);
      const [mine, theirs] = [numbersOf(got), numbersOf(wanted)];
      assert.equal(mine.length, theirs.length);
      assert(Math.max(...theirs) < 0.95);
      const apart = Math.max(...mine.map((x, i) => Math.abs(x - (theirs[i] ?? NaN))));
      assert(apart <= 1e-5, `probabilities are ${apart} apart`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    assert(requests.length > 8);
    const elsewhere = requests.filter((url) => !url.replace(/^blob:/, "").startsWith(address));
    assert.deepEqual(elsewhere, []);
    assert.deepEqual(complaints, []);
  },
);

pageTest("a device that is lost on the way is replaced, and the answer is the same", async () => {
  await using opened = await openPage();
  const { page, worker, complaints } = opened, folder = await Deno.makeTempDir();
  try {
    await drawnFrames(folder);
    // Counts the devices of the worker, and keeps the last one within reach.
    await worker.evaluate(() => {
      const here = globalThis as unknown as { devices: GPUDevice[] };
      here.devices = [];
      const { requestDevice } = GPUAdapter.prototype;
      GPUAdapter.prototype.requestDevice = async function (descriptor) {
        const device = await requestDevice.call(this, descriptor);
        here.devices.push(device);
        return device;
      };
    });
    const lose = () =>
      worker.evaluate(() =>
        (globalThis as unknown as { devices: GPUDevice[] }).devices.at(-1)?.destroy()
      );
    await agree(page);
    const whole = await readPictures(page, folder);
    await page.getByRole("button", { name: "Delete everything" }).click();
    await agree(page);

    const reading = readPictures(page, folder);
    reading.catch(() => {}); // is awaited below
    await page.getByText("10 of 60 frames read").waitFor({ timeout: 60_000 });
    await lose();
    await page.getByText("Adapting to this person").waitFor({ timeout: 60_000 });
    await lose();
    const broken = await reading;
    const devices = await worker.evaluate(() =>
      (globalThis as unknown as { devices: unknown[] }).devices.length
    );
    assert.equal(devices, 4); // one for each model that was opened, and one for each that was lost
    assert.equal(broken.result.json, whole.result.json);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert.deepEqual(complaints, []);
});
