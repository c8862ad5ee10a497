/** What a stand-in is asked to do wrong: tests see what becomes of it. */
export type Fault = "wrong" | "without webgpu";

/** Whether a stand-in is asked for this fault. */
export function asked(fault: Fault): boolean {
  return Deno.env.get("AUTT_STAND_IN") === fault;
}
