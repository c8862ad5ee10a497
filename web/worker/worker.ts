/**
 * The page's worker: it holds the device, the models and what was seen, so that the page itself never
 * waits for a computation. If the device is lost, it opens another one and goes on where it was.
 */
import {
  bytesSource,
  DeviceLostError,
  readEnrolment,
  readSubject,
  readTensors,
} from "../../web.ts";
import type { Answer, CallName, Calls, FrameCheck, FrameMessage, Question } from "../messages.ts";
import { measureFace } from "./measure_face.ts";
import { factsOf, type Models, openModels } from "./models.ts";
import { type Pixels, readPixels } from "./read_pixels.ts";
import { type Known, Session } from "./session.ts";

const port = self as unknown as {
  onmessage: ((event: MessageEvent<Question>) => void) | null;
  postMessage(answer: Answer, transfer?: Transferable[]): void;
};

let models: Models | undefined;
let session: Session | undefined;
let known: Known = { enrolment: undefined, state: undefined };

function opened(): Models {
  if (models) return models;
  throw new Error("Cannot compute: no model is open");
}

async function currentSession(): Promise<Session> {
  return session ??= await Session.open(opened(), known);
}

/** Runs what needs the device; where that is lost on the way, opens another one and runs it again. */
async function withDevice<T>(action: () => Promise<T>): Promise<T> {
  for (let tries = 0;; tries++) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof DeviceLostError) || tries === 2) throw error;
      port.postMessage({ lost: true });
      const { files } = opened(), seen = session?.seen;
      session?.[Symbol.dispose]();
      models?.[Symbol.dispose]();
      session = models = undefined;
      models = await openModels(files);
      if (seen) await (await currentSession()).begin(seen);
    }
  }
}

/** What the recording test needs to know of a frame. */
async function checkFrame(pixels: Pixels): Promise<FrameCheck> {
  const [found = []] = await opened().detector.detect([pixels]);
  const faces = found.map(({ left, top, width, height }) => ({ left, top, width, height }))
    .sort((a, b) => b.width * b.height - a.width * a.height);
  const { width, height } = pixels, [largest] = faces;
  const measured = largest
    ? measureFace(pixels, largest)
    : { light: 0, sides: [0, 0], sharpness: 0 } as const;
  return { width, height, faces, ...measured };
}

const fileOf = async (name: string, bytes: Uint8Array<ArrayBuffer>) =>
  await readTensors(bytesSource(name, bytes));

type Handlers = {
  readonly [Name in CallName]: (
    argument: Parameters<Calls[Name]>[0],
  ) => Promise<ReturnType<Calls[Name]>>;
};

const handlers: Handlers = {
  async open(files) {
    session?.[Symbol.dispose]();
    models?.[Symbol.dispose]();
    session = models = undefined;
    models = await openModels(files);
    return factsOf(models);
  },
  async person({ enrolment, state }) {
    session?.[Symbol.dispose]();
    session = undefined;
    using rest = enrolment && await fileOf("the resting face", enrolment);
    using learnt = state && await fileOf("what was learnt", state);
    known = {
      enrolment: rest && await readEnrolment(rest),
      state: learnt && await readSubject(learnt),
    };
  },
  async check({ bitmap }) {
    const pixels = readPixels(bitmap);
    return await withDevice(() => checkFrame(pixels));
  },
  begin: () => withDevice(async () => await (await currentSession()).begin()),
  async watch({ bitmap, seconds }: FrameMessage) {
    const pixels = readPixels(bitmap);
    return await withDevice(async () => await (await currentSession()).watch(pixels, seconds));
  },
  rest: () => withDevice(async () => await (await currentSession()).rest()),
  decide: ({ name }) =>
    withDevice(async () =>
      await (await currentSession()).decide(
        name,
        (done, of) => port.postMessage({ progress: { done, of } }),
      )
    ),
};

let turn: Promise<unknown> = Promise.resolve();

port.onmessage = ({ data: { id, name, argument } }) => {
  const answer = async () => {
    try {
      const value = await (handlers[name] as (argument: unknown) => Promise<unknown>)(argument);
      port.postMessage({ id, value });
    } catch (error) {
      const { name: kind, message } = error as Error;
      port.postMessage({ id, error: { name: kind, message } });
    }
  };
  turn = turn.then(answer);
};
