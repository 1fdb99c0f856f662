import { GraphQLScalarType } from "graphql";

/**
 * In: RFC 3339 with an offset, from year 1 to 9999 in UTC, passed on as it was written to the microsecond. Out: UTC,
 * milliseconds. Postgres' own JSON form (`2026-11-20T15:46:40.123456+00:00`) is cut to that without a Date, since pages
 * hold hundreds of them.
 */
export const DateTime = new GraphQLScalarType<string, string>({
  name: "DateTime",
  description: "RFC 3339, UTC.",
  serialize: toUtcMilliseconds,
  parseValue: toDateTime,
});

export const JSONValue = new GraphQLScalarType<unknown, unknown>({
  name: "JSON",
  description: "Any JSON value.",
  parseValue: (value) => value,
});

export const JSONObject = new GraphQLScalarType<object, object>({
  name: "JSONObject",
  description: "A JSON object.",
  serialize: toJsonObject,
  parseValue: toJsonObject,
});

const fromPostgres = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:\+00:00|Z)$/;

function toUtcMilliseconds(value: unknown): string {
  if (typeof value === "string" && fromPostgres.test(value)) {
    const fraction = value[19] === "." ? value.slice(20, value.endsWith("Z") ? -1 : -6) : "";
    return `${value.slice(0, 19)}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
  }
  const date = value instanceof Date ? value : typeof value === "string" ? new Date(value) : null;
  if (!date || Number.isNaN(date.getTime()))
    throw new TypeError("A DateTime field resolved to something that is no time.");
  return date.toISOString();
}

/** With offsets up to 15:59, as Postgres has them: no clock on Earth is further off. */
const rfc3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)$/i;
const firstMoment = Date.parse("0001-01-01T00:00:00Z");
const lastMoment = Date.parse("9999-12-31T23:59:59.999Z");

function toDateTime(value: unknown): string {
  const parts = typeof value === "string" ? rfc3339.exec(value) : null;
  const text = parts?.[0].toUpperCase() ?? "";
  if (!parts || !isRealDay(Number(parts[1]), Number(parts[2]), Number(parts[3])) || !isAnswerable(Date.parse(text)))
    throw new TypeError("DateTime must be RFC 3339 with an offset, such as 2026-11-20T15:46:40Z.");
  // Postgres would round the rest, at the very end of 9999 into the next year.
  return text.replace(/(\.\d{6})\d+/, "$1");
}

const isAnswerable = (time: number) => time >= firstMoment && time <= lastMoment;

/** Postgres knows no year 0, and the 30th of February is the 2nd of March to Date. */
function isRealDay(year: number, month: number, day: number): boolean {
  return year > 0 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function toJsonObject(value: unknown): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new TypeError("JSONObject must be an object.");
}
