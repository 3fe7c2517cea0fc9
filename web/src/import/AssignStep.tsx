import { useRef, useState } from "react";
import { announce, Button, Checkbox } from "../ui";
import { Choices } from "../ui/Choices";
import { FilterTabs } from "./CheckStep";
import { assignableFields, assignColumns } from "./columns";
import type { Work } from "./flow";
import { Grid, type GridHandle, useSheet } from "./Grid";
import { tickedPositions } from "./selection";
import type { SheetSession } from "./session";
import { texts } from "./texts";
import type { FieldInfo, Filter } from "./validator";

const t = texts.assign;

export function AssignStep({ work }: { work: Work }) {
  const { session } = work;
  const state = useSheet(session);
  const grid = useRef<GridHandle>(null);
  const fields = assignableFields(session.info);
  const columns = assignColumns(session.info, work.bytes === null);
  if (fields.length === 0) return <p className="notice">{t.none}</p>;

  const open = state.counts.without_role;
  const tabs: { filter: Filter; label: string; n: number }[] = [
    { filter: "all", label: t.all, n: state.counts.rows },
    { filter: "without_role", label: t.withoutRole, n: open },
  ];
  return (
    <div className="assign">
      <div className="assign-panel">
        {fields.slice(0, 1).map((field) => (
          <GivePanel key={field.field} field={field} session={session} />
        ))}
        <p className="muted">{t.howTo}</p>
        {fields.slice(1).map((field) => (
          <details key={field.field} className="give-more">
            <summary>{field.title}</summary>
            <GivePanel field={field} session={session} />
          </details>
        ))}
      </div>
      <div className="assign-sheet">
        <div className="check-tools">
          <FilterTabs session={session} tabs={tabs} />
          <p className="assign-state" role="status">
            {!work.facts.rolesRequired ? (
              <span className="muted">{t.optional}</span>
            ) : open === 0 ? (
              <span className="muted">{t.complete}</span>
            ) : (
              <>
                <span className="assign-open">{t.open(open)}</span>
                {state.filter !== "without_role" && (
                  <Button
                    look="quiet"
                    onPress={() => void session.filter("without_role").then(() => grid.current?.focus())}
                  >
                    {t.showOpen}
                  </Button>
                )}
              </>
            )}
          </p>
        </div>
        <Grid
          ref={grid}
          session={session}
          columns={columns}
          label={texts.check.grid}
          editable={false}
          empty={texts.check.emptyFilter[state.filter]}
        />
      </div>
    </div>
  );
}

/** One list (roles, groups, …): what to give, and to whom. */
function GivePanel({ field, session }: { field: FieldInfo; session: SheetSession }) {
  const state = useSheet(session);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const options = field.options ?? [];
  const ticked = state.selection.ticked.size;
  const open = state.counts.without_role;
  const toOpen = field.field === "role" && ticked === 0 && open > 0 && open < state.counts.rows;

  const give = async (names: readonly string[], positions: Uint32Array | null) => {
    await session.assign(field.field, names, positions);
    const n = positions === null ? session.snapshot().counts.rows : positions.length;
    announce(t.given(names.length === 0 ? t.takeAway : names.join(", "), n));
  };
  const giveTicked = () => void give(chosen, tickedPositions(state.selection)).then(() => session.tickNone());
  const giveOpen = async () => give(chosen, await session.positions("without_role"));
  const none = chosen.length === 0;

  return (
    <section className="give" aria-label={field.title}>
      {field.multiple ? (
        <fieldset className="choices">
          <legend className="field-label">{field.title}</legend>
          {options.map((option) => (
            <Checkbox
              key={option.id}
              isSelected={chosen.includes(option.name)}
              onChange={(on) =>
                setChosen((old) => (on ? [...old, option.name] : old.filter((name) => name !== option.name)))
              }
            >
              {optionLabel(field.field, option.name)}
            </Checkbox>
          ))}
        </fieldset>
      ) : (
        <Choices
          label={field.title}
          value={chosen[0] ?? ""}
          onChange={(name) => setChosen([name])}
          options={options.map((option) => ({ id: option.name, name: optionLabel(field.field, option.name) }))}
        />
      )}
      <div className="give-actions">
        {ticked > 0 && (
          <Button look="primary" disabled={none} onPress={giveTicked}>
            {t.ticked(ticked)}
          </Button>
        )}
        {toOpen && (
          <Button look="primary" disabled={none} onPress={() => void giveOpen()}>
            {t.toListed(open)}
          </Button>
        )}
        <Button
          look={ticked > 0 || toOpen ? "plain" : "primary"}
          disabled={none || state.counts.rows === 0}
          onPress={() => void give(chosen, null)}
        >
          {t.everyone(state.counts.rows)}
        </Button>
        {none && <p className="field-hint">{t.chooseFirst}</p>}
      </div>
    </section>
  );
}

const languages = new Intl.DisplayNames(undefined, { type: "language" });

/** Languages are listed by their code; a person reads their name. */
function optionLabel(field: string, name: string): string {
  return field === "language" ? (languages.of(name) ?? name) : name;
}
