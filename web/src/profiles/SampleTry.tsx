import { openSheet } from "@rollcall/validator/client";
import { useRef, useState } from "react";
import { api } from "../api/client";
import type { Id } from "../api/types";
import { useAction } from "../api/use";
import { sentenceCase } from "../import/sentence";
import { type Counts, cellText, type RowView, type SheetInfo, valueText } from "../import/validator";
import { announce } from "../ui/announce";
import { Button } from "../ui/controls";
import { FileIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import type { Definition } from "./definition";
import { texts as t } from "./texts";

/** So many problems tell enough. */
const SHOWN = 12;
const ROWS = 40;

interface Tried {
  /** The profile that it was tried with, to tell when it was changed since. */
  readonly with: string;
  readonly name: string;
  readonly info: SheetInfo;
  readonly counts: Counts;
  readonly problems: readonly {
    readonly row: number;
    readonly title: string;
    readonly value: string;
    readonly says: string;
  }[];
}

/** Checks rows by the profile as it stands in the form: nothing is stored, and the rows stay in the browser. */
export function SampleTry(p: { definition: Definition; organization: Id | undefined; ready: boolean }) {
  const { definition, organization } = p;
  const [text, setText] = useState("");
  const [file, setFile] = useState<{ name: string; bytes: Uint8Array } | null>(null);
  const [tried, setTried] = useState<Tried | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const said = JSON.stringify(definition);

  const run = useAction(async (sample: { name: string; bytes: Uint8Array }) => {
    // A profile has a name before it is saved; to be tried it needs none.
    const rules = await api.previewProfile({ ...definition, title: definition.title || t.untitled }, organization);
    const sheet = await openSheet(sample.bytes, rules);
    try {
      const info = JSON.parse(await sheet.info()) as SheetInfo;
      const counts = JSON.parse(await sheet.counts()) as Counts;
      const bad = await sheet.indices("problems");
      const rows = JSON.parse(await sheet.window(bad.subarray(0, ROWS))) as RowView[];
      setTried({ with: said, name: sample.name, info, counts, problems: problemsOf(rows, info).slice(0, SHOWN) });
      const good = counts.rows - counts.refused;
      announce(counts.rows === 0 ? t.noRows : t.verdict(good, counts.rows));
    } finally {
      void sheet.free();
    }
  });
  const again = () => {
    const sample = file ?? { name: t.sample, bytes: new TextEncoder().encode(text) };
    void run.run(sample);
  };
  const take = async (chosen: File) => {
    const sample = { name: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer()) };
    setFile(sample);
    setText("");
    if (p.ready) void run.run(sample);
  };

  return (
    <div className="stack sample">
      <textarea
        className="input sample-text mono"
        aria-label={t.sample}
        placeholder={t.samplePlaceholder}
        rows={6}
        value={text}
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value);
          setFile(null);
        }}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          const [dropped] = event.dataTransfer.files;
          if (dropped === undefined) return;
          event.preventDefault();
          void take(dropped);
        }}
      />
      <div className="row wrap">
        <Button busy={run.busy} disabled={!p.ready || (text.trim() === "" && file === null)} onPress={again}>
          {tried === null ? t.run : t.runAgain}
        </Button>
        <Button look="quiet" icon={<FileIcon />} onPress={() => picker.current?.click()}>
          {t.chooseFile}
        </Button>
        <input
          ref={picker}
          type="file"
          className="visually-hidden"
          tabIndex={-1}
          aria-hidden="true"
          accept=".csv,.tsv,.txt,.xlsx,text/csv,text/plain"
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            event.target.value = "";
            if (chosen !== undefined) void take(chosen);
          }}
        />
        {file !== null && (
          <span className="muted">
            <bdi>{file.name}</bdi>
          </span>
        )}
        {tried !== null && tried.with !== said && <span className="field-note">{t.stale}</span>}
      </div>
      {run.problem !== undefined && <ProblemBox problem={run.problem} words={t} />}
      {tried !== null && run.problem === undefined && <Verdict tried={tried} />}
    </div>
  );
}

function Verdict({ tried }: { tried: Tried }) {
  const { info, counts, problems } = tried;
  const errors = info.issues.filter((issue) => issue.severity === "error");
  const unread = info.unmapped.filter(({ title }) => title !== "").map(({ title }) => title);
  const read = info.columns.filter(({ index }) => index !== null);
  return (
    <div className="stack sample-verdict">
      {errors.map((issue) => (
        <p key={`${issue.code}:${issue.message}`} className="field-error">
          <span>{sentenceCase(issue.message)}</span>
        </p>
      ))}
      {counts.rows === 0 ? (
        errors.length === 0 && <p className="muted">{t.noRows}</p>
      ) : (
        <>
          <p className="sample-said">{t.verdict(counts.rows - counts.refused, counts.rows)}</p>
          <dl className="sample-tally">
            {(["accepted", "corrected", "refused"] as const).map((name) => (
              <div key={name} data-name={name}>
                <dt>{t.counts[name]}</dt>
                <dd>{counts[name]}</dd>
              </div>
            ))}
          </dl>
          <p className="muted">
            {t.readAs}: {read.map(({ title }) => title).join(", ")}
            {unread.length > 0 && ` · ${t.notRead(unread)}`}
          </p>
        </>
      )}
      {problems.length > 0 && (
        <>
          <h3>{t.firstProblems}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className="table-scroll sample-problems" aria-label={t.firstProblems} tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col" className="end">
                    {t.row}
                  </th>
                  <th scope="col">{t.field}</th>
                  <th scope="col">{t.value}</th>
                  <th scope="col">{t.problem}</th>
                </tr>
              </thead>
              <tbody>
                {problems.map((problem) => (
                  <tr key={`${problem.row}:${problem.title}:${problem.says}`}>
                    <td className="end">{problem.row}</td>
                    <td>{problem.title}</td>
                    <td>
                      <bdi>{problem.value}</bdi>
                    </td>
                    <td>{problem.says}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </div>
  );
}

function problemsOf(rows: readonly RowView[], info: SheetInfo): Tried["problems"] {
  return rows.flatMap((row) => [
    ...(row.issues ?? [])
      .filter((issue) => issue.severity === "error")
      .map((issue) => ({ row: row.row, title: "", value: "", says: sentenceCase(issue.message) })),
    ...info.fields.flatMap(({ field, title }) => {
      const cell = row.cells[field];
      return (cell?.issues ?? [])
        .filter((issue) => issue.severity === "error")
        .map((issue) => ({
          row: row.row,
          title,
          value: cell?.before === undefined ? cellText(cell) : valueText(cell.before),
          says: sentenceCase(issue.message),
        }));
    }),
  ]);
}
