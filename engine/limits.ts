/**
 * The limits that a plan is checked against before any GPU call. Deno accepts some violations in
 * silence (a 64 KiB workgroup array under a 16 KiB limit) and reports others long after: so we check
 * ourselves, with the kernel's label in the message.
 *
 * @module
 */

/** Limits asked for explicitly when the device is opened; every one of them is checked. */
export const checkedLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxStorageTexturesPerShaderStage",
  "maxTextureDimension2D",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
] as const;

/** The checked limits of one device. */
export type Limits = Readonly<Record<typeof checkedLimits[number], number>>;

/** Throws when a figure passes a limit: `what` says what was asked, `label` for which kernel. */
export function checkLimit(
  limits: Limits,
  limit: keyof Limits,
  value: number,
  label: string,
  what: string,
): void {
  if (value > limits[limit]) {
    throw new RangeError(
      `Cannot run ${label}: ${what} is ${value}: this device allows ${limits[limit]} (${limit})`,
    );
  }
}
