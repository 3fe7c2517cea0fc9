import { type FormEvent, useState } from "react";
import { CheckboxGroup, Label } from "react-aria-components";
import type { Me, Notifications, Priority, Schedule, Severity, Threshold } from "../api/types";
import { useCan, useSession } from "../console/session";
import { Link } from "../router";
import { texts as common } from "../texts/en";
import { notify } from "../ui/announce";
import { CheckList } from "../ui/CheckList";
import { Choices } from "../ui/Choices";
import { Checkbox, SelectField } from "../ui/controls";
import { ErrorIcon } from "../ui/icons";
import { zoneName } from "../ui/pickers";
import { ProblemBox } from "../ui/problem";
import { SaveBar } from "./ProfileTab";
import { DAYS, flaw, inOrder, times, WORKING_HOURS } from "./schedule";
import { scheduleWords, texts } from "./texts";
import { useMine } from "./useMine";

const t = texts.notifications;

const draftOf = (me: Me): { notifications: Notifications } => ({ notifications: me.settings.notifications });

export function NotificationsTab() {
  const { me, organizations } = useSession();
  const can = useCan();
  const mine = useMine(draftOf, () => notify(t.saved));
  const { notifications } = mine.draft;
  const [tried, setTried] = useState(false);
  const set = (change: Partial<Notifications>) => mine.set({ notifications: { ...notifications, ...change } });
  const { schedule } = notifications;
  const wrong = schedule && flaw(schedule);
  const none = notifications.organizations !== "all" && notifications.organizations.length === 0;
  const zone = me.settings.time_zone ?? "UTC";
  // Who belongs to one organization has none to choose from.
  const several = me.organizations === "all" || organizations.length > 1;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!wrong && !(several && none)) void mine.save();
  };
  return (
    <form className="account-form" onSubmit={submit} noValidate>
      <p className="muted">{t.intro}</p>
      {!can(["imports.write", "invitations.write"]) && <p className="notice">{t.noRole}</p>}
      {mine.problem && (
        <ProblemBox
          problem={mine.problem}
          words={{
            problems: {
              version_conflict: { title: common.problems.version_conflict?.title ?? "", detail: texts.conflict },
            },
          }}
        />
      )}
      {several && (
        <>
          <Choices
            label={t.about}
            value={notifications.organizations === "all" ? "all" : "selected"}
            onChange={(id) => set({ organizations: id === "all" ? "all" : [] })}
            options={[
              { id: "all", name: t.all, description: t.allHint },
              { id: "selected", name: t.selected },
            ]}
          />
          {notifications.organizations !== "all" && (
            <CheckList
              label={t.organizations}
              options={organizations.map(({ id, name }) => ({ id, name }))}
              value={notifications.organizations}
              onChange={(ids) => set({ organizations: ids })}
              empty={t.noOrganizations}
              filterLabel={t.findOrganization}
              noMatch={t.noOrganization}
              error={tried && none ? t.chooseOrganization : undefined}
            />
          )}
        </>
      )}
      <Choices
        label={t.when}
        value={schedule ? "scheduled" : "always"}
        onChange={(id) => set({ schedule: id === "scheduled" ? WORKING_HOURS : null })}
        options={[
          { id: "always", name: t.always },
          { id: "scheduled", name: t.scheduled, description: t.scheduledHint },
        ]}
      />
      {schedule && (
        <ScheduleFields
          schedule={schedule}
          onChange={(next) => set({ schedule: next })}
          zone={zone}
          showFlaws={tried || wrong === "no_time"}
        />
      )}
      <ThresholdFields label={t.mail} value={notifications.mail} onChange={(mail) => set({ mail })} />
      <ThresholdFields
        label={t.text}
        value={notifications.text}
        onChange={(text) => set({ text })}
        missing={
          !me.user.phone &&
          notifications.text.severity !== "off" && (
            <>
              {t.noPhone} <Link to="/account/profile">{t.addPhone}</Link>
            </>
          )
        }
      />
      <SaveBar
        dirty={mine.dirty}
        busy={mine.busy}
        onDiscard={() => {
          setTried(false);
          mine.discard();
        }}
      />
    </form>
  );
}

function ScheduleFields(p: {
  schedule: Schedule;
  onChange: (schedule: Schedule) => void;
  zone: string;
  showFlaws: boolean;
}) {
  const { schedule, onChange } = p;
  const wrong = p.showFlaws ? flaw(schedule) : null;
  return (
    <div className="schedule">
      <CheckboxGroup
        className="days"
        value={schedule.days}
        onChange={(days) => onChange({ ...schedule, days: inOrder(days) })}
        isInvalid={wrong === "no_day"}
      >
        <Label className="field-label">{t.days}</Label>
        <div className="day-row">
          {DAYS.map((day) => (
            <Checkbox key={day} value={day} aria-label={t.dayNames[day]}>
              {t.shortDays[day]}
            </Checkbox>
          ))}
        </div>
        {wrong === "no_day" && <Flaw text={t.noDay} />}
      </CheckboxGroup>
      <div className="day-times">
        {(["from", "to"] as const).map((which) => (
          <SelectField
            key={which}
            label={t[which]}
            value={schedule[which]}
            onChange={(time) => onChange({ ...schedule, [which]: time })}
            options={times(which, schedule[which]).map((time) => ({ id: time, name: time }))}
          />
        ))}
      </div>
      {wrong === "no_time" && <Flaw text={t.noTime} />}
      <p className="field-hint">
        {flaw(schedule) === null && `${scheduleWords(schedule)}. `}
        {t.inZone(zoneName(p.zone))} <Link to="/account/profile">{t.changeZone}</Link>
      </p>
    </div>
  );
}

function Flaw({ text }: { text: string }) {
  return (
    <span className="field-error" role="alert">
      <ErrorIcon size={14} />
      <span>{text}</span>
    </span>
  );
}

const severities: Threshold["severity"][] = ["info", "warning", "critical", "off"];
const priorities: Priority[] = ["low", "normal", "high"];

function ThresholdFields(p: {
  label: string;
  value: Threshold;
  onChange: (value: Threshold) => void;
  missing?: React.ReactNode;
}) {
  const { severity, priority } = p.value;
  return (
    <fieldset className="threshold">
      <legend className="field-label">{p.label}</legend>
      <SelectField
        label={t.severity}
        value={severity}
        onChange={(id) => p.onChange({ ...p.value, severity: id as Severity | "off" })}
        options={severities.map((id) => ({ id, name: t.severities[id].name, description: t.severities[id].hint }))}
      />
      <SelectField
        label={t.priority}
        value={priority}
        disabled={severity === "off"}
        onChange={(id) => p.onChange({ ...p.value, priority: id as Priority })}
        options={priorities.map((id) => ({ id, name: t.priorities[id].name, description: t.priorities[id].hint }))}
      />
      {p.missing && <p className="field-note">{p.missing}</p>}
    </fieldset>
  );
}
