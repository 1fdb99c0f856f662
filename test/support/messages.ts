/** A message as the relay service hands it to ingest_message. */
export const aMessage = {
  chatGuid: "iMessage;-;+14155550100",
  mode: "DIRECT",
  sender: "+14155550100",
  messageText: "hello",
  sentAtSeconds: 1_760_000_000.25,
  participants: ["+14155550100", "+14155550101"],
};
