import { type FormEvent, type ReactNode, useCallback, useMemo, useState } from "react";
import { api } from "../api/client";
import type { ApiProblem } from "../api/problem";
import type { Id, OrganizationSettings } from "../api/types";
import { useAction, useLoad } from "../api/use";
import { useCan, useSession } from "../console/session";
import { texts as common } from "../texts/en";
import { announce, notify } from "../ui/announce";
import { ConflictBox, useWhoChanged } from "../ui/conflict";
import { Button, Checkbox, Field, SelectField, Skeleton } from "../ui/controls";
import { CloseIcon, ErrorIcon, PlusIcon } from "../ui/icons";
import { useUnsavedPage } from "../ui/leave";
import { differing, type Merge, merge } from "../ui/merge";
import { ProblemBox } from "../ui/problem";
import { Pill } from "../ui/status";
import { WordsField } from "../ui/words";
import { countries } from "./countries";
import {
  complete,
  draftOf,
  LIMITS,
  MODES,
  type NumberName,
  numberOf,
  patchOf,
  primary,
  type SettingsDraft,
} from "./draft";
import { texts } from "./texts";

const t = texts.organization;

export function OrganizationPage({ id }: { id: Id }) {
  const load = useCallback((signal: AbortSignal) => api.organization(id, signal), [id]);
  const { data, problem, reload } = useLoad(load);
  if (data) return <Settings stored={data} />;
  return problem ? (
    <ProblemBox problem={problem} retry={reload} />
  ) : (
    <div className="stack" aria-busy="true">
      <Skeleton width={220} />
      <Skeleton width="50%" />
      <Skeleton width="40%" />
    </div>
  );
}

/** What it is about on the left, what can be set on the right. */
function Section(p: { id: string; title: string; about?: string; children: ReactNode }) {
  return (
    <section className="setting" aria-labelledby={p.id}>
      <div>
        <h2 id={p.id}>{p.title}</h2>
        {p.about && <p className="muted">{p.about}</p>}
      </div>
      <div className="stack">{p.children}</div>
    </section>
  );
}

function Settings({ stored }: { stored: OrganizationSettings }) {
  const { organizations, refresh } = useSession();
  const can = useCan();
  const whoChanged = useWhoChanged();
  const may = can("organizations.write");
  const [base, setBase] = useState(stored);
  const [draft, setDraft] = useState(() => draftOf(stored));
  const [tried, setTried] = useState(false);
  const [conflict, setConflict] = useState<{
    latest: OrganizationSettings;
    by: string | null;
    merge: Merge<SettingsDraft>;
  } | null>(null);
  const options = useMemo(() => [{ id: "", name: t.noCountry }, ...countries()], []);
  const dirty = Object.keys(patchOf(draftOf(base), draft)).length > 0;
  useUnsavedPage(dirty);

  const save = useAction(async (on: OrganizationSettings, mine: SettingsDraft) => {
    const before = draftOf(on);
    const patch = patchOf(before, mine);
    try {
      const saved = Object.keys(patch).length === 0 ? on : await api.updateOrganization(on.id, on.version, patch);
      setBase(saved);
      setDraft(draftOf(saved));
      setConflict(null);
      setTried(false);
      // The switcher shows names; this one may have been changed by somebody else, too.
      if (saved.name !== organizations.find(({ id }) => id === saved.id)?.name) refresh();
      notify(t.saved(saved.name));
    } catch (error) {
      if ((error as ApiProblem).code !== "version_conflict") throw error;
      const [latest, by] = await Promise.all([api.organization(on.id), whoChanged(on.id)]);
      setConflict({ latest, by, merge: merge(before, mine, draftOf(latest)) });
    }
  });

  const set = (patch: Partial<SettingsDraft>) => {
    setDraft({ ...draft, ...patch });
    save.clear();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (complete(draft) && dirty) void save.run(base, draft);
  };
  const refused = (field: string) => save.problem?.errors.find((error) => error.field.startsWith(field))?.detail;
  const nameRefused = save.problem?.code === "name_taken" ? common.problems.name_taken?.title : refused("name");
  const beside =
    Boolean(nameRefused) || save.problem?.code === "domain_taken" || (save.problem?.errors.length ?? 0) > 0;

  const number = (name: NumberName, label: string, unit: string) => {
    const [from, to] = LIMITS[name];
    const wrong = (tried || draft[name] !== draftOf(base)[name]) && numberOf(draft, name) === null;
    return (
      <Field
        label={label}
        unit={unit}
        value={draft[name]}
        onChange={(value) => set({ [name]: value })}
        inputMode="numeric"
        autoComplete="off"
        disabled={!may}
        hint={t.numberRange(from, to)}
        error={wrong ? t.numberRange(from, to) : refused(`password_policy.${name}`)}
      />
    );
  };

  return (
    <form className="settings-form" onSubmit={submit} noValidate>
      {!may && <p className="notice">{t.readOnly}</p>}
      <Section id="settings-general" title={t.general} about={t.counts(base.counts.users, base.counts.active)}>
        <Field
          label={t.name}
          value={draft.name}
          onChange={(name) => set({ name })}
          disabled={!may}
          autoComplete="off"
          error={draft.name.trim() === "" ? t.nameMissing : nameRefused}
        />
        <SelectField
          label={t.country}
          value={draft.default_country}
          onChange={(code) => set({ default_country: code })}
          options={options}
          disabled={!may}
          hint={t.countryHint}
          error={refused("default_country")}
        />
      </Section>
      <Section id="settings-domains" title={t.domains} about={t.domainsIntro}>
        <Domains
          domains={draft.domains}
          disabled={!may}
          onChange={(domains) => set({ domains })}
          problem={save.problem}
        />
      </Section>
      <Section id="settings-sign-in" title={t.signIn}>
        <div className="choice-line">
          <Checkbox
            isSelected={draft.mfa_required}
            onChange={(mfa_required) => set({ mfa_required })}
            isDisabled={!may}
          >
            <span className="choice-words">
              {t.mfa}
              <span className="field-hint">{t.mfaHint}</span>
            </span>
          </Checkbox>
        </div>
      </Section>
      <Section id="settings-passwords" title={t.policy} about={t.policyIntro}>
        <div className="numbers">
          {number("min_length", t.minLength, t.minLengthUnit)}
          {number("lockout_attempts", t.attempts, t.attemptsUnit)}
          {number("lockout_minutes", t.minutes, t.minutesUnit)}
        </div>
        <WordsField
          label={t.blocked}
          words={draft.blocked_words}
          onChange={(blocked_words) => set({ blocked_words })}
          disabled={!may}
          hint={t.blockedHint}
          error={refused("password_policy.blocked_words")}
        />
      </Section>
      <Section id="settings-credentials" title={t.credentials} about={t.credentialsIntro}>
        <div className="stack tight-rows">
          {MODES.map((mode) => (
            <div key={mode} className="choice-line">
              <Checkbox
                isSelected={mode === "link" || draft.credential_modes.includes(mode)}
                isDisabled={!may}
                // A link to choose one's own is never taken away.
                isReadOnly={mode === "link"}
                onChange={(on) =>
                  set({
                    credential_modes: MODES.filter((each) =>
                      each === mode ? on : each === "link" || draft.credential_modes.includes(each),
                    ),
                  })
                }
              >
                <span className="choice-words">
                  {t.modes[mode].name}
                  <span className="field-hint">{t.modes[mode].hint}</span>
                </span>
              </Checkbox>
            </div>
          ))}
        </div>
      </Section>
      {(dirty || save.busy) && (
        <div className="save-bar">
          {save.problem && !beside && <ProblemBox problem={save.problem} words={t} />}
          {conflict && (
            <ConflictBox
              by={conflict.by}
              merge={conflict.merge}
              fields={t.fields}
              busy={save.busy}
              onReload={() => {
                setBase(conflict.latest);
                setDraft(draftOf(conflict.latest));
                setConflict(null);
              }}
              onKeep={() => {
                const { latest, merge } = conflict;
                setBase(latest);
                setDraft(merge.draft);
                setConflict(null);
                void save.run(latest, merge.draft);
              }}
            />
          )}
          <span className="grow muted" role="status">
            {(tried && !complete(draft)) || (save.problem && beside) ? (
              <span className="field-error">
                <ErrorIcon size={14} />
                <span>{t.notComplete}</span>
              </span>
            ) : (
              `${common.common.unsaved}: ${differing(draftOf(base), draft)
                .map((field) => t.fields[field] ?? field)
                .join(", ")}`
            )}
          </span>
          <Button
            look="quiet"
            onPress={() => {
              setDraft(draftOf(base));
              setConflict(null);
              setTried(false);
              save.clear();
            }}
          >
            {common.common.discard}
          </Button>
          <Button type="submit" look="primary" busy={save.busy} disabled={conflict !== null}>
            {common.common.save}
          </Button>
        </div>
      )}
    </form>
  );
}

function Domains(p: {
  domains: readonly string[];
  disabled: boolean;
  onChange: (domains: string[]) => void;
  problem: ApiProblem | undefined;
}) {
  const problems = p.problem?.errors.filter(({ field }) => field.startsWith("domains")) ?? [];
  // `domains[1]` or `domains.1` names one of them; `domains` all of them.
  const of = (index: number) => problems.find(({ field }) => /\d+/.exec(field)?.[0] === String(index))?.detail;
  const general =
    p.problem?.code === "domain_taken" ? t.domainTaken : problems.find(({ field }) => !/\d/.test(field))?.detail;
  return (
    <>
      {p.domains.length === 0 && <p className="muted">{t.noDomains}</p>}
      {p.domains.length > 0 && (
        <ul className="domains">
          {p.domains.map((domain, index) => {
            const name = domain || t.domain(index + 1);
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place; its text is being typed
              <li key={index} className="domain">
                <Field
                  label={t.domain(index + 1)}
                  quiet
                  value={domain}
                  onChange={(text) => p.onChange(p.domains.map((other, i) => (i === index ? text : other)))}
                  placeholder={t.domainPlaceholder}
                  autoComplete="off"
                  autoFocus={domain === ""}
                  disabled={p.disabled}
                  error={of(index)}
                />
                {index === 0 ? (
                  <Pill tone="accent">{t.primary}</Pill>
                ) : (
                  !p.disabled && (
                    <Button
                      look="quiet"
                      onPress={() => {
                        p.onChange(primary(p.domains, index));
                        announce(t.madePrimary(name));
                      }}
                    >
                      {t.makePrimaryShort}
                      <span className="visually-hidden">: {name}</span>
                    </Button>
                  )
                )}
                {!p.disabled && (
                  <Button
                    look="quiet"
                    icon={<CloseIcon />}
                    label={t.removeDomain(name)}
                    onPress={() => p.onChange(p.domains.filter((_, i) => i !== index))}
                  />
                )}
              </li>
            );
          })}
        </ul>
      )}
      {general && (
        <span className="field-error" role="alert">
          <ErrorIcon size={14} />
          <span>{general}</span>
        </span>
      )}
      {!p.disabled && (
        <div>
          <Button icon={<PlusIcon />} onPress={() => p.onChange([...p.domains, ""])}>
            {t.addDomain}
          </Button>
        </div>
      )}
    </>
  );
}
