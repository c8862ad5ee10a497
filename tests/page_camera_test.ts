/// <reference lib="dom" />
import assert from "node:assert/strict";
import { join } from "node:path";
import { ffmpeg } from "./infer_folder.ts";
import { openPage, pageTest } from "./page/chromium.ts";
import { agree, heading, kept, press, storedSessions } from "./page/steps.ts";

/** A drawn face before a grey wall, at rest and then in pain, as what a camera sees. */
async function drawnCamera(folder: string): Promise<string> {
  const path = join(folder, "camera.y4m");
  const part = (i: number) =>
    `[${i}:v]scale=300:300,pad=640:480:170:90:gray,fps=10,setsar=1[v${i}]`;
  await ffmpeg(
    ...["-i", "demo/sample/neutral.mp4", "-i", "demo/sample/pain.mp4"],
    ...["-filter_complex", `${part(0)};${part(1)};[v0][v1]concat=n=2:v=1:a=0,format=yuv420p[out]`],
    ...["-map", "[out]", path],
  );
  return path;
}

pageTest(
  "with a camera: consent, test, rest, live, record, result, export, reload, delete",
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const camera = await drawnCamera(folder);
      await using opened = await openPage({
        arguments: [`--use-file-for-fake-video-capture=${camera}`],
      });
      const { page, address, requests, complaints } = opened;
      await agree(page);
      await page.getByLabel("Whose face is it?").fill("Anna");
      await press(page, "Use the camera");

      await heading(page, "Is the picture good enough?");
      await press(page, "Go on"); // is there once every line of the test is good
      await heading(page, "Your face at rest");
      await press(page, "Begin");

      await heading(page, "Live");
      await page.getByText("frames a second").waitFor({ timeout: 30_000 });
      await page.getByText(/^Present: A[UD]\d+ /).waitFor();
      await press(page, "Record");
      await page.getByText(/^Recording, ([4-9]|\d\d+) s$/).waitFor({ timeout: 60_000 });
      await press(page, "Stop and decide");

      await heading(page, "Result");
      const [session] = await storedSessions(page);
      assert(session !== undefined);
      assert.equal(session.person, "Anna");
      assert.equal(session.result.abstained, undefined);
      assert(session.result.rest);
      assert(session.result.seen >= 4);
      const stage = page.locator("main video");
      assert(await stage.evaluate((video) => (video as HTMLVideoElement).src.startsWith("blob:")));
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        press(page, "Export JSON"),
      ]);
      const exported = JSON.parse(await Deno.readTextFile(await download.path()));
      assert.equal(exported.schema, "autt.infer");
      assert.equal(exported.frames_with_face, session.result.seen);
      assert.deepEqual(exported.enrolment.videos, 1);

      await page.reload();
      await heading(page, "Start"); // consent was kept
      assert.equal(await page.getByLabel("Whose face is it?").inputValue(), "Anna");
      await page.getByRole("button", { name: /Anna · recording/ }).click();
      await heading(page, "Result");
      assert.equal((await storedSessions(page)).length, 1);
      assert.deepEqual(await kept(page), { databases: 1, caches: 1, files: 0 });

      await press(page, "Delete everything that this page keeps");
      await page.getByText("0 databases, 0 caches, 0 files").waitFor({ timeout: 30_000 });
      await heading(page, "Before you begin");

      const elsewhere = requests.filter((url) => !url.replace(/^blob:/, "").startsWith(address));
      assert.deepEqual(elsewhere, []);
      assert.deepEqual(complaints, []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
