import openApi from "./openapi.json" with { type: "json" };
import type { About } from "../infer/about.ts";
import { observation } from "../infer/choose_parts.ts";
import { encodeJson } from "../infer/write_json.ts";
import { openFrames } from "../../media/video/open_frames.ts";
import { VideoError } from "../../media/video/video_error.ts";
import type { Analysis } from "../../person/analyse.ts";
import { VideoReader } from "../../person/video_reader.ts";
import { type Access, checkAccess, corsHeaders } from "./access.ts";
import { answerJson, HttpError } from "./http_error.ts";
import { OneAtATime } from "./one_at_a_time.ts";
import { predictionOf, readWanted } from "./predict.ts";
import { readForm } from "./read_form.ts";

/** What a server takes and how it reads it. */
export interface ServeSetup extends Access {
  readonly reader: VideoReader;
  readonly about: About;
  /** Most bytes of a video. */
  readonly mostBytes: number;
  /** Most videos that are held at once, with the one that is read. */
  readonly mostVideos: number;
  /** Seconds after which reading a video is given up. */
  readonly mostSeconds: number;
  readonly every: number;
  readonly leastProbability: number | undefined;
  readonly ffmpeg: string | undefined;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

type Route = (request: Request) => Promise<Response>;

/** Answers requests: the contract of the authors' page, and `infer` with its JSON. */
export function makeHandler(setup: ServeSetup): Route {
  const { reader, about } = setup, places = new OneAtATime(setup.mostVideos);
  const { classes } = about;

  /** Reads a video that was sent; its file is gone when this is over. */
  const read = async (video: File, reader: VideoReader): Promise<Analysis> => {
    const path = await Deno.makeTempFile({ prefix: "autt-serve-" });
    try {
      await Deno.writeFile(path, video.stream(), { mode: 0o600 });
      const signal = AbortSignal.any([setup.signal, AbortSignal.timeout(1000 * setup.mostSeconds)]);
      const { every, ffmpeg, leastProbability } = setup;
      const open = () => openFrames(path, { every, ffmpeg, signal });
      const [reading] = await Array.fromAsync(reader.read(open, { signal, leastProbability }));
      if (!reading) throw new HttpError(422, "Cannot read the video: there is no frame");
      return reading.analysis;
    } catch (error) {
      if (error instanceof DOMException && error.name === "TimeoutError") {
        throw new HttpError(
          504,
          `Cannot read the video within ${setup.mostSeconds} s: send a shorter one`,
        );
      }
      if (error instanceof VideoError && error.blame === "file") {
        throw new HttpError(422, error.message.replace(path, "the video"));
      }
      throw error;
    } finally {
      await Deno.remove(path);
    }
  };

  const predict: Route = (request) =>
    places.admit(async (turn) => {
      const form = await readForm(request, setup.mostBytes), wanted = readWanted(form, classes);
      const { adaptation, abstained, seen, frames } = await turn(() => read(form.video, reader));
      if (!adaptation || abstained !== undefined) {
        throw new HttpError(422, `There is no answer: ${abstained}`);
      }
      const message =
        `Decided on ${seen.length} of ${frames.length} frames, adapted to this person.`;
      const { probabilities } = adaptation.after;
      return answerJson(200, predictionOf(wanted, classes, probabilities, message));
    });

  /** Answers with the JSON that `infer` writes. */
  const inferBy = (reader: VideoReader, about: About): Route => (request) =>
    places.admit(async (turn) => {
      const { video } = await readForm(request, setup.mostBytes);
      const analysis = await turn(() => read(video, reader));
      return new Response([...encodeJson(video.name, analysis, about)].join(""), {
        headers: { "content-type": "application/json", "x-content-type-options": "nosniff" },
      });
    });

  // The same models without a decider: only the Action Units are told.
  const { watcher, observer } = reader;
  const observing = new VideoReader(watcher, observer, undefined, new DisposableStack());
  const observed: About = {
    ...about,
    ...{ head: undefined, classes: [], method: observation.told, base: undefined, whole: true },
  };

  const routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
    "/api/predict": { POST: predict },
    "/v1/infer": { POST: inferBy(reader, about) },
    "/v1/observe": { POST: inferBy(observing, observed) },
    "/v1/openapi.json": { GET: () => Promise.resolve(answerJson(200, openApi)) },
  };

  return async (request) => {
    const { pathname } = new URL(request.url), headers = corsHeaders(request, setup);
    try {
      checkAccess(request, setup);
      const methods = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
      if (!methods) throw new HttpError(404, `Cannot find ${pathname}: see /v1/openapi.json`);
      if (request.method === "OPTIONS") return new Response(null, { status: 204, headers });
      const route = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
      if (!route) {
        const allow = Object.keys(methods).join(", ");
        throw new HttpError(405, `Cannot ${request.method} ${pathname}: wanted ${allow}`);
      }
      const answer = await route(request);
      for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
      return answer;
    } catch (error) {
      // Whoever was refused may still be sending.
      await request.body?.cancel().catch(() => {});
      const refused = error instanceof HttpError ? error : new HttpError(
        500,
        "Cannot answer: something went wrong here; the server's log says what",
      );
      if (refused !== error) console.error(`error: ${(error as Error).message}`);
      const more = refused.status === 503 ? { "retry-after": "5" } : {};
      const { status, message } = refused;
      return answerJson(status, { error: { status, message }, message }, { ...headers, ...more });
    }
  };
}
