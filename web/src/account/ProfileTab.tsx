import { type FormEvent, useId } from "react";
import type { Me } from "../api/types";
import { texts as idleTexts } from "../console/idleTexts";
import { useSession } from "../console/session";
import { Link } from "../router";
import { languageNames } from "../texts/accept";
import { texts as common } from "../texts/en";
import { announce, ask, notify } from "../ui/announce";
import { Button, Checkbox, Field, SelectField } from "../ui/controls";
import { LanguageField, TimeZoneField, zoneName } from "../ui/pickers";
import { ProblemBox } from "../ui/problem";
import { texts } from "./texts";
import { useMine } from "./useMine";

const t = texts.profile;
/** Minutes to choose from; the server takes any between the first and the last. */
const LIMITS = [5, 10, 15, 30, 60, 120, 240, 480, 720, 1440];
const USUAL = 60;

interface Draft {
  language: string | null;
  time_zone: string | null;
  phone: string | null;
  idle_minutes: number;
  getting_started: boolean;
}

function draftOf(me: Me): Draft {
  const { language, time_zone, idle_minutes, getting_started } = me.settings;
  return { language, time_zone, phone: me.user.phone, idle_minutes, getting_started };
}

export function ProfileTab() {
  const { me, leave } = useSession();
  const mine = useMine<Draft>(draftOf, () => {
    if (changesPhone) leave({ why: "phone", name: me.user.email });
    else notify(t.saved);
  });
  const { draft } = mine;
  const phone = (draft.phone ?? "").trim();
  const changesPhone = phone !== (me.user.phone ?? "");
  const codesGoThere = me.mfa.methods.includes("text");
  const form = useId();
  const browser = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const limits = [...new Set([...LIMITS, draft.idle_minutes])].sort((a, b) => a - b);
  const refused = mine.problem?.errors.find((entry) => entry.field === "phone")?.detail;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (changesPhone) {
      const question = {
        title: t.phoneTitle,
        body: t.phoneBody,
        confirm: t.phoneConfirm,
        cancel: common.common.cancel,
      };
      if (!(await ask(question))) return;
    }
    void mine.save();
  };
  return (
    <form id={form} className="account-form" onSubmit={(event) => void submit(event)} noValidate>
      <div className="account-facts">
        <dl>
          <div>
            <dt>{t.name}</dt>
            <dd>{me.user.name}</dd>
          </div>
          <div>
            <dt>{t.email}</dt>
            <dd>{me.user.email}</dd>
          </div>
          {me.user.username && (
            <div>
              <dt>{t.username}</dt>
              <dd>{me.user.username}</dd>
            </div>
          )}
        </dl>
        <p className="field-hint">{t.byAdministrator}</p>
      </div>
      {mine.problem && !refused && (
        <ProblemBox
          problem={mine.problem}
          words={{
            problems: {
              version_conflict: { title: common.problems.version_conflict?.title ?? "", detail: texts.conflict },
            },
          }}
        />
      )}
      <LanguageField
        label={t.language}
        value={draft.language}
        onChange={(language) => mine.set({ language })}
        tags={Object.keys(languageNames)}
        hint={t.languageHint}
      />
      <TimeZoneField
        label={t.timeZone}
        value={draft.time_zone}
        onChange={(time_zone) => mine.set({ time_zone })}
        hint={t.timeZoneHint}
      />
      {browser && draft.time_zone !== browser && (
        <Button
          className="account-inline"
          onPress={() => {
            mine.set({ time_zone: browser });
            announce(zoneName(browser));
          }}
        >
          {t.ofBrowser(zoneName(browser))}
        </Button>
      )}
      <Field
        label={t.phone}
        type="tel"
        name="tel"
        autoComplete="tel"
        inputMode="tel"
        optional
        value={draft.phone ?? ""}
        onChange={(value) => mine.set({ phone: value.trim() === "" ? null : value })}
        disabled={codesGoThere}
        hint={
          codesGoThere ? (
            <>
              {t.phoneInUse} <Link to="/account/security">{t.changeInUse}</Link>
            </>
          ) : (
            t.phoneHint
          )
        }
        note={changesPhone ? t.phoneEnds : undefined}
        error={refused}
      />
      <SelectField
        label={t.idle}
        value={String(draft.idle_minutes)}
        onChange={(id) => mine.set({ idle_minutes: Number(id) })}
        options={limits.map((minutes) => ({
          id: String(minutes),
          name: idleTexts.limit(minutes) + (minutes === USUAL ? t.idleDefault : ""),
        }))}
        hint={t.idleHint}
      />
      <Checkbox isSelected={draft.getting_started} onChange={(getting_started) => mine.set({ getting_started })}>
        {t.gettingStarted}
      </Checkbox>
      <SaveBar dirty={mine.dirty} busy={mine.busy} onDiscard={mine.discard} />
    </form>
  );
}

/** In sight while something is not saved. */
export function SaveBar(p: { dirty: boolean; busy: boolean; onDiscard: () => void }) {
  if (!p.dirty) return null;
  return (
    <div className="save-bar">
      <span className="grow muted">{common.common.unsaved}</span>
      <Button look="quiet" onPress={p.onDiscard} disabled={p.busy}>
        {common.common.discard}
      </Button>
      <Button type="submit" look="primary" busy={p.busy}>
        {common.common.save}
      </Button>
    </div>
  );
}
