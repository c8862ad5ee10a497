import { type Device, environment } from "../../engine/mod.ts";
import { hubSettings } from "../../io/hub/hub_settings.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  UsageError,
} from "../terminal/terminal.ts";
import { checkArithmetic, describeDevice } from "./check_device.ts";
import { checkDecision, checkVideo } from "./check_models.ts";
import { checkFfmpeg, checkFolders, checkWeights } from "./check_places.ts";
import { attempt, type Finding, findingLines } from "./finding.ts";

const help =
  `Checks whether everything works on this machine, and says what to do if something does not.

usage: ./autt doctor [options]
${deviceHelp}

It opens the adapter and compares what it computes with float64; draws a face, encodes it and decides on
it; has ffmpeg decode a short video and finds the face in it; looks for weights; and checks that files can be
written where models and people are kept. It installs nothing and opens no connection.
Exit codes: 0 everything that must work does, 1 something does not, 2 an invalid command line.`;

const driver =
  "install a driver: on Debian `apt-get install mesa-vulkan-drivers`, which needs no " +
  "GPU; on Windows and macOS the system's own";
const decoder = "install ffmpeg (on Debian `apt-get install ffmpeg`), or name it in AUTT_FFMPEG";
const report =
  "another adapter may do better (--adapter software); please report this, with this text";

/** The `doctor` command. */
export async function doctor(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, deviceOptions, help);
  if (positionals.length > 0) {
    throw new UsageError(`Cannot look at "${positionals[0]}": doctor takes options only`);
  }
  const all: Finding[] = [];
  const tell = (...findings: Finding[]) => {
    all.push(...findings);
    console.log(findings.flatMap(findingLines).join("\n"));
  };
  const { deno, v8 } = Deno.version;
  tell({ what: "runtime", state: "ok", found: `Deno ${deno} (V8 ${v8}) on ${Deno.build.target}` });
  const ffmpeg = await attempt("ffmpeg", decoder, checkFfmpeg);
  tell(ffmpeg);
  let opened: Device | undefined;
  tell(
    await attempt("adapter", driver, async () => {
      opened = await openNamed(values);
      return describeDevice(opened);
    }),
  );
  using device = opened;
  if (device !== undefined) {
    tell(await attempt("arithmetic", report, () => checkArithmetic(device)));
    tell(await attempt("decision", report, () => checkDecision(device)));
    if (ffmpeg.state === "ok") {
      const video = () => checkVideo(device, environment("AUTT_FFMPEG"));
      tell(await attempt("video", report, video));
    }
  }
  const settings = hubSettings(environment);
  tell(await checkWeights(settings), ...await checkFolders(settings));
  const wrong = all.filter(({ state }) => state === "failed").length;
  const missing = all.some(({ state }) => state === "missing");
  console.log(
    wrong > 0
      ? `${wrong} of ${all.length} checks failed`
      : `all that must work does${missing ? "; what is missing is said above" : ""}`,
  );
  return wrong > 0 ? 1 : 0;
}
