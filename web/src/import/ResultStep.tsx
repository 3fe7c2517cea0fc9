import { useState } from "react";
import { type ApiProblem, api, asProblem, type Id } from "../api";
import { useKeepOrganization } from "../console/session";
import { Link } from "../router";
import { Button, ProblemBox } from "../ui";
import { FixDownload } from "./FixDownload";
import type { Work } from "./flow";
import { ALREADY } from "./here";
import { ImportOutcome } from "./ImportReport";
import type { RefusedRow } from "./report";
import { resultTexts } from "./resultTexts";
import { texts } from "./texts";
import { useImport } from "./useImport";

const t = texts.result;

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
        onUndo={watched.refresh}
        onCancel={() =>
          void api.cancelImport(data.id).then(watched.refresh, (error: unknown) => setProblem(asProblem(error)))
        }
        actions={
          <>
            {data.counts.imported > 0 && data.status !== "undone" && (
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
              {refused.every(({ code }) => code === ALREADY) ? resultTexts.choose : t.fix}
            </Button>
          )
        }
      />
      {work !== null && heldBack > 0 && (
        <div className="notice row wrap held-back">
          <span className="grow">{t.heldBack(heldBack)}</span>
          <FixDownload name="rollcall-problems" files={async (format) => [await work.session.refusedFile(format)]} />
        </div>
      )}
    </>
  );
}
