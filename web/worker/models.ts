import {
  bytesSource,
  type Clip,
  ClipAu,
  clipName,
  type Device,
  FaceDetector,
  openClip,
  openDevice,
  readHead,
  readTensors,
  wantsMirrored,
  Watcher,
} from "../../web.ts";
import type { ModelFacts, ModelFiles } from "../messages.ts";

/** The models on a device. Disposing of them gives the device back too. */
export interface Models extends Disposable {
  readonly files: ModelFiles;
  readonly device: Device;
  readonly clip: Clip;
  readonly model: ClipAu;
  readonly detector: FaceDetector;
  readonly watcher: Watcher;
}

/** Opens a device and uploads the models. */
export async function openModels(files: ModelFiles): Promise<Models> {
  using owned = new DisposableStack();
  const device = owned.use(await openDevice());
  const open = async (name: string, bytes: Uint8Array<ArrayBuffer>) =>
    await readTensors(bytesSource(name, bytes));
  using headFile = await open(files.headName, files.head);
  const head = await readHead(headFile);
  const clip = owned.use(
    await openClip(device, {
      weights: await open(files.name, files.weights),
      config: files.config === undefined ? undefined : { name: "config.json", text: files.config },
      vocabulary: { name: "tokenizer.json", text: files.tokenizer },
    }, { tunable: true, mirrored: wantsMirrored(head.clip) }),
  );
  const model = owned.use(await ClipAu.open(device, clip, head));
  const detector = await FaceDetector.open(device, files.detector);
  const watcher = owned.use(Watcher.open(clip, detector));
  const all = owned.move();
  return {
    ...{ files, device, clip, model, detector, watcher },
    [Symbol.dispose]: () => all[Symbol.dispose](),
  };
}

/** What the page may know of them. */
export function factsOf({ device, clip, model: { head } }: Models): ModelFacts {
  return {
    adapter: device.adapter.name,
    software: device.adapter.software,
    clip: clipName(clip.config),
    classes: head.classes,
    auPrompts: head.auPrompts,
    centred: head.neutral !== undefined,
  };
}
