import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { runDeno } from "./fakes.ts";
import { ffmpeg } from "./infer_folder.ts";
import { agree, type StoredSession, storedSessions } from "./page/steps.ts";
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
  const names = [...Deno.readDirSync(folder)].map(({ name }) => join(folder, name));
  await page.getByLabel("Open a video or pictures").setInputFiles(names);
  await page.getByRole("heading", { name: "Result", exact: true }).waitFor({ timeout: 120_000 });
  const [session] = await storedSessions(page);
  return session ?? assert.fail("no session was kept");
}

pageTest(
  "the page decides on pictures as infer does, and asks nobody else for anything",
  async () => {
    await using opened = await openPage();
    const { page, address, requests, complaints } = opened;
    const folder = await Deno.makeTempDir();
    try {
      // A face at rest, of which the model is not certain: where numbers differ, it shows.
      const frames = join(folder, "frames");
      await Deno.mkdir(frames);
      await ffmpeg(
        "-i",
        "demo/sample/neutral.mp4",
        "-vf",
        "select=not(mod(n\\,2))",
        "-fps_mode",
        "passthrough",
        join(frames, "%02d.png"),
      );
      await agree(page);
      const { result } = await readPictures(page, frames);
      const json = join(folder, "infer.json");
      const { code, stderr } = await runDeno([
        ...["run", "--quiet", "--allow-read", "--allow-write", "--allow-env", "--allow-ffi"],
        ...[
          "--allow-run=ffmpeg",
          "main.ts",
          "infer",
          frames,
          "--model",
          "demo",
          "--every",
          "1",
          "--json",
          json,
        ],
      ]);
      assert.equal(code, 0, stderr);
      const wanted: Decided = JSON.parse(await Deno.readTextFile(json));
      const got: Decided = JSON.parse(result.json);
      assert.equal(wanted.frames_with_face, 20);
      assert.equal(got.frames_with_face, 20);
      assert.equal(got.after.class, wanted.after.class);
      const [mine, theirs] = [numbersOf(got), numbersOf(wanted)];
      assert.equal(mine.length, theirs.length);
      assert(Math.max(...theirs) < 0.9);
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
