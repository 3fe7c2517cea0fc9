import { useCallback, useEffect, useRef, useState } from "react";
import { Button as AriaButton, DialogTrigger, Popover } from "react-aria-components";
import { api } from "../api/client";
import type { Id } from "../api/types";
import { useLoad } from "../api/use";
import { useOrganization } from "../console/session";
import { texts } from "../texts/en";
import { ChevronDownIcon, CloseIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { texts as t } from "./texts";

/** A chip that holds one person, found by the beginning of a name or address. */
export function PersonFilter(p: {
  label: string;
  value: Id | null;
  /** The person's name, where the page knows it already. */
  known: string | undefined;
  onChoose: (id: Id | null) => void;
}) {
  const name = usePersonName(p.value, p.known);
  const [open, setOpen] = useState(false);
  return (
    <span className="row chip-pair">
      <DialogTrigger isOpen={open} onOpenChange={setOpen}>
        <AriaButton className="chip" data-on={p.value ? "" : undefined}>
          {p.value ? `${p.label}: ${name}` : p.label}
          {!p.value && <ChevronDownIcon size={14} />}
        </AriaButton>
        <Popover className="popover filter-dialog" placement="bottom start" aria-label={p.label}>
          <FindPerson
            onChoose={(id) => {
              setOpen(false);
              p.onChoose(id);
            }}
          />
        </Popover>
      </DialogTrigger>
      {p.value && (
        <AriaButton
          className="chip chip-clear"
          data-on=""
          aria-label={`${texts.common.clear}: ${p.label}`}
          onPress={() => p.onChoose(null)}
        >
          <CloseIcon size={14} />
        </AriaButton>
      )}
    </span>
  );
}

function usePersonName(id: Id | null, known: string | undefined): string {
  const load = useCallback((signal: AbortSignal) => api.user(id ?? "", signal), [id]);
  const found = useLoad(id && !known && id.startsWith("usr_") ? load : null).data;
  return known ?? (found ? found.name || found.email : (id ?? ""));
}

function FindPerson({ onChoose }: { onChoose: (id: Id) => void }) {
  const { id: organization } = useOrganization();
  const [typed, setTyped] = useState("");
  const [q, setQ] = useState("");
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.focus(), []);
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed.trim()), 200);
    return () => clearTimeout(timer);
  }, [typed]);
  const load = useCallback(
    (signal: AbortSignal) => api.users({ q, organization, limit: 20 }, signal),
    [q, organization],
  );
  const { data, problem } = useLoad(q ? load : null);
  return (
    <>
      <input
        type="search"
        className="input"
        aria-label={t.filter.person}
        placeholder={t.filter.person}
        value={typed}
        ref={box}
        spellCheck="false"
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
      />
      {problem ? (
        <ProblemBox problem={problem} />
      ) : (
        <ul className="person-options" aria-label={t.filter.people}>
          {q &&
            data?.items.map((user) => (
              <li key={user.id}>
                <AriaButton className="menu-item" onPress={() => onChoose(user.id)}>
                  <span className="grow">
                    <span className="clip">{user.name || user.email}</span>
                    {user.name && <span className="clip radio-description">{user.email}</span>}
                  </span>
                </AriaButton>
              </li>
            ))}
        </ul>
      )}
      <p className="field-hint" role="status">
        {!q ? t.filter.typeToFind : data?.items.length === 0 ? t.filter.noPerson : ""}
      </p>
    </>
  );
}
