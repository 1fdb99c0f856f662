/** Whoever is told of alerts outside this process. */
export interface AlertReceiver {
  /**
   * @param id by which a receiver tells an alert that it has taken already; else each is a new one
   * @throws where it was not taken after several tries
   */
  deliver(alert: Readonly<Record<string, unknown>>, id?: string): Promise<void>;
}
