import type { FieldProblem } from "../api/problem";
import { Checkbox, Field, SelectField } from "../ui/controls";
import { ErrorIcon } from "../ui/icons";
import { Pill } from "../ui/status";
import { WordsField } from "../ui/words";
import { type Base, type Column, type ColumnDraft, kept } from "./definition";
import { texts as t } from "./texts";

/** The base's columns: which are used, what they are called, and what they ask for. */
export function ColumnsEditor(p: {
  base: Base;
  columns: readonly ColumnDraft[];
  wrong: ReadonlySet<string>;
  refused: readonly FieldProblem[];
  disabled: boolean;
  onChange: (columns: readonly ColumnDraft[]) => void;
}) {
  return (
    <div className="pcolumns">
      {p.columns.map((draft) => {
        const column = p.base.columns.find(({ field }) => field === draft.field);
        if (column === undefined) return null;
        return (
          <ColumnRow
            key={draft.field}
            base={p.base}
            column={column}
            draft={draft}
            wrong={p.wrong}
            refused={p.refused}
            disabled={p.disabled}
            onChange={(patch) =>
              p.onChange(p.columns.map((each) => (each.field === draft.field ? { ...each, ...patch } : each)))
            }
          />
        );
      })}
    </div>
  );
}

function ColumnRow(p: {
  base: Base;
  column: Column;
  draft: ColumnDraft;
  wrong: ReadonlySet<string>;
  refused: readonly FieldProblem[];
  disabled: boolean;
  onChange: (patch: Partial<ColumnDraft>) => void;
}) {
  const { base, column, draft, onChange } = p;
  const { max } = column.rule;
  const stays = kept(base, column);
  const part = `columns.${draft.field}`;
  const refusals = p.refused.filter(({ field }) => field === part || field.startsWith(`${part}.`));
  const at = (what: string) => refusals.find(({ field }) => field === `${part}.${what}`)?.detail;
  const whole = refusals.find(({ field }) => field === part)?.detail;
  const badTitle = p.wrong.has(`title:${draft.field}`);
  const badMax = p.wrong.has(`max:${draft.field}`);
  const notes = [
    draft.title.trim() !== column.title ? t.renamed(column.title) : null,
    draft.titles.length > 0 ? t.aliases(draft.titles.length) : null,
    draft.fallback !== "" ? t.withDefault(draft.fallback) : null,
    max !== undefined && draft.max !== String(max) ? t.upTo(draft.max) : null,
  ].filter((note) => note !== null);
  const entries = base.lists.find(({ name }) => name === column.rule.list);
  const open = badTitle || badMax || refusals.length > 0;
  return (
    <details className="pcolumn" data-unused={draft.used ? undefined : ""} {...(open ? { open: true } : {})}>
      <summary>
        <span className="pcolumn-title">
          <bdi>{draft.title}</bdi>
        </span>
        <span className="pcolumn-notes muted">{draft.used && notes.join(" · ")}</span>
        {open && <ErrorIcon size={14} />}
        <Pill tone={!draft.used ? "quiet" : draft.required ? "accent" : "plain"}>
          {!draft.used ? t.leftOut : draft.required ? t.required : t.optional}
        </Pill>
      </summary>
      <div className="pcolumn-body">
        <div className="row wrap pcolumn-ticks">
          <Checkbox
            isSelected={draft.used}
            isDisabled={p.disabled || stays !== null}
            onChange={(used) => onChange({ used })}
          >
            {t.use}
          </Checkbox>
          <Checkbox
            isSelected={draft.required}
            isDisabled={p.disabled || column.required || !draft.used}
            onChange={(required) => onChange({ required })}
          >
            {t.must}
          </Checkbox>
        </div>
        {stays !== null && <p className="field-hint">{stays === "required" ? t.always : t.staysForDefault}</p>}
        {whole !== undefined && (
          <span className="field-error" role="alert">
            <ErrorIcon size={14} />
            <span>{whole}</span>
          </span>
        )}
        {draft.used && (
          <div className="pcolumn-fields">
            <Field
              label={t.column}
              value={draft.title}
              onChange={(title) => onChange({ title })}
              autoComplete="off"
              disabled={p.disabled}
              error={badTitle ? t.titleMissing : at("title")}
            />
            {!draft.required &&
              column.rule.type !== "secret" &&
              (entries !== undefined && !entries.open ? (
                <SelectField
                  label={t.fallback}
                  value={draft.fallback}
                  onChange={(fallback) => onChange({ fallback })}
                  options={[
                    { id: "", name: column.default_first === true ? t.firstEntry : t.noFallback },
                    ...entries.items.map(({ name }) => ({ id: name, name })),
                  ]}
                  disabled={p.disabled}
                  error={at("default")}
                />
              ) : (
                <Field
                  label={t.fallback}
                  value={draft.fallback}
                  onChange={(fallback) => onChange({ fallback })}
                  placeholder={column.default_first === true ? t.firstEntry : t.noFallback}
                  autoComplete="off"
                  disabled={p.disabled}
                  error={at("default")}
                />
              ))}
            {max !== undefined && (
              <Field
                label={t.max}
                value={draft.max}
                onChange={(typed) => onChange({ max: typed })}
                inputMode="numeric"
                autoComplete="off"
                disabled={p.disabled}
                hint={t.range(max)}
                error={badMax ? t.range(max) : at("rule")}
              />
            )}
            <div className="pcolumn-aliases">
              <WordsField
                label={t.otherTitles}
                words={draft.titles}
                onChange={(titles) => onChange({ titles })}
                disabled={p.disabled}
                hint={t.otherTitlesHint}
                error={at("titles")}
              />
            </div>
          </div>
        )}
      </div>
    </details>
  );
}
