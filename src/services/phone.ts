import { parsePhoneNumberFromString } from "libphonenumber-js";
import { badInput } from "./errors.js";

/** Direction marks and invisible joiners that come along when a contact is copied. */
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/**
 * Any common international writing of a possible phone number as E.164. What begins with `00` is read as `+`.
 * @throws BAD_USER_INPUT for `field`, without the value
 */
export function e164(text: string, field = "input.phone"): string {
  // What is cut off would be believed unread: a number, blanks, and anything.
  const international = (text.length > 100 ? "" : text)
    .replace(invisible, "")
    .trim()
    .replace(/^tel:\s*/i, "")
    .replace(/^(\(?)(?:＋|00)/, "$1+")
    .replace(/^\((\+\d{1,3})\)/, "$1 ");
  const phone = parsePhoneNumberFromString(international, { extract: false });
  if (!phone?.isPossible() || phone.ext)
    throw badInput(field, "This must be a phone number with its country code, such as +1 555 123 4567.");
  return phone.number;
}
