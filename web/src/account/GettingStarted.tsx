import { useCallback } from "react";
import { api } from "../api/client";
import { useAction, useLoad } from "../api/use";
import { useCan, useKeepOrganization, useSession } from "../console/session";
import { Link, navigate } from "../router";
import { notify } from "../ui/announce";
import { Button } from "../ui/controls";
import { CheckIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { account } from "./api";
import { texts } from "./texts";
import "./account.css";

const t = texts.start;

type Step = { id: keyof typeof t.steps; to: string; done: boolean };

/** The first steps, each with a mark when it is really done. */
export default function GettingStarted() {
  const { me, refresh } = useSession();
  const can = useCan();
  const keep = useKeepOrganization();
  const mayImport = can("imports.write");
  const mayInvite = can("users.write");
  const load = useCallback(
    async (signal: AbortSignal) => ({
      imports: mayImport && (await api.imports({ limit: 1 }, signal)).items.length > 0,
      // Oneself is one of them.
      colleagues: mayInvite && (await api.users({ limit: 2 }, signal)).items.length > 1,
    }),
    [mayImport, mayInvite],
  );
  const { data, problem, reload } = useLoad(load);
  const steps: Step[] = [
    { id: "mfa", to: "/account/security", done: me.mfa.methods.length > 0 },
    ...(mayImport
      ? [{ id: "import" as const, to: keep("/import/source", { sample: "1" }), done: data?.imports ?? false }]
      : []),
    ...(mayInvite
      ? [{ id: "invite" as const, to: keep("/users", { new: "user" }), done: data?.colleagues ?? false }]
      : []),
  ];
  const allDone = steps.every((step) => step.done);
  const hide = useAction(async () => {
    await account.update(me, { getting_started: false });
    notify(t.hidden);
    refresh();
    void navigate(keep(mayInvite ? "/users" : "/account/profile"));
  });
  return (
    <div className="page account">
      <h1>{t.title}</h1>
      <p className="muted">{allDone ? t.allDone : t.intro(me.user.first_name || me.user.name || me.user.email)}</p>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      <ol className="start-steps">
        {steps.map((step, index) => (
          <li key={step.id} className="start-step" data-done={step.done ? "" : undefined}>
            <span className="start-mark" aria-hidden="true">
              {step.done ? <CheckIcon /> : index + 1}
            </span>
            <div className="grow">
              <h2>
                {t.steps[step.id].title}
                {step.done && <span className="visually-hidden"> ({t.done})</span>}
              </h2>
              <p className="muted">{t.steps[step.id].body}</p>
            </div>
            {!step.done && (
              <Link to={step.to} className="button">
                {t.steps[step.id].action}
              </Link>
            )}
          </li>
        ))}
      </ol>
      {hide.problem && <ProblemBox problem={hide.problem} />}
      <div>
        <Button look={allDone ? "primary" : "quiet"} busy={hide.busy} onPress={() => void hide.run()}>
          {t.hide}
        </Button>
      </div>
    </div>
  );
}
