/** Programs of another processor, run by QEMU's user mode and a private binfmt_misc. */

export interface ForeignFormat {
  /** A line for binfmt_misc's `register`, with %s for the interpreter's file name. */
  registration: string
  /** QEMU's program on this machine. */
  interpreter: string
}
