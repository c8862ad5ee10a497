import { join } from "node:path";
import { countdown } from "../terminal/status_line.ts";
import {
  allowedNumber,
  isWhole,
  parseOptions,
  runCommand,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";
import { labelOf, pictureSize, sources } from "../../demo/dataset/cast.ts";
import { drawAll } from "../../demo/dataset/drawing_pool.ts";
import { usualFrames } from "../../demo/people/clip.ts";
import { designs, isDesign } from "../../demo/people/design.ts";

const help = `Draws people to learn from: frames, and labels as \`./autt train\` reads them.

usage: ./autt demo:people FOLDER [options]
  --design NAME     how people differ: ${Object.keys(designs).join(", ")} (default style)
  --people N        (default 77)
  --clips N         of each person, every second one of pain (default 20)
  -h, --help        this text`;

await runCommand(async (args) => {
  const { values, positionals: [name, ...others] } = parseOptions(args, {
    design: { type: "string", default: "style" },
    people: { type: "string", default: "77" },
    clips: { type: "string", default: "20" },
  }, help);
  if (name === undefined || others.length > 0) throw new UsageError("Cannot draw: name one folder");
  const { design } = values;
  if (!isDesign(design)) {
    throw new UsageError(
      `Cannot draw the design "${design}": there are ${Object.keys(designs).join(", ")}`,
    );
  }
  const whole = (text: string) => {
    const refusal = `Cannot draw ${text} of anything: wanted a whole number from 1 on`;
    return allowedNumber(text, isWhole, refusal);
  };
  const people = whole(values.people), clips = whole(values.clips), folder = userPath(name);
  // Loaded here, where a permission that is missing is told in a sentence.
  const { default: sharp } = await import("sharp");
  const labels: string[] = [];
  const show = countdown(people, "people drawn");
  for await (
    const { role, pictures } of drawAll(sources(design, people, clips))
  ) {
    const person = `p${`${role.number}`.padStart(3, "0")}`;
    for (let clip = 0; clip < clips; clip++) {
      const video = join(person, `${person}-c${`${clip}`.padStart(2, "0")}`);
      await Deno.mkdir(join(folder, video), { recursive: true });
      for (let frame = 0; frame < usualFrames; frame++) {
        const path = join(video, `${`${frame}`.padStart(2, "0")}.png`);
        const pixels = pictures[clip * usualFrames + frame] as Uint8Array<ArrayBuffer>;
        const raw = { width: pictureSize, height: pictureSize, channels: 4 } as const;
        await sharp(pixels, { raw }).removeAlpha().png({ compressionLevel: 1 })
          .toFile(join(folder, path));
        labels.push(`${path} ${labelOf(clip)}`);
      }
    }
    show(role.number + 1);
  }
  await Deno.writeTextFile(join(folder, "labels.txt"), labels.join("\n") + "\n");
  console.log(`${join(name, "labels.txt")}: ${labels.length} frames of ${people} people`);
  return 0;
}, Deno.args);
