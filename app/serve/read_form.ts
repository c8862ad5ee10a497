import { HttpError } from "./http_error.ts";

/** Texts of a form may be this long, and there may be this many bytes around the fields. */
const mostText = 10_000, frame = 10_000;

/** A form that was sent: a video and texts. */
export interface SentForm {
  readonly video: File;
  /** A text field; undefined where it is missing. */
  text(name: string): string | undefined;
}

/** Reads a multipart form with a video, and no more bytes than allowed. */
export async function readForm(request: Request, mostBytes: number): Promise<SentForm> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    throw new HttpError(
      415,
      `Cannot read a body of type "${type}": wanted multipart/form-data with a field "video"`,
    );
  }
  const limit = mostBytes + frame;
  const tooLarge = () =>
    new HttpError(413, `Cannot take so large a video: at most ${mostBytes / 1e6} MB are taken`);
  if (Number(request.headers.get("content-length") ?? 0) > limit) {
    await request.body?.cancel();
    throw tooLarge();
  }
  let sent = 0, over = false;
  const counted = request.body?.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        sent += chunk.length;
        over = sent > limit;
        if (over) controller.error(tooLarge());
        else controller.enqueue(chunk);
      },
    }),
  );
  const fields = await new Response(counted ?? null, { headers: { "content-type": type } })
    .formData().catch(() => {
      throw over ? tooLarge() : new HttpError(400, "Cannot read the form: it is not whole");
    });
  const video = fields.get("video");
  if (!(video instanceof File)) {
    throw new HttpError(400, 'Cannot find the video: wanted it as a file in the field "video"');
  }
  if (video.size === 0) throw new HttpError(400, "Cannot read the video: it is empty");
  if (video.size > mostBytes) throw tooLarge();
  return {
    video,
    text(name) {
      const value = fields.get(name);
      if (value === null) return undefined;
      if (typeof value === "string" && value.length <= mostText) return value;
      throw new HttpError(400, `Cannot read the field "${name}": wanted a short text`);
    },
  };
}
