import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { api, asProblem, type ImportOptions, useAction, useLoad } from "../api";
import { useSession } from "../console/session";
import { Link, navigate, useLeaveGuard, usePath, useSearch, withSearch } from "../router";
import { announce, ask, Button, CheckIcon, ErrorIcon, ProblemBox, serverNow } from "../ui";
import { AssignStep } from "./AssignStep";
import { CheckStep } from "./CheckStep";
import { ConfirmStep } from "./ConfirmStep";
import { type Choice, choiceOf, kindsFor, whomOf } from "./choice";
import { assignableFields } from "./columns";
import {
  type Choices,
  chosen,
  type Flow,
  flowOf,
  type Result,
  type Step,
  stepOf,
  steps,
  unsaved,
  type WizardState,
  type Work,
} from "./flow";
import { useSheet } from "./Grid";
import { HandOverBanner } from "./HandOverBanner";
import { HandOverView } from "./HandOverView";
import { ALREADY, givesPasswords, peopleOfRows, toSend } from "./here";
import { handOvers, useHandOvers } from "./useHandOver";
import "./confirm.css";
import "./import.css";
import "./assign.css";
import { openAs, openFresh } from "./opening";
import { profileFacts } from "./profile";
import { WatchingView } from "./ResultStep";
import { needsPerson } from "./reading";
import { hereOf, obstacle, planOf } from "./ready";
import type { RefusedRow } from "./report";
import { SourceStep } from "./SourceStep";
import { indexOf, merged } from "./selection";
import { buttonWords } from "./sentence";
import type { ServerMark, SheetSession } from "./session";
import { sheetAsText } from "./sheetText";
import { sheetTexts } from "./sheetTexts";
import { sampleSheet, texts } from "./texts";
import { CHUNK_ROWS } from "./upload";

const nothing: WizardState = { work: null, reading: null, failure: null };

const stays = (path: string) => path === "/import" || path.startsWith("/import/");
const askToLeave = () =>
  ask({ title: texts.leave.title, body: texts.leave.body, confirm: texts.leave.confirm, cancel: texts.leave.cancel });

const toStep = (step: Step, patch: Record<string, string | null> = {}) =>
  withSearch({ columns: null, sample: null, import: null, upload: null, ...patch }, `/import/${step}`);

/** Source → Check → Assign → Confirm → Result, each a URL. The sheet stays in this page until it is confirmed. */
export default function ImportWizard() {
  const step = stepOf(usePath());
  const search = useSearch();
  const { me, organizations } = useSession();
  const everywhere = useLoad(useCallback((signal: AbortSignal) => api.importProfiles(undefined, signal), []));
  const kinds = kindsFor(me.organizations, everywhere.data?.items);
  const [state, setState] = useState<WizardState>(nothing);
  const update = useCallback((patch: Partial<WizardState>) => setState((old) => ({ ...old, ...patch })), []);

  const whom = whomOf(search, kinds, organizations);
  const organizationId = whom.organization?.id;
  const complete = whom.kind === "technician" || organizationId !== undefined;
  const loadProfiles = useMemo(
    () => (complete ? (signal: AbortSignal) => api.importProfiles(organizationId, signal) : null),
    [organizationId, complete],
  );
  const profiles = useLoad(loadProfiles);
  const known = profiles.data?.items ?? [];
  const choice = choiceOf(search, whom, known);
  const profileId = choice.profile?.id;
  const loadRules = useMemo(
    () =>
      profileId === undefined || !complete
        ? null
        : (signal: AbortSignal) => api.effectiveProfile(profileId, organizationId, signal),
    [profileId, organizationId, complete],
  );
  const rules = useLoad(loadRules);
  const facts = useMemo(
    () => (rules.data === undefined ? null : profileFacts(rules.data, whom.kind)),
    [rules.data, whom.kind],
  );

  const { work } = state;
  const matches = work === null || choice.profile === null || fits(work, choice);
  const handedOver = useHandOvers();
  const at: Result = { import: search.get("import"), upload: search.get("upload") };
  const flow = flowOf(state, matches || step === "result" ? step : "source", at, handedOver);
  useEffect(() => {
    if (flow.step === "elsewhere") void navigate(toStep(flow.to, { ...flow.at }), { replace: true });
    else if (!matches && step !== "source" && step !== "result") void navigate(toStep("source"), { replace: true });
  }, [flow, matches, step]);

  useLeaveGuard(unsaved(state, handedOver), stays, askToLeave);

  // The sheet's memory in the worker goes with the page.
  const held = useRef<SheetSession | null>(null);
  held.current = work?.session ?? null;
  useEffect(() => () => held.current?.close(), []);

  const replaceWork = (next: Work) => {
    if (held.current !== null && held.current !== next.session) held.current.close();
    setState({ ...nothing, work: next });
  };

  const openWith = async (
    bytes: Uint8Array | null,
    name: string,
    profile: string,
    options: { mapping?: string; rows?: number; fresh?: boolean } = {},
  ): Promise<SheetSession | null> => {
    const { session, remembered } =
      options.fresh === true && bytes !== null
        ? await openFresh(bytes, profile, choice.organization?.id ?? null)
        : { session: await openAs(bytes, profile, options), remembered: false };
    const errors = session.info.issues.filter((issue) => issue.severity === "error");
    if (session.snapshot().counts.rows === 0 && bytes !== null) {
      session.close();
      update({ reading: null, failure: { what: "unreadable", name, issues: errors } });
      return null;
    }
    const facts = profileFacts(profile, whom.kind);
    replaceWork({
      session,
      bytes,
      name,
      kind: whom.kind,
      facts,
      remembered,
      profileId: session.info.profile.id,
      organization:
        choice.organization === null ? null : { id: choice.organization.id, name: choice.organization.name },
      mode: facts.modes[0] ?? "atomic",
      onExisting: "refuse",
      here: null,
      invite: false,
      credentials: facts.credentials[0] ?? "link",
      upload: null,
      importId: null,
    });
    const { counts } = session.snapshot();
    announce(
      `${remembered ? `${sheetTexts.mapping.remembered} ` : ""}${texts.rows(counts.rows)}. ${counts.refused === 0 ? texts.check.allGood : texts.check.open(counts.refused)}.`,
    );
    return session;
  };

  const open = async (bytes: Uint8Array | null, name: string, rows?: number) => {
    if (rules.data === undefined || state.reading !== null) return;
    if (work !== null && work.importId === null && work.session.snapshot().edited) {
      const yes = await ask({
        title: texts.source.openReplaceTitle,
        body: texts.source.openReplaceBody,
        confirm: texts.source.openReplace,
        cancel: texts.source.keep,
      });
      if (!yes) return;
    }
    update({ reading: { name }, failure: null });
    announce(texts.source.reading(name));
    try {
      const session = await openWith(bytes, name, rules.data, rows === undefined ? { fresh: true } : { rows });
      // Where only a person can say which column is which, they are asked at once.
      if (session !== null)
        void navigate(toStep("check", bytes !== null && needsPerson(session.info) ? { columns: "change" } : {}));
    } catch (error) {
      update({ reading: null, failure: { what: "problem", name, problem: asProblem(error) } });
    }
  };

  // A link may ask for the sample; it is opened once the rules are there.
  const wantsSample = search.get("sample") === "1" && step === "source";
  const openSample = useRef(open);
  openSample.current = open;
  useEffect(() => {
    if (wantsSample && rules.data !== undefined)
      void openSample.current(new TextEncoder().encode(sampleSheet), texts.source.sampleName);
  }, [wantsSample, rules.data]);

  /** Reads the sheet as it stands again, by other rules: corrections by hand stay. */
  const checkAgain = async (profile: string) => {
    if (work === null) return;
    const { bytes, mapping } = await sheetAsText(work.session, await work.session.positions("all"));
    const { name } = work;
    if (await openWith(bytes, name, profile, { mapping })) void navigate(toStep("check"));
  };

  const continueOpen = async () => {
    if (work !== null && !matches && rules.data !== undefined) {
      update({ reading: { name: work.name } });
      await checkAgain(rules.data).finally(() => update({ reading: null }));
    } else void navigate(toStep("check"));
  };

  const confirm = (of: Work) => {
    const state = of.session.snapshot();
    const here = hereOf(of, state);
    const total = state.counts.accepted + state.counts.corrected;
    const key = crypto.randomUUID();
    void handOvers.begin(
      {
        key,
        by: me.user.id,
        name: of.name,
        kind: of.kind,
        organization: of.organization,
        options: optionsOf(of),
        profileHash: of.session.info.profile.hash,
        total,
        chunks: Math.ceil(total / CHUNK_ROWS),
        importId: null,
        whole: false,
        since: serverNow(),
      },
      async (start, n) =>
        (await of.session.records(start, n)).map((row) => toSend(row, here, givesPasswords(of.credentials))),
    );
    update({ work: { ...of, upload: key } });
    void navigate(toStep("result", { upload: key }));
  };

  /** The server has it: from here on the import is watched. */
  const handed = useCallback((key: string, importId: string) => {
    handOvers.release(key);
    setState((old) => (old.work?.upload === key ? { ...old, work: { ...old.work, upload: null, importId } } : old));
    void navigate(toStep("result", { import: importId }), { replace: true });
  }, []);

  const giveUp = async (key: string, of: Work | null) => {
    await handOvers.giveUp(key);
    if (of === null) return;
    update({ work: { ...of, upload: null } });
    void navigate(toStep("check"), { replace: true });
  };

  /**
   * Back to Check with what the server said at its cells; of a sheet that was partly imported, with those rows only.
   * Who is here already is no mistake in the sheet: where there is nothing else, Confirm asks what to do with them.
   */
  const fix = async (of: Work, refused: readonly RefusedRow[], rest: boolean) => {
    const wrong = refused.filter(({ code }) => code !== ALREADY);
    const here = new Set(refused.filter(({ code }) => code === ALREADY).map(({ row }) => row));
    const positions = await of.session.locate(refused.map((row) => row.row));
    const marks = new Map<number, ServerMark[]>();
    for (const row of wrong) {
      const position = positions.get(row.row);
      if (position === undefined || row.field === null) continue;
      const list = marks.get(position) ?? [];
      list.push({ field: row.field, code: row.code, message: row.reason });
      marks.set(position, list);
    }
    let session: SheetSession | null = of.session;
    if (rest) {
      const kept = merged(await of.session.positions("problems"), positions.values());
      const { bytes, mapping } = await sheetAsText(of.session, kept);
      session = await openWith(bytes, of.name, of.session.profile, { mapping });
      await session?.mark(new Map([...marks].map(([position, list]) => [indexOf(kept, position), list])));
    } else {
      await of.session.mark(marks);
      const { edits, counts } = of.session.snapshot();
      const known =
        here.size === 0
          ? null
          : { edits, asked: counts.rows, people: await peopleOfRows(of.session, here), own: new Map() };
      update({ work: { ...of, importId: null, upload: null, here: known } });
    }
    if (!rest && marks.size === 0 && here.size > 0) {
      void navigate(toStep("confirm"));
      return;
    }
    if (session !== null) await toFirstProblem(session);
    void navigate(toStep("check"));
  };

  const body = () => {
    switch (flow.step) {
      case "elsewhere":
        return null;
      case "source":
        return profiles.problem !== undefined ? (
          <ProblemBox problem={profiles.problem} retry={profiles.reload} />
        ) : (
          <SourceStep
            choice={choice}
            kinds={kinds}
            profiles={known}
            organizations={organizations}
            facts={facts}
            rulesProblem={rules.problem}
            reloadRules={rules.reload}
            open={flow.open?.importId === null && flow.open.upload === null ? flow.open : null}
            onContinue={() => void continueOpen()}
            reading={flow.reading}
            failure={flow.failure}
            onBytes={(bytes, name) => void open(bytes, name)}
            onByHand={(rows) => void open(null, texts.source.handName, rows)}
          />
        );
      case "check":
      case "assign":
      case "confirm":
        return (
          <SheetGuard
            work={flow.work}
            onAgain={async () => {
              if (flow.work.bytes !== null) await openWith(flow.work.bytes, flow.work.name, flow.work.session.profile);
              else {
                update({ work: null });
                void navigate(toStep("source"));
              }
            }}
          >
            {sheetStep(flow.step, flow.work)}
          </SheetGuard>
        );
      case "result":
        return result(flow);
    }
  };

  const sheetStep = (at: "check" | "assign" | "confirm", of: Work) => {
    switch (at) {
      case "check":
        return (
          <CheckStep
            work={of}
            onMapping={async (mapping) => {
              await openWith(of.bytes, of.name, of.session.profile, { mapping });
            }}
          />
        );
      case "assign":
        return <AssignStep work={of} />;
      case "confirm":
        return <Confirming work={of} choice={choice} onChange={(patch) => setState((old) => chosen(old, of, patch))} />;
    }
  };

  const result = (at: Extract<Flow, { step: "result" }>) => {
    switch (at.stage) {
      case "handing":
        return (
          <HandOverView
            at={at}
            onHanded={handed}
            onCheckAgain={
              at.work === null
                ? null
                : async (of) => {
                    const fresh = await api.effectiveProfile(of.profileId, of.organization?.id);
                    await handOvers.giveUp(at.key);
                    await checkAgain(fresh);
                    rules.reload();
                  }
            }
            onFix={async (of, refused) => {
              await handOvers.giveUp(at.key);
              await fix(of, refused, false);
            }}
            onGiveUp={() => giveUp(at.key, at.work)}
          />
        );
      case "watching": {
        const { work: mine } = at;
        return (
          <WatchingView
            importId={at.importId}
            work={mine}
            onFix={(refused, rest) => (mine === null ? Promise.resolve() : fix(mine, refused, rest))}
            onAnother={() => {
              held.current?.close();
              setState(nothing);
              void navigate(toStep("source"));
            }}
          />
        );
      }
    }
  };

  // The columns have a foot of their own.
  const mapping = flow.step === "check" && search.get("columns") === "change" && flow.work.bytes !== null;
  const current: Step = flow.step === "elsewhere" ? flow.to : flow.step;
  return (
    <div className="wizard" data-step={current}>
      <header className="wizard-head">
        <h1>{texts.title}</h1>
        <Steps flow={flow} current={current} />
      </header>
      <div className="wizard-body">
        {flow.step === "source" && <HandOverBanner />}
        {body()}
      </div>
      {(flow.step === "check" || flow.step === "assign" || flow.step === "confirm") && !mapping && (
        <Foot key={flow.step} step={flow.step} work={flow.work} onConfirm={() => confirm(flow.work)} />
      )}
    </div>
  );
}

/** What the server is told about a sheet beside its rows. */
function optionsOf(work: Work): ImportOptions {
  const { facts } = work;
  return {
    profile: work.profileId,
    organization: work.organization?.id,
    mode: work.mode,
    on_existing: work.onExisting,
    invite: facts.invitations === "opt_in" ? work.invite : undefined,
    credentials: facts.invitations === "by_credential_mode" ? work.credentials : undefined,
  };
}

function fits(work: Work, choice: Choice): boolean {
  return (
    work.profileId === choice.profile?.id &&
    work.kind === choice.kind &&
    (work.organization?.id ?? null) === (choice.organization?.id ?? null)
  );
}

function Steps({ flow, current }: { flow: Flow; current: Step }) {
  const at = steps.indexOf(current);
  const open = flow.step === "check" || flow.step === "assign" || flow.step === "confirm";
  const sheet =
    flow.step === "source" && flow.open !== null && flow.open.importId === null && flow.open.upload === null;
  return (
    <nav className="steps" aria-label={texts.stepsLabel}>
      <ol>
        {steps.map((step, index) => {
          const reachable = step !== current && step !== "result" && (open || (sheet && step === "check"));
          const inside = (
            <>
              <span className="step-number" aria-hidden="true">
                {index < at ? <CheckIcon size={12} /> : index + 1}
              </span>
              <span className="step-name">{texts.steps[step]}</span>
            </>
          );
          return (
            <li key={step} data-done={index < at || undefined} aria-current={step === current ? "step" : undefined}>
              {reachable ? <Link to={toStep(step)}>{inside}</Link> : <span>{inside}</span>}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** Where the worker with the sheet has ended, says so instead of the step. */
function SheetGuard({ work, onAgain, children }: { work: Work; onAgain: () => Promise<void>; children: ReactNode }) {
  const { failure } = useSheet(work.session);
  const again = useAction(onAgain);
  if (failure === null) return children;
  return (
    <div className="problem" role="alert">
      <ErrorIcon />
      <div className="problem-body">
        <div className="problem-title">{texts.failed.title}</div>
        <div>{texts.failed.body}</div>
        <div className="muted">{again.problem?.detail ?? failure.message}</div>
        <div className="row">
          <Button busy={again.busy} onPress={() => void again.run()}>
            {texts.failed.again}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** Lists the problems, with the keyboard at the first. */
async function toFirstProblem(session: SheetSession): Promise<void> {
  await session.filter("problems");
  session.focus(null);
  session.focus(
    await session.nextProblem(
      false,
      session.info.fields.map((field) => field.field),
    ),
  );
}

function Confirming(props: { work: Work; choice: Choice; onChange: (patch: Partial<Choices>) => void }) {
  const { work, choice } = props;
  const state = useSheet(work.session);
  return (
    <ConfirmStep
      work={work}
      options={optionsOf(work)}
      profileName={choice.profile?.name ?? work.profileId}
      obstacle={obstacle(work, state)}
      onChange={props.onChange}
      onToProblem={() => void toFirstProblem(work.session).then(() => navigate(toStep("check")))}
      onToRoles={() => void work.session.filter("without_role").then(() => navigate(toStep("assign")))}
    />
  );
}

/** What stands in the way, and the way on. */
function Foot({ step, work, onConfirm }: { step: "check" | "assign" | "confirm"; work: Work; onConfirm: () => void }) {
  const { session } = work;
  const state = useSheet(session);
  const problems = state.counts.refused + state.marked;
  const blocked = obstacle(work, state);
  const assigns = assignableFields(session.info).length > 0;
  const before: Step = step === "check" ? "source" : step === "assign" ? "check" : assigns ? "assign" : "check";
  const after: Step = step === "check" && assigns ? "assign" : "confirm";

  // Each step lists its own rows: a filter of the other is not carried over.
  useLayoutEffect(() => {
    const { filter } = session.snapshot();
    if (step === "check" && filter === "without_role") void session.filter("all");
    if (step === "assign" && (filter === "problems" || filter === "corrected")) void session.filter("all");
  }, [session, step]);

  return (
    <footer className="wizard-foot">
      <Link to={toStep(before)} className="button">
        {texts.back}
      </Link>
      <p className="wizard-state numeric" role="status">
        {step === "confirm" ? null : blocked?.what === "file" ? (
          <span className="wizard-open">{texts.confirm.blockedFile}</span>
        ) : problems > 0 ? (
          <span className="wizard-open">{texts.check.open(problems)}</span>
        ) : step === "assign" && work.facts.rolesRequired && state.counts.without_role > 0 ? (
          <span className="wizard-open">{texts.assign.open(state.counts.without_role)}</span>
        ) : (
          <span>{texts.check.allGood}</span>
        )}
        {state.removed > 0 && step !== "confirm" && (
          <span className="muted"> · {texts.check.removed(state.removed)}</span>
        )}
      </p>
      {step === "confirm" ? (
        <Button look="primary" disabled={blocked !== null} onPress={onConfirm}>
          {buttonWords(planOf(work, state))}
        </Button>
      ) : (
        <Link to={toStep(after)} className="button" data-look="primary">
          {texts.check.continue}
        </Link>
      )}
    </footer>
  );
}
