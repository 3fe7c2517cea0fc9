import { useEffect, useState } from "react";
import { type ApiProblem, api, asProblem, type Id, type ImportReport } from "../api";
import { useKeepOrganization } from "../console/session";
import { Link } from "../router";
import { ask, Button, DownloadIcon, ProblemBox, Progress } from "../ui";
import type { Sending, Work } from "./flow";
import { ImportOutcome } from "./ImportReport";
import { noPace, observed, secondsLeft } from "./pace";
import { type RefusedRow, refusedRows } from "./report";
import { timeLeft } from "./sentence";
import { download, refusedRowsFile } from "./sheetText";
import { texts } from "./texts";
import { useImport } from "./useImport";

const t = texts.result;

/** The rows are on their way to the server; nobody is created yet. */
export function SendingView({ sending, onStop }: { sending: Sending; onStop: () => void }) {
  const [pace, setPace] = useState(noPace);
  useEffect(() => setPace((old) => observed(old, performance.now(), sending.sent)), [sending.sent]);
  const left = secondsLeft(pace, sending.total);
  return (
    <div className="outcome">
      <div className="outcome-run">
        <h2 role="status">{t.sending}</h2>
        <Progress label={t.sending} value={sending.sent} total={sending.total} />
        <p className="numeric muted">
          {t.sent(sending.sent, sending.total)}
          {left !== null && left > 0 && ` · ${t.left(timeLeft(left))}`}
        </p>
        <p>{t.keepOpen}</p>
        <div className="row">
          <Button
            onPress={() =>
              void ask({ title: t.stopTitle, body: t.stopBody, confirm: t.stopConfirm, cancel: t.stopCancel }).then(
                (yes) => {
                  if (yes) onStop();
                },
              )
            }
          >
            {t.stop}
          </Button>
        </div>
      </div>
    </div>
  );
}

export function StoppedView(props: {
  sending: Sending;
  problem: ApiProblem;
  onResume: () => void;
  onCheckAgain: () => Promise<void>;
  onFix: (refused: readonly RefusedRow[]) => Promise<void>;
  onGiveUp: () => void;
}) {
  const { problem } = props;
  const [busy, setBusy] = useState(false);
  if (problem.code === "rules_changed") {
    return (
      <div className="outcome">
        <div className="blocked" role="alert">
          <div className="problem-body">
            <div className="problem-title">{t.changedTitle}</div>
            <div>{t.changedBody}</div>
            <div className="row wrap">
              <Button
                look="primary"
                busy={busy}
                onPress={() => {
                  setBusy(true);
                  void props.onCheckAgain().finally(() => setBusy(false));
                }}
              >
                {t.checkAgain}
              </Button>
            </div>
          </div>
        </div>
      </div>
    );
  }
  const refused = refusedRows({ report: problem.body.report, server: serverPart(problem.body.server) });
  return (
    <div className="outcome">
      <h2>{problem.code === "import_refused" ? t.refusedTitle : t.stoppedTitle}</h2>
      <ProblemBox problem={problem} {...(problem.transient ? { retry: props.onResume } : {})}>
        {refused.length > 0 ? (
          <Button onPress={() => void props.onFix(refused)}>{t.fix}</Button>
        ) : (
          <Button onPress={props.onGiveUp}>{t.backToCheck}</Button>
        )}
      </ProblemBox>
    </div>
  );
}

function serverPart(value: unknown): ImportReport["server"] {
  const issues = typeof value === "object" && value !== null && "issues" in value ? value.issues : null;
  return { issues: Array.isArray(issues) ? issues : [] };
}

export function WatchingView(props: {
  importId: Id;
  work: Work | null;
  /** `rest`: the others were imported. */
  onFix: (refused: readonly RefusedRow[], rest: boolean) => Promise<void>;
  onAnother: () => void;
}) {
  const { work } = props;
  const watched = useImport(props.importId);
  const keep = useKeepOrganization();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const { data } = watched;
  if (data === undefined) {
    return watched.problem === undefined ? (
      <p className="muted" role="status">
        {t.loading} …
      </p>
    ) : (
      <ProblemBox problem={watched.problem} retry={watched.refresh} />
    );
  }
  const heldBack = work === null || data.mode !== "partial" ? 0 : work.session.snapshot().counts.refused;
  const organization: Record<string, string> =
    data.organization_id === null ? {} : { organization: data.organization_id };
  return (
    <>
      {problem !== null && <ProblemBox problem={problem} />}
      <ImportOutcome
        data={data}
        problem={watched.problem}
        pace={watched.pace}
        onCancel={() =>
          void api.cancelImport(data.id).then(watched.refresh, (error: unknown) => setProblem(asProblem(error)))
        }
        actions={
          <>
            {data.counts.imported > 0 && (
              <Link
                to={keep("/users", { invitation: "pending", ...organization })}
                className="button"
                data-look="primary"
              >
                {t.toUsers}
              </Link>
            )}
            <Button onPress={props.onAnother}>{t.another}</Button>
            <Link to={keep("/imports")} className="button" data-look="quiet">
              {t.toImports}
            </Link>
          </>
        }
        repair={(refused) =>
          work === null ? (
            <span className="muted">{t.fixLost}</span>
          ) : (
            <Button
              look="primary"
              busy={busy}
              onPress={() => {
                setBusy(true);
                void props.onFix(refused, data.counts.imported > 0).finally(() => setBusy(false));
              }}
            >
              {t.fix}
            </Button>
          )
        }
      />
      {work !== null && heldBack > 0 && (
        <div className="notice row wrap held-back">
          <span className="grow">{t.heldBack(heldBack)}</span>
          <Button
            icon={<DownloadIcon />}
            onPress={() =>
              void refusedRowsFile(work.session, t.reasonsColumn).then((file) =>
                download(file, "rollcall-problems.csv"),
              )
            }
          >
            {t.downloadHeldBack}
          </Button>
        </div>
      )}
    </>
  );
}
