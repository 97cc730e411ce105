/** A lesson as the build step renders its Markdown. */
export interface RenderedLesson {
  title: string
  /** One sentence for lists, as plain text. */
  summary: string
  /** Made of our own Markdown at build time: safe to show as it is. */
  html: string
}
