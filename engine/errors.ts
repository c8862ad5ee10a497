/**
 * The engine's own error classes: only those that a caller would want to catch by name. Everything
 * else is a built-in class by meaning (`TypeError` wrong type or shape, `RangeError` out of range).
 *
 * @module
 */

/** No adapter, or none of the kind that was asked for. */
export class AdapterError extends Error {
  override name = "AdapterError";
}

/** The device is gone: the driver reset it, or it was closed. Open a new one to go on. */
export class DeviceLostError extends Error {
  override name = "DeviceLostError";
  /** The browser's or driver's word: `"destroyed"` when we closed it, else `"unknown"`. */
  readonly reason: string;

  constructor(message: string, reason: string) {
    super(message);
    this.reason = reason;
  }
}

/** A shader does not compile, or the device refused a command of a kernel. */
export class KernelError extends Error {
  override name = "KernelError";
  /** The kernel that caused it, such as `layer_norm[B=4,T=197,D=768]`; empty when unknown. */
  readonly label: string;

  constructor(message: string, label: string) {
    super(message);
    this.label = label;
  }
}

/** A request would pass the memory cap of the device, or the device itself ran out. */
export class OutOfMemoryError extends Error {
  override name = "OutOfMemoryError";
  /** Bytes asked for. */
  readonly asked: number;

  constructor(message: string, asked: number) {
    super(message);
    this.asked = asked;
  }
}
