import { environment } from "../../engine/mod.ts";
import { openReader } from "../../person/open_reader.ts";
import { aboutReader } from "../infer/about.ts";
import { chooseMethod, chooseParts, loadParts } from "../infer/choose_parts.ts";
import { madeOf, tellPrecision } from "../infer/tell_precision.ts";
import { stoppable, untilInterrupted } from "../terminal/interrupt.ts";
import { listen } from "../terminal/listen.ts";
import { modelPath } from "../terminal/model_path.ts";
import { say } from "../terminal/status_line.ts";
import {
  allowedNumber,
  deviceHelp,
  modelOptions,
  openNamed,
  parseOptions,
  readPrecision,
  texts,
  UsageError,
} from "../terminal/terminal.ts";
import { makeHandler } from "./handler.ts";

const help = `Answers requests with a person's expression in a video, on this machine.

usage: ./autt serve --head FILE [options]
       ./autt serve --model demo [options]
${deviceHelp}
  --model NAME         the CLIP (default vit-b-32)
  --head FILE          a head; with --model demo the demo's by default
  --classes A,B        class names, if the head has none
  --port N             the port (default 8000; 0 for any that is free)
  --precision P        f32, or f16: weights as halves, in half the memory (default f32)
  --host ADDRESS       127.0.0.1 (the default), or 0.0.0.0 for other machines too, with --token
  --token TEXT         requests must have the header Authorization: Bearer TEXT
  --origin URL         another page that may send requests, such as https://example.org
  --megabytes N        largest video (default 50)
  --seconds N          longest time to read a video (default 120)
  --at-once N          most videos at once, read or waiting (default 4)
  --every N            look at every Nth frame (default 2)
  --least P            lowest probability that counts as an answer (default 0.6 for two classes, less for more)
  -h, --help           this text

POST /api/predict answers like the server of CLIP-AUTT's own page (video, model, labels). POST /v1/infer
returns the JSON of \`infer\`, POST /v1/observe that of \`infer --observe\`; GET /v1/openapi.json describes
them. Nothing is learnt from one video for the next, and no video is kept. Ctrl-C ends it.`;

/** The `serve` command. */
export async function serve(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...modelOptions,
    ...texts("head", "classes", "token", "origin", "least"),
    model: { type: "string", default: "vit-b-32" },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8000" },
    megabytes: { type: "string", default: "50" },
    seconds: { type: "string", default: "120" },
    "at-once": { type: "string", default: "4" },
    every: { type: "string", default: "2" },
  }, help);
  if (positionals.length > 0) throw new UsageError(`Cannot serve "${positionals[0]}"`);
  const whole = (name: "port" | "at-once" | "every", least: number, most: number) =>
    allowedNumber(
      values[name],
      (x) => Number.isInteger(x) && x >= least && x <= most,
      `Cannot serve with --${name} ${values[name]}: wanted a whole number from ${least} to ${most}`,
    );
  const number = (name: string, text: string, most: number) =>
    allowedNumber(
      text,
      (x) => x >= 0 && x <= most,
      `Cannot serve with --${name} ${text}: wanted a number to ${most}`,
    );
  if (!["127.0.0.1", "0.0.0.0"].includes(values.host)) {
    throw new UsageError(`Cannot listen at ${values.host}: wanted 127.0.0.1 or 0.0.0.0`);
  }
  const loopback = values.host === "127.0.0.1";
  if (!loopback && (values.token ?? "").length < 16) {
    throw new UsageError(
      "Cannot listen for other machines without a token: give one of 16 letters or more with --token",
    );
  }
  const limits = {
    mostBytes: 1e6 * number("megabytes", values.megabytes, 2000),
    mostSeconds: number("seconds", values.seconds, 3600),
    mostVideos: whole("at-once", 1, 1000),
    every: whole("every", 1, 1000),
    leastProbability: values.least === undefined ? undefined : number("least", values.least, 1),
  };
  const precision = readPrecision(values.precision);
  const port = whole("port", 0, 65535), method = chooseMethod("paper", false);
  const named = chooseParts(method, values, values.model);
  const parts = await loadParts(method, named);
  const model = await modelPath(values.model, values.yes);
  if (values.model === "demo") {
    say("the demo's model: it knows drawn faces only, and says nothing about people");
  }
  return await stoppable(async (signal) => {
    using device = await openNamed(values);
    const setup = { device, model, precision, entry: method.entry, ...parts, enrolment: undefined };
    const opening = openReader({ ...setup, onePerson: false, faces: "find" });
    using reader = await untilInterrupted(opening, signal);
    tellPrecision(reader.watcher.clip, madeOf(parts));
    const about = await aboutReader(reader, { ...named, method }, parts);
    const handler = makeHandler({
      ...limits,
      ...{ reader, about, loopback, signal, token: values.token },
      origins: values.origin === undefined ? [] : [values.origin],
      ffmpeg: environment("AUTT_FFMPEG"),
    });
    const onListen = ({ port }: { readonly port: number }) =>
      console.log(`listening at http://${loopback ? "localhost" : values.host}:${port}/`);
    const server = listen({ port, hostname: values.host, signal, onListen }, handler);
    await server.finished;
    signal.throwIfAborted();
    return 0;
  }, "stopped: nothing of any video is kept");
}
