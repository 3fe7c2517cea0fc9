import { Link, withSearch } from "../router";
import { Button, Checkbox, WarningIcon } from "../ui";
import { Choices } from "../ui/Choices";
import { FileIssues } from "./FileIssues";
import type { Mode, OnExisting, Work } from "./flow";
import { useSheet } from "./Grid";
import { type Obstacle, planOf } from "./ready";
import { sentence } from "./sentence";
import { count, texts } from "./texts";

const t = texts.confirm;

export interface ConfirmProps {
  work: Work;
  profileName: string;
  obstacle: Obstacle | null;
  onChange: (patch: Partial<Pick<Work, "mode" | "onExisting" | "invite">>) => void;
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
      <p className="confirm-sentence">{sentence(plan)}</p>
      {obstacle !== null && <ObstacleNotice {...props} obstacle={obstacle} />}
      {facts.modes.length > 1 && (
        <Choices<Mode>
          label={t.mode}
          value={work.mode}
          onChange={(mode) => onChange({ mode })}
          options={facts.modes.map((id) => ({ id, ...t.modes[id] }))}
        />
      )}
      <Choices<OnExisting>
        label={t.existing}
        value={work.onExisting}
        onChange={(onExisting) => onChange({ onExisting })}
        options={(["refuse", "skip"] as const).map((id) => ({ id, ...t.existingChoices[id] }))}
      />
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
