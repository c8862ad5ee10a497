/**
 * The engine's own error classes: only those that a caller would want to catch by name. Everything
 * else is a built-in class by meaning (`TypeError` wrong type or shape, `RangeError` out of range).
 *
 * @module
 */

/** No adapter, or none of the kind that was asked for. */
export class AdapterError extends Error {
  /** The class, for logs and for those who compare names. */
  override name = "AdapterError";
}

/** The device is gone: the driver reset it, or it was closed. Open a new one to go on. */
export class DeviceLostError extends Error {
  /** The class, for logs and for those who compare names. */
  override name = "DeviceLostError";
  /** The browser's or driver's word: `"destroyed"` when we closed it, else `"unknown"`. */
  readonly reason: string;

  /** Says what was wanted, and the reason of the loss. */
  constructor(message: string, reason: string) {
    super(message);
    this.reason = reason;
  }
}

/** A shader does not compile, or the device refused a command of a kernel. */
export class KernelError extends Error {
  /** The class, for logs and for those who compare names. */
  override name = "KernelError";
  /** The kernel that caused it, such as `layer_norm[B=4,T=197,D=768]`; empty when unknown. */
  readonly label: string;

  /** Says what failed, and the kernel. */
  constructor(message: string, label: string) {
    super(message);
    this.label = label;
  }
}

/** A request would pass the memory cap of the device, or the device itself ran out. */
export class OutOfMemoryError extends Error {
  /** The class, for logs and for those who compare names. */
  override name = "OutOfMemoryError";
  /** Bytes asked for. */
  readonly asked: number;

  /** Says what was wanted, and the bytes asked for. */
  constructor(message: string, asked: number) {
    super(message);
    this.asked = asked;
  }
}
