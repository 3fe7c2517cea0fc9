import { type ReactNode, useEffect, useState } from "react";
import { type ApiProblem, type ImportReport, useAction } from "../api";
import { useKeepOrganization, useSession } from "../console/session";
import { Link } from "../router";
import { ask, Button, notify, ProblemBox, Progress } from "../ui";
import type { Flow, Work } from "./flow";
import { type HandOver, mayKeep } from "./handOver";
import { noPace, observed, perSecond, secondsLeft } from "./pace";
import { type RefusedRow, refusedRows } from "./report";
import { timeLeft } from "./sentence";
import { texts } from "./texts";
import { canGoOn } from "./upload";
import { handOver as t } from "./uploadTexts";
import { handOvers } from "./useHandOver";

type Handing = Extract<Flow, { stage: "handing" }>;

interface Props {
  at: Handing;
  /** The server has all of it. */
  onHanded: (key: string, importId: string) => void;
  /** Checks the sheet by the new rules; null where the sheet is no longer open. */
  onCheckAgain: ((work: Work) => Promise<void>) | null;
  onFix: (work: Work, refused: readonly RefusedRow[]) => Promise<void>;
  onGiveUp: () => Promise<void>;
}

/** The rows are on their way to the server; nobody is created yet. */
export function HandOverView(props: Props) {
  const { at, onHanded } = props;
  const { key, handOver } = at;
  const { me } = useSession();
  const [lost, setLost] = useState(false);

  // After a reload, the browser may still have it.
  useEffect(() => {
    if (handOver !== null) return;
    let current = true;
    const look = (found: boolean) => {
      if (current) setLost(!found);
    };
    handOvers.open(key, me.user.id).then(look, () => look(false));
    return () => {
      current = false;
    };
  }, [key, handOver, me.user.id]);

  const over = handOver?.stage.at === "over" ? handOver.stage.started.id : null;
  useEffect(() => {
    if (over !== null) onHanded(key, over);
  }, [key, over, onHanded]);

  if (handOver === null) return lost ? <Lost /> : <p className="muted">{texts.result.loading} …</p>;
  return (
    <div className="outcome">
      <Stage {...props} handOver={handOver} />
    </div>
  );
}

function Stage(props: Props & { handOver: HandOver }) {
  const { at, handOver } = props;
  const { key } = at;
  const giveUp = useAction(async () => {
    const sure = await ask({
      title: t.giveUpTitle,
      body: t.giveUpBody,
      confirm: t.giveUpConfirm,
      cancel: t.giveUpCancel,
    });
    if (!sure) return;
    const { name } = handOver.about;
    await props.onGiveUp();
    notify(t.givenUp(name));
  });
  const giveUpButton = (
    <Button look="quiet" busy={giveUp.busy} onPress={() => void giveUp.run()}>
      {t.giveUp}
    </Button>
  );
  const { stage } = handOver;
  switch (stage.at) {
    case "packing":
    case "sending":
    case "over":
      return (
        <Going handOver={handOver}>
          {stage.at === "sending" && handOver.about.chunks > 1 && (
            <Button onPress={() => handOvers.pause(key)}>{t.pause}</Button>
          )}
          {giveUpButton}
        </Going>
      );
    case "paused":
      return (
        <Still handOver={handOver} title={t.paused}>
          <Button look="primary" autoFocus onPress={() => void handOvers.resume(key)}>
            {handOver.done === 0 ? t.resume : t.resumeAt(handOver.done, handOver.about.total)}
          </Button>
          {giveUpButton}
        </Still>
      );
    case "stopped":
      return <Stopped {...props} problem={stage.problem} giveUp={giveUpButton} />;
  }
}

function Bar({ handOver, label, line }: { handOver: HandOver; label: string; line: string }) {
  return (
    <>
      <Progress label={label} value={handOver.done} total={handOver.about.total} />
      <p className="numeric muted">{line}</p>
    </>
  );
}

/** What is safe and what is not, said while it matters. */
function Keeping({ handOver }: { handOver: HandOver }) {
  if (handOver.kept && handOver.stage.at !== "packing") return <p>{t.waitsHere}</p>;
  return <p>{mayKeep(handOver.about) ? t.keepOpen : t.keepOpenPasswords}</p>;
}

function Going({ handOver, children }: { handOver: HandOver; children: ReactNode }) {
  const { done, about, stage } = handOver;
  const [pace, setPace] = useState(noPace);
  useEffect(() => setPace((old) => observed(old, performance.now(), done)), [done]);
  const label = stage.at === "packing" ? t.packing : t.sending;
  const rate = perSecond(pace);
  const left = secondsLeft(pace, about.total);
  const parts = [
    stage.at === "packing" ? t.packed(done, about.total) : t.sent(done, about.total),
    rate === null ? null : texts.result.rate(Math.round(rate)),
    left === null || left === 0 ? null : texts.result.left(timeLeft(left)),
  ];
  return (
    <div className="outcome-run">
      <div role="status">
        <h2>{label}</h2>
      </div>
      <Bar handOver={handOver} label={label} line={parts.filter((part) => part !== null).join(" · ")} />
      <Keeping handOver={handOver} />
      <div className="row wrap">{children}</div>
    </div>
  );
}

function Still({ handOver, title, children }: { handOver: HandOver; title: string; children: ReactNode }) {
  return (
    <div className="outcome-run">
      <div role="status">
        <h2>{title}</h2>
      </div>
      <Bar handOver={handOver} label={title} line={t.sent(handOver.done, handOver.about.total)} />
      <Keeping handOver={handOver} />
      <div className="row wrap">{children}</div>
    </div>
  );
}

function Stopped(props: Props & { handOver: HandOver; problem: ApiProblem; giveUp: ReactNode }) {
  const { at, handOver, problem, onCheckAgain } = props;
  const { work, key } = at;
  const checkAgain = useAction(async () => {
    if (work !== null) await onCheckAgain?.(work);
  });
  const refused = refusedRows({ report: problem.body.report, server: serverPart(problem.body.server) });
  const fix = useAction(async () => {
    if (work !== null) await props.onFix(work, refused);
  });
  const texted = texts.result;
  if (problem.code === "rules_changed") {
    return (
      <div className="blocked" role="alert">
        <div className="problem-body">
          <div className="problem-title">{texted.changedTitle}</div>
          <div>{work === null ? t.changedNoSheet : texted.changedBody}</div>
          {checkAgain.problem !== undefined && <ProblemBox problem={checkAgain.problem} />}
          <div className="row wrap">
            {work !== null && (
              <Button look="primary" busy={checkAgain.busy} onPress={() => void checkAgain.run()}>
                {texted.checkAgain}
              </Button>
            )}
            {props.giveUp}
          </div>
        </div>
      </div>
    );
  }
  const goesOn = canGoOn(problem);
  return (
    <>
      <h2>{problem.code === "import_refused" ? texted.refusedTitle : t.stoppedTitle}</h2>
      {goesOn && handOver.about.chunks > 1 && (
        <div className="outcome-run">
          <Bar handOver={handOver} label={t.stoppedTitle} line={t.sent(handOver.done, handOver.about.total)} />
          <p>
            {handOver.kept && `${t.stoppedKept} `}
            {problem.status === 0 && t.waitsForLine}
          </p>
        </div>
      )}
      <ProblemBox problem={problem}>
        {goesOn && (
          <Button look="primary" onPress={() => void handOvers.resume(key)}>
            {t.resume}
          </Button>
        )}
        {refused.length > 0 && work !== null && (
          <Button look="primary" busy={fix.busy} onPress={() => void fix.run()}>
            {texted.fix}
          </Button>
        )}
        {work !== null && !goesOn && refused.length === 0 ? (
          <Button onPress={() => void props.onGiveUp()}>{texted.backToCheck}</Button>
        ) : (
          props.giveUp
        )}
      </ProblemBox>
      {refused.length > 0 && work === null && <p className="muted">{texted.fixLost}</p>}
    </>
  );
}

function Lost() {
  const keep = useKeepOrganization();
  return (
    <div className="outcome">
      <div className="notice" role="status">
        <p>{t.lost}</p>
        <Link to={keep("/imports")}>{texts.result.toImports}</Link>
      </div>
    </div>
  );
}

function serverPart(value: unknown): ImportReport["server"] {
  const issues = typeof value === "object" && value !== null && "issues" in value ? value.issues : null;
  return { issues: Array.isArray(issues) ? issues : [] };
}
