import { useEffect, useId, useRef, useState } from "react";
import { type ApiProblem, asProblem, type ImportOptions, isAbort, type OnExisting } from "../api";
import { useCan } from "../console/session";
import { Link, withSearch } from "../router";
import { announce, Button, Find, has, ProblemBox, Progress, UsersIcon } from "../ui";
import { Choices as RadioChoices } from "../ui/Choices";
import { confirmTexts } from "./confirmTexts";
import type { Choices, Work } from "./flow";
import { useSheet } from "./Grid";
import { askWho, givesPasswords, type Here, type HerePerson, toSend, ways, withOwn } from "./here";
import { hereOf } from "./ready";
import type { ServerMark } from "./session";

const t = confirmTexts.here;
/** So many people are listed at first, and with every press more. */
const SHOWN = 50;

interface Looking {
  readonly done: number;
  readonly total: number;
  readonly stop: AbortController;
}

/** Who of the sheet is here already, and what is to be done about them: for all, and row by row. */
export function HereSection(props: {
  work: Work;
  options: ImportOptions;
  onChange: (patch: Partial<Choices>) => void;
  onToRefused: () => void;
}) {
  const { work, options, onChange } = props;
  const { session } = work;
  const state = useSheet(session);
  const [looking, setLooking] = useState<Looking | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const title = useId();
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const here = hereOf(work, state);
  const groups = session.info.fields.some((field) => field.field === "groups");
  const can = useCan();
  const offered = ways.filter((way) =>
    way === "invite"
      ? can("invitations.write")
      : way === "update"
        ? can("users.write")
        : way !== "add_to_group" || (groups && can("users.write")),
  );
  const total = state.counts.accepted + state.counts.corrected;

  const look = async () => {
    const stop = new AbortController();
    running.current = stop;
    setProblem(null);
    setLooking({ done: 0, total, stop });
    const { edits } = session.snapshot();
    try {
      const { people, refused } = await askWho(
        {
          total,
          profileHash: session.info.profile.hash,
          read: async (start, n) =>
            (await session.records(start, n)).map((row) => toSend(row, null, givesPasswords(work.credentials))),
        },
        options,
        (done) => setLooking((old) => (old === null ? null : { ...old, done })),
        stop.signal,
      );
      const positions = await session.locate(refused.map(({ row }) => row));
      const marks = new Map<number, ServerMark[]>();
      for (const { row, field, code, reason } of refused) {
        const position = positions.get(row);
        if (position === undefined || field === null) continue;
        marks.set(position, [...(marks.get(position) ?? []), { field, code, message: reason }]);
      }
      await session.mark(marks);
      announce(t.announced(people.length, total - people.length));
      onChange({
        here: { edits, asked: total, people, own: new Map() },
        // Who looked for them wants them dealt with, not refused: leaving them as they are is the least.
        ...(people.length > 0 && work.onExisting === "refuse" ? { onExisting: "skip" as const } : {}),
      });
    } catch (error) {
      if (!isAbort(error)) setProblem(asProblem(error));
    } finally {
      setLooking(null);
    }
  };

  return (
    <section className="here" aria-labelledby={title}>
      <h3 id={title}>{t.title}</h3>
      {looking !== null ? (
        <div className="here-looking">
          <Progress label={t.looking} value={looking.done} total={looking.total} />
          <div className="row wrap">
            <span className="numeric muted grow" role="status">
              {t.looking}: {t.looked(looking.done, looking.total)}
            </span>
            <Button onPress={() => looking.stop.abort()}>{t.stop}</Button>
          </div>
        </div>
      ) : here === null ? (
        <div className="here-ask">
          <UsersIcon />
          <div className="here-words">
            <span>{work.here === null ? t.intro : t.stale}</span>
            <span className="field-hint">{t.lookHint}</span>
          </div>
          <Button onPress={() => void look()} disabled={total === 0}>
            {work.here === null ? t.look : t.again}
          </Button>
        </div>
      ) : (
        <Found here={here} marked={state.marked} onAgain={() => void look()} onToRefused={props.onToRefused} />
      )}
      {problem !== null && <ProblemBox problem={problem} retry={() => void look()} />}
      {(here === null || here.people.length > 0) && looking === null && (
        <>
          <RadioChoices<OnExisting>
            label={here === null ? t.allBefore : t.all}
            value={work.onExisting}
            onChange={(onExisting) => onChange({ onExisting })}
            options={offered.map((id) => ({ id, ...t.choices[id] }))}
          />
          {here !== null && <Ungrouped here={here} all={work.onExisting} />}
          {here !== null && (
            <RowByRow
              here={here}
              all={work.onExisting}
              offered={offered}
              onChange={(next) => onChange({ here: next })}
            />
          )}
        </>
      )}
    </section>
  );
}

function Found(p: { here: Here; marked: number; onAgain: () => void; onToRefused: () => void }) {
  const { people, asked } = p.here;
  return (
    <div className="here-found">
      <p className="here-count numeric">
        {people.length === 0 ? t.nobody(asked) : t.found(people.length, asked - people.length)}
      </p>
      {p.marked > 0 && (
        <p>
          {t.alsoRefused(p.marked)}{" "}
          <Button look="quiet" onPress={p.onToRefused}>
            {t.toRefused}
          </Button>
        </p>
      )}
      <Button look="quiet" onPress={p.onAgain}>
        {t.again}
      </Button>
    </div>
  );
}

/** Who is to be added to groups needs one in their row. */
function Ungrouped({ here, all }: { here: Here; all: OnExisting }) {
  const n = here.people.filter(({ row, grouped }) => !grouped && (here.own.get(row) ?? all) === "add_to_group").length;
  if (n === 0) return null;
  return (
    <p className="here-ungrouped">
      {t.ungrouped(n)} <Link to={withSearch({}, "/import/assign")}>{t.toGroups}</Link>
    </p>
  );
}

function RowByRow(p: { here: Here; all: OnExisting; offered: readonly OnExisting[]; onChange: (here: Here) => void }) {
  const { here, all, offered, onChange } = p;
  const [text, setText] = useState("");
  const [shown, setShown] = useState(SHOWN);
  const found = here.people.filter(({ name, email }) => has(name, text) || has(email, text));
  return (
    <details className="here-rows">
      <summary>
        {t.rows}
        {here.own.size > 0 && <span className="muted"> · {t.rowsOwn(here.own.size)}</span>}
      </summary>
      <div className="row wrap here-tools">
        {here.people.length > 10 && <Find label={t.find} value={text} onChange={setText} />}
        {here.own.size > 0 && (
          <Button look="quiet" onPress={() => onChange({ ...here, own: new Map() })}>
            {t.likeAll}
          </Button>
        )}
      </div>
      {found.length === 0 ? (
        <p className="muted">{t.noMatch}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="table-scroll here-table" aria-label={t.rows} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col" className="end">
                  {t.row}
                </th>
                <th scope="col">{t.name}</th>
                <th scope="col">{t.what}</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, shown).map((person) => (
                <PersonRow
                  key={person.row}
                  person={person}
                  way={here.own.get(person.row) ?? all}
                  own={here.own.has(person.row)}
                  offered={offered}
                  onChange={(way) => onChange(withOwn(here, person.row, way, all))}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {found.length > shown && (
        <Button look="quiet" onPress={() => setShown(shown + 4 * SHOWN)}>
          {t.more(Math.min(4 * SHOWN, found.length - shown))}
        </Button>
      )}
    </details>
  );
}

function PersonRow(p: {
  person: HerePerson;
  way: OnExisting;
  own: boolean;
  offered: readonly OnExisting[];
  onChange: (way: OnExisting) => void;
}) {
  const { person } = p;
  return (
    <tr data-own={p.own || undefined}>
      <td className="end numeric">{person.row}</td>
      <th scope="row">
        <bdi>{person.name}</bdi>
        <span className="here-email">
          <bdi>{person.email}</bdi>
        </span>
      </th>
      <td>
        <select
          className="input here-way"
          aria-label={t.whatFor(person.name || person.email)}
          value={p.way}
          onChange={(event) => p.onChange(event.target.value as OnExisting)}
        >
          {p.offered.map((way) => (
            <option key={way} value={way}>
              {t.short[way]}
            </option>
          ))}
        </select>
      </td>
    </tr>
  );
}
