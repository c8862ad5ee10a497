import { deviceHelp, deviceOptions, parseOptions } from "./terminal.ts";

const help = `Reads the emotions in a video.

usage: deno task infer [VIDEO]
${deviceHelp}

Not there yet: this version has the tensor engine and its kernels, not the models.`;

const status = `autt can't read emotions yet: this version has the tensor engine and its kernels.

  ./autt test                 every kernel against its float64 reference
  ./autt bench                what this machine's adapter reaches
  ./autt check layer_norm     one kernel, case by case`;

/** The `infer` command: until the models are in, it says what there is. */
export function infer(args: string[]): Promise<number> {
  const { values, positionals: [video] } = parseOptions(args, deviceOptions);
  if (values.help) {
    console.log(help);
  } else if (video === undefined) {
    console.log(status);
  } else {
    throw new Error(
      `Cannot read "${video}": this version has no models yet: see \`./autt infer --help\``,
    );
  }
  return Promise.resolve(0);
}
