import { getCountries, getCountryCallingCode, getExampleNumber } from "libphonenumber-js";
import examples from "libphonenumber-js/examples.mobile.json" with { type: "json" };
import { describe, expect, it } from "vitest";
import { maskStyles, maskValue } from "../../../src/services/crypto/masks.js";
import { maskCases } from "../../support/mask-cases.js";

describe("a masked value", () => {
  it.each(maskCases)("looks as the table says: $value", ({ value, ...shown }) => {
    for (const style of maskStyles) expect(maskValue(value, style), style).toBe(shown[style]);
  });

  it("does not change when masked again", () => {
    for (const { value } of maskCases)
      for (const style of maskStyles) {
        const once = maskValue(value, style);
        expect(maskValue(once, style), `${style} of ${value}`).toBe(once);
      }
  });

  it.each(getCountries())("shows the calling code of a phone from %s", (country) => {
    const number = getExampleNumber(country, examples)?.number as string;
    const code = getCountryCallingCode(country);
    expect(maskValue(number, "PHONE")).toBe(`+${code}••••••••${number.slice(-2)}`);
  });

  it.each(["800", "808", "870", "878", "881", "882", "883", "888", "979"])("shows the shared code +%s", (code) => {
    expect(maskValue(`+${code}12345678`, "PHONE")).toBe(`+${code}••••••••78`);
  });
});
