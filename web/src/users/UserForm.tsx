import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ApiProblem } from "../api/problem";
import type { Id, Role, UserKind } from "../api/types";
import { useSession } from "../console/session";
import { PermissionPicker } from "../roles/PermissionPicker";
import { usePermissions, useRoles } from "../roles/useRoles";
import { texts } from "../texts/en";
import { CheckList } from "../ui/CheckList";
import { Choices } from "../ui/Choices";
import { Checkbox, Field, SelectField } from "../ui/controls";
import { ErrorIcon } from "../ui/icons";
import { LanguageField, TimeZoneField } from "../ui/pickers";
import type { FieldVerdict, FormRules } from "../validator/fields";
import { oneRole } from "./bulk";
import type { TextFieldName, UserDraft } from "./draft";
import { type Hands, holds } from "./may";
import { PropertyField } from "./PropertyField";
import { texts as t } from "./texts";
import { useLists } from "./useLists";

const TEXT_FIELDS: TextFieldName[] = ["first_name", "last_name", "email", "phone", "username"];

const shape = {
  first_name: { type: "text", autoComplete: "off" },
  last_name: { type: "text", autoComplete: "off" },
  email: { type: "email", autoComplete: "off", inputMode: "email" },
  phone: { type: "tel", autoComplete: "off", inputMode: "tel" },
  username: { type: "text", autoComplete: "off" },
} as const;

const verdictOf = (rules: FormRules, field: string, text: string): FieldVerdict => rules.check(field, text);

function textRules(rules: FormRules, names: readonly TextFieldName[]) {
  return names.flatMap((field) => {
    const rule = rules.fields.find((entry) => entry.field === field);
    return rule ? [{ ...rule, field }] : [];
  });
}

/** Whether the validator takes these texts. What stands as it was `before` is not asked about again: it may have been
 * taken under other rules. */
export function textsAccepted(
  rules: FormRules,
  draft: UserDraft,
  names: readonly TextFieldName[],
  before?: UserDraft,
): boolean {
  return textRules(rules, names).every(
    ({ field }) => draft[field] === before?.[field] || verdictOf(rules, field, draft[field]).status !== "refused",
  );
}

const lacksRole = (rules: FormRules, draft: UserDraft, before?: UserDraft) =>
  rules.needsRole && draft.roles.length === 0 && before?.roles.length !== 0;
const lacksScope = (kind: UserKind, draft: UserDraft) => kind === "technician" && draft.organizations.length === 0;

/** Whether the form can be sent. */
export function accepted(rules: FormRules, kind: UserKind, draft: UserDraft, before?: UserDraft): boolean {
  const names = before ? TEXT_FIELDS.filter((field) => field !== "username") : TEXT_FIELDS;
  return textsAccepted(rules, draft, names, before) && !lacksRole(rules, draft, before) && !lacksScope(kind, draft);
}

/** Refusals that are about one field, though they name none. */
const OF_FIELD: Record<string, string> = {
  email_taken: "email",
  email_reserved: "email",
  username_taken: "username",
  phone_in_use: "phone",
  own_phone: "phone",
};

/** What the server said of a field, if anything. */
export function refusedField(problem: ApiProblem | undefined, ...fields: string[]): string | undefined {
  if (!problem) return undefined;
  if (fields.includes(OF_FIELD[problem.code] ?? "")) return texts.problems[problem.code]?.title ?? problem.detail;
  return problem.errors.find((error) => fields.includes(error.field))?.detail;
}

/** The fields of a whole form, which show what the server says of them. */
export const FORM_FIELDS: readonly string[] = [
  ...TEXT_FIELDS,
  "language",
  "time_zone",
  "role",
  "roles",
  "permissions",
  "organizations",
  "groups",
  "site",
  "courses",
  "services",
  "properties",
];

/** A problem that belongs to fields is shown there; any other, or of a field that is not shown, needs a box of its own. */
export function besideFields(problem: ApiProblem | undefined, shown: readonly string[]): ApiProblem | undefined {
  if (!problem || shown.includes(OF_FIELD[problem.code] ?? "")) return undefined;
  const isShown = (field: string) =>
    shown.includes(field) || (field.startsWith("properties.") && shown.includes("properties"));
  const all = problem.errors.length > 0 && problem.errors.every((error) => isShown(error.field));
  return all ? undefined : problem;
}

/** To the first field that needs something, inside the form of that id. */
export function focusInvalid(form: string): void {
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[id="${form}"] [aria-invalid="true"], [id="${form}"] [data-invalid]`)?.focus(),
  );
}

interface FormProps {
  rules: FormRules;
  draft: UserDraft;
  onChange: (draft: UserDraft) => void;
  /** What is stored now, where there is something. */
  before?: UserDraft;
  /** The person has tried to send the form: every verdict is shown. */
  tried: boolean;
  problem: ApiProblem | undefined;
}

/** The text fields that the profile has, each with the validator's verdict under it once the person has been there. */
export function TextFields(
  p: FormProps & {
    names: readonly TextFieldName[];
    autoFocus?: boolean;
    notes?: Partial<Record<TextFieldName, string>>;
  },
) {
  const [visited, setVisited] = useState<ReadonlySet<string>>(new Set());
  const box = useRef<HTMLDivElement>(null);
  // What the server refused is where the person goes on.
  useEffect(() => {
    if (p.problem) box.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [p.problem]);
  return (
    <div className="form-grid" ref={box}>
      {textRules(p.rules, p.names).map((rule, index) => {
        const text = p.draft[rule.field];
        const judged = (p.tried || visited.has(rule.field)) && text !== p.before?.[rule.field];
        const verdict = judged ? verdictOf(p.rules, rule.field, text) : null;
        const corrected = verdict?.status === "corrected" ? verdict.value : null;
        const note = corrected !== null ? texts.users.form.keepsOriginal(String(corrected)) : p.notes?.[rule.field];
        const hint = rule.field === "username" ? t.form.usernameHint : undefined;
        return (
          <Field
            key={rule.field}
            {...shape[rule.field]}
            label={texts.fields[rule.field] ?? rule.title}
            optional={!rule.required}
            value={text}
            autoFocus={(p.autoFocus ?? false) && index === 0}
            onChange={(value) => p.onChange({ ...p.draft, [rule.field]: value })}
            onBlur={() => {
              if (text !== "") setVisited(new Set(visited).add(rule.field));
            }}
            error={verdict?.status === "refused" ? verdict.issues[0]?.message : refusedField(p.problem, rule.field)}
            {...(note === undefined ? {} : { note })}
            {...(hint === undefined ? {} : { hint })}
          />
        );
      })}
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="form-section stack" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** Everything that can be said of an account, by its kind and organization. */
export function UserForm(
  p: FormProps & {
    kind: UserKind;
    organization: Id | null;
    /** Why roles, permissions and organizations stay as they are. */
    accessFixed: Hands;
    autoFocus?: boolean;
    emailNote?: string | undefined;
  },
) {
  const { draft, onChange } = p;
  const set = (change: Partial<UserDraft>) => onChange({ ...draft, ...change });
  const language = p.rules.fields.find((rule) => rule.field === "language");
  return (
    <div className="user-form">
      <Section title={t.form.sections.person}>
        <TextFields
          {...p}
          names={p.before ? TEXT_FIELDS.filter((field) => field !== "username") : TEXT_FIELDS}
          {...(p.emailNote ? { notes: { email: p.emailNote } } : {})}
        />
        <div className="form-grid">
          <LanguageField
            label={t.form.language}
            optional
            tags={language?.options?.map((option) => option.id) ?? []}
            value={draft.language}
            onChange={(value) => set({ language: value })}
            hint={t.form.languageHint}
            error={refusedField(p.problem, "language")}
          />
          <TimeZoneField
            label={t.form.timeZone}
            optional
            value={draft.time_zone}
            onChange={(value) => set({ time_zone: value })}
            hint={t.form.timeZoneHint}
            error={refusedField(p.problem, "time_zone")}
          />
        </div>
      </Section>
      <Section title={t.form.sections.access}>
        {p.accessFixed === "off_root" || p.accessFixed === "off_own" ? (
          <p className="notice">{p.accessFixed === "off_root" ? t.form.rootRole : t.form.ownRole}</p>
        ) : (
          <AccessFields {...p} set={set} />
        )}
      </Section>
      {p.kind !== "technician" && p.organization && (
        <Section title={t.form.sections.organization}>
          <OrganizationFields {...p} organization={p.organization} set={set} />
        </Section>
      )}
    </div>
  );
}

type PartProps = FormProps & { kind: UserKind; organization: Id | null; set: (change: Partial<UserDraft>) => void };

/** The roles that may be given to that kind, and those that are held already. */
function roleOptions(roles: Role[] | undefined, kind: UserKind, held: readonly Id[], mine: { permissions: string[] }) {
  return (roles ?? [])
    .filter((role) => (role.assignable && role.kinds.includes(kind)) || held.includes(role.id))
    .map((role) => ({
      id: role.id,
      name: role.name,
      description: role.description,
      disabled: holds(mine, role.permissions) ? undefined : t.form.notYours,
    }));
}

function AccessFields(p: PartProps) {
  const { draft, set } = p;
  const { me, organizations } = useSession();
  const roles = useRoles(p.organization);
  const { permissions } = usePermissions();
  const multiple = !oneRole(p.kind) && (p.rules.fields.find((rule) => rule.field === "role")?.multiple ?? true);
  const options = roleOptions(roles, p.kind, p.before?.roles ?? [], me);
  const missing = p.tried && lacksRole(p.rules, draft, p.before) ? texts.users.form.chooseRole : undefined;
  const error = refusedField(p.problem, "role", "roles") ?? missing;
  const technician = p.kind === "technician";
  const some = draft.organizations !== "all";
  return (
    <>
      {multiple ? (
        <CheckList
          label={texts.users.form.roles}
          options={options}
          value={draft.roles}
          onChange={(ids) => set({ roles: ids })}
          optional={!p.rules.needsRole}
          error={error}
          empty={texts.common.loading}
          filterLabel={t.form.filterOptions(texts.users.form.roles)}
          noMatch={t.form.noOption}
        />
      ) : (
        <SelectField
          label={texts.users.form.role}
          value={draft.roles[0] ?? null}
          onChange={(id) => set({ roles: [id] })}
          options={options.filter((option) => !option.disabled || draft.roles.includes(option.id))}
          optional={!p.rules.needsRole}
          error={error}
        />
      )}
      {technician && (
        <>
          <Choices
            label={t.form.scope}
            value={some ? "some" : "all"}
            onChange={(id) => set({ organizations: id === "all" ? "all" : [] })}
            options={[
              ...(me.organizations === "all" || !some ? [{ id: "all", name: t.form.scopeAll } as const] : []),
              { id: "some", name: t.form.scopeSome } as const,
            ]}
          />
          {draft.organizations !== "all" && (
            <CheckList
              label={t.access.scope}
              options={organizations}
              value={draft.organizations}
              onChange={(ids) => set({ organizations: ids })}
              error={
                refusedField(p.problem, "organizations") ??
                (p.tried && lacksScope(p.kind, draft) ? t.form.chooseSome : undefined)
              }
              empty={texts.users.form.noOrganization}
              filterLabel={t.form.filterOptions(t.access.scope)}
              noMatch={t.form.noOption}
            />
          )}
          {permissions && (
            <details className="form-more" open={draft.permissions.length > 0}>
              <summary>
                {t.form.explicit}
                {draft.permissions.length > 0 && (
                  <span className="muted"> · {t.form.chosen(draft.permissions.length)}</span>
                )}
              </summary>
              <PermissionPicker
                permissions={permissions}
                chosen={draft.permissions}
                held={new Set(me.permissions)}
                readOnly={false}
                onChange={(names) => set({ permissions: names })}
              />
              {refusedField(p.problem, "permissions") && (
                <span className="field-error" role="alert">
                  <ErrorIcon size={14} />
                  <span>{refusedField(p.problem, "permissions")}</span>
                </span>
              )}
            </details>
          )}
        </>
      )}
    </>
  );
}

function OrganizationFields(p: PartProps & { organization: Id }) {
  const { draft, set } = p;
  const lists = useLists(p.organization);
  const several = (name: "groups" | "courses" | "services", label: string) => {
    const entries = lists[name] ?? [];
    // An organization that keeps no such list has nothing to ask about.
    if (entries.length === 0 && draft[name].length === 0) return null;
    return (
      <CheckList
        label={label}
        optional
        options={entries.map((entry) => ({
          id: entry.id,
          name: entry.name,
          ...(entry.active === false ? { description: `${t.access.inactive}: ${t.access.inactiveNote}` } : {}),
        }))}
        value={draft[name]}
        onChange={(ids) => set({ [name]: ids })}
        error={refusedField(p.problem, name)}
        empty={t.form.emptyList}
        filterLabel={t.form.filterOptions(label)}
        noMatch={t.form.noOption}
      />
    );
  };
  return (
    <>
      {several("groups", t.access.groups)}
      {p.before && (
        <Checkbox isSelected={draft.all_module_access ?? false} onChange={(on) => set({ all_module_access: on })}>
          {t.form.allModules}
        </Checkbox>
      )}
      <div className="form-grid">
        {!p.before && (
          <SelectField
            label={t.form.moduleAccess}
            value={draft.all_module_access === null ? "role" : draft.all_module_access ? "all" : "groups"}
            onChange={(id) => set({ all_module_access: id === "role" ? null : id === "all" })}
            options={[
              { id: "role", name: t.form.modulesByRole },
              { id: "all", name: t.form.allModules },
              { id: "groups", name: t.form.modulesOfGroups },
            ]}
          />
        )}
        <SelectField
          label={t.details.site}
          value={draft.site ?? ""}
          onChange={(id) => set({ site: id || null })}
          options={[{ id: "", name: t.details.headquarters }, ...(lists.sites ?? [])]}
          error={refusedField(p.problem, "site")}
        />
      </div>
      {several("courses", t.details.courses)}
      {several("services", t.details.services)}
      {(lists.properties ?? []).length > 0 && (
        <div className="form-grid">
          {(lists.properties ?? []).map((property) => {
            const { key } = property;
            if (!key) return null;
            return (
              <PropertyField
                key={key}
                property={property}
                value={draft.properties[key] ?? null}
                onChange={(value) => set({ properties: { ...draft.properties, [key]: value } })}
                error={refusedField(p.problem, `properties.${key}`, key)}
              />
            );
          })}
        </div>
      )}
      {refusedField(p.problem, "properties") && (
        <span className="field-error" role="alert">
          <ErrorIcon size={14} />
          <span>{refusedField(p.problem, "properties")}</span>
        </span>
      )}
    </>
  );
}
