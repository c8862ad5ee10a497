/// <reference lib="dom" />

/** A picture and its time. */
export interface FeedFrame {
  readonly bitmap: ImageBitmap;
  readonly seconds: number;
}

/** Where frames come from: a camera, a video, or pictures. */
export interface Feed {
  /** What to show of it. */
  readonly view: HTMLVideoElement | HTMLCanvasElement;
  /** The number of frames, if it has an end. */
  readonly count: number | undefined;
  /** The next frame; undefined at the end. */
  next(): Promise<FeedFrame | undefined>;
  /** Gives the camera or the file back. */
  close(): void;
}

const untouched = { colorSpaceConversion: "none", premultiplyAlpha: "none" } as const;

function videoElement(): HTMLVideoElement {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  return video;
}

/** Most pixels of a frame's longer side: more would only take time. */
const widest = 1280;

async function grab(video: HTMLVideoElement): Promise<ImageBitmap> {
  const { videoWidth, videoHeight } = video, longer = Math.max(videoWidth, videoHeight);
  if (longer <= widest) return await createImageBitmap(video);
  const scale = widest / longer;
  return await createImageBitmap(video, {
    resizeWidth: Math.round(videoWidth * scale),
    resizeHeight: Math.round(videoHeight * scale),
  });
}

/** Opens the camera that faces the person, without sound. */
export async function openCamera(): Promise<Feed & { readonly stream: MediaStream }> {
  if (!navigator.mediaDevices) throw new DOMException("no camera", "NotFoundError");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  const view = videoElement();
  view.srcObject = stream;
  await view.play();
  let begin: number | undefined;
  return {
    view,
    stream,
    count: undefined,
    async next() {
      await new Promise((resolve) => view.requestVideoFrameCallback(resolve));
      const now = performance.now();
      begin ??= now;
      return { bitmap: await grab(view), seconds: (now - begin) / 1000 };
    },
    close() {
      for (const track of stream.getTracks()) track.stop();
      view.srcObject = null;
    },
  };
}

/** Frames a second that are looked at in a video, and the most of them. */
const rate = 10, most = 600;

/** Opens a video file. */
export async function openVideoFile(
  file: Blob,
  name: string,
): Promise<Feed & { readonly url: string }> {
  const view = videoElement(), url = URL.createObjectURL(file);
  view.src = url;
  await new Promise<void>((resolve, reject) => {
    view.onloadeddata = () => resolve();
    view.onerror = () =>
      reject(new Error(`Cannot read "${name}": this browser cannot decode it as a video`));
  });
  const { duration } = view;
  // A recording of a browser does not say how long it is.
  const length = Number.isFinite(duration) ? duration : await durationOf(view);
  const count = Math.min(most, Math.max(1, Math.floor(length * rate)));
  const step = length / count;
  let index = 0;
  return {
    ...{ view, url, count },
    async next() {
      if (index >= count) return undefined;
      const seconds = (index++ + 0.5) * step;
      const there = new Promise((resolve) =>
        view.addEventListener("seeked", resolve, { once: true })
      );
      view.currentTime = seconds;
      await there;
      return { bitmap: await grab(view), seconds };
    },
    close: () => URL.revokeObjectURL(url),
  };
}

async function durationOf(view: HTMLVideoElement): Promise<number> {
  const told = new Promise((resolve) =>
    view.addEventListener("durationchange", resolve, { once: true })
  );
  view.currentTime = 1e9;
  await told;
  return view.duration;
}

/** Frames a second of pictures, which have no times: as for a folder of `infer`. */
const pictureRate = 25;

/** Opens pictures as the frames of a video, in the natural order of their names. */
export function openPictures(files: readonly File[]): Feed {
  const { compare } = new Intl.Collator("en", { numeric: true });
  const sorted = [...files].sort((a, b) => compare(a.name, b.name));
  const view = document.createElement("canvas");
  let index = 0;
  return {
    view,
    count: sorted.length,
    async next() {
      const file = sorted[index];
      if (!file) return undefined;
      const bitmap = await createImageBitmap(file, untouched).catch(() => {
        throw new Error(`Cannot read "${file.name}": this browser cannot decode it as a picture`);
      });
      view.width = bitmap.width;
      view.height = bitmap.height;
      view.getContext("2d")?.drawImage(bitmap, 0, 0);
      return { bitmap, seconds: index++ / pictureRate };
    },
    close: () => {},
  };
}
