/** A one-time code on its way to a phone. */
export interface SmsMessage {
  /** E.164. */
  readonly to: string;
  /** Six digits. */
  readonly code: string;
}

/** Whatever carries one-time codes. What it throws is neither logged nor shown: it can quote phone and code. */
export interface SmsSender {
  /** @throws SmsRefusal where it is known how the message was refused, else anything */
  send(message: SmsMessage): Promise<void>;
  /**
   * Only where the sender makes codes of its own and ignores ours: whether this is the one it sent.
   * @throws as `send`, where it did not say
   */
  check?(message: SmsMessage): Promise<boolean>;
}

/** What is told of a message, or a check, that was refused: the HTTP status. */
export class SmsRefusal extends Error {
  override readonly name = "SmsRefusal";
  constructor(readonly status: number) {
    super(`The other side answered ${status}.`);
  }
}
