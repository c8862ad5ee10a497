/// <reference lib="dom" />
import assert from "node:assert/strict";
import { join } from "node:path";
import { ffmpeg } from "./infer_folder.ts";
import { openPage, pageTest } from "./page/chromium.ts";
import { lookAt } from "./page/states.ts";
import { agree, heading, pictures, press, storedSessions } from "./page/steps.ts";

/** Two drawn faces side by side, as what a camera sees. */
async function twoFaces(folder: string): Promise<string> {
  const path = join(folder, "two.y4m");
  const scene = "[0:v]scale=260:260,fps=10,split[a][b];[a][b]hstack,pad=640:480:60:110:gray," +
    "format=yuv420p[out]";
  await ffmpeg("-i", "demo/sample/neutral.mp4", "-filter_complex", scene, "-map", "[out]", path);
  return path;
}

pageTest("every state is honest, fits a phone, and has no barrier that axe finds", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const camera = await twoFaces(folder);
    await using opened = await openPage({
      arguments: [`--use-file-for-fake-video-capture=${camera}`],
    });
    const { page } = opened;
    await heading(page, "Before you begin");
    await lookAt(page, "consent");
    await agree(page);
    await lookAt(page, "start");

    await press(page, "Use the camera");
    await page.getByText("several faces are seen").first().waitFor({ timeout: 30_000 });
    await lookAt(page, "check");
    await press(page, "Go on anyway");
    await heading(page, "Your face at rest");
    await lookAt(page, "rest");
    await press(page, "Leave it out");
    await heading(page, "Live");
    await page.getByText("frames a second").waitFor({ timeout: 30_000 });
    await lookAt(page, "live");
    await press(page, "Cancel");

    // Four pictures of a wall.
    await ffmpeg("-f", "lavfi", "-i", "color=gray:s=320x240:d=4:r=1", join(folder, "wall%d.png"));
    await pictures(page, folder, "wall");
    await heading(page, "Result");
    const [wall] = await storedSessions(page);
    assert.equal(wall?.result.abstained, "no face was seen");
    await page.getByText("No answer: no face was seen.").waitFor();
    await lookAt(page, "no-face");
    await press(page, "Done");

    await ffmpeg("-i", "demo/sample/pain.mp4", "-frames:v", "8", join(folder, "face%d.png"));
    await pictures(page, folder, "face");
    await heading(page, "Reading");
    await lookAt(page, "reading");
    await heading(page, "Result");
    await lookAt(page, "result");
    await press(page, "Done");
    await heading(page, "Start");
    await lookAt(page, "history");

    // A camera that is refused, and one that is not there.
    for (
      const [name, told] of [
        ["NotAllowedError", "The camera was refused."],
        ["NotFoundError", "There is no camera."],
      ] as const
    ) {
      await page.evaluate((name) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
      }, name);
      await press(page, "Use the camera");
      await page.getByRole("alert").getByText(told).waitFor();
    }
    await lookAt(page, "camera-refused");

    // A model of one's own: first without a part of it.
    const own = (...names: string[]) =>
      page.getByLabel("Use your own model").setInputFiles(
        names.map((name) => `demo/model/${name}`),
      );
    await own("model.safetensors", "head.safetensors");
    await page.getByRole("alert").getByText("there is no tokenizer.json").waitFor();
    await own("model.safetensors", "head.safetensors", "tokenizer.json", "config.json");
    await page.getByText("It knows drawn faces only").waitFor({ state: "detached" });
    await heading(page, "Start");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

pageTest("without WebGPU or weights the page says so, and decides nothing", async () => {
  await using opened = await openPage({
    ready: async (page) => {
      await page.addInitScript(() => {
        if (sessionStorage.getItem("webgpu") !== "yes") {
          Object.defineProperty(navigator, "gpu", { value: undefined });
        }
      });
    },
  });
  const { page, requests } = opened;
  await press(page, "I understand: begin");
  await page.getByText("offers no WebGPU").waitFor();
  assert(!requests.some((url) => url.endsWith("model.safetensors")));
  await lookAt(page, "no-webgpu");

  await page.evaluate(() => sessionStorage.setItem("webgpu", "yes"));
  await page.route("**/model.safetensors", (route) => route.fulfill({ status: 500 }));
  await page.reload();
  await page.getByText("The model could not be loaded").waitFor({ timeout: 30_000 });
  await page.getByRole("alert").getByText("the server answered 500").waitFor();
  await lookAt(page, "no-weights");
});
