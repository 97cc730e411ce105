/**
 * What every platform Snowglobe runs on has (a page, a worker, Node), and nothing more: `shared` and
 * the pure parts of `worker` are checked against this instead of the DOM's or Node's types.
 */

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, bytes: Uint8Array): { read: number; written: number }
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(bytes?: Uint8Array): string
}
declare function atob(base64: string): string
declare function btoa(bytes: string): string
declare const performance: { now(): number }
/** Engines that write stack traces let them be limited. */
interface ErrorConstructor {
  stackTraceLimit: number
}
