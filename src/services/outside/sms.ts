/** A one-time code on its way to a phone. */
export interface SmsMessage {
  /** E.164. */
  readonly to: string;
  /** Six digits. */
  readonly code: string;
}

/** Whatever carries one-time codes. */
export interface SmsSender {
  /** @throws anything where the message was not taken; what is thrown is neither logged nor shown */
  send(message: SmsMessage): Promise<void>;
}
