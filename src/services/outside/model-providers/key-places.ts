import { isObject, type JsonObject } from "./chat-shapes.js";
import { type Coming, createFlow, type Flow } from "./key-flow.js";
import type { KeySight } from "./key-writings.js";
import { rubbish } from "./upstream-error.js";

/** Characters that one stream may make us keep, in texts that wait and in names of places. */
const mostKept = 2 ** 25;

/**
 * Where texts stand, in the shape of what comes: what follows at the same place continues the text there. Elements of a
 * list are told apart by their `index`; without one each continues the last, since clients put them behind each other.
 */
export interface Place {
  /** @param owner what has the property */
  property(name: string, owner?: JsonObject): Place;
  element(item: unknown): Place;
  /** Beside this one, for the same read in another way: what waits there is never given out. */
  aside(): Place;
  /** Takes the next piece of the text here. @returns what of it may leave by now, which is never the key */
  say(piece: string, coming: Coming): string;
  /** Ends the texts here and below. @returns what waited, each text within what it stands in */
  end(): unknown[];
}

/** @throws UPSTREAM_ERROR in `property`, `element` and `say` of all places below for a stream of ever new places */
export function createPlaces(sight: KeySight): Place {
  let kept = 0;
  return createPlace(sight, (characters) => {
    kept += characters;
    if (kept > mostKept) throw rubbish();
  });
}

/** @param keep counts what stays in memory, or goes */
function createPlace(sight: KeySight, keep: (characters: number) => void): Place {
  const under = new Map<string, readonly [place: Place, around: Around]>();
  let flow: Flow | null = null;
  let beside: Place | null = null;
  const add = (name: string, around: Around): Place => {
    keep(name.length + costOfPlace);
    const place = createPlace(sight, keep);
    under.set(name, [place, around]);
    return place;
  };
  return {
    property: (name, owner = {}) => under.get(name)?.[0] ?? add(name, asPropertyOf(owner, name)),
    element(item) {
      const name = `[${indexOf(item) ?? 0}]`;
      return under.get(name)?.[0] ?? add(name, (value) => [value]);
    },
    aside() {
      beside ??= createPlace(sight, keep);
      return beside;
    },
    say(piece, coming) {
      flow ??= createFlow(sight, keep);
      return flow(piece, coming);
    },
    end() {
      const own = flow?.("", "whole");
      const below = [...under.values()].flatMap(([place, around]) => place.end().map(around));
      return own ? [own, ...below] : below;
    },
  };
}

type Around = (value: unknown) => unknown;

/** What a place takes beside its name, about. */
const costOfPlace = 500;
const longestType = 100;

function indexOf(item: unknown): string | number | undefined {
  const index = isObject(item) ? item.index : undefined;
  return typeof index === "string" || typeof index === "number" ? index : undefined;
}

/** Puts a value into an object that clients take for the continuation of its owner. */
function asPropertyOf(owner: JsonObject, name: string): Around {
  const index = indexOf(owner);
  const type = typeof owner.type === "string" && owner.type.length <= longestType ? owner.type : undefined;
  const marks = { ...(index !== undefined && { index }), ...(type !== undefined && { type }) };
  return (value) => ({ ...marks, [name]: value });
}
