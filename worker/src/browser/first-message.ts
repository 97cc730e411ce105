/**
 * The first message to this worker. To be imported before everything else: messages that come before
 * a worker listens are lost, and a module that awaits something at its top level lets what comes
 * after it listen too late. All that follows goes over the ports in this message, which keep what is
 * sent until somebody listens.
 */
export const firstMessage = new Promise<MessageEvent<unknown>>((resolve) => {
  addEventListener('message', resolve, { once: true })
})
