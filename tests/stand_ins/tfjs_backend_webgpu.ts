/**
 * Stands in for `@tensorflow/tfjs-backend-webgpu`, which is imported for what that does.
 *
 * @module
 */
import { registerBackend } from "./tfjs_core.ts";

registerBackend("webgpu");
