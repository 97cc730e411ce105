/** Runs tasks one after another, in the order in which they were given. */
export class Serial {
  private last: Promise<unknown> = Promise.resolve()

  run<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(task, task)
    this.last = result.catch(() => {})
    return result
  }
}
