/**
 * How many brackets deep a query goes, those in strings and comments left out. Read before the query is parsed: parser
 * and validation call themselves once a level, and somewhere beyond a thousand they would run out of stack.
 */
export function nestingOf(query: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < query.length; at++) {
    const character = query[at] as string;
    if (character === '"') at = endOfString(query, at);
    else if (character === "#") at = endOfLine(query, at);
    else if ("{[(".includes(character)) deepest = Math.max(deepest, ++depth);
    else if ("}])".includes(character)) depth--;
  }
  return deepest;
}

/** The last position of the string that begins at `start`; an ordinary one that nobody closes ends with its line. */
function endOfString(query: string, start: number): number {
  const isBlock = query.startsWith('"""', start);
  const close = isBlock ? '"""' : '"';
  for (let at = start + close.length; at < query.length; at++) {
    if (query.startsWith(close, at)) return at + close.length - 1;
    if (query[at] === "\\") at += isBlock && query.startsWith('"""', at + 1) ? 3 : isBlock ? 0 : 1;
    else if (!isBlock && (query[at] === "\n" || query[at] === "\r")) return at;
  }
  return query.length;
}

function endOfLine(query: string, start: number): number {
  let at = start;
  while (at < query.length && query[at] !== "\n" && query[at] !== "\r") at++;
  return at;
}
