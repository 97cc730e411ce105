import { messageOf } from '@snowglobe/shared/message-of'

/** Something asked of the machine: on its way, here, or refused with a reason. */
export type Asked<T> =
  { state: 'busy' } | { state: 'here'; value: T } | { state: 'failed'; why: string }

/** Tells how an answer stands: at first that it is on its way, then that it is here, or why not. */
export async function ask<T>(answer: Promise<T>, give: (asked: Asked<T>) => void): Promise<void> {
  give({ state: 'busy' })
  try {
    give({ state: 'here', value: await answer })
  } catch (error) {
    give({ state: 'failed', why: messageOf(error) })
  }
}
