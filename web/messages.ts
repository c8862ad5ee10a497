/** What the page and its worker say to each other. Frames go to the worker; pictures never come back. */

/** The files of a model, as bytes and texts. */
export interface ModelFiles {
  readonly name: string;
  readonly weights: Uint8Array<ArrayBuffer>;
  readonly tokenizer: string;
  readonly config: string | undefined;
  readonly head: Uint8Array<ArrayBuffer>;
  readonly headName: string;
  readonly detector: Uint8Array<ArrayBuffer>;
}

/** What the page may know of an open model. */
export interface ModelFacts {
  readonly adapter: string;
  /** Whether shaders run on the CPU. */
  readonly software: boolean;
  readonly clip: string;
  readonly classes: readonly string[];
  readonly auPrompts: readonly string[];
  /** Whether the head wants the person's resting face. */
  readonly centred: boolean;
}

/** A picture for the worker: it is transferred, and closed there. */
export interface FrameMessage {
  readonly bitmap: ImageBitmap;
  readonly seconds: number;
}

/** A rectangle in pixels of its frame. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What the recording test measures in a frame. */
export interface FrameCheck {
  readonly width: number;
  readonly height: number;
  /** All faces, the largest first. */
  readonly faces: readonly Box[];
  /** Mean brightness of the largest face, 0 to 255, and that of its left and right half. */
  readonly light: number;
  readonly sides: readonly [number, number];
  /** Contrast of the face's finest details, in units of its brightness. */
  readonly sharpness: number;
}

/** What was seen in a frame while watching. */
export interface FrameReport {
  readonly seconds: number;
  readonly width: number;
  readonly height: number;
  /** Faces in the frame, of everyone. */
  readonly faces: number;
  readonly box: Box | undefined;
  readonly gap: string | undefined;
  /** What Action Units tell; undefined without a face. */
  readonly units: UnitReport | undefined;
}

/** Action Units that are more than usual together, from onset to offset. */
export interface EventReport {
  readonly from: string;
  readonly apex: string;
  readonly to: string;
  /** What the face does, the strongest first. */
  readonly names: readonly string[];
  /** The codes of the Facial Action Coding System. */
  readonly codes: readonly string[];
}

/** What Action Units tell of a frame, and of the frames before it. */
export interface UnitReport {
  /** The units that are most present, with their codes. */
  readonly present: readonly string[];
  /** `[A]`: how much more than usual each is. */
  readonly more: Float32Array<ArrayBuffer>;
  /** What was more than usual so far. */
  readonly events: readonly EventReport[];
}

/** A decision on a session, as it is stored, exported and drawn. */
export interface Result {
  readonly classes: readonly string[];
  readonly auPrompts: readonly string[];
  readonly frames: number;
  readonly seen: number;
  readonly abstained: string | undefined;
  readonly before: readonly number[] | undefined;
  readonly after: readonly number[] | undefined;
  /** Index of the window on which the answer stands. */
  readonly chosen: number;
  readonly windows: readonly {
    readonly from: number;
    readonly to: number;
    readonly before: readonly number[];
    readonly after: readonly number[];
  }[];
  /** Times of the frames with a face. */
  readonly times: readonly number[];
  /** `[N, A]`: similarity to each unit, and how much more than usual that is. */
  readonly units: Float32Array<ArrayBuffer>;
  readonly more: Float32Array<ArrayBuffer>;
  readonly events: readonly EventReport[];
  /** Why events may miss something. */
  readonly doubt: string | undefined;
  readonly warnings: readonly string[];
  /** Whether the person's resting face was known. */
  readonly rest: boolean;
  /** The files that `infer` writes. */
  readonly json: string;
  readonly csv: string;
}

/** What the worker does when asked, with the type of the question and of the answer. */
export interface Calls {
  open: (files: ModelFiles) => ModelFacts;
  /** Whose face it is: what is known of them, as stored; nothing for somebody new. */
  person: (known: {
    readonly enrolment: Uint8Array<ArrayBuffer> | undefined;
    readonly state: Uint8Array<ArrayBuffer> | undefined;
  }) => void;
  check: (frame: FrameMessage) => FrameCheck;
  begin: () => void;
  watch: (frame: FrameMessage) => FrameReport;
  /** Ends watching the resting face: what to store of it. */
  rest: () => Uint8Array<ArrayBuffer>;
  /** Ends watching a session and decides on it: the result, and what was learnt of the person. */
  decide: (named: { readonly name: string }) => {
    readonly result: Result;
    readonly state: Uint8Array<ArrayBuffer> | undefined;
  };
}
export type CallName = keyof Calls;

/** A question to the worker. */
export interface Question<Name extends CallName = CallName> {
  readonly id: number;
  readonly name: Name;
  readonly argument: Parameters<Calls[Name]>[0];
}

/** An answer, an error, or how far the worker has come. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } }
  | { readonly progress: { readonly done: number; readonly of: number } }
  | { readonly lost: true };
