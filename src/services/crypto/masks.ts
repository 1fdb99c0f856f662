export const maskStyles = ["FULL", "LAST4", "EMAIL", "PHONE"] as const;
export type MaskStyle = (typeof maskStyles)[number];

/** What stands for anything that is not shown, whatever its length. */
export const bullets = "••••••••";
const label = "[^@.\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ufeff]+";
const email = new RegExp(`^([^@])[^@]*(@(?:${label}\\.)+${label})$`, "u");

/** Country calling codes as the ITU assigns them: one digit in zones 1 and 7, two where a country has its own, else three. */
const callingCode =
  "1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|" +
  "2[1-689]\\d|3[578]\\d|42\\d|5[09]\\d|6[7-9]\\d|8[0357-9]\\d|9[679]\\d";
const phone = new RegExp(`^\\+(?=[1-9]\\d{6,14}$)(${callingCode})\\d*(\\d{2})$`);
const maskedPhone = new RegExp(`^\\+(?:${callingCode})${bullets}\\d{2}$`);

/**
 * How a value looks while it is masked. The length of the original never shows, a value that does not fit its style is
 * masked FULL, and masking a mask changes nothing. The SQL function `cloakroom_private.mask` says the same.
 */
export function maskValue(value: string, style: MaskStyle): string {
  if (style === "LAST4") return maskLast4(value);
  if (style === "EMAIL") return maskEmail(value);
  if (style === "PHONE") return maskPhone(value);
  return bullets;
}

/** Characters are code points here, as in Postgres: an emoji is one. */
function maskLast4(value: string): string {
  const characters = Array.from(value);
  return characters.length >= 12 ? bullets + characters.slice(-4).join("") : bullets;
}

function maskEmail(value: string): string {
  const parts = email.exec(value);
  return parts ? `${parts[1]}${bullets}${parts[2]}` : bullets;
}

function maskPhone(value: string): string {
  if (maskedPhone.test(value)) return value;
  const parts = phone.exec(value);
  return parts ? `+${parts[1]}${bullets}${parts[2]}` : bullets;
}
