import { api, everyItem } from "../api/client";
import type { ApiProblem } from "../api/problem";
import { Shared, useShared } from "../api/shared";
import type { Entry, Id, ListName } from "../api/types";

const key = (list: ListName, organization: Id) => `${list}:${organization}`;

/** The list as it is now. */
export const everyEntry = (list: ListName, organization: Id): Promise<Entry[]> =>
  everyItem<Entry>((cursor) => api.entries(list, { organization, cursor }));

const lists = new Shared((key: string) => {
  const at = key.indexOf(":");
  return everyEntry(key.slice(0, at) as ListName, key.slice(at + 1));
});

/** One list of an organization, whole (it has at most 1,000 entries); nothing is asked for without an organization. */
export function useEntries(
  list: ListName,
  organization: Id | null | undefined,
): { entries: Entry[] | undefined; problem: ApiProblem | undefined; refresh: () => void } {
  const of = organization ? key(list, organization) : null;
  const { data, problem } = useShared(lists, of);
  return {
    entries: data,
    problem,
    refresh: () => {
      if (of) void lists.refresh(of);
    },
  };
}

/** An entry as the server has answered it: shown at once, by name, wherever the list is. */
export function putEntry(list: ListName, organization: Id, entry: Entry): void {
  lists.patch(key(list, organization), (entries) => sorted([...entries.filter(({ id }) => id !== entry.id), entry]));
}

export function dropEntry(list: ListName, organization: Id, id: Id): void {
  lists.patch(key(list, organization), (entries) => entries.filter((entry) => entry.id !== id));
}

export function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => a.name.localeCompare(b.name));
}
