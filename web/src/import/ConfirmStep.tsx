import { useCallback, useEffect } from "react";
import { api, type CredentialMode, type ImportOptions, useLoad } from "../api";
import { useCan } from "../console/session";
import { Link, withSearch } from "../router";
import { Button, Checkbox, WarningIcon } from "../ui";
import { Choices as RadioChoices } from "../ui/Choices";
import { confirmTexts } from "./confirmTexts";
import { FileIssues } from "./FileIssues";
import type { Choices, Mode, Work } from "./flow";
import { useSheet } from "./Grid";
import { HereSection } from "./HereSection";
import { givesPasswords } from "./here";
import { hasPasswords, type Obstacle, planOf } from "./ready";
import { sentence } from "./sentence";
import { count, texts } from "./texts";

const t = texts.confirm;

export interface ConfirmProps {
  work: Work;
  options: ImportOptions;
  profileName: string;
  obstacle: Obstacle | null;
  onChange: (patch: Partial<Choices>) => void;
  onToProblem: () => void;
  onToRoles: () => void;
}

export function ConfirmStep(props: ConfirmProps) {
  const { work, obstacle, onChange } = props;
  const { facts } = work;
  const state = useSheet(work.session);
  const plan = planOf(work, state);
  return (
    <div className="confirm">
      <h2>{t.title}</h2>
      <p className="confirm-sentence" role="status">
        {sentence(plan)}
      </p>
      {obstacle !== null && <ObstacleNotice {...props} obstacle={obstacle} />}
      {state.counts.accepted + state.counts.corrected > 0 && (
        <HereSection work={work} options={props.options} onChange={onChange} onToRefused={props.onToProblem} />
      )}
      {facts.modes.length > 1 && (
        <RadioChoices<Mode>
          label={t.mode}
          value={work.mode}
          onChange={(mode) => onChange({ mode })}
          options={facts.modes.map((id) => ({ id, ...t.modes[id] }))}
        />
      )}
      {facts.invitations === "by_credential_mode" && <Credentials {...props} />}
      {facts.invitations === "opt_in" && (
        <div className="choices">
          <span className="field-label">{t.invitations}</span>
          <Checkbox isSelected={work.invite} onChange={(invite) => onChange({ invite })}>
            {t.invite}
          </Checkbox>
        </div>
      )}
      <dl className="facts">
        <div>
          <dt>{t.facts.sheet}</dt>
          <dd>
            <bdi>{work.name}</bdi>
          </dd>
        </div>
        <div>
          <dt>{t.facts.rows}</dt>
          <dd className="numeric">
            {count(state.counts.rows)}
            {state.counts.corrected > 0 && (
              <span className="muted"> · {t.facts.corrected(state.counts.corrected)}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>{t.facts.organization}</dt>
          <dd>{work.organization?.name ?? t.facts.whole}</dd>
        </div>
        <div>
          <dt>{t.facts.rules}</dt>
          <dd>{props.profileName}</dd>
        </div>
      </dl>
    </div>
  );
}

/** How people sign in for the first time: what the rules know and the organization allows. */
function Credentials({ work, onChange }: Pick<ConfirmProps, "work" | "onChange">) {
  const mayRead = useCan()("organizations.read");
  const organization = work.organization?.id;
  const load = useCallback((signal: AbortSignal) => api.organization(organization ?? "", signal), [organization]);
  // Who may not see its settings is told by the server what it forbids.
  const settings = useLoad(mayRead && organization !== undefined ? load : null);
  const known = work.facts.credentials;
  const allowed = settings.data?.credential_modes;
  const offered = allowed === undefined ? known : known.filter((mode) => allowed.includes(mode));
  const first = offered.includes(work.credentials) ? work.credentials : offered[0];
  useEffect(() => {
    if (first !== undefined && first !== work.credentials) onChange({ credentials: first });
  }, [first, work.credentials, onChange]);
  const unused = work.bytes !== null && hasPasswords(work) && !givesPasswords(work.credentials);
  return (
    <div className="credentials">
      {offered.length > 1 && (
        <RadioChoices<CredentialMode>
          label={confirmTexts.credentials}
          value={work.credentials}
          onChange={(credentials) => onChange({ credentials })}
          options={offered.map((id) => ({ id, ...confirmTexts.credentialChoices[id] }))}
        />
      )}
      {unused && <p className="field-note">{confirmTexts.passwordsUnused}</p>}
    </div>
  );
}

function ObstacleNotice(props: ConfirmProps & { obstacle: Obstacle }) {
  const { obstacle } = props;
  return (
    <div className="blocked" role="status">
      <WarningIcon />
      <div className="problem-body">{words(obstacle, props)}</div>
    </div>
  );
}

function words(obstacle: Obstacle, props: ConfirmProps) {
  switch (obstacle.what) {
    case "file":
      return (
        <>
          <div className="problem-title">{t.blockedFile}</div>
          <FileIssues issues={obstacle.issues} />
          <ToCheck />
        </>
      );
    case "empty":
      return (
        <>
          <div className="problem-title">{t.empty}</div>
          <ToCheck />
        </>
      );
    case "nothing_good":
    case "refused_rows":
      return (
        <>
          <div className="problem-title">{t.blockedTitle(obstacle.rows)}</div>
          <div>{obstacle.what === "nothing_good" ? t.blockedAll : t.blockedBody}</div>
          <div className="row wrap">
            <Button onPress={props.onToProblem}>{t.toFirst}</Button>
          </div>
        </>
      );
    case "already_here":
      return (
        <>
          <div className="problem-title">{confirmTexts.here.blocked(obstacle.rows)}</div>
          <div>{confirmTexts.here.blockedBody}</div>
        </>
      );
    case "no_passwords":
      return (
        <>
          <div className="problem-title">{confirmTexts.noPasswords}</div>
          <div>{confirmTexts.noPasswordsBody}</div>
        </>
      );
    case "nobody_new":
      return (
        <>
          <div className="problem-title">{confirmTexts.here.nobodyNew}</div>
          <div>{confirmTexts.here.nobodyNewBody}</div>
        </>
      );
    case "without_role":
      return (
        <>
          <div className="problem-title">{t.blockedRole(obstacle.rows)}</div>
          <div>{t.blockedRoleBody}</div>
          <div className="row wrap">
            <Button onPress={props.onToRoles}>{t.toRoles}</Button>
          </div>
        </>
      );
  }
}

function ToCheck() {
  return (
    <div className="row wrap">
      <Link to={withSearch({}, "/import/check")} className="button">
        {t.toCheck}
      </Link>
    </div>
  );
}
