/** Whoever is told of alerts outside this process. */
export interface AlertReceiver {
  /** @throws where it was not taken after several tries */
  deliver(alert: Readonly<Record<string, unknown>>): Promise<void>;
}
