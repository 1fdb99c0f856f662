/** One write at a time; whoever asks meanwhile waits together for the one after it, which has their change too. */
export function createCoalescedWriter(write: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  return () => {
    next ??= running.then(() => {
      next = null;
      const written = write();
      running = written.catch(() => undefined);
      return written;
    });
    return next;
  };
}
