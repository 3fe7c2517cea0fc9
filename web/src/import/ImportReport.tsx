import { type ReactNode, useMemo } from "react";
import { type ApiProblem, api, type Import, useLoad } from "../api";
import { reportFiles } from "../api/export";
import { texts as common } from "../texts/en";
import {
  Button,
  CheckIcon,
  CopyButton,
  DownloadIcon,
  ErrorIcon,
  MinusIcon,
  ProblemBox,
  Progress,
  Skeleton,
} from "../ui";
import { FixDownload } from "./FixDownload";
import { type Pace, perSecond, secondsLeft } from "./pace";
import { logText, type RefusedRow, reportTable, wholeReport } from "./report";
import { resultTexts } from "./resultTexts";
import { timeLeft } from "./sentence";
import { csvFile, download } from "./sheetText";
import { count, texts } from "./texts";
import { Undone, UndoSection } from "./UndoSection";
import { isSettled } from "./useImport";

const t = texts.result;
const SHOWN = 200;

const fieldTitle = (field: string): string => common.fields[field] ?? field.replaceAll("_", " ");

/** An import that is on its way, or what became of it. `actions` are what one can do next. */
export function ImportOutcome(props: {
  data: Import;
  problem: ApiProblem | undefined;
  pace: Pace;
  actions?: ReactNode;
  /** What to do about refused rows, given them. */
  repair?: (refused: readonly RefusedRow[]) => ReactNode;
  onCancel?: () => void;
  /** It is being undone: there is something to watch again. */
  onUndo: () => void;
}) {
  const { data } = props;
  const settled = isSettled(data.status);
  const { id, status } = data;
  // An end has a report of its own: what was finished may be undone before it was once seen being undone.
  const load = useMemo(
    () =>
      settled && status !== "cancelled"
        ? (signal: AbortSignal) => wholeReport((from) => api.importReport(id, from, signal))
        : null,
    [id, status, settled],
  );
  const report = useLoad(load);
  const refused = report.data?.refused ?? [];
  const others = report.data?.others ?? [];
  const undone = report.data?.undo ?? null;
  return (
    <div className="outcome">
      {settled ? <Headline data={data} refused={refused.length} /> : <Running {...props} />}
      {settled && <Tally data={data} />}
      {props.problem?.transient === true && !settled && <ProblemBox problem={props.problem} />}
      {settled && props.actions !== undefined && <div className="row wrap">{props.actions}</div>}
      {report.problem !== undefined && <ProblemBox problem={report.problem} retry={report.reload} />}
      {settled && report.loading && report.data === undefined && data.status !== "cancelled" && (
        <div role="status">
          <span className="visually-hidden">{t.loadingReport}</span>
          <Skeleton width="60%" />
        </div>
      )}
      {refused.length > 0 && (
        <div className="refused">
          <div className="row wrap">
            <h2 className="grow">{refused.every((row) => row.leftOut) ? t.leftOutRows : t.refusedRows}</h2>
            {refused.some((row) => !row.leftOut) && props.repair?.(refused.filter((row) => !row.leftOut))}
            {refused.some((row) => !row.leftOut) && (
              <FixDownload name={`rollcall-${data.id}`} files={(format) => reportFiles(data.id, format)} />
            )}
          </div>
          {refused.some((row) => !row.leftOut) && <p className="muted">{resultTexts.fix.body}</p>}
          <RefusedTable rows={refused} />
        </div>
      )}
      {undone !== null && <Undone {...undone} />}
      {settled && <UndoSection data={data} onUndo={props.onUndo} />}
      {report.data !== undefined && (
        <div className="log">
          <div className="row wrap">
            <h2 className="grow">{t.log}</h2>
            <CopyButton text={logText(data, refused, others, fieldTitle)} label={t.copyLog} />
            <Button
              icon={<DownloadIcon />}
              onPress={() => download(csvFile(reportTable(refused, fieldTitle)), `${data.id}-report.csv`)}
            >
              {t.downloadReport}
            </Button>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section className="log-text" tabIndex={0} aria-label={t.log}>
            <pre>{logText(data, refused.slice(0, SHOWN), others.slice(0, SHOWN), fieldTitle)}</pre>
          </section>
        </div>
      )}
    </div>
  );
}

function Headline({ data, refused }: { data: Import; refused: number }) {
  const [tone, title, body] = headline(data, refused);
  return (
    <div className="outcome-head" data-tone={tone} role="status">
      <span className="outcome-mark">
        {tone === "ok" ? (
          <CheckIcon size={20} />
        ) : tone === "danger" ? (
          <ErrorIcon size={20} />
        ) : (
          <MinusIcon size={20} />
        )}
      </span>
      <div>
        <h2 className="outcome-title">{title}</h2>
        {body !== "" && <p className="muted">{body}</p>}
      </div>
    </div>
  );
}

function headline(data: Import, refused: number): ["ok" | "danger" | "quiet", string, string] {
  switch (data.status) {
    case "rejected":
      return [
        "danger",
        t.rejectedTitle,
        data.problem?.detail && refused === 0 ? data.problem.detail : t.rejectedBody(data.counts.failed || refused),
      ];
    case "cancelled":
      return ["quiet", t.cancelledTitle, t.cancelledBody];
    case "undone":
      return ["quiet", t.undoneTitle, ""];
    default: {
      const { imported, updated = 0 } = data.counts;
      if (imported === 0 && updated === 0) return ["quiet", t.finishedNone, ""];
      if (imported === 0) return ["ok", resultTexts.updatedTitle(updated), ""];
      const notes = [
        data.options?.invite === false ? null : t.invitationsNote,
        updated === 0 ? null : resultTexts.alsoUpdated(updated),
      ];
      return ["ok", t.finishedTitle(imported), notes.filter((note) => note !== null).join(" ")];
    }
  }
}

function Tally({ data }: { data: Import }) {
  const { counts } = data;
  const rows = counts.rows || data.total_rows;
  return (
    <dl className="tally">
      {(
        [
          [t.counts.rows, rows],
          [t.counts.imported, counts.imported],
          ...(counts.updated ? ([[resultTexts.updated, counts.updated]] as const) : []),
          [t.counts.skipped, counts.skipped],
          [t.counts.failed, counts.failed],
        ] as const
      ).map(([name, n]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{count(n)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Running({ data, pace, onCancel }: { data: Import; pace: Pace; onCancel?: () => void }) {
  if (data.status === "staged") {
    return (
      <div className="outcome-run">
        <h2>{t.stagedTitle}</h2>
        <p className="muted">{t.stagedBody}</p>
        {onCancel !== undefined && (
          <div className="row">
            <Button onPress={onCancel}>{t.cancelImport}</Button>
          </div>
        )}
      </div>
    );
  }
  const { progress } = data;
  const { done, total } = progress;
  const rate = perSecond(pace);
  const left = secondsLeft(pace, total);
  const phase = t.phaseWords[progress.phase] ?? common.importStatus[data.status];
  const numbers = [
    t.progress(done, total),
    rate === null ? null : t.rate(Math.round(rate)),
    left === null || done >= total ? null : t.left(timeLeft(left)),
  ].filter((part) => part !== null);
  return (
    <div className="outcome-run">
      <div role="status">
        <h2>{phase}</h2>
      </div>
      <Progress label={phase} value={done} total={total} />
      <p className="numeric muted">{numbers.join(" · ")}</p>
      <p>
        {data.status === "undoing" ? (
          resultTexts.undo.safe
        ) : (
          <>
            {data.visibility === "committed" && `${t.visibleNow} `}
            {t.safeToClose}
          </>
        )}
      </p>
    </div>
  );
}

function RefusedTable({ rows }: { rows: readonly RefusedRow[] }) {
  const values = rows.some((row) => row.value !== null);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="table-scroll refused-table" tabIndex={0} aria-label={t.refusedRows}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="end">
              {t.row}
            </th>
            <th scope="col">{t.field}</th>
            {values && <th scope="col">{t.value}</th>}
            <th scope="col">{t.reason}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map((row) => (
            <tr key={`${row.row}:${row.field}:${row.code}`}>
              <td className="end numeric">{row.row}</td>
              <td>{row.field === null ? "" : fieldTitle(row.field)}</td>
              {values && (
                <td>
                  <bdi>{row.value ?? common.common.none}</bdi>
                </td>
              )}
              <td className="refused-reason">{row.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > SHOWN && <p className="refused-more muted">{t.moreRefused(rows.length - SHOWN)}</p>}
    </section>
  );
}
